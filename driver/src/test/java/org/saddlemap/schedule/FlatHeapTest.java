package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.ChunkRange;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.Warehouse;

/**
 * The driver's heap does not grow with the trials: what is alive after a collection is the same
 * early and late in a sweep of many. Driver and executor share the heap here.
 */
@Tag("slow")
@Tag("scale")
class FlatHeapTest {
  private static final String YAML =
      """
      name: many
      data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
      grid:
        depth: [0, 1, 2, 3, 4]
        learning_rate: {log: [0.001, 1], count: 100}
        batch_size: [8, full]
      replicates: 24
      """;

  private static final int CHUNK = 100;

  /** A record of so many trials, even 100 bytes of each, would be seen. */
  private static final long MOST_BYTES_A_TRIAL = 100;

  @TempDir private Path folder;

  @Test
  void whatIsAliveStaysAsTrialsPass() throws IOException {
    SweepPlan plan = new SweepPlan(SpecReader.read(YAML, "many.yaml"));
    assertThat(plan.size()).isEqualTo(24_000);
    List<Chunk> chunks = new ArrayList<>();
    for (long from = 0; from < plan.size(); from += CHUNK) {
      chunks.add(new Chunk(new ChunkRange(from, from + CHUNK), CHUNK, 1));
    }
    Warehouse warehouse = Warehouse.open(folder.toString(), new Configuration());
    String id =
        SweepId.of(
            "many", SweepPlan.digest(SpecReader.read(YAML, "many.yaml"), "data", "engine", 1));
    long[] alive = new long[2];
    long[] trials = new long[2];
    long[] finished = new long[1];
    try (JavaSparkContext spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("test")
                .set("spark.ui.enabled", "true") // what it keeps is bounded too
                .set("spark.ui.port", "0")
                .set("spark.ui.retainedTasks", "100")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.driver.host", "127.0.0.1"))) {
      SweepJob.Result result =
          new SweepJob(
                  spark, warehouse, id, spark.<Work>broadcast(new FakeWork(YAML, index -> {})), 0)
              .run(
                  chunks,
                  (chunk, summary) -> {
                    finished[0]++;
                    if (finished[0] == chunks.size() / 4) {
                      alive[0] = aliveBytes();
                      trials[0] = finished[0] * CHUNK;
                    } else if (finished[0] == chunks.size()) {
                      alive[1] = aliveBytes();
                      trials[1] = finished[0] * CHUNK;
                    }
                  });
      assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
      assertThat(result.sum().trials()).isEqualTo(24_000);
    }
    double growth = (double) (alive[1] - alive[0]) / (trials[1] - trials[0]);
    System.out.printf(
        Locale.ROOT,
        "FlatHeapTest: %.1f MB alive after %d trials, %.1f MB after %d: %.0f bytes a trial%n",
        alive[0] / 1e6,
        trials[0],
        alive[1] / 1e6,
        trials[1],
        growth);
    assertThat(growth).isLessThan(MOST_BYTES_A_TRIAL);
    assertThat(warehouse.chunks(Tables.TRIALS, id)).hasSize(chunks.size());
  }

  /** The least of a few collections: tasks that are running hold some of it. */
  private static long aliveBytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      long alive = 0;
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        MemoryUsage collected = pool.getCollectionUsage(); // without what came after
        if (pool.getType() == MemoryType.HEAP && collected != null) {
          alive += collected.getUsed();
        }
      }
      least = Math.min(least, alive);
    }
    return least;
  }
}
