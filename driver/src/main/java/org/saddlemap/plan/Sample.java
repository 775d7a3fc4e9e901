package org.saddlemap.plan;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.saddlemap.trial.RandomStream;

/**
 * Numbers, or so many of them, each with the same chance to be among them: what is kept does not
 * grow with what was added (Vitter's algorithm R, from a seed).
 */
final class Sample {
  /** Of so many, a median is off by a percent or two of the ranks. */
  static final int MOST = 2_000;

  private double[] kept = new double[4];
  private long added;
  private double sum;
  private RandomGenerator random;

  void add(double value) {
    sum += value;
    added++;
    if (added <= MOST) {
      if (added > kept.length) {
        kept = Arrays.copyOf(kept, Math.min(MOST, 2 * kept.length));
      }
      kept[(int) added - 1] = value;
      return;
    }
    if (random == null) {
      random = new RandomStream(1);
    }
    long at = random.nextLong(added);
    if (at < MOST) {
      kept[(int) at] = value;
    }
  }

  /** How many were added. */
  long size() {
    return added;
  }

  /** A copy of those that were kept, in no order to rely on. */
  double[] values() {
    return Arrays.copyOf(kept, (int) Math.min(added, MOST));
  }

  /** Of all that were added; at least one. */
  double mean() {
    return sum / added;
  }

  /** Of those that were kept; at least one. */
  double median() {
    double[] sorted = values();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
