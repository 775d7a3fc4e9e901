package org.saddlemap.trial;

import java.util.Locale;

/** What became of a trial's execution, whatever its verdict. */
public enum TrialStatus {
  /** Trained and examined; divergence is a result, not a failure. */
  COMPLETED,
  /** Ended by an error: out of memory, or a bug. */
  FAILED,
  /** Ended by its time limit. */
  TIMED_OUT;

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
