package org.saddlemap.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;

/** Collects the rows of a {@link RawTable}, each checked as it comes. */
public final class RawTableBuilder {
  /** More classes than this are taken for a regression's target. */
  static final int MAX_CLASSES = 10_000;

  private static final int BLOCK_VALUES = 1 << 16;

  private final String origin;
  private final Task task;
  private final int columns;
  private final int rowsPerBlock;
  private final List<double[]> blocks = new ArrayList<>();
  private final Map<String, Integer> classes = new LinkedHashMap<>();
  private int[] codes = new int[0];
  private double[] values = new double[0];
  private int rows;
  private boolean incomplete;

  /**
   * An empty table.
   *
   * @param origin what error messages call the source
   * @param columns number of features d, at least 1
   */
  public RawTableBuilder(String origin, int columns, Task task) {
    if (columns < 1) {
      throw new InvalidInput(
          "%s has no feature: it needs one column or more besides the label".formatted(origin));
    }
    this.origin = origin;
    this.columns = columns;
    this.task = task;
    this.rowsPerBlock = Math.max(1, BLOCK_VALUES / columns);
  }

  /** Takes NaN for a feature that is missing. */
  RawTableBuilder incomplete() {
    incomplete = true;
    return this;
  }

  /** Rows so far. */
  public int rows() {
    return rows;
  }

  /**
   * Adds a row.
   *
   * @param features d values, copied
   * @param label class name or number, as read
   * @param where of the row, for messages, such as {@code line 7}
   * @param names what messages call the features, such as {@code column 3 ("age")}
   * @throws InvalidInput where a value is not finite or not a float, or the label is not one
   */
  public void add(double[] features, String label, String where, ColumnNames names) {
    append(features, where, names);
    switch (task) {
      case CLASSIFICATION -> setClass(label, where);
      case REGRESSION -> setValue(label, where);
    }
    rows++;
  }

  private void append(double[] features, String where, ColumnNames names) {
    if (features.length != columns) {
      throw new IllegalArgumentException(
          "Invalid row: %d values for %d columns".formatted(features.length, columns));
    }
    if ((rows + 1L) * columns > Integer.MAX_VALUE - 8) {
      throw new InvalidInput(
          "%s is too large: more than %d values (%d rows of %d features); limit the rows"
              .formatted(origin, Integer.MAX_VALUE - 8, rows, columns));
    }
    for (int j = 0; j < columns; j++) {
      Optional<String> problem =
          incomplete && Double.isNaN(features[j]) ? Optional.empty() : Cell.problem(features[j]);
      if (problem.isPresent()) {
        throw new InvalidInput(
            "%s, %s, %s: %s".formatted(origin, where, names.of(j), problem.get()));
      }
    }
    int row = rows % rowsPerBlock;
    if (row == 0) {
      blocks.add(new double[rowsPerBlock * columns]);
    }
    System.arraycopy(features, 0, blocks.get(blocks.size() - 1), row * columns, columns);
  }

  private void setClass(String label, String where) {
    if (label.isEmpty() || Cell.isNotFinite(label)) {
      throw new InvalidInput(
          "%s, %s: the label is missing (\"%s\"); every row needs one"
              .formatted(origin, where, label));
    }
    int code = classes.computeIfAbsent(Cell.canonical(label), name -> classes.size());
    if (code == MAX_CLASSES) {
      throw new InvalidInput(
          ("%s, %s: more than %d classes; the label column is probably a number to predict:"
                  + " say task: regression")
              .formatted(origin, where, MAX_CLASSES));
    }
    codes = rows < codes.length ? codes : Arrays.copyOf(codes, larger(rows));
    codes[rows] = code;
  }

  private void setValue(String label, String where) {
    double value = Cell.parse(label);
    if (Double.isNaN(value)) {
      throw new InvalidInput(
          "%s, %s: the label %s; a regression needs a number"
              .formatted(origin, where, Cell.problem(label)));
    }
    Optional<String> problem = Cell.problem(value);
    if (problem.isPresent()) {
      throw new InvalidInput("%s, %s, the label: %s".formatted(origin, where, problem.get()));
    }
    values = rows < values.length ? values : Arrays.copyOf(values, larger(rows));
    values[rows] = value;
  }

  private static int larger(int size) {
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(256, size * 3L / 2));
  }

  /** The table. The builder is not to be used afterwards. */
  public RawTable build() {
    return new RawTable(
        origin,
        new RawTable.Doubles(rows, columns, rowsPerBlock, blocks),
        switch (task) {
          case CLASSIFICATION ->
              new RawTable.Classes(Arrays.copyOf(codes, rows), List.copyOf(classes.keySet()));
          case REGRESSION -> new RawTable.Values(Arrays.copyOf(values, rows), 1);
        });
  }
}
