package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.Speed;
import org.saddlemap.record.Tables;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/** Simulations on sweeps whose trials took what is written here. */
@ExtendWith(LocalSpark.class)
class SimulateCommandTest {
  private static final String YAML =
      """
      name: small
      data: {synthetic: {problem: xor, rows: 100, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 4}
      train: {max_steps: 20}
      grid:
        depth: [1, 2]
        learning_rate: [0.1, 1, 10]
      """;

  @TempDir private static Path folder;
  private static Path spec;
  private static Warehouse warehouse;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void train() throws IOException {
    spec = write("small", YAML);
    Path twice = write("twice", YAML + "replicates: 2\nseed: 3\n");
    Path large = write("large", YAML.replace("rows: 100", "rows: 5000"));
    Path other = write("other", YAML.replace("width: 4", "width: 5"));
    String location = folder.resolve("w").toString();
    for (Path each : List.of(spec, twice, large, other)) {
      assertThat(Saddlemap.run("run", each.toString(), "--warehouse", location)).isZero();
    }
    warehouse = Warehouse.open(location, new Configuration());
    // One core, one trial after the other; two cores, side by side.
    took("small", r -> new Times(500 + 100 * r.trial().index(), 10, 70, 20));
    took("twice", r -> new Times(500 + 200 * (r.trial().index() / 2), 20, 140, 40));
    CostModel model = costs("large");
    took(
        "large",
        r -> {
          CostModel.Cost cost = model.of(r.trial().configuration());
          return new Times(0, 0, 1e3 * cost.trainSeconds(), 1e3 * cost.examineSeconds());
        });
  }

