package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CoverageTest {
  @Test
  void missingWithinARangeIsWhatNoChunkContains() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<ChunkRange> chunks = new ArrayList<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        int from = random.nextInt(30);
        chunks.add(new ChunkRange(from, from + 1 + random.nextInt(9)));
      }
      int from = random.nextInt(40);
      ChunkRange within = new ChunkRange(from, from + 1 + random.nextInt(10));
      List<Long> missing =
          within
              .indices()
              .boxed()
              .filter(i -> chunks.stream().noneMatch(c -> c.contains(i)))
              .toList();
      assertThat(Coverage.of(chunks).missing(within))
          .as("seed %d: %s in %s", seed, within, chunks)
          .isEqualTo(Ranges.of(missing));
    }
  }

  /** Every answer, against one bit for each index and every pair of chunks. */
  @Test
  void coveredMissingAndOverlappingAgreeWithABitForEachIndex() {
    for (long seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      int planSize = random.nextInt(40);
      Set<ChunkRange> chunks = new TreeSet<>();
      int count = random.nextInt(8);
      for (int i = 0; i < count; i++) {
        int from = random.nextInt(40);
        chunks.add(new ChunkRange(from, from + 1 + random.nextInt(12)));
      }
      List<ChunkRange> shuffled = new ArrayList<>(chunks);
      java.util.Collections.shuffle(shuffled, random);

      Coverage coverage = Coverage.of(shuffled);

      BitSet bits = new BitSet();
      chunks.forEach(c -> bits.set((int) c.from(), (int) c.to()));
      String seeded = "seed " + seed;
      assertThat(coverage.chunks()).as(seeded).containsExactlyElementsOf(chunks);
      assertThat(coverage.covered()).as(seeded).isEqualTo(runs(bits));
      BitSet missing = new BitSet();
      missing.set(0, planSize);
      missing.andNot(bits);
      assertThat(coverage.missing(planSize)).as(seeded).isEqualTo(runs(missing));
      assertThat(coverage.overlapping())
          .as(seeded)
          .isEqualTo(
              chunks.stream()
                  .filter(
                      c ->
                          chunks.stream()
                              .anyMatch(
                                  o -> !o.equals(c) && o.from() < c.to() && c.from() < o.to()))
                  .toList());
    }
  }

  @Test
  void disjointCoversAsMuchAsTheBestOfAllChoicesWithoutOverlap() {
    long seed = 42;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<ChunkRange> chunks = new ArrayList<>();
      for (int i = random.nextInt(9); i > 0; i--) {
        int from = random.nextInt(12);
        chunks.add(new ChunkRange(from, from + 1 + random.nextInt(8)));
      }
      Coverage coverage = Coverage.of(chunks);
      List<ChunkRange> all = coverage.chunks();
      long best = 0;
      for (int choice = 0; choice < 1 << all.size(); choice++) {
        List<ChunkRange> chosen = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
          if ((choice >> i & 1) == 1) {
            chosen.add(all.get(i));
          }
        }
        Coverage one = Coverage.of(chosen);
        if (one.overlapping().isEmpty()) {
          best = Math.max(best, size(one));
        }
      }
      List<ChunkRange> disjoint = coverage.disjoint();
      assertThat(Coverage.of(disjoint).overlapping()).isEmpty();
      assertThat(all).containsAll(disjoint);
      assertThat(disjoint).isSorted();
      assertThat(size(Coverage.of(disjoint))).as("seed %d, %s", seed, all).isEqualTo(best);
    }
  }

  @Test
  void missingOfNoChunksIsTheWholePlan() {
    Coverage none = Coverage.of(List.of());
    assertThat(none.missing(7)).containsExactly(new ChunkRange(0, 7));
    assertThat(none.missing(0)).isEmpty();
  }

  /** Number of indices covered. */
  private static long size(Coverage coverage) {
    return coverage.covered().stream().mapToLong(ChunkRange::size).sum();
  }

  private static List<ChunkRange> runs(BitSet bits) {
    List<ChunkRange> runs = new ArrayList<>();
    for (int from = bits.nextSetBit(0); from >= 0; ) {
      int to = bits.nextClearBit(from);
      runs.add(new ChunkRange(from, to));
      from = bits.nextSetBit(to);
    }
    return runs;
  }

  @Test
  void meetingAndWithinAgreeWithASearchOfAllChunks() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      List<ChunkRange> chunks = new ArrayList<>();
      for (long at = random.nextInt(3); at < 60; at += random.nextInt(4)) {
        long to = at + 1 + random.nextInt(7);
        chunks.add(new ChunkRange(at, to));
        at = to;
      }
      Coverage coverage = Coverage.of(chunks);
      for (long from = 0; from < 60; from++) {
        ChunkRange range = new ChunkRange(from, from + 1 + random.nextInt(20));
        assertThat(coverage.meeting(range))
            .isEqualTo(chunks.stream().filter(range::meets).toList());
        assertThat(coverage.within(range))
            .isEqualTo(chunks.stream().filter(range::contains).toList());
      }
    }
  }
}
