package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/** The commands as a user types them: real processes of {@code scripts/saddlemap}. */
@Tag("slow")
@Tag("process")
class EndToEndTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> CIRCUMSTANCES =
      Set.of("queue_ms", "load_ms", "train_ms", "examine_ms", "host", "stack_trace");

  @TempDir Path folder;

  /** Beside that of the tests. */
  private final Map<String, String> environment = new HashMap<>();

  /** How a command ended. */
  private record Ended(int exit, String out, String err) {}

  @Test
  void whatIsInterruptedGoesOnAndEndsTheSame() throws Exception {
    Path spec = folder.resolve("spec.yaml");
    Files.writeString(
        spec,
        """
        name: interrupted
        data: {csv: %s}
        network: {width: 16}
        train: {max_steps: 3000}
        grid:
          depth: [1, 2, 3, 4]
          initializer: [xavier_uniform, he_normal, zeros]
          learning_rate: [0.01, 0.1, 1.0]
          batch_size: [32, 64]
        """
            .formatted(ROOT.resolve("data/digits.csv.gz")));
    String disturbed = folder.resolve("disturbed").toString();
    Process process = start("run", spec.toString(), "--warehouse", disturbed);
    Path trials = Path.of(disturbed, "trials");
    while (process.isAlive() && chunks(trials) < 3) {
      Thread.sleep(50);
    }
    process.destroy(); // SIGTERM; Ctrl-C takes the same way
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(read("err")).isEqualTo(130);
    Ended status = saddlemap("status", "--warehouse", disturbed, "--format", "csv");
    assertThat(status.exit()).as(status.err()).isIn(0, 3);
    assertThat(saddlemap("run", spec.toString(), "--warehouse", disturbed).exit()).isZero();
    String undisturbed = folder.resolve("undisturbed").toString();
    assertThat(saddlemap("run", spec.toString(), "--warehouse", undisturbed).exit()).isZero();
    assertThat(rows(disturbed)).hasSize(72).isEqualTo(rows(undisturbed));
  }

  /** Driver and executors in processes of their own, which begin in the locale of their user. */
  @Test
  void aLocaleWithDigitsOfItsOwnEndsTheSame() throws Exception {
    Path spec = folder.resolve("s[1] *.yaml");
    Files.writeString(
        spec,
        """
        name: locale
        data: {synthetic: {problem: xor, rows: 60, features: 2, classes: 2, noise: 0.1}}
        network: {width: 3, depth: 1}
        train: {max_steps: 40}
        grid: {learning_rate: {log: [0.001, 1000], count: 3}}
        """);
    String plain = folder.resolve("plain").toString();
    assertThat(saddlemap("run", spec.toString(), "--warehouse", plain).exit()).isZero();
    String arabic = folder.resolve("lr{0.1} é").toString();
    environment.put("JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.country=EG");
    Ended run =
        saddlemap(
            "run",
            spec.toString(),
            "--warehouse",
            arabic,
            "--master",
            "local-cluster[1,2,1400]",
            "--conf=spark.executor.memory=1300m");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.out() + run.err()).doesNotContainPattern("[\u0660-\u0669]");
    assertThat(saddlemap("verify", "--warehouse", arabic).exit()).isZero();
    assertThat(rows(arabic)).hasSize(3).isEqualTo(rows(plain));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run missing.yaml                                   | missing.yaml",
        "plan bad-key.yaml                                  | did you mean",
        "run bad-data.yaml                                  | nowhere.csv",
        "explain 00 --warehouse none                        | 00",
        "status nothing --warehouse none                    | none",
        "sql `SELEC 1`                                      | SELEC",
        "examine missing.json                               | missing.json",
        "reclassify --thresholds missing.yaml               | missing.yaml",
        "fly                                                | fly",
      })
  void wrongInputIsOneClearError(String command, String says) throws Exception {
    Files.writeString(
        folder.resolve("bad-key.yaml"), "name: x\ndata: {synthetic: xor}\ngrid:\n  dept: [1, 2]\n");
    Files.writeString(folder.resolve("bad-data.yaml"), "name: x\ndata: {csv: nowhere.csv}\n");
    List<String> words = new ArrayList<>();
    // A word in backquotes, or one without blanks.
    Matcher matcher = Pattern.compile("`([^`]*)`|(\\S+)").matcher(command);
    while (matcher.find()) {
      String word = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
      boolean inFolder = word.endsWith(".yaml") || word.endsWith(".json") || word.equals("none");
      words.add(inFolder ? folder.resolve(word).toString() : word);
    }
    Ended ended = saddlemap(words.toArray(String[]::new));
    assertThat(ended.exit()).as(ended.err()).isEqualTo(2);
    assertThat(ended.err()).contains(says).doesNotContain("\tat ");
    assertThat(ended.out()).isEmpty();
  }

  private static long chunks(Path trials) throws IOException {
    if (!Files.isDirectory(trials)) {
      return 0;
    }
    try (var files = Files.walk(trials)) {
      return files.filter(f -> f.getFileName().toString().startsWith("chunk-")).count();
    }
  }

  private static Map<String, List<Object>> rows(String location) throws IOException {
    Warehouse warehouse = Warehouse.open(location, new Configuration());
    Map<String, List<Object>> rows = new HashMap<>();
    List<StoredTrial> stored = new ArrayList<>();
    new TrialReader(warehouse)
        .forEach(new Catalogue(warehouse).find(Optional.empty()).id(), stored::add);
    for (StoredTrial trial : stored) {
      TrialRecord record = trial.record(List.of(), List.of());
      List<Object> values =
          Tables.TRIALS.columns().stream()
              .filter(c -> !CIRCUMSTANCES.contains(c.name()))
              .map((Column<TrialRecord> c) -> c.of(record))
              .collect(Collectors.toCollection(ArrayList::new));
      assertThat(rows.put(record.id().hex(), values)).as("a trial stands once").isNull();
    }
    return rows;
  }

  private Ended saddlemap(String... arguments) throws Exception {
    Process process = start(arguments);
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    return new Ended(process.exitValue(), read("out"), read("err"));
  }

  private Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("scripts/saddlemap").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(ROOT.toFile());
    builder.environment().putAll(environment);
    builder.environment().put("SADDLEMAP_LOG", folder.resolve("log").toString());
    return builder.redirectOutput(file("out")).redirectError(file("err")).start();
  }

  private File file(String name) {
    return folder.resolve(name).toFile();
  }

  private String read(String name) throws IOException {
    return Files.readString(folder.resolve(name));
  }
}
