package org.saddlemap.examine;

import java.util.Arrays;

/** What a loss history says: its tail, its peak, its trend. */
final class History {
  private static final int BLOCKS = 12;

  private final double[] losses;

  /**
   * @param losses finite, evenly spaced from start to end
   */
  History(double[] losses) {
    this.losses = losses;
  }

  /** Median of the last tenth, at least 10 points; NaN without history. */
  double tailMedian() {
    int count = Math.min(losses.length, Math.max(10, losses.length / 10));
    if (count == 0) {
      return Double.NaN;
    }
    double[] tail = Arrays.copyOfRange(losses, losses.length - count, losses.length);
    Arrays.sort(tail);
    return (tail[(count - 1) / 2] + tail[count / 2]) / 2;
  }

  /** Mean of the same; NaN without history. */
  double tailMean() {
    int count = Math.min(losses.length, Math.max(10, losses.length / 10));
    return Arrays.stream(losses, losses.length - count, losses.length).average().orElse(Double.NaN);
  }

  /**
   * A line through the means of 12 blocks of the last half.
   *
   * @param rise over the window
   * @param t its t-statistic
   */
  record Trend(double rise, double t) {}

  /** The trend; NaN and t = 0 where the last half has fewer than 12 points. */
  Trend trend() {
    int m = losses.length / 2;
    if (m < BLOCKS) {
      return new Trend(Double.NaN, 0);
    }
    double[] mean = new double[BLOCKS];
    int at = losses.length - m;
    for (int b = 0; b < BLOCKS; b++) {
      int size = m / BLOCKS + (b < m % BLOCKS ? 1 : 0);
      for (int i = 0; i < size; i++) {
        mean[b] += losses[at++] / size;
      }
    }
    double average = Arrays.stream(mean).average().orElseThrow();
    double kk = 0;
    double kb = 0;
    for (int b = 0; b < BLOCKS; b++) {
      double k = b - (BLOCKS - 1) / 2.0;
      kk += k * k;
      kb += k * mean[b];
    }
    double slope = kb / kk;
    double residual = 0;
    for (int b = 0; b < BLOCKS; b++) {
      double e = mean[b] - average - slope * (b - (BLOCKS - 1) / 2.0);
      residual += e * e;
    }
    double error = Math.sqrt(residual / (BLOCKS - 2) / kk) + 1e-300;
    return new Trend(slope * BLOCKS, slope / error);
  }
}
