package org.saddlemap.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.trial.Seeds;

/**
 * Makes a {@link Dataset} of a {@link RawTable}: limits, splits, scales and checks it.
 *
 * <p>The split is a shuffle of the rows from the spec's seed, not stratified: the first
 * round(holdout · n) rows of the shuffle are held out, the others are the training part, in the
 * shuffle's order. Classes are numbered by name, in numeric order where all names are numbers.
 * Scaling, and means for what is missing, know the training part alone. Costs two passes over the
 * training rows and one over all, and 4 bytes a value besides the raw table.
 */
public final class Preparation {
  private final RawTable raw;
  private final DataSpec spec;
  private final int features;
  private final int[] heldout;
  private final int[] train;

  private Preparation(RawTable read, DataSpec spec) {
    this.spec = spec;
    this.features = read.features().columns();
    int rows = (int) Math.min(read.rows(), spec.limit().orElse(Long.MAX_VALUE));
    int[] order = shuffled(rows, new Seeds(spec.seed(), 0).stream(Seeds.Stream.SPLIT, 0));
    int held = (int) Math.round(spec.holdout() * rows);
    this.heldout = Arrays.copyOf(order, held);
    this.train = Arrays.copyOfRange(order, held, rows);
    if (train.length < 2) {
      throw new InvalidInput(
          "%s: holding out %s of %d rows leaves %d for training; at least 2 are needed"
              .formatted(read.origin(), spec.holdout(), rows, train.length));
    }
    this.raw =
        spec.source() instanceof CsvSource csv && csv.missing() == CsvSource.Missing.MEAN
            ? new RawTable(
                read.origin(),
                new RawTable.Filled(read.features(), means(read, train)),
                read.target())
            : read;
  }

  /** Of each feature, over the training rows that have it. */
  private static double[] means(RawTable raw, int[] train) {
    int columns = raw.features().columns();
    double[] row = new double[columns];
    double[] sums = new double[columns];
    int[] counts = new int[columns];
    for (int i : train) {
      raw.features().copyRow(i, row);
      for (int j = 0; j < columns; j++) {
        if (!Double.isNaN(row[j])) {
          sums[j] += row[j];
          counts[j]++;
        }
      }
    }
    for (int j = 0; j < columns; j++) {
      if (counts[j] == 0) {
        throw new InvalidInput(
            "%s: feature number %d has no value in any of the %d training rows, and so no mean; leave the column out"
                .formatted(raw.origin(), j + 1, train.length));
      }
      sums[j] /= counts[j];
    }
    return sums;
  }

  /**
   * Prepares a table.
   *
   * @throws InvalidInput where the data cannot be trained on: too few rows, one class, a constant
   *     target, constant features, a class that the training part lacks
   */
  public static Dataset prepare(RawTable raw, DataSpec spec) {
    return new Preparation(raw, spec).prepare();
  }

  private Dataset prepare() {
    FeatureScaling scaling = FeatureScaling.of(raw, train, spec.scale());
    List<Integer> constant = scaling.constant();
    if (constant.size() == features) {
      throw new InvalidInput(
          "%s: every feature is constant over the %d training rows; there is nothing to learn from"
              .formatted(raw.origin(), train.length));
    }
    int classes = 0;
    int targetColumns = 0;
    int[] codes = new int[0];
    RawTable.Values values = new RawTable.Values(new double[0], 0);
    if (raw.target() instanceof RawTable.Classes named) {
      requireTask(Task.CLASSIFICATION);
      int[] numbers = numbered(named);
      codes = Arrays.stream(named.codes()).map(code -> numbers[code]).toArray();
      classes = Arrays.stream(numbers).max().orElseThrow() + 1;
    } else if (raw.target() instanceof RawTable.Values numbers) {
      requireTask(Task.REGRESSION);
      requireVariation(numbers);
      values = numbers;
      targetColumns = numbers.columns();
    }
    Dataset.Part trainPart = part(train, scaling, codes, values);
    Dataset.Part heldoutPart = part(heldout, scaling, codes, values);
    return new Dataset(
        features,
        classes,
        targetColumns,
        trainPart,
        heldoutPart,
        Fingerprint.of(features, classes, targetColumns, trainPart, heldoutPart),
        summary(constant, classes, targetColumns));
  }

