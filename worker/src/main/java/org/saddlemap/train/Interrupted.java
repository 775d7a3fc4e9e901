package org.saddlemap.train;

/**
 * Training or examination was stopped from outside, or by its time limit; nothing of it is kept.
 */
public final class Interrupted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean timeLimit;

  public Interrupted(boolean timeLimit) {
    super(timeLimit ? "time limit reached" : "stopped from outside");
    this.timeLimit = timeLimit;
  }

  /** Whether the trial's own time limit stopped it. */
  public boolean timeLimit() {
    return timeLimit;
  }
}
