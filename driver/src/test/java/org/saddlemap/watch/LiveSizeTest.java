package org.saddlemap.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.spec.SpecReader;

/** What a process keeps of a sweep that it serves, and what it sends, are bounded. */
@Tag("slow")
@Tag("scale")
class LiveSizeTest {
  private static final int TRIALS = 1_200_000;

  private static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void aMillionTrialsAreAByteEachAndMapsAreNoLarger() {
    Places places =
        new Places(
            new SweepPlan(
                SpecReader.read(
                    """
                    name: large
                    data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
                    grid:
                      learning_rate: {log: [1.0e-4, 1], count: 3000}
                      width: {from: 1, to: 400, count: 400}
                    """,
                    "large.yaml")));
    assertThat(places.size(0)).isLessThanOrEqualTo(200);
    assertThat(places.size(1)).isLessThanOrEqualTo(200);
    MapChoice choice = MapChoice.of(places, 0, 1, -1, Collections.nCopies(2, -1));
    long before = used();
    Endings endings = new Endings();
    MapCounts counts = new MapCounts(places, choice, 0);
    for (long index = 0; index < TRIALS; index++) {
      byte ending = Ending.of(RowOutcome.ALL.get((int) (index % 7)), 0.01 * (index % 40));
      counts.change(index, endings.set(index, ending), ending, 1 + index);
    }
    long kept = used() - before;
    List<List<Integer>> cells = counts.since(-1).cells();
    assertThat(kept)
        .as("bytes of %d trials and the counts of %d cells", TRIALS, counts.cells())
        .isLessThan(TRIALS + 12L * counts.cells() * RowOutcome.ALL.size() + 2_000_000);
    assertThat(cells).hasSizeLessThanOrEqualTo(MapChoice.MAX_CELLS);
    assertThat(cells.stream().mapToInt(c -> c.get(2)).sum()).isPositive();
    long shown = 0;
    for (List<Integer> cell : cells) {
      for (int i = 2; i < cell.size(); i += 3) {
        shown += cell.get(i);
      }
    }
    assertThat(shown).isEqualTo(TRIALS);
    assertThat(endings.get(TRIALS - 1L)).isNotZero();
  }
}
