package org.saddlemap.verdict;

import java.util.Locale;

/** Where a descent ended. */
public enum Category {
  /**
   * No way down: at the lower bound of the loss, or stationary with nothing left to gain nearby.
   */
  OPTIMUM,
  /** Stationary, with a way down that first-order information cannot see. */
  SADDLE,
  /** Flat: the derivative is (nearly) nothing, yet the loss is far from its lower bound. */
  PLATEAU,
  /** Not finite, blown up, or bouncing without end. */
  DIVERGED,
  /** The budget ended before any of the four was true. */
  DESCENDING;

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
