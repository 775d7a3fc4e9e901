package org.saddlemap.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.InvalidInput;

/** An affine map of each feature, (x − shift) / divisor, from statistics of the training rows. */
final class FeatureScaling {
  private final String origin;
  private final double[] shift;

  /** 0 where the feature is constant, and becomes 0. */
  private final double[] divisor;

  private final List<Integer> constant;

  private FeatureScaling(String origin, double[] shift, double[] divisor, List<Integer> constant) {
    this.origin = origin;
    this.shift = shift;
    this.divisor = divisor;
    this.constant = constant;
  }

  static FeatureScaling of(RawTable raw, int[] train, Scale scale) {
    int columns = raw.features().columns();
    double[] row = new double[columns];
    double[] min = new double[columns];
    double[] max = new double[columns];
    double[] mean = new double[columns];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
    for (int i : train) {
      raw.features().copyRow(i, row);
      for (int j = 0; j < columns; j++) {
        min[j] = Math.min(min[j], row[j]);
        max[j] = Math.max(max[j], row[j]);
        mean[j] += row[j];
      }
    }
    double[] range = new double[columns];
    for (int j = 0; j < columns; j++) {
      mean[j] /= train.length;
      range[j] = max[j] - min[j];
    }
    List<Integer> constant =
        IntStream.range(0, columns).filter(j -> range[j] == 0).boxed().toList();
    double[] ones = new double[columns];
    Arrays.fill(ones, 1);
    return switch (scale) {
      case NONE -> new FeatureScaling(raw.origin(), new double[columns], ones, constant);
      case MINMAX -> new FeatureScaling(raw.origin(), min, range, constant);
      case STANDARD ->
          new FeatureScaling(raw.origin(), mean, deviation(raw, train, mean, range), constant);
    };
  }

  /** √((1/n) Σ (x − mean)²), in units of the range, so that no square leaves a double's range. */
  private static double[] deviation(RawTable raw, int[] train, double[] mean, double[] range) {
    double[] row = new double[mean.length];
    double[] squares = new double[mean.length];
    for (int i : train) {
      raw.features().copyRow(i, row);
      for (int j = 0; j < row.length; j++) {
        double distance = range[j] == 0 ? 0 : (row[j] - mean[j]) / range[j];
        squares[j] += distance * distance;
      }
    }
    for (int j = 0; j < squares.length; j++) {
      squares[j] = range[j] * Math.sqrt(squares[j] / train.length);
    }
    return squares;
  }

  /** Features that do not vary in the training part, from 0. */
  List<Integer> constant() {
    return constant;
  }

  /** Writes a scaled row. */
  void apply(double[] row, float[] into, int start) {
    for (int j = 0; j < row.length; j++) {
      float scaled = divisor[j] == 0 ? 0 : (float) ((row[j] - shift[j]) / divisor[j]);
      if (!Float.isFinite(scaled)) {
        throw new InvalidInput(
            ("%s: %s in feature number %d becomes %s when it is scaled by the training part's"
                    + " spread, %s; remove the feature or the row")
                .formatted(origin, row[j], j + 1, scaled, divisor[j]));
      }
      into[start + j] = scaled;
    }
  }
}
