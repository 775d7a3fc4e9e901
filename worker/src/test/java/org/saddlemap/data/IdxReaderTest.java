package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.IdxSource;
import org.saddlemap.spec.InvalidInput;

final class IdxReaderTest {
  private static final IdxSource PATHS = new IdxSource("images", "labels");

  /** An IDX file of unsigned bytes. */
  static byte[] idx(byte[] values, int... shape) {
    ByteBuffer file = ByteBuffer.allocate(4 + 4 * shape.length + values.length);
    file.put((byte) 0).put((byte) 0).put((byte) 8).put((byte) shape.length);
    for (int size : shape) {
      file.putInt(size);
    }
    return file.put(values).array();
  }

  private static RawTable read(byte[] images, byte[] labels, Task task, OptionalLong limit) {
    return IdxReader.read(
        new ByteArrayInputStream(images), new ByteArrayInputStream(labels), PATHS, task, limit);
  }

  private static RawTable read(byte[] images, byte[] labels) {
    return read(images, labels, Task.CLASSIFICATION, OptionalLong.empty());
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(
      byte[] images, byte[] labels) {
    return assertThatThrownBy(() -> read(images, labels)).isInstanceOf(InvalidInput.class);
  }

  private static final byte[] IMAGES = idx(new byte[12], 2, 2, 3);
  private static final byte[] LABELS = idx(new byte[] {7, 3}, 2);

  @Test
  void pixelsAndLabelsComeBackAsTheyWereWritten() {
    long seed = 7;
    Random random = new Random(seed);
    int rows = 3001; // several blocks, the last one partly filled
    byte[] pixels = new byte[rows * 29 * 31];
    byte[] classes = new byte[rows];
    random.nextBytes(pixels);
    random.nextBytes(classes);
    byte[] images = idx(pixels, rows, 29, 31);
    byte[] labels = idx(classes, rows);

    RawTable plain = read(images, labels);
    RawTable packed = read(CsvReaderTest.gzip(images), CsvReaderTest.gzip(labels));
    RawTable numbers = read(images, labels, Task.REGRESSION, OptionalLong.of(1234));

    RawTable.Classes named = (RawTable.Classes) plain.target();
    double[] row = new double[29 * 31];
    for (int i = 0; i < rows; i++) {
      plain.features().copyRow(i, row);
      for (int j = 0; j < row.length; j++) {
        assertThat(row[j] * 255)
            .as("seed %d, row %d, column %d", seed, i, j)
            .isEqualTo(pixels[i * row.length + j] & 0xFF);
      }
      assertThat(named.names().get(named.codes()[i])).isEqualTo("" + (classes[i] & 0xFF));
    }
    assertThat(CsvReaderTest.rows(packed)).isDeepEqualTo(CsvReaderTest.rows(plain));
    assertThat(numbers.rows()).isEqualTo(1234);
    assertThat(((RawTable.Values) numbers.target()).values()[1233]).isEqualTo(classes[1233] & 0xFF);
  }

  @Test
  void headersAreChecked() {
    String start = " is not an IDX file: it does not start with two zero bytes, a type and a rank";
    assertInvalid(new byte[0], LABELS).hasMessage("images" + start);
    assertInvalid(IMAGES, new byte[] {1, 0, 8, 1}).hasMessage("labels" + start);
    assertInvalid(new byte[] {0, 0, 13, 3}, LABELS)
        .hasMessage(
            "images holds values of IDX type 0x0d; images must be unsigned bytes, type 0x08");
    assertInvalid(IMAGES, new byte[] {0, 0, 8, 1, 0, 0})
        .hasMessage("labels ends within its header");
    assertInvalid(idx(new byte[0], 0, 2, 3), LABELS)
        .hasMessage("images gives its size in dimension 1 as 0; it needs to be 1 or more");
    assertInvalid(idx(new byte[0], 2, -1, 3), LABELS)
        .hasMessage("images gives its size in dimension 2 as -1; it needs to be 1 or more");
    assertInvalid(idx(new byte[1], 2, 1 << 20, 1 << 20), LABELS)
        .hasMessageStartingWith("images is too large: 2 images of ");
  }

  @Test
  void swappedFilesAreNoticed() {
    assertInvalid(LABELS, IMAGES)
        .hasMessage(
            "images holds an array of rank 1; images need rank 2 to 4; are images and labels"
                + " swapped?");
    assertInvalid(IMAGES, IMAGES)
        .hasMessage(
            "labels holds an array of rank 3; labels need rank 1; are images and labels swapped?");
  }

  @Test
  void countsMustAgree() {
    assertInvalid(IMAGES, idx(new byte[3], 3))
        .hasMessage("images holds 2 images, but labels 3 labels; they do not belong together");
  }

  @Test
  void filesMustEndWhereTheirHeadersSay() {
    assertInvalid(Arrays.copyOf(IMAGES, IMAGES.length - 1), LABELS)
        .hasMessage("images ends after 1 of its items; 2 are needed");
    assertInvalid(IMAGES, Arrays.copyOf(LABELS, LABELS.length - 1))
        .hasMessage("labels ends after 1 of its items; 2 are needed");
    assertInvalid(Arrays.copyOf(IMAGES, IMAGES.length + 1), LABELS)
        .hasMessage("images goes on after the last value that its header promises");
    byte[] packed = CsvReaderTest.gzip(IMAGES);
    assertInvalid(Arrays.copyOf(packed, packed.length - 9), LABELS)
        .hasMessage("images is truncated: its gzip data end early; copy it again");
  }
}
