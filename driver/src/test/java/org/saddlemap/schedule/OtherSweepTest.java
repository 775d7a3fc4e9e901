package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.ChunkFile;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialId;

/** Which trials stand in other sweeps is known from names of files, soon and of any number. */
class OtherSweepTest {
  private static final String ID = SweepId.of("stored", TrialId.sha256("plan"));

  /** 10,080,000 trials; what does not apply at depth 0 has no trial. */
  private static final String STORED =
      """
      name: stored
      data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
      grid:
        depth: {from: 1, to: 12, count: 12}
        width: {from: 1, to: 100, count: 100}
        batch_size: [8, 16, 32, full]
        learning_rate: {log: [0.001, 1], count: 700}
      replicates: 3
      """;

  /** A million of these and others, in another order of axes. */
  private static final String PLANNED =
      """
      name: planned
      data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
      grid:
        learning_rate: {log: [0.001, 1], count: 700}
        batch_size: [8, 4]
        width: {from: 1, to: 100, count: 100}
        depth: [0, 7]
      replicates: 4
      """;

  @TempDir private Path folder;

  @Test
  void countOfMillionTrialsAmongTenMillionTakesSeconds() throws IOException {
    SweepPlan stored = new SweepPlan(SpecReader.read(STORED, "stored.yaml"));
    SweepPlan planned = new SweepPlan(SpecReader.read(PLANNED, "planned.yaml"));
    assertThat(stored.planned()).isEqualTo(10_080_000);
    assertThat(planned.size()).isEqualTo(1_120_000);
    Warehouse warehouse = Warehouse.open(folder.toString(), new Configuration());
    Path trials = Files.createDirectories(folder.resolve("trials/sweep=" + ID));
    int chunk = 100_000;
    for (long from = 0; from < stored.size(); from += chunk) {
      Files.createFile(
          trials.resolve(
              ChunkFile.name(new ChunkRange(from, Math.min(stored.size(), from + chunk)))));
    }
    long started = System.nanoTime();
    OtherSweep.Known known =
        OtherSweep.count(
            warehouse,
            planned,
            List.of(new ChunkRange(0, planned.size())),
            List.of(new OtherSweep("empty-0000000000", STORED), new OtherSweep(ID, STORED)));
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(Locale.ROOT, "OtherSweepTest: %.1f s%n", seconds);
    // Depth 7, batches of 8, and three of four replicates.
    assertThat(known.trials()).hasValue(700L * 100 * 3);
    assertThat(known.sweeps()).containsExactly(ID);
    assertThat(seconds).isLessThan(60);
  }
}
