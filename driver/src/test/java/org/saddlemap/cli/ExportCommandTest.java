package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.export.FakeMlflow;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/** What a server is told of a sweep. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class ExportCommandTest {
  private static final String TRIAL = "saddlemap.trial_id";
  private static final int TRIALS = 8;

  @TempDir private static Path folder;
  private static String location;
  private static List<StoredTrial> trials;

  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() throws IOException {
    Path spec =
        Files.writeString(
            folder.resolve("eight.yaml"),
            """
            name: eight
            data: {synthetic: {problem: xor, rows: 100}}
            network: {width: 4, depth: 1}
            train: {max_steps: 400, batch_size: full}
            grid: {initializer: [zeros, he_normal], learning_rate: [0.1, 1, 10, 1000]}
            """);
    location = folder.resolve("w").toString();
    assertThat(Saddlemap.run("run", spec.toString(), "--warehouse", location)).isZero();
    Warehouse warehouse = Warehouse.open(location, new Configuration());
    trials = new ArrayList<>();
    String id = new Catalogue(warehouse).find(Optional.of("eight")).id();
    new TrialReader(warehouse).forEach(id, trials::add);
  }

  private int export(String... arguments) {
    List<String> all = new ArrayList<>(List.of("export", "eight", "--warehouse", location));
    all.addAll(List.of(arguments));
    err.getBuffer().setLength(0);
    return Saddlemap.run(
        Saddlemap.commandLine().setErr(new PrintWriter(err, true)), all.toArray(String[]::new));
  }

  private static Map<String, Map<String, ?>> content(FakeMlflow server) {
    Map<String, Map<String, ?>> content = new TreeMap<>();
    for (FakeMlflow.Run run : server.runs.values()) {
      if (run.tags.containsKey(TRIAL)) {
        content.put("metrics of " + run.tags.get(TRIAL), run.metrics);
        content.put("parameters of " + run.tags.get(TRIAL), run.parameters);
        content.put("tags of " + run.tags.get(TRIAL), run.tags);
      }
    }
    return content;
  }

  @Test
  void everyTrialIsARunAndTheSweepHasItsPage() throws IOException {
    try (FakeMlflow server = new FakeMlflow()) {
      assertThat(export("--mlflow", server.address() + "/")).as("%s", err).isZero();
      assertThat(err.toString()).contains("8 trials of eight-").doesNotContain("already");
      assertThat(server.runs).hasSize(TRIALS + 1);
      for (StoredTrial trial : trials) {
        FakeMlflow.Run run = server.run(TRIAL, trial.id().hex());
        assertThat(run.status).isEqualTo("FINISHED");
        assertThat(run.parameters)
            .containsEntry("initializer", trial.row().text("initializer"))
            .containsEntry("replicate", "0")
            .doesNotContainKeys("momentum", "final_loss");
        assertThat(Double.parseDouble(run.parameters.get("learning_rate")))
            .isEqualTo(trial.row().number("learning_rate"));
        assertThat(run.tags)
            .containsEntry("saddlemap.category", trial.row().text("category"))
            .containsEntry("saddlemap.cause", trial.row().text("cause"))
            .containsEntry("mlflow.note.content", trial.row().text("reason"));
        assertThat(run.metrics)
            .containsKeys("accuracy", "margin", "curve/loss")
            .doesNotContainKeys("plan_index", "learning_rate");
        assertThat(run.metrics.get("accuracy").iterator().next())
            .startsWith("0:" + trial.row().number("accuracy") + "@");
        assertThat(run.metrics.get("curve/loss")).hasSizeGreaterThan(3);
      }
      assertThat(server.files).hasSize(1);
      server.files.forEach(
          (name, page) -> {
            assertThat(name).matches("1/run8/artifacts/report.html");
            assertThat(new String(page, StandardCharsets.UTF_8)).startsWith("<!doctype html>");
          });

      // Nothing is sent twice.
      server.calls.clear();
      assertThat(export("--mlflow", server.address())).as("%s", err).isZero();
      assertThat(err.toString()).contains("0 trials of eight-", "; 8 were there already");
      assertThat(server.calls).doesNotContain("runs/create", "runs/log-batch");
      assertThat(server.files).hasSize(1);
    }
  }

  @Test
  void anExportThatBrokeOffGoesOn() throws IOException {
    try (FakeMlflow whole = new FakeMlflow();
        FakeMlflow server = new FakeMlflow()) {
      assertThat(export("--mlflow", whole.address())).isZero();
      int attempts = 0;
      int code;
      do {
        attempts++;
        server.budget = server.calls.size() + 8 * attempts;
        code = export("--mlflow", server.address());
        assertThat(code).as("%s", err).isIn(Saddlemap.OK, Saddlemap.INCOMPLETE);
        if (code != Saddlemap.OK) {
          assertThat(err.toString()).contains("out of order; the same command goes on");
        }
      } while (code != Saddlemap.OK && attempts < 20);
      assertThat(code).isZero();
      assertThat(attempts).isGreaterThan(2);
      assertThat(content(server)).isEqualTo(content(whole));
      assertThat(server.runs).hasSize(TRIALS + 1);
      assertThat(server.files).hasSize(1);
    }
  }

  @Test
  void aBusyServerIsAskedAgainAndOthersKeepTheirFiles() throws IOException {
    try (FakeMlflow server = new FakeMlflow()) {
      server.busy = 2;
      server.artifacts = "s3://bucket/";
      assertThat(export("--mlflow", server.address(), "--where", "initializer = 'zeros'"))
          .as("%s", err)
          .isZero();
      assertThat(err.toString()).contains("4 trials", "the page is not, since that server leaves");
      assertThat(server.runs).hasSize(5);
      assertThat(server.files).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--mlflow nowhere | 'nowhere' is no address of an MLflow server",
        "--mlflow ftp://x/ | 'ftp://x/' is no address",
        "--mlflow HERE --where depth=9 | No trial of eight-",
        "--mlflow HERE --where dept=9 | dept",
        "--mlflow HERE --limit 7 | 8 trials of eight-",
        "--mlflow HERE/elsewhere | answers /elsewhere/api/2.0/mlflow/experiments/get-by-name with 404",
      })
  void wrongInputIsOneLine(String arguments, String message) throws IOException {
    try (FakeMlflow server = new FakeMlflow()) {
      assertThat(export(arguments.replace("HERE", server.address()).split(" ", -1)))
          .as("%s", err)
          .isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString()).contains(message).doesNotContain("\tat ");
      assertThat(server.runs).isEmpty();
    }
  }
}
