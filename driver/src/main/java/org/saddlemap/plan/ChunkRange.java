package org.saddlemap.plan;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * A contiguous piece of a plan, {@code from} included, {@code to} not; the unit that is committed.
 *
 * @param from first index of the plan
 * @param to the index after the last
 */
public record ChunkRange(long from, long to) implements Comparable<ChunkRange>, Serializable {
  private static final long serialVersionUID = 1L;

  private static final Pattern FILE_NAME =
      Pattern.compile("chunk-(\\d{12,19})-(\\d{12,19})\\.parquet");

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

  /** These indices as few ranges as possible, in order. */
  public static List<ChunkRange> of(Collection<Long> indices) {
    List<ChunkRange> ranges = new ArrayList<>();
    for (long index : new TreeSet<>(indices)) {
      int last = ranges.size() - 1;
      if (last >= 0 && ranges.get(last).to() == index) {
        ranges.set(last, new ChunkRange(ranges.get(last).from(), index + 1));
      } else {
        ranges.add(new ChunkRange(index, index + 1));
      }
    }
    return ranges;
  }

  /**
   * {@code chunk-000000000000-000000000100.parquet}; names sort like the ranges (below 10¹²
   * trials).
   */
  public String fileName() {
    return String.format(Locale.ROOT, "chunk-%012d-%012d.parquet", from, to);
  }

  /** The range of a chunk file's name; empty where the name is not exactly one. */
  public static Optional<ChunkRange> parse(String fileName) {
    Matcher m = FILE_NAME.matcher(fileName);
    if (!m.matches()) {
      return Optional.empty();
    }
    try {
      long from = Long.parseLong(m.group(1));
      long to = Long.parseLong(m.group(2));
      return to > from
          ? Optional.of(new ChunkRange(from, to)).filter(r -> r.fileName().equals(fileName))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty(); // beyond 2⁶³ − 1
    }
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
