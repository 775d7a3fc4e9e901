package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;

/** What makes two trials, or two sweeps, the same. */
@ExtendWith(LocalSpark.class)
class IdentityTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path work;

  private int command(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--warehouse";
    all[arguments.length + 1] = work.resolve("w").toString();
    return Saddlemap.run(
        Saddlemap.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        all);
  }

  private String spec(String name, String yaml) throws IOException {
    return Files.writeString(work.resolve(name), yaml).toString();
  }

  /** Rows of a query, as JSON lines. */
  private String sql(String query) {
    assertThat(command("sql", query, "--format", "csv")).as("%s", err).isZero();
    return out.toString();
  }

  private static final String INERT =
      """
      name: inert
      data: {synthetic: {problem: blobs, rows: 200, features: 4, classes: 2}}
      network: {depth: 1, width: 8}
      train: {max_steps: 20, learning_rate: 0.05}
      grid:
        optimizer: [sgd, momentum]
        momentum: [0.8, 0.9, 0.95]
        batch_size: [160, full, 5000]
      """;

  @Test
  void pointsThatCannotDifferAreSaidTrainedOnceAndStandAsWhatTheyAre() throws IOException {
    String inert = spec("inert.yaml", INERT);
    String why =
        "momentum makes no difference where optimizer is sgd; batch_size 160, full, 5000 are all 160 training rows";
    assertThat(command("plan", inert)).as("%s", err).isZero();
    assertThat(out.toString())
        .containsPattern("(?m)^trials +4$")
        .containsPattern("(?m)^excluded trials +0$")
        .contains("14, trained once with what they repeat: " + why);
    assertThat(command("run", inert)).as("%s", err).isZero();
    assertThat(err.toString())
        .contains("4 of 4 trials to run")
        .contains("14 more would only repeat these, and are not trained: " + why + ".")
        .contains("SELECT optimizer, momentum, category, count(*) FROM trials");
    assertThat(out.toString()).as("what was swept").startsWith("optimizer  momentum  trials");
    assertThat(command("verify", "inert")).as("%s%s", out, err).isZero();
    assertThat(
            sql(
                "SELECT optimizer, momentum, beta1, beta2, rho, epsilon, batch_size, batch_rows, count(DISTINCT trial_id) AS ids, count(*) AS n FROM trials GROUP BY ALL ORDER BY ALL"))
        .isEqualToIgnoringNewLines(
            """
            optimizer,momentum,beta1,beta2,rho,epsilon,batch_size,batch_rows,ids,n
            momentum,0.8,,,,,full,160,1,1
            momentum,0.9,,,,,full,160,1,1
            momentum,0.95,,,,,full,160,1,1
            sgd,,,,,,full,160,1,1
            """);
    assertThat(command("run", inert)).isZero();
    assertThat(err.toString()).contains("all 4 trials are there");
    // The same trial, asked for as another spec does.
    String plain =
        spec(
            "plain.yaml",
            """
            name: plain
            data: {synthetic: {problem: blobs, rows: 200, features: 4, classes: 2}}
            grid: {depth: [1], width: [8]}
            train: {max_steps: 20, learning_rate: 5.0e-2, batch_size: 7777}
            """);
    assertThat(command("run", plain)).as("%s", err).isZero();
    assertThat(err.toString()).contains("1 of them taken over");
  }

  @Test
  void aLinearModelHasNoWidth() throws IOException {
    String linear =
        spec(
            "linear.yaml",
            """
            name: linear
            data: {synthetic: {problem: xor, rows: 100}}
            train: {max_steps: 5}
            grid:
              width: [4, 8]
              activation: [relu, tanh]
              batch_norm: [true, false]
              depth: [0, 1]
            """);
    assertThat(command("run", linear)).as("%s", err).isZero();
    assertThat(err.toString())
        .contains("9 of 9 trials to run")
        .contains(
            "7 more would only repeat these, and are not trained: width makes no difference where depth is 0; activation makes no difference where depth is 0; normalization makes no difference where depth is 0.");
    assertThat(command("verify", "linear")).as("%s%s", out, err).isZero();
    assertThat(
            sql(
                "SELECT depth, width IS NULL AND activation IS NULL AND batch_norm IS NULL AS none, status, count(*) AS n FROM trials GROUP BY ALL ORDER BY ALL"))
        .isEqualToIgnoringNewLines(
            "depth,none,status,n\n0,true,completed,1\n1,false,completed,8\n");
  }

  @Test
  void raisedLimitsGoOnInTheSameSweep() throws IOException {
    String yaml =
        """
        name: limited
        data: {synthetic: {problem: xor, rows: 100}}
        train: {max_steps: 20}
        grid: {depth: [1, 2]}
        limits: {trial_seconds: %s, trial_megabytes: %s}
        """;
    String spec = spec("limited.yaml", yaml.formatted("1.0e-6", "100"));
    assertThat(command("run", spec)).as("%s", err).isZero();
    assertThat(sql("SELECT status, count(*) AS n FROM trials GROUP BY ALL"))
        .isEqualToIgnoringNewLines("status,n\ntimed_out,2\n");
    spec("limited.yaml", yaml.formatted("60", "200"));
    assertThat(command("status", spec)).as("%s", err).isZero();
    assertThat(command("run", spec, "--retry", "timed_out")).as("%s", err).isZero();
    assertThat(err.toString()).contains("2 of 2 trials to run");
    assertThat(sql("SELECT sweep, status, count(*) AS n FROM trials GROUP BY ALL"))
        .matches("(?s)sweep,status,n\\R\\S+,completed,2\\R");
    assertThat(sql("SELECT count(*) AS n FROM sweeps WHERE spec LIKE '%trial_seconds: 60%'"))
        .isEqualToIgnoringNewLines("n\n1\n");
    assertThat(command("verify", spec)).as("%s%s", out, err).isZero();
  }

  @Test
  void aSweepThatCannotBeRunIsRefusedWithItsNumbers() throws IOException {
    String huge =
        spec(
            "huge.yaml",
            """
            name: huge
            data: {synthetic: {problem: xor, rows: 100}}
            grid:
              learning_rate: {log: [0.001, 1], count: 10000}
              l2: {log: [0.001, 1], count: 10000}
              max_steps: {from: 1, to: 10000, count: 10000}
            """);
    assertThat(command("run", huge)).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString())
        .contains("too large to run: 1,000,000,000,000 trials in about ", " of a core and ")
        .contains("saddlemap plan " + huge)
        .doesNotContain("\tat ");
    assertThat(work.resolve("w")).doesNotExist();
    assertThat(command("plan", huge, "--format", "json")).as("%s", err).isZero();
    JsonNode plan = new ObjectMapper().readTree(out.toString());
    assertThat((plan.isArray() ? plan.get(0) : plan).path("trials").asLong())
        .isEqualTo(1_000_000_000_000L);
  }
}
