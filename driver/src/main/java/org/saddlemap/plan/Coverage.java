package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which indices of a plan a set of committed chunks covers. Immutable; n chunks cost O(n log n)
 * once.
 */
public final class Coverage {
  private final List<ChunkRange> chunks;
  private final List<ChunkRange> covered;

  private Coverage(NavigableSet<ChunkRange> chunks) {
    this.chunks = List.copyOf(chunks);
    this.covered = List.copyOf(union(this.chunks));
  }

  /** The coverage of these chunks, in whatever order. */
  public static Coverage of(Collection<ChunkRange> chunks) {
    return new Coverage(new TreeSet<>(chunks));
  }

  /** The chunks themselves, in order. */
  public List<ChunkRange> chunks() {
    return chunks;
  }

  /** What is covered, as few disjoint ranges as possible, in order. */
  public List<ChunkRange> covered() {
    return covered;
  }

  /** The chunk that an index is in, where no two overlap; costs O(log n). */
  public Optional<ChunkRange> chunk(long index) {
    int beyond = Collections.binarySearch(chunks, new ChunkRange(index, Long.MAX_VALUE));
    int at = (beyond < 0 ? -beyond - 1 : beyond + 1) - 1;
    return at < 0 ? Optional.empty() : Optional.of(chunks.get(at)).filter(c -> c.contains(index));
  }

  /** The chunks that share an index with a range, where no two overlap; costs O(log n + found). */
  public List<ChunkRange> meeting(ChunkRange range) {
    int beyond = Collections.binarySearch(chunks, new ChunkRange(range.from(), range.from() + 1));
    List<ChunkRange> meeting = new ArrayList<>();
    for (int i = Math.max(0, (beyond < 0 ? -beyond - 1 : beyond) - 1);
        i < chunks.size() && chunks.get(i).from() < range.to();
        i++) {
      if (chunks.get(i).meets(range)) {
        meeting.add(chunks.get(i));
      }
    }
    return meeting;
  }

  /** The chunks that lie in a range as a whole, in order; costs O(log n), and what starts there. */
  public List<ChunkRange> within(ChunkRange range) {
    int first = Collections.binarySearch(chunks, new ChunkRange(range.from(), range.from() + 1));
    return chunks.stream()
        .skip(first < 0 ? -first - 1 : first)
        .takeWhile(c -> c.from() < range.to())
        .filter(range::contains)
        .toList();
  }

  /** Number of indices covered. */
  public long size() {
    return covered.stream().mapToLong(ChunkRange::size).sum();
  }

  /** What a plan of that many indices still lacks, as few ranges as possible, in order. */
  public List<ChunkRange> missing(long planSize) {
    return planSize <= 0 ? List.of() : missing(new ChunkRange(0, planSize));
  }

  /**
   * What of these indices is not covered, as few ranges as possible, in order. Costs O(log n), and
   * what it finds.
   */
  public List<ChunkRange> missing(ChunkRange within) {
    List<ChunkRange> missing = new ArrayList<>();
    long next = within.from();
    // Covered ranges are disjoint: the first that matters is the one before the first beyond.
    int first = Collections.binarySearch(covered, new ChunkRange(next, next + 1));
    for (int i = Math.max(0, (first < 0 ? -first - 1 : first) - 1); i < covered.size(); i++) {
      ChunkRange range = covered.get(i);
      if (range.from() >= within.to()) {
        break;
      }
      if (next < range.from()) {
        missing.add(new ChunkRange(next, range.from()));
      }
      next = Math.max(next, range.to());
    }
    if (next < within.to()) {
      missing.add(new ChunkRange(next, within.to()));
    }
    return missing;
  }

  /** Whether a plan of that many indices lacks none. */
  public boolean isComplete(long planSize) {
    return missing(planSize).isEmpty();
  }

  /** Chunks that share an index with another chunk, in order; their trials stand there twice. */
  public List<ChunkRange> overlapping() {
    List<ChunkRange> overlapping = new ArrayList<>();
    long reached = 0;
    for (int i = 0; i < chunks.size(); i++) {
      ChunkRange chunk = chunks.get(i);
      // By order of from, a chunk meets an earlier one where that reaches beyond its start, and a
      // later one where the very next starts before its end.
      boolean next = i + 1 < chunks.size() && chunks.get(i + 1).from() < chunk.to();
      if (chunk.from() < reached || next) {
        overlapping.add(chunk);
      }
      reached = Math.max(reached, chunk.to());
    }
    return overlapping;
  }

  /** Chunks that lie within a single other chunk, in order; without them nothing is lost. */
  public List<ChunkRange> redundant() {
    List<ChunkRange> redundant = new ArrayList<>();
    long reached = 0;
    for (int i = 0; i < chunks.size(); i++) {
      ChunkRange chunk = chunks.get(i);
      // Of two chunks with the same start, the longer one comes later.
      boolean longer = i + 1 < chunks.size() && chunks.get(i + 1).from() == chunk.from();
      if (chunk.to() <= reached || longer) {
        redundant.add(chunk);
      }
      reached = Math.max(reached, chunk.to());
    }
    return redundant;
  }

  /**
   * Chunks without a common index that together cover as much as any such choice does, in order.
   * Costs O(n log n): interval scheduling with sizes as weights, by dynamic programming.
   */
  public List<ChunkRange> disjoint() {
    List<ChunkRange> byEnd =
        chunks.stream()
            .sorted(
                Comparator.comparingLong(ChunkRange::to)
                    .thenComparing(Comparator.comparingLong(ChunkRange::from).reversed()))
            .toList();
    int n = byEnd.size();
    long[] best = new long[n + 1]; // covered by the best choice among the first so many
    int[] before = new int[n]; // how many of them end where this one starts, or earlier
    for (int i = 0; i < n; i++) {
      ChunkRange chunk = byEnd.get(i);
      before[i] = endingBy(byEnd, chunk.from());
      best[i + 1] = Math.max(best[i], best[before[i]] + chunk.size());
    }
    List<ChunkRange> chosen = new ArrayList<>();
    for (int i = n; i > 0; ) {
      if (best[i] == best[i - 1]) {
        i--;
      } else {
        chosen.add(byEnd.get(i - 1));
        i = before[i - 1];
      }
    }
    Collections.reverse(chosen);
    return chosen;
  }

  /** How many chunks, sorted by their end, end at that index or before. */
  private static int endingBy(List<ChunkRange> byEnd, long index) {
    int low = 0;
    int high = byEnd.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (byEnd.get(middle).to() <= index) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Chunks that reach beyond a plan of that many indices, in order; they belong to no such plan.
   */
  public List<ChunkRange> beyond(long planSize) {
    return chunks.stream().filter(c -> c.to() > planSize).toList();
  }

  private static List<ChunkRange> union(List<ChunkRange> sorted) {
    List<ChunkRange> union = new ArrayList<>();
    for (ChunkRange chunk : sorted) {
      int last = union.size() - 1;
      if (last >= 0 && chunk.from() <= union.get(last).to()) {
        ChunkRange grown = union.get(last);
        union.set(last, new ChunkRange(grown.from(), Math.max(grown.to(), chunk.to())));
      } else {
        union.add(chunk);
      }
    }
    return union;
  }
}
