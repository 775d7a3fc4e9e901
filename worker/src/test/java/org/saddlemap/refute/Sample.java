package org.saddlemap.refute;

import java.util.Arrays;
import java.util.List;

/**
 * The full objective at a few evenly spaced late iterates, oldest first.
 *
 * @param mean over them
 * @param error standard error of the mean
 * @param last the last one's
 * @param wobbles whether it rises anywhere by more than the given nothing
 */
record Sample(double mean, double error, double last, boolean wobbles) {
  private static final int BATCHES = 5;

  /**
   * @param nothing a rise that is none
   */
  static Sample of(List<Double> losses, double nothing) {
    double[] f = losses.stream().mapToDouble(Double::doubleValue).toArray();
    boolean wobbles = false;
    for (int i = 1; i < f.length; i++) {
      wobbles |= !(f[i] <= f[i - 1] + nothing);
    }
    double mean = Arrays.stream(f).average().orElse(Double.NaN);
    return new Sample(mean, Math.max(error(f), error(batchMeans(f))), f[f.length - 1], wobbles);
  }

  /** Means of consecutive points, since neighbours are alike. */
  private static double[] batchMeans(double[] f) {
    int batches = Math.min(BATCHES, f.length);
    double[] means = new double[batches];
    for (int b = 0; b < batches; b++) {
      int from = b * f.length / batches;
      int to = (b + 1) * f.length / batches;
      means[b] = Arrays.stream(f, from, to).average().orElseThrow();
    }
    return means;
  }

  private static double error(double[] f) {
    if (f.length < 2) {
      return 0;
    }
    double mean = Arrays.stream(f).average().orElseThrow();
    double sum = Arrays.stream(f).map(x -> (x - mean) * (x - mean)).sum();
    return Math.sqrt(sum / (f.length - 1) / f.length);
  }

  /** The trial's loss: where it stands, or, where it wobbles, the mean. */
  double level() {
    return wobbles ? mean : last;
  }

  /** Twice the standard error of the level. */
  double noise() {
    return wobbles ? 2 * error : 0;
  }

  /** How far the loss fell from the one sample to the other, like compared with like. */
  static double fall(Sample before, Sample after) {
    return before.wobbles || after.wobbles ? before.mean - after.mean : before.last - after.last;
  }

  /** Twice the standard error of the fall. */
  static double noise(Sample before, Sample after) {
    return before.wobbles || after.wobbles ? 2 * Math.hypot(before.error, after.error) : 0;
  }
}
