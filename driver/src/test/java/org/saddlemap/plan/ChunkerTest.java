package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;
import org.saddlemap.spec.ExaminationSpec;

class ChunkerTest {
  private static final CostModel MODEL =
      new CostModel(64, 10, 1500, ExaminationSpec.DEFAULT, Speed.SHIPPED);

  @Test
  void chunksCoverWhatIsMissingOnceCostliestFirst() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      SweepPlan plan = new SweepPlan(Specs.random(random));
      CostTable table = new CostTable(plan, MODEL);
      List<ChunkRange> missing = missing(plan.size(), random);
      Chunker chunker = new Chunker(table, 1 + random.nextInt(8));
      List<Chunk> chunks = chunker.chunks(missing);
      assertThat(chunks).as("seed %d", seed).isEqualTo(chunker.chunks(missing));
      assertThat(chunks)
          .as("seed %d", seed)
          .isSortedAccordingTo(Comparator.comparingDouble(Chunk::seconds).reversed());
      assertThat(numbers(chunks.stream().map(Chunk::range).sorted().toList()))
          .as("seed %d", seed)
          .isEqualTo(numbers(missing));
      for (Chunk chunk : chunks) {
        long trials = 0;
        for (long i = chunk.range().from(); i < chunk.range().to(); i++) {
          trials += plan.trial(i).isPresent() ? 1 : 0;
        }
        assertThat(chunk.trials())
            .as("seed %d, %s", seed, chunk)
            .isEqualTo(trials)
            .isLessThanOrEqualTo(2000);
        assertThat(chunk.seconds())
            .as("seed %d, %s", seed, chunk)
            .isCloseTo(
                chunker.seconds(List.of(chunk.range())), org.assertj.core.data.Offset.offset(1e-9));
      }
    }
  }

  /** A chunk reaches over numbers that are not wanted where its share of wanted ones allows it. */
  @Test
  void amongPutsEachScatteredTrialIntoOneChunk() {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      SweepPlan plan = new SweepPlan(Specs.random(random));
      Set<Long> wanted = new TreeSet<>();
      for (long i = 0; i < plan.size(); i++) {
        if (plan.trial(i).isPresent() && random.nextInt(10) == 0) {
          wanted.add(i);
        }
      }
      Chunker chunker = new Chunker(new CostTable(plan, MODEL), 1 + random.nextInt(8));
      List<ChunkRange> ranges = Ranges.of(wanted);
      assertThat(numbers(ranges)).as("seed %d", seed).containsExactlyElementsOf(wanted);
      List<Chunk> chunks = chunker.among(ranges);
      List<ChunkRange> reached = chunks.stream().map(Chunk::range).toList();
      assertThat(Coverage.of(reached).overlapping()).as("seed %d", seed).isEmpty();
      for (Chunk chunk : chunks) {
        assertThat(wanted.stream().filter(chunk.range()::contains).count())
            .as("seed %d, %s", seed, chunk)
            .isEqualTo(chunk.trials())
            .isBetween(1L, 2000L);
      }
      assertThat(chunks.stream().mapToLong(Chunk::trials).sum()).isEqualTo(wanted.size());
      assertThat(chunks.stream().mapToDouble(Chunk::seconds).sum())
          .as("seed %d", seed)
          .isCloseTo(chunker.seconds(ranges), org.assertj.core.data.Offset.offset(1e-6));
      assertThat(chunks.size())
          .as("seed %d", seed)
          .isLessThanOrEqualTo(
              2 + 2 * chunker.chunks(List.of(new ChunkRange(0, plan.size()))).size());
    }
  }

  private static List<ChunkRange> missing(long size, Random random) {
    List<ChunkRange> missing = new ArrayList<>();
    long at = 0;
    while (at < size) {
      long to = Math.min(size, at + 1 + random.nextInt(20));
      if (random.nextInt(3) > 0) {
        missing.add(new ChunkRange(at, to));
      }
      at = to + 1;
    }
    return missing;
  }

  private static List<Long> numbers(List<ChunkRange> ranges) {
    List<Long> numbers = new ArrayList<>();
    for (ChunkRange range : ranges) {
      for (long i = range.from(); i < range.to(); i++) {
        numbers.add(i);
      }
    }
    return numbers;
  }

  @Test
  void chunksOfALongSweepSufficeForAllCoresAndNoneIsTooLong() {
    SweepPlan plan = plan(1_000, "2000", 1);
    CostTable table = new CostTable(plan, MODEL);
    Chunker chunker = new Chunker(table, 4);
    List<Chunk> chunks = chunker.chunks(List.of(new ChunkRange(0, plan.size())));
    assertThat(chunks.size()).isGreaterThanOrEqualTo(8 * 4);
    assertThat(chunks).allMatch(c -> c.seconds() <= 60 || c.trials() == 1);
    assertThat(chunker.count(plan.size())).isEqualTo(chunks.size());
  }

  @Test
  void lastChunksAreShorterAndCoverTheSame() {
    SweepPlan plan = plan(10_000, "2000", 1);
    Chunker chunker = new Chunker(new CostTable(plan, MODEL), 4);
    List<ChunkRange> whole = List.of(new ChunkRange(0, plan.size()));
    List<Chunk> chunks = chunker.chunks(whole);
    double last =
        chunks.subList(chunks.size() - 8, chunks.size()).stream()
            .mapToDouble(Chunk::seconds)
            .max()
            .orElseThrow();
    assertThat(last).isLessThan(chunks.get(0).seconds() / 2);
    assertThat(numbers(chunks.stream().map(Chunk::range).sorted().toList()))
        .isEqualTo(numbers(whole));
  }

  /** At some milliseconds a launch, one driver could not keep a thousand cores busy otherwise. */
  @Test
  void chunksForManyCoresAreLongEnoughForOneDriver() {
    SweepPlan plan = plan(100_000, "100", 5);
    CostTable table = new CostTable(plan, MODEL);
    int cores = 2_000;
    assertThat(table.totalSeconds() / new Chunker(table, cores).count(plan.size()))
        .isGreaterThan(0.7 * 0.008 * cores);
  }

  @Test
  void tinyTrialsShareChunks() {
    SweepPlan plan = plan(100_000, "1", 30);
    CostModel tiny = new CostModel(2, 2, 64, ExaminationSpec.DEFAULT, Speed.SHIPPED);
    List<Chunk> chunks =
        new Chunker(new CostTable(plan, tiny), 2).chunks(List.of(new ChunkRange(0, plan.size())));
    assertThat(chunks.size()).isBetween(4_500, 100_000);
    assertThat(chunks.stream().mapToLong(Chunk::trials).max()).hasValue(2000);
  }

  /** Eight gigabytes would be needed to list its trials at eight bytes each. */
  @Test
  void countOfABillionTrialsListsNone() {
    List<Object> widths = new ArrayList<>();
    List<Object> steps = new ArrayList<>();
    for (long i = 1; i <= 1000; i++) {
      widths.add(i);
      steps.add(i);
    }
    Space space =
        new Space(
            Map.of(),
            List.of(
                new Axis.Log(Hyperparameter.LEARNING_RATE, 1e-4, 10, 1000),
                new Axis.Listed(Hyperparameter.WIDTH, widths),
                new Axis.Listed(Hyperparameter.MAX_STEPS, steps)),
            List.of());
    SweepPlan plan = new SweepPlan(Specs.of(space, 1));
    assertThat(plan.planned()).isEqualTo(1_000_000_000L);
    CostTable table = new CostTable(plan, MODEL);
    assertThat(new Chunker(table, 100).count(plan.size())).isBetween(500_000L, 1_000_000_000L);
    // The table is thinned, and still near the truth: the mean over an even sample of the plan.
    double sum = 0;
    int samples = 20_000;
    for (int i = 0; i < samples; i++) {
      long index = (long) ((i * 0.6180339887498949) % 1.0 * plan.size());
      sum += MODEL.of(plan.trial(index).orElseThrow().configuration()).seconds();
    }
    assertThat(table.totalSeconds() / plan.size())
        .isCloseTo(sum / samples, org.assertj.core.data.Percentage.withPercentage(5));
  }

  @Test
  void countEstimatesAHugePlanWell() {
    SweepPlan plan = plan(100_000, "1000", 1);
    CostTable table = new CostTable(plan, MODEL);
    long counted = new Chunker(table, 2).count(plan.size());
    assertThat(table.estimateChunks(20)).isBetween(counted / 1.5, counted * 1.5);
  }

  @Test
  void pilotIsShortAndPartOfTheWork() {
    SweepPlan plan = plan(10_000, "2000", 1);
    CostTable table = new CostTable(plan, MODEL);
    Chunker chunker = new Chunker(table, 4);
    List<Chunk> chunks = chunker.chunks(List.of(new ChunkRange(0, plan.size())));
    List<Chunk> pilot = chunker.pilot(chunks);
    assertThat(pilot).hasSize(8 * 4).allMatch(c -> c.seconds() <= 1 || c.trials() == 1);
    for (Chunk piece : pilot) {
      assertThat(chunks)
          .filteredOn(
              c -> c.range().from() <= piece.range().from() && piece.range().to() <= c.range().to())
          .hasSize(1);
    }
    assertThat(pilot).doesNotHaveDuplicates();
  }

  @Test
  void pilotOfAShortSweepIsEmpty() {
    SweepPlan plan = plan(10, "10", 1);
    Chunker chunker = new Chunker(new CostTable(plan, MODEL), 4);
    assertThat(chunker.pilot(chunker.chunks(List.of(new ChunkRange(0, plan.size()))))).isEmpty();
  }

  private static SweepPlan plan(int rates, String steps, int replicates) {
    return new SweepPlan(
        Specs.of(
            new Space(
                Map.of(Hyperparameter.MAX_STEPS, Hyperparameter.MAX_STEPS.parse(steps)),
                List.of(
                    Specs.axis(Hyperparameter.DEPTH, "1", "4", "16"),
                    new Axis.Log(Hyperparameter.LEARNING_RATE, 1e-4, 10, rates)),
                List.of()),
            replicates));
  }
}
