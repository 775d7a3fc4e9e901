package org.saddlemap.arithmetic;

import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * Losses on outputs in float32, summed up in float64, with their derivatives. Exponentials lie in
 * float64, so that losses are exact however small they are.
 */
final class Float32Losses {
  /** Sums of exponentials below it saw none beyond {@link FloatExponential#of}'s range. */
  private static final double FAR = 1e44;

  private double[] head = new double[0];

  /** The mean loss; its derivatives into {@code slope} where that is not null. */
  double value(Loss loss, Float32Matrix y, int[] labels, float[] targets, Float32Matrix slope) {
    int rows = y.rows();
    int k = y.columns();
    if (loss != Loss.MSE && head.length < rows * k) {
      head = new double[rows * k];
    }
    float[] z = y.values();
    float[] d = slope == null ? null : slope.overwrite();
    double sum =
        switch (loss) {
          case MSE -> squares(z, targets, rows, k, d);
          case CROSS_ENTROPY -> crossEntropy(z, rows, k, labels, d);
          case BINARY_CROSS_ENTROPY -> binaryCrossEntropy(z, rows, labels, d);
        };
    if (d != null) {
      FloatFunctions.backward(Activation.IDENTITY, z, null, d, rows * k); // flushes
    }
    return sum / rows;
  }

  private static double squares(float[] z, float[] targets, int rows, int k, float[] d) {
    float share = 1f / rows;
    double sum = 0;
    for (int i = 0; i < rows * k; i++) {
      float e = z[i] - targets[i];
      sum += (double) e * e;
      if (d != null) {
        d[i] = e * share;
      }
    }
    return sum / 2;
  }

  /**
   * Sum over rows of log(1 + s), with s = Σ e^(zⱼ − z) over the classes other than the row's own,
   * whose output is z: exact however small it is. One logarithm serves many rows.
   */
  private double crossEntropy(float[] z, int rows, int k, int[] labels, float[] d) {
    for (int r = 0; r < rows; r++) {
      differences(z, head, r * k, (r + 1) * k, z[r * k + labels[r]]);
    }
    FloatExponential.of(head, rows * k);
    double sum = 0;
    double share = 1.0 / rows;
    double product = 0; // of the factors 1 + s, less 1
    for (int r = 0; r < rows; r++) {
      head[r * k + labels[r]] = 0;
    }
    for (int r = 0; r < rows; r++) {
      int at = r * k;
      int own = at + labels[r];
      double others = sum(head, at, at + k);
      if (!(others < FAR)) {
        sum += farCrossEntropy(z, at, at + k, own, share, d);
        continue;
      }
      product += others + product * others;
      if (product > FAR) {
        sum += StrictMath.log1p(product);
        product = 0;
      }
      if (d != null) {
        double factor = share / (1 + others);
        scale(head, d, at, at + k, factor);
        d[own] = (float) (-others * factor);
      }
    }
    return sum + StrictMath.log1p(product);
  }

  /** A row whose own output lies so far below another that the exponentials are beyond range. */
  private double farCrossEntropy(float[] z, int from, int to, int own, double share, float[] d) {
    double max = z[from];
    for (int i = from + 1; i < to; i++) {
      max = Math.max(max, z[i]);
    }
    double total = 0;
    for (int i = from; i < to; i++) {
      head[i] = StrictMath.exp(z[i] - max);
      total += head[i];
    }
    if (d != null) {
      scale(head, d, from, to, share / total);
      d[own] -= (float) share;
    }
    return StrictMath.log(total) + (max - z[own]);
  }

  /** Sum over rows of log(1 + e^(−|z|)) + max(z, 0) − z·label. */
  private double binaryCrossEntropy(float[] z, int rows, int[] labels, float[] d) {
    for (int r = 0; r < rows; r++) {
      head[r] = -Math.abs(z[r]);
    }
    FloatExponential.of(head, rows);
    double sum = 0;
    double share = 1.0 / rows;
    double product = 0; // of the factors 1 + e^(−|z|), less 1
    for (int r = 0; r < rows; r++) {
      double e = head[r];
      sum += Math.max(z[r], 0) - (double) z[r] * labels[r];
      product += e + product * e;
      if (product > FAR) {
        sum += StrictMath.log1p(product);
        product = 0;
      }
      if (d != null) {
        double away = e / (1 + e); // from the nearer of 0 and 1
        double p = z[r] >= 0 ? 1 - away : away;
        d[r] = (float) ((p - labels[r]) * share);
      }
    }
    return sum + StrictMath.log1p(product);
  }

  private static void differences(float[] x, double[] y, int from, int to, float less) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] - less;
    }
  }

  private static double sum(double[] x, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += x[i];
    }
    return sum;
  }

  private static void scale(double[] x, float[] y, int from, int to, double factor) {
    for (int i = from; i < to; i++) {
      y[i] = (float) (x[i] * factor);
    }
  }
}
