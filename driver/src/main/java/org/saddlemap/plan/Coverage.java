package org.saddlemap.plan;

import com.google.common.collect.ImmutableRangeSet;
import com.google.common.collect.ImmutableSortedSet;
import com.google.common.collect.Range;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which indices of a plan a set of committed chunks covers. Immutable; n chunks cost O(n log n)
 * once.
 */
public final class Coverage {
  private final ImmutableSortedSet<ChunkRange> chunks;
  private final ImmutableRangeSet<Long> covered;

  private Coverage(Collection<ChunkRange> chunks) {
    this.chunks = ImmutableSortedSet.copyOf(chunks);
    this.covered = ImmutableRangeSet.unionOf(this.chunks.stream().map(Coverage::range).toList());
  }

  /** The coverage of these chunks, in whatever order. */
  public static Coverage of(Collection<ChunkRange> chunks) {
    return new Coverage(chunks);
  }

  private static Range<Long> range(ChunkRange chunk) {
    return Range.closedOpen(chunk.from(), chunk.to());
  }

  private static List<ChunkRange> chunks(ImmutableRangeSet<Long> ranges) {
    return ranges.asRanges().stream()
        .map(r -> new ChunkRange(r.lowerEndpoint(), r.upperEndpoint()))
        .toList();
  }

  /** The chunks themselves, in order. */
  public List<ChunkRange> chunks() {
    return chunks.asList();
  }

  /** What is covered, as few disjoint ranges as possible, in order. */
  public List<ChunkRange> covered() {
    return chunks(covered);
  }

  /** The chunk that an index is in, where no two overlap; costs O(log n). */
  public Optional<ChunkRange> chunk(long index) {
    return Optional.ofNullable(chunks.floor(new ChunkRange(index, Long.MAX_VALUE)))
        .filter(c -> c.contains(index));
  }

  /** The chunks that share an index with a range, where no two overlap; costs O(log n + found). */
  public List<ChunkRange> meeting(ChunkRange range) {
    ChunkRange before = chunks.lower(first(range.from()));
    return (before == null ? chunks : chunks.tailSet(before))
        .headSet(first(range.to())).stream().filter(range::meets).toList();
  }

  /** The chunks that lie in a range as a whole, in order; costs O(log n), and what starts there. */
  public List<ChunkRange> within(ChunkRange range) {
    return chunks.subSet(first(range.from()), first(range.to())).stream()
        .filter(range::contains)
        .toList();
  }

  /** The first of all ranges that start there, by their order. */
  private static ChunkRange first(long from) {
    return new ChunkRange(from, from + 1);
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
    return chunks(covered.complement().subRangeSet(range(within)));
  }

  /** Chunks that share an index with another chunk, in order; their trials are there twice. */
  public List<ChunkRange> overlapping() {
    List<ChunkRange> overlapping = new ArrayList<>();
    List<ChunkRange> sorted = chunks();
    long reached = 0;
    for (int i = 0; i < sorted.size(); i++) {
      ChunkRange chunk = sorted.get(i);
      // By order of from, a chunk meets an earlier one where that reaches beyond its start, and a
      // later one where the very next starts before its end.
      boolean next = i + 1 < sorted.size() && sorted.get(i + 1).from() < chunk.to();
      if (chunk.from() < reached || next) {
        overlapping.add(chunk);
      }
      reached = Math.max(reached, chunk.to());
    }
    return overlapping;
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
}
