package org.saddlemap.spec;

import java.util.OptionalLong;

/**
 * Which data a sweep trains on, and how they are prepared.
 *
 * @param source where they come from
 * @param task what the label column holds
 * @param scale what is done to the features, with statistics of the training part alone
 * @param holdout share of the rows held out for testing, in [0, 1)
 * @param seed of the split and of synthetic data; the sweep's seed where the spec is silent
 * @param limit at most so many rows are used, the first ones; empty for all
 */
public record DataSpec(
    DataSource source, Task task, Scale scale, double holdout, long seed, OptionalLong limit) {
  public DataSpec {
    if (!(holdout >= 0 && holdout < 1)) {
      throw new IllegalArgumentException("needs holdout in [0, 1), got " + holdout);
    }
    if (limit.isPresent() && limit.getAsLong() < 1) {
      throw new IllegalArgumentException("needs limit >= 1, got " + limit.getAsLong());
    }
  }

  /** What the label column holds. */
  public enum Task {
    /**
     * Class names or numbers; one-hot targets under cross entropy and MSE, 0/1 under binary cross
     * entropy.
     */
    CLASSIFICATION,
    /** Numbers; MSE only. */
    REGRESSION
  }

  /** What is done to each feature. */
  public enum Scale {
    NONE,
    /** Mean 0, variance 1; a constant feature becomes 0. */
    STANDARD,
    /** Into [0, 1]; a constant feature becomes 0. */
    MINMAX
  }
}
