package org.saddlemap.watch;

import org.saddlemap.record.RowOutcome;
import org.saddlemap.verdict.Verdict;

/**
 * How a trial ended, in one byte: the place of its outcome in {@link RowOutcome#ALL} and whether it
 * stands on a knife edge.
 */
final class Ending {
  /** No row yet. */
  static final byte NONE = 0;

  private static final int EDGE = 64;

  private Ending() {}

  /**
   * @param margin in decades; NaN where there is none
   */
  static byte of(String outcome, double margin) {
    int place = RowOutcome.ALL.indexOf(outcome);
    if (place < 0) {
      throw new IllegalArgumentException("Invalid outcome: '" + outcome + "'");
    }
    return (byte) (1 + place + (margin < Verdict.KNIFE_EDGE ? EDGE : 0));
  }

  static int outcome(byte ending) {
    return ending % EDGE - 1;
  }

  static boolean isOnKnifeEdge(byte ending) {
    return ending >= EDGE;
  }
}
