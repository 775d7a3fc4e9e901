package org.saddlemap.analysis;

import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/**
 * So many of so many, with how sure that is: Wilson's score interval (1927), which stays within 0
 * and 1 and holds where there are few.
 *
 * @param part from 0 to {@code whole}
 * @param whole at least 0
 */
public record Share(long part, long whole) {
  /** Of all intervals, the share that holds the truth. */
  public static final double CONFIDENCE = 0.95;

  public Share {
    if (part < 0 || part > whole) {
      throw new IllegalArgumentException("Not a share: %d of %d".formatted(part, whole));
    }
  }

  /** From 0 to 1; NaN of none. */
  public double value() {
    return part / (double) whole;
  }

  /** Lower end of the interval; 0 of none. */
  public double low() {
    return whole == 0 || part == 0 ? 0 : interval().getLowerBound();
  }

  /** Upper end of the interval; 1 of none. */
  public double high() {
    return part == whole ? 1 : interval().getUpperBound();
  }

  private ConfidenceInterval interval() {
    return new WilsonScoreInterval()
        .createInterval(Math.toIntExact(whole), Math.toIntExact(part), CONFIDENCE);
  }
}
