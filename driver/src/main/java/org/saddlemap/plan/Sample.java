package org.saddlemap.plan;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.saddlemap.trial.RandomStream;

/**
 * A random sample of the numbers that were added, at most {@value #MAX_VALUES} of them, each with
 * the same chance to be kept (Vitter's algorithm R, from a seed).
 */
final class Sample {
  /** The median of so many numbers is off by a percent or two of the ranks. */
  static final int MAX_VALUES = 2_000;

  private double[] kept = new double[4];
  private long added;
  private double sum;
  private RandomGenerator random;

  void add(double value) {
    sum += value;
    added++;
    if (added <= MAX_VALUES) {
      if (added > kept.length) {
        kept = Arrays.copyOf(kept, Math.min(MAX_VALUES, 2 * kept.length));
      }
      kept[(int) added - 1] = value;
      return;
    }
    if (random == null) {
      random = new RandomStream(1);
    }
    long at = random.nextLong(added);
    if (at < MAX_VALUES) {
      kept[(int) at] = value;
    }
  }

  /** How many were added. */
  long size() {
    return added;
  }

  /** A copy of those that were kept, in no order to rely on. */
  double[] values() {
    return Arrays.copyOf(kept, (int) Math.min(added, MAX_VALUES));
  }

  /** The mean of all numbers that were added, at least one. */
  double mean() {
    return sum / added;
  }

  /** The median of the numbers that were kept, at least one. */
  double median() {
    double[] sorted = values();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
