package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.Chunks;
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
  private static final long MAX_BYTES_A_TRIAL = 100;

  @TempDir private Path folder;

  @Test
  void driverHeapDoesNotGrowWithTrials() throws IOException {
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
    List<Long> alive = new ArrayList<>(); // after each quarter
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
                    if (finished[0] % (chunks.size() / 4) == 0) {
                      alive.add(aliveBytes());
                    }
                  });
      assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
      assertThat(result.sum().trials()).isEqualTo(24_000);
    }
    assertThat(alive).hasSize(4);
    // What else lives in this JVM comes or goes in one quarter; a record of trials grows in each.
    long[] growths = new long[3];
    for (int i = 0; i < growths.length; i++) {
      growths[i] = (alive.get(i + 1) - alive.get(i)) / (plan.size() / 4);
    }
    Arrays.sort(growths);
    long growth = growths[1];
    System.out.printf(
        Locale.ROOT,
        "FlatHeapTest: alive after each quarter of %d trials: %s; %d bytes a trial%n",
        plan.size(),
        alive,
        growth);
    assertThat(growth).isLessThan(MAX_BYTES_A_TRIAL);
    assertThat(new Chunks(warehouse).list(Tables.TRIALS, id)).hasSize(chunks.size());
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
