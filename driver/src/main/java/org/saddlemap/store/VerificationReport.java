package org.saddlemap.store;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.saddlemap.plan.ChunkRange;

/**
 * What {@link SweepVerifier} found in the tables of a sweep.
 *
 * @param planned trials of the plan
 * @param sound distinct planned trials that are whole, in sound chunks
 * @param chunks committed, whatever their state
 * @param unfinished of the sound trials, those that failed or timed out
 * @param undecided verdicts whose evidence is not complete in the tables (infinite measures are
 *     NULL there), or that another version of the rule gave
 * @param temporary files that a run left behind or is writing; harmless
 */
public record VerificationReport(
    long planned,
    long sound,
    long chunks,
    long unfinished,
    long undecided,
    int temporary,
    List<Finding> findings) {
  public VerificationReport {
    findings = List.copyOf(findings);
  }

  /** Trials that are not there, or not as they should be. */
  public long missing() {
    return planned - sound;
  }

  /** Whether every planned trial is there once, whole and unchanged, and nothing else is. */
  public boolean isSound() {
    return findings.isEmpty() && missing() == 0;
  }

  /** What can be wrong. */
  public enum Kind {
    /** A file that cannot be read, or whose bytes are not those that were written. */
    UNREADABLE,
    /** A file that is not what its place says: another sweep's, another range's, another schema. */
    MISPLACED,
    /** A trial that the plan does not know under this number, or that is in the wrong chunk. */
    FOREIGN_TRIAL,
    /** A chunk without all its trials, or without their curves and layers. */
    INCOMPLETE,
    /** Chunks that share trials. */
    DOUBLED,
    /** A verdict that does not follow from the evidence beside it. */
    VERDICT,
    /** Curves or layers without the trials that they belong to. */
    UNCOMMITTED,
    /** A file that no sweep wrote. */
    FOREIGN_FILE,
    /** Numbers of the plan that no chunk covers. */
    MISSING;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One thing that is wrong.
   *
   * @param where a file below the warehouse, or a range of the plan
   * @param chunk of it, where it is a chunk's
   */
  public record Finding(Kind kind, String where, String what, Optional<ChunkRange> chunk) {}
}
