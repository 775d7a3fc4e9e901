package org.saddlemap.data;

import java.util.List;

/**
 * Data as read: finite features that fit a float, NaN where one is missing and a mean is to stand
 * for it, and the label column; neither split nor scaled.
 *
 * @param origin what error messages call the source, such as its path
 * @param features n × d
 * @param target n labels
 */
public record RawTable(String origin, Features features, Target target) {
  /** Feature values, n × d. */
  public sealed interface Features permits Doubles, Pixels, Filled {
    int rows();

    int columns();

    /** Copies a row's d values. */
    void copyRow(int row, double[] into);
  }

  /**
   * Numbers in blocks of rows, so that a table grows without being copied.
   *
   * @param blocks each rowsPerBlock × columns, row-major
   */
  record Doubles(int rows, int columns, int rowsPerBlock, List<double[]> blocks)
      implements Features {
    @Override
    public void copyRow(int row, double[] into) {
      System.arraycopy(
          blocks.get(row / rowsPerBlock), row % rowsPerBlock * columns, into, 0, columns);
    }
  }

  /**
   * Unsigned bytes that stand for value/255, in blocks of rows; an eighth of the memory.
   *
   * @param blocks each rowsPerBlock × columns, row-major
   */
  record Pixels(int rows, int columns, int rowsPerBlock, List<byte[]> blocks) implements Features {
    @Override
    public void copyRow(int row, double[] into) {
      byte[] block = blocks.get(row / rowsPerBlock);
      int start = row % rowsPerBlock * columns;
      for (int j = 0; j < columns; j++) {
        into[j] = (block[start + j] & 0xFF) / 255.0;
      }
    }
  }

  /**
   * Another's, with a value for each feature that is missing.
   *
   * @param substitutes d values
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Filled(Features incomplete, double[] substitutes) implements Features {
    @Override
    public int rows() {
      return incomplete.rows();
    }

    @Override
    public int columns() {
      return incomplete.columns();
    }

    @Override
    public void copyRow(int row, double[] into) {
      incomplete.copyRow(row, into);
      for (int j = 0; j < into.length; j++) {
        if (Double.isNaN(into[j])) {
          into[j] = substitutes[j];
        }
      }
    }
  }

  /** The label column. */
  public sealed interface Target permits Classes, Values {}

  /**
   * Classes by name.
   *
   * @param codes n positions in {@code names}
   * @param names distinct, in order of appearance; numbers in one spelling
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Classes(int[] codes, List<String> names) implements Target {}

  /**
   * Numbers.
   *
   * @param values n × columns, row-major
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Values(double[] values, int columns) implements Target {}

  int rows() {
    return features.rows();
  }
}
