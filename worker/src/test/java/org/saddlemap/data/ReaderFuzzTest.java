package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.IdxSource;
import org.saddlemap.spec.InvalidInput;

/**
 * Damaged files give a data set or {@link InvalidInput}, and nothing else. {@code
 * -Dsaddlemap.fuzz=N} takes N times as many.
 */
final class ReaderFuzzTest {
  private static final int MUTATIONS = 2000 * Integer.getInteger("saddlemap.fuzz", 1);
  private static final byte[] SPECIAL =
      "\n\r\",;#'\\\t\0 .-+eENaxf0123456789\u00ff".getBytes(StandardCharsets.ISO_8859_1);

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int edits = random.nextInt(1, 5); edits > 0 && bytes.length > 0; edits--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = SPECIAL[random.nextInt(SPECIAL.length)];
        case 2 -> bytes[at] = (byte) random.nextInt(256);
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        default -> { // a piece is moved over another
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(1, 9), bytes.length - Math.max(from, at));
          System.arraycopy(bytes, from, bytes, at, length);
        }
      }
    }
    return bytes;
  }

  private static void fuzz(byte[] original, Function<byte[], Dataset> read) {
    assertThat(read.apply(original).train().rows()).isPositive();
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] bytes = mutated(original, new Random(seed));
      try {
        Dataset data =
            assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> read.apply(bytes), "seed " + seed);
        for (float x : data.train().inputs()) {
          assertThat(Float.isFinite(x)).as("seed %d", seed).isTrue();
        }
      } catch (InvalidInput e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(refused).isBetween(1, MUTATIONS - 1);
  }

  private static Dataset prepare(RawTable table, Task task) {
    return Preparation.prepare(
        table,
        new DataSpec(
            new IdxSource("images", "labels"), task, Scale.STANDARD, 0.2, 1, OptionalLong.empty()));
  }

  @Test
  void csv() {
    byte[] file =
        """
        width,"height, in m",kind
        1,2.5,a
        -3,1e-3,b
        "4",5,a
        6,7.25,"b"
        8,9,a\r
        10,11,b
        12,13,a
        14,15,b
        """
            .getBytes(StandardCharsets.UTF_8);
    for (String label : List.of("last", "kind", "0")) {
      CsvSource format = new CsvSource("t.csv", label.equals("0") ? "1" : label, Header.AUTO);
      Task task = label.equals("0") ? Task.REGRESSION : Task.CLASSIFICATION;
      byte[] numbers =
          label.equals("0")
              ? new String(file, StandardCharsets.UTF_8)
                  .replaceAll("[ab]\"?(\r?\n)", "1$1")
                  .replace(",\"1", ",1")
                  .getBytes(StandardCharsets.UTF_8)
              : file;
      Function<byte[], Dataset> read =
          bytes ->
              prepare(
                  CsvReader.read(
                      new ByteArrayInputStream(bytes), format, task, OptionalLong.empty()),
                  task);
      fuzz(numbers, read);
    }
  }

  @Test
  void gzippedCsv() {
    byte[] file = "1,2,a\n3,4,b\n5,6,a\n7,8,b\n9,10,a\n".repeat(9).getBytes(StandardCharsets.UTF_8);
    CsvSource format = new CsvSource("t.csv.gz", "last", Header.NO);
    fuzz(
        CsvReaderTest.gzip(file),
        bytes ->
            prepare(
                CsvReader.read(
                    new ByteArrayInputStream(bytes),
                    format,
                    Task.CLASSIFICATION,
                    OptionalLong.empty()),
                Task.CLASSIFICATION));
  }

  @Test
  void idx() {
    byte[] pixels = new byte[8 * 6];
    new Random(1).nextBytes(pixels);
    byte[] images = IdxReaderTest.idx(pixels, 8, 2, 3);
    byte[] labels = IdxReaderTest.idx(new byte[] {1, 2, 1, 2, 1, 2, 1, 2}, 8);
    fuzz(images, bytes -> idx(bytes, labels));
    fuzz(labels, bytes -> idx(images, bytes));
  }

  private static Dataset idx(byte[] images, byte[] labels) {
    return prepare(
        IdxReader.read(
            new ByteArrayInputStream(images),
            new ByteArrayInputStream(labels),
            new IdxSource("images", "labels"),
            Task.CLASSIFICATION,
            OptionalLong.empty()),
        Task.CLASSIFICATION);
  }
}
