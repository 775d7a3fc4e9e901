package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.spec.InvalidInput;

/** What is wrong with a spec only on its data. */
class SweepInputTest {
  @TempDir Path folder;

  private SweepInput read(String rest) throws IOException {
    Path file = folder.resolve("s.yaml");
    Files.writeString(
        file,
        "name: s\ndata: {synthetic: {problem: spirals, rows: 100, classes: 2}, holdout: 0}\n"
            + rest);
    return SweepInput.read(file.toString(), new Configuration(false), () -> null);
  }

  /** 100 = 3 · 33 + 1. */
  @Test
  void lastBatchOfOneRowUnderBatchNormIsRefused() {
    assertThatThrownBy(() -> read("network: {batch_norm: true}\ntrain: {batch_size: 3}\n"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(
            "s.yaml:4:21: key 'train.batch_size': 100 training rows in batches of 3")
        .hasMessageContaining("batch_norm")
        .hasMessageContaining("such as 4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{csv: t.csv}          | 2:13 | csv     | t.csv, line 3, column 2 is missing; say missing: mean",
        "{csv: no.csv}         | 2:13 | csv     | Cannot read no.csv: there is no such file",
        "{scale: none, csv: one.csv, holdout: 0.9} | 2:26 | csv | one.csv: holding out 0.9 of 2 rows",
        "{idx: {images: no, labels: t.csv}}        | 2:13 | idx | Cannot read no: there is no",
      })
  void dataErrorsNameSpecKeyFileAndLine(String data, String place, String key, String message)
      throws IOException {
    Files.writeString(folder.resolve("t.csv"), "1,2,0\n2,3,1\n4,,0\n");
    Files.writeString(folder.resolve("one.csv"), "1,2,0\n2,3,1\n");
    Path file = folder.resolve("s.yaml");
    Files.writeString(file, "name: s\ndata: %s\n".formatted(data));

    assertThatThrownBy(() -> SweepInput.read(file.toString(), new Configuration(false), () -> null))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith("%s:%s: key 'data.%s': %s".formatted(file, place, key, message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "network: {batch_norm: true}   | train: {batch_size: 4}",
        "network: {batch_norm: true}   | train: {batch_size: full}",
        "network: {batch_norm: true}   | train: {batch_size: 100}",
        "network: {batch_norm: false}  | train: {batch_size: 3}",
        "network: {batch_norm: true, depth: 0}  | train: {batch_size: 3}",
        "grid: {batch_norm: [true, false], batch_size: [3, 4]} | exclude: [where: {batch_norm: true, batch_size: 3}]",
      })
  void batchesWithoutNormalizedLoneRowAreAccepted(String first, String second) throws IOException {
    assertThat(read(first + "\n" + second + "\n").data().train().rows()).isEqualTo(100);
  }
}
