package org.saddlemap.report;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/** A column of whole numbers, one for each row: four bytes each here, and fewer on the page. */
final class IntColumn {
  private int[] values = new int[64];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  int get(int row) {
    return values[Objects.checkIndex(row, size)];
  }

  int size() {
    return size;
  }

  /**
   * Appends the numbers, little-endian, of as few bytes as they need.
   *
   * @return {@code offset} and {@code width} of what was appended, in bytes
   */
  Map<String, Object> appendTo(ByteArrayOutputStream out) {
    int max = Arrays.stream(values, 0, size).max().orElse(0);
    int width = max < 1 << 8 ? 1 : max < 1 << 16 ? 2 : 4;
    int offset = out.size();
    for (int row = 0; row < size; row++) {
      for (int b = 0; b < width; b++) {
        out.write(values[row] >>> (8 * b));
      }
    }
    return Map.of("offset", offset, "width", width);
  }
}
