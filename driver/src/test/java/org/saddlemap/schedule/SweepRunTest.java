package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.storage.BroadcastBlockId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.Speed;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;

/** What a run tells its listener, and when. */
@Timeout(120)
class SweepRunTest {
  private static final int ROWS = 40_000;

  /** The data are two random floats a row, which compression leaves above half of their size. */
  private static final long DATA_BYTES = (long) Float.BYTES * ROWS;

  private static final String YAML =
      """
      name: run
      data: {synthetic: {problem: blobs, rows: %d, features: 2, classes: 2}}
      network: {width: 2}
      train: {max_steps: 2, batch_size: 8}
      grid: {depth: [0, 1], learning_rate: [0.01, 0.1]}
      examine: {rows: 50}
      replicates: 6
      """
          .formatted(ROWS);

  private static JavaSparkContext spark;
  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.driver.host", "127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Keeps what it is told, chunks apart. */
  private static class Recorder implements SweepListener {
    final List<String> events = new ArrayList<>();
    long trials;

    @Override
    public void removalFinished() {
      events.add("removal finished");
    }

    @Override
    public void compactionFinished() {
      events.add("compaction finished");
    }

    @Override
    public void retryFinished() {
      events.add("retry finished");
    }

    @Override
    public void quarantined(int chunks) {
      events.add("quarantined " + chunks);
    }

    @Override
    public void nothingToRetry() {
      events.add("nothing to retry");
    }

    @Override
    public void nothingToTrain() {
      events.add("nothing to train");
    }

    @Override
    public void starting(long trials, int cores, double seconds) {
      events.add("starting " + trials + " on " + cores);
    }

    @Override
    public void knownElsewhere(OtherSweep.Known known) {
      events.add("known " + known.trials().orElse(-1) + " in " + known.sweeps());
    }

    @Override
    public void machineWarning(String warning) {
      // Which ones depends on the machine that runs this test.
    }

    @Override
    public void jobStarting(List<Chunk> chunks) {
      events.add("job");
    }

    @Override
    public void finished(Chunk chunk, ChunkSummary summary) {
      trials += summary.trials();
    }

    @Override
    public void jobEnded() {
      events.add("job ended");
    }

    @Override
    public void adapted(double slowness, double seconds) {
      events.add("adapted");
    }

    @Override
    public void compacting(int files, int merged) {
      events.add("compacting");
    }

    @Override
    public void compactionFailed(IOException reason) {
      events.add("compaction failed");
    }
  }

  private SweepInput input() throws IOException {
    Path spec = Files.writeString(folder.resolve("run.yaml"), YAML);
    return SweepInput.read(spec.toString(), new Configuration(), () -> null);
  }

  private Warehouse warehouse() throws IOException {
    return Warehouse.open(folder.resolve("w").toString(), new Configuration());
  }

  /** A run at a speed that is said to be so slow that a pilot comes first. */
  private SweepRun run(SweepInput input, SweepLock lock, SweepListener listener)
      throws IOException {
    CostModel model = CostModel.of(input.data(), input.spec(), Speed.SHIPPED.slower(1e6));
    SweepRun.Options options =
        new SweepRun.Options(Set.of(), false, List.of("by=test"), Optional.of("a note"));
    return new SweepRun(spark, warehouse(), input, model, 2, options, lock, listener);
  }

  @Test
  void runTellsPilotAndMainJobThenNothingToTrainTheNextTime() throws IOException {
    SweepInput input = input();
    Recorder told = new Recorder();
    try (SweepLock lock = SweepLock.take(warehouse(), input.id())) {
      SweepRun run = run(input, lock, told);
      assertThat(run.train().ending()).isEqualTo(SweepRun.Ending.COMPLETE);
      run.finish();
      assertThat(run.spent().orElseThrow().sum().trials()).isEqualTo(24);
    }
    assertThat(told.events)
        .containsExactly(
            "starting 24 on 2", "job", "job ended", "adapted", "job", "job ended", "compacting");
    assertThat(told.trials).isEqualTo(24);
    StoredSweep stored = new Catalogue(warehouse()).sweep(input.id()).orElseThrow();
    assertThat(stored.record().finished()).isNotNull();
    assertThat(stored.record().tags()).isEqualTo("by=test");
    assertThat(stored.record().note()).isEqualTo("a note");
    assertThat(EffectiveSpec.yaml(stored.spec())).isEqualTo(input.effectiveSpec());

    Recorder again = new Recorder();
    try (SweepLock lock = SweepLock.take(warehouse(), input.id())) {
      SweepRun run = run(input, lock, again);
      assertThat(run.train())
          .isEqualTo(new SweepRun.End(SweepRun.Ending.COMPLETE, 0, Optional.empty()));
      assertThat(run.spent()).isEmpty();
    }
    assertThat(again.events).containsExactly("nothing to train");
  }

  @Test
  void interruptionBetweenTwoJobsEndsTheNextOneAtOnce() throws IOException {
    SweepInput input = input();
    SweepRun[] run = new SweepRun[1];
    Recorder told =
        new Recorder() {
          @Override
          public void adapted(double slowness, double seconds) {
            run[0].interrupt();
          }
        };
    try (SweepLock lock = SweepLock.take(warehouse(), input.id())) {
      run[0] = run(input, lock, told);
      SweepRun.End end = run[0].train();
      assertThat(end.ending()).isEqualTo(SweepRun.Ending.INTERRUPTED);
      assertThat(end.missing()).isEqualTo(24 - told.trials).isPositive();
    }
    assertThat(new Catalogue(warehouse()).sweep(input.id()).orElseThrow().record().finished())
        .isNull();
  }

  @Test
  void dataAreBroadcastOnceForAllJobsOfARun() throws Exception {
    SweepInput input = input();
    Set<Long> large = ConcurrentHashMap.newKeySet();
    SparkListener blocks =
        new SparkListener() {
          @Override
          public void onBlockUpdated(SparkListenerBlockUpdated update) {
            var block = update.blockUpdatedInfo();
            if (block.blockId() instanceof BroadcastBlockId id
                && block.memSize() + block.diskSize() >= DATA_BYTES) {
              large.add(id.broadcastId());
            }
          }
        };
    spark.sc().addSparkListener(blocks);
    try (SweepLock lock = SweepLock.take(warehouse(), input.id())) {
      Recorder told = new Recorder();
      assertThat(run(input, lock, told).train().ending()).isEqualTo(SweepRun.Ending.COMPLETE);
      assertThat(told.events).filteredOn("job"::equals).hasSize(2);
      spark.sc().listenerBus().waitUntilEmpty();
    } finally {
      spark.sc().removeSparkListener(blocks);
    }
    assertThat(large).hasSize(1);
  }
}
