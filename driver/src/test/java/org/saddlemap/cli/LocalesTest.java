package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/** Users count in other digits and write other small letters: nothing that is stored may. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LocalesTest {
  private static final Locale BEFORE = Locale.getDefault();

  /** A range, whose count is part of the identity; small and large rates, which have reasons. */
  private static final String YAML =
      """
      name: locales
      data: {synthetic: {problem: xor, rows: 60, features: 2, classes: 2, noise: 0.1}}
      network: {width: 3, depth: 1}
      train: {max_steps: 40}
      grid:
        initializer: [zeros, he_normal]
        learning_rate: {log: [0.001, 1000], count: 3}
      """;

  @TempDir private static Path folder;
  private static Path spec;
  private static StoredSweep plain;
  private static Map<Long, String> rows;

  @BeforeAll
  static void trainInPlainDigits() throws IOException {
    spec = Files.writeString(folder.resolve("locales.yaml"), YAML);
    Path warehouse = folder.resolve("plain");
    assertThat(Saddlemap.run("run", spec.toString(), "--warehouse", warehouse.toString())).isZero();
    plain = new Catalogue(open(warehouse)).find(Optional.empty());
    rows = rows(open(warehouse));
  }

  @AfterEach
  void restore() {
    Locale.setDefault(BEFORE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "tr-TR", "hi-IN-u-nu-deva"})
  void everyLocaleGivesTheSameTables(String tag) throws IOException {
    Locale.setDefault(Locale.forLanguageTag(tag));
    String warehouse = folder.resolve(tag).toString();
    assertThat(Saddlemap.run("run", spec.toString(), "--warehouse", warehouse)).isZero();
    StoredSweep sweep = new Catalogue(open(Path.of(warehouse))).find(Optional.empty());
    assertThat(sweep.id()).isEqualTo(plain.id());
    assertThat(sweep.record().spec()).isEqualTo(plain.record().spec());
    assertThat(sweep.record().dataSummary()).isEqualTo(plain.record().dataSummary());
    assertThat(rows(open(Path.of(warehouse)))).isEqualTo(rows);
    for (List<String> command :
        List.of(
            List.of("run", spec.toString()),
            List.of("verify", "--format", "json"),
            List.of("status", "--format", "csv"),
            List.of("sql", "SELECT category, steps FROM trials", "--format", "csv"))) {
      Locale.setDefault(Locale.forLanguageTag(tag));
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      String[] arguments = new String[command.size() + 2];
      command.toArray(arguments);
      arguments[command.size()] = "--warehouse";
      arguments[command.size() + 1] = warehouse;
      int code =
          Saddlemap.run(
              Saddlemap.commandLine()
                  .setOut(new PrintWriter(out, true))
                  .setErr(new PrintWriter(err, true)),
              arguments);
      assertThat(code).as("%s: %s", command, err).isZero();
      assertThat(out + err.toString()).as("%s", command).matches("[\\p{ASCII}…→]*");
    }
  }

  private static Warehouse open(Path warehouse) throws IOException {
    return Warehouse.open(warehouse.toString(), new Configuration());
  }

  /** Verdicts and their reasons by plan index. */
  private static Map<Long, String> rows(Warehouse warehouse) throws IOException {
    Map<Long, String> rows = new TreeMap<>();
    new TrialReader(warehouse)
        .forEach(
            new Catalogue(warehouse).find(Optional.empty()).id(),
            t -> rows.put(t.trial().index(), t.id() + " " + t.verdict()));
    return rows;
  }
}
