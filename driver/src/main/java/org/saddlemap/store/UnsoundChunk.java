package org.saddlemap.store;

import java.util.Optional;
import org.saddlemap.plan.ChunkRange;

/** Says that a chunk is not as it should be, and which of its files shows it. */
final class UnsoundChunk extends Exception {
  private static final long serialVersionUID = 1L;

  private final VerificationReport.Kind kind;
  private final String where;

  /**
   * @param where the file below the warehouse
   */
  UnsoundChunk(VerificationReport.Kind kind, String where, String what) {
    super(what);
    this.kind = kind;
    this.where = where;
  }

  /** A file, or a row of it, that cannot be read. */
  static UnsoundChunk unreadable(String where, Throwable cause) {
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    UnsoundChunk unsound =
        new UnsoundChunk(
            VerificationReport.Kind.UNREADABLE,
            where,
            "cannot be read: " + message.lines().findFirst().orElse(cause.toString()));
    unsound.initCause(cause);
    return unsound;
  }

  /** As the report on this chunk has it. */
  VerificationReport.Finding finding(ChunkRange chunk) {
    return new VerificationReport.Finding(kind, where, getMessage(), Optional.of(chunk));
  }
}
