package org.saddlemap.plan;

import java.io.Serializable;
import java.util.Comparator;
import java.util.stream.LongStream;

/**
 * A contiguous piece of a plan, {@code from} included, {@code to} not; the unit that is committed.
 *
 * @param from first index of the plan
 * @param to the index after the last
 */
public record ChunkRange(long from, long to) implements Comparable<ChunkRange>, Serializable {
  private static final long serialVersionUID = 1L;

  private static final Comparator<ChunkRange> ORDER =
      Comparator.comparingLong(ChunkRange::from).thenComparingLong(ChunkRange::to);

  public ChunkRange {
    if (from < 0 || to <= from) {
      throw new IllegalArgumentException(
          "Invalid chunk: needs 0 <= from < to, got %d and %d".formatted(from, to));
    }
  }

  /** Number of indices. */
  public long size() {
    return to - from;
  }

  public boolean contains(long index) {
    return from <= index && index < to;
  }

  /** Whether every index of the other is in this one. */
  public boolean contains(ChunkRange other) {
    return from <= other.from && other.to <= to;
  }

  /** Whether the two share an index. */
  public boolean meets(ChunkRange other) {
    return from < other.to && other.from < to;
  }

  /** Its indices, in order. */
  public LongStream indices() {
    return LongStream.range(from, to);
  }

  /** By {@code from}, then by {@code to}. */
  @Override
  public int compareTo(ChunkRange other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "[" + from + ", " + to + ")";
  }
}