  private static Path write(String name, String yaml) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".yaml"), yaml.replace("name: small", "name: " + name));
  }

  private static CostModel costs(String name) throws IOException {
    return SweepInput.costs(sweep(name), Speed.SHIPPED, WarehouseOption.hadoop(), Spark::session);
  }

  private static StoredSweep sweep(String name) throws IOException {
    return new Catalogue(warehouse).find(Optional.of(name));
  }

  private static void took(String sweep, Function<TrialRecord, Times> times) throws IOException {
    Replaced.trials(
        warehouse,
        sweep(sweep).id(),
        r ->
            new TrialRecord(
                r.id(),
                r.trial(),
                r.status(),
                r.verdict(),
                r.evidence(),
                r.outcome(),
                times.apply(r),
                r.failure(),
                List.of(),
                List.of(),
                r.provenance()));
  }

  private int simulate(String... options) {
    List<String> all =
        new ArrayList<>(
            List.of("simulate", spec.toString(), "--warehouse", folder.resolve("w").toString()));
    all.addAll(List.of(options));
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Saddlemap.run(
        Saddlemap.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        all.toArray(String[]::new));
  }

  private JsonNode rows(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--format", "json"));
    assertThat(simulate(all.toArray(String[]::new))).as("%s", err).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  private static double number(JsonNode row, String column) {
    return Double.parseDouble(row.get(column).asText().replace(" %", ""));
  }

  @Test
  void measuredTimesComeFromNamedSweep() throws IOException {
    JsonNode own = rows("--executors", "1");
    assertThat(err.toString()).contains("6 trials of small-");
    JsonNode twice = rows("--executors", "1", "--measured", "twice");
    assertThat(err.toString()).contains("12 trials of twice-");
    assertThat(number(twice.get(0), "busy_seconds"))
        .isCloseTo(2 * number(own.get(0), "busy_seconds"), withPercentage(2));
    assertThat(rows("--executors", "1", "--measured", folder.resolve("twice.yaml").toString()))
        .isEqualTo(twice);
  }

  /** Trials on fifty times the rows that took what was predicted for these say nothing is slow. */
  @Test
  void factorsCompareTimesWithPredictionsForTheirOwnData() throws IOException {
    JsonNode own = rows("--executors", "1", "--replicates", "1000");
    JsonNode large = rows("--executors", "1", "--replicates", "1000", "--measured", "large");
    CostModel model = costs("small");
    double predicted = 0;
    for (ChunkRange chunk : new Chunks(warehouse).list(Tables.TRIALS, sweep("small").id())) {
      for (TrialRecord r : new TrialReader(warehouse).records(sweep("small").id(), chunk)) {
        predicted += 1000 * model.of(r.trial().configuration()).seconds();
      }
    }
    assertThat(number(large.get(0), "busy_seconds")).isCloseTo(predicted, withPercentage(2));
    assertThat(number(own.get(0), "busy_seconds")).isGreaterThan(5 * predicted);
  }

  @Test
  void efficiencyIsRelativeToOneExecutor() throws IOException {
    JsonNode with = rows("--executors", "1,4");
    JsonNode without = rows("--executors", "4");
    assertThat(without.get(0)).isEqualTo(with.get(1));
    assertThat(number(without.get(0), "efficiency")).isLessThan(90);
  }

  @Test
  void measuredRunsStandBesideSimulatedOnes() throws IOException {
    JsonNode rows = rows("--executors", "1,2,8", "--ran", "small=1,twice=2");
    assertThat(rows).hasSize(6);
    for (JsonNode row : rows) {
      String at = row.get("scaling").asText() + row.get("executors").asInt();
      JsonNode seconds = row.get("measured_seconds");
      switch (at) {
        case "strong1", "weak1" -> {
          assertThat(seconds.asText()).as(at).isEqualTo("1.10");
          assertThat(row.get("measured_efficiency").asText()).isEqualTo("100.0 %");
        }
        case "weak2" -> {
          assertThat(seconds.asText()).isEqualTo("1.70");
          assertThat(row.get("measured_efficiency").asText()).isEqualTo("64.7 %");
        }
        default -> {
          assertThat(seconds.isNull()).as(at).isTrue();
          assertThat(row.get("measured_efficiency").isNull()).as(at).isTrue();
        }
      }
    }
    assertThat(rows("--executors", "1").get(0).has("measured_seconds")).isFalse();
  }

  @Test
  void pictureIsWritten() throws IOException {
    Path picture = folder.resolve("scaling.png");
    assertThat(simulate("--ran", "small=1,twice=2", "--picture", picture.toString()))
        .as("%s", err)
        .isZero();
    assertThat(err.toString()).contains("wrote " + picture);
    BufferedImage image = ImageIO.read(picture.toFile());
    assertThat(image.getWidth()).isEqualTo(1600);
    int weak = 0;
    for (int x = 0; x < image.getWidth(); x++) {
      for (int y = 0; y < image.getHeight(); y++) {
        weak += (image.getRGB(x, y) & 0xffffff) == 0x0072B2 ? 1 : 0;
      }
    }
    assertThat(weak).as("pixels of weak scaling").isGreaterThan(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--measured nothing           | no sweep 'nothing'",
        "--measured FOLDER/none.yaml  | there is no such file",
        "--picture FOLDER/no/a.png    | there is no folder",
        "--picture FOLDER             | it is a folder",
        "--ran twice=2                | a sweep that ran on 1 executor",
        "--ran small=1,twice=3        | 3 is not among --executors",
        "--ran small=1,twice=10       | has 2 replicates; 1 are strong scaling, and 10 weak",
        "--ran small=1,other=2        | differs from small in more than name, replicates and seed",
        "--ran small=1,small.id=1     | another sweep with 1 replicates ran on as many",
        "--ran small=1,nothing=2      | no sweep 'nothing'",
        "--ran small=1,twice=         | --ran",
        "--ran small=1,twice=two      | --ran",
        "--ran small                  | --ran",
      })
  void wrongInputIsOneClearError(String options, String says) throws IOException {
    String[] words =
        options
            .replace("FOLDER", folder.toString())
            .replace("small.id", sweep("small").id())
            .split(" ");
    assertThat(simulate(words)).as("%s", err).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains(says).doesNotContain("Exception");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void measuredRunWithMoreWorkThanItsCoresIsRefused() {
    assertThat(simulate("--replicates", "2", "--ran", "twice=1")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString())
        .contains("took 2.4 core-seconds", "more than 1 cores have in the 1.7 s");
  }

  @Test
  void incompleteMeasuredRunIsRefused() throws IOException {
    StoredSweep sweep = sweep("twice");
    try {
      new Catalogue(warehouse).write(sweep.id(), sweep.record().finished(null));
      assertThat(simulate("--ran", "small=1,twice=2")).isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString()).contains("twice-", "not complete");
    } finally {
      new Catalogue(warehouse).write(sweep.id(), sweep.record());
    }
  }
}
