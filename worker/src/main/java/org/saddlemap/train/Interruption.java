package org.saddlemap.train;

import java.util.function.BooleanSupplier;

/**
 * Asked at safe points of long work.
 *
 * @param stopped whether someone outside wants it stopped
 * @param deadline in terms of {@link System#nanoTime}
 */
public record Interruption(BooleanSupplier stopped, long deadline) {
  /** Never interrupts. */
  public static final Interruption NEVER =
      new Interruption(() -> false, System.nanoTime() + Long.MAX_VALUE / 2);

  /**
   * Returns where work may go on.
   *
   * @throws Interrupted otherwise
   */
  public void check() {
    if (stopped.getAsBoolean()) {
      throw new Interrupted(false);
    }
    if (System.nanoTime() - deadline > 0) {
      throw new Interrupted(true);
    }
  }
}