  private void requireTask(Task task) {
    if (spec.task() != task) {
      throw new IllegalArgumentException(
          "Cannot prepare %s data for %s".formatted(task, spec.task()));
    }
  }

  private static int[] shuffled(int rows, RandomGenerator random) {
    int[] order = IntStream.range(0, rows).toArray();
    for (int i = rows - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  /** The class number of each code; classes beyond the limit do not count. */
  private int[] numbered(RawTable.Classes named) {
    int[] trained = counts(train, named);
    int[] held = counts(heldout, named);
    List<String> names =
        IntStream.range(0, trained.length)
            .filter(code -> trained[code] + held[code] > 0)
            .mapToObj(named.names()::get)
            .collect(Collectors.toCollection(ArrayList::new));
    boolean numeric = names.stream().allMatch(Cell::isNumber);
    if (names.size() < 2) {
      throw new InvalidInput(
          "%s: all labels are \"%s\"; classification needs two classes or more"
              .formatted(raw.origin(), names.get(0)));
    }
    Comparator<String> byText = Comparator.naturalOrder();
    names.sort(numeric ? Comparator.comparingDouble(Cell::parse).thenComparing(byText) : byText);
    int[] numbers = new int[trained.length];
    for (int code = 0; code < numbers.length; code++) {
      numbers[code] = names.indexOf(named.names().get(code));
      if (trained[code] == 0 && held[code] > 0) {
        throw new InvalidInput(
            ("%s: class \"%s\" is missing from the training part: the split, which is not"
                    + " stratified, holds out all of its rows (%d); hold out less or take another"
                    + " seed%s")
                .formatted(
                    raw.origin(),
                    named.names().get(code),
                    held[code],
                    numeric ? "; if the label is a number to predict, say task: regression" : ""));
      }
    }
    return numbers;
  }

  private static int[] counts(int[] rows, RawTable.Classes named) {
    int[] counts = new int[named.names().size()];
    for (int row : rows) {
      counts[named.codes()[row]]++;
    }
    return counts;
  }

  private void requireVariation(RawTable.Values values) {
    double[] all = values.values();
    int columns = values.columns();
    for (int j = 0; j < columns; j++) {
      double first = all[train[0] * columns + j];
      int column = j;
      if (Arrays.stream(train).allMatch(row -> all[row * columns + column] == first)) {
        throw new InvalidInput(
            "%s: the target is %s in all %d training rows; there is nothing to learn"
                .formatted(raw.origin(), first, train.length));
      }
    }
  }

  private Dataset.Part part(
      int[] rows, FeatureScaling scaling, int[] codes, RawTable.Values values) {
    float[] inputs = new float[rows.length * features];
    int[] labels = new int[codes.length == 0 ? 0 : rows.length];
    float[] targets = new float[rows.length * values.columns()];
    double[] row = new double[features];
    for (int i = 0; i < rows.length; i++) {
      raw.features().copyRow(rows[i], row);
      scaling.apply(row, inputs, i * features);
      if (labels.length > 0) {
        labels[i] = codes[rows[i]];
      }
      for (int j = 0; j < values.columns(); j++) {
        targets[i * values.columns() + j] = (float) values.values()[rows[i] * values.columns() + j];
      }
    }
    return new Dataset.Part(rows.length, inputs, labels, targets);
  }

  private String summary(List<Integer> constant, int classes, int targetColumns) {
    String places =
        String.join(
            ", ", constant.stream().limit(8).map(column -> Integer.toString(column + 1)).toList());
    return "%d training rows and %d held out, %d %s%s, %s"
        .formatted(
            train.length,
            heldout.length,
            features,
            features == 1 ? "feature" : "features",
            constant.isEmpty()
                ? ""
                : " (%d constant in training: number %s%s)"
                    .formatted(constant.size(), places, constant.size() > 8 ? ", …" : ""),
            classes > 0
                ? classes + " classes"
                : targetColumns + (targetColumns == 1 ? " target" : " targets"));
  }
}
