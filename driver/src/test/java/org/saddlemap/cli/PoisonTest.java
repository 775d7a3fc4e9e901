package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.schedule.RetryJob;
import org.saddlemap.schedule.SweepJob;
import org.saddlemap.schedule.Work;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;
import scala.Option;

/** Trials that end their executor's process, on a real cluster. */
@Tag("slow")
@Tag("cluster")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PoisonTest {
  private static final String YAML =
      """
      name: poison
      data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
      grid:
        depth: [0, 1, 2, 3]
        learning_rate: {log: [0.001, 1], count: 10}
      """;

  private static final String ID =
      SweepId.of(
          "poison", SweepPlan.digest(SpecReader.read(YAML, "poison.yaml"), "data", "engine", 1));
  private static final long GUILTY = 13;

  @TempDir private Path folder;

  /** Some trials halt their process; the others take no time. */
  private static final class PoisonWork implements Work {
    private static final long serialVersionUID = 1L;

    private final Set<Long> guilty;

    PoisonWork(Long... guilty) {
      this.guilty = Set.of(guilty);
    }

    @Override
    public SweepSpec spec() {
      return SpecReader.read(YAML, "poison.yaml");
    }

    @Override
    public TrialId id(Trial trial) {
      return record(trial, Optional.empty()).id();
    }

    @Override
    public TrialRecord lost(Trial trial, String reason) {
      return record(trial, Optional.of(reason));
    }

    @Override
    public Trials open(int threads) {
      return (trial, queueMillis, stopped) -> {
        if (guilty.contains(trial.index())) {
          Runtime.getRuntime().halt(52);
        }
        return record(trial, Optional.empty());
      };
    }

    private static TrialRecord record(Trial trial, Optional<String> failure) {
      return new TrialRecord(
          new TrialContext(1, "data", ExaminationSpec.DEFAULT, "engine", VerdictRule.VERSION)
              .id(trial.configuration(), trial.replicate()),
          trial,
          failure.isPresent() ? TrialStatus.FAILED : TrialStatus.COMPLETED,
          failure.isPresent()
              ? Optional.empty()
              : Optional.of(new Verdict(Optional.of(Category.OPTIMUM), "global", "why")),
          Evidence.NONE,
          Optional.empty(),
          Times.NONE,
          failure.map(reason -> new TrialRecord.Failure(reason, "")),
          List.of(),
          List.of(),
          new Provenance("0", "engine", "17", "linux", "blas", 1, "host"));
    }
  }

  private static JavaSparkContext spark(LoopbackCluster cluster, Path target) {
    return new JavaSparkContext(
        new SparkConf()
            .setMaster(cluster.url())
            .setAppName("poison")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1")
            .set("spark.executor.memory", "512m")
            .set("spark.task.maxFailures", "2")
            // Spark's queue that listeners share drops almost everything.
            .set("spark.scheduler.listenerbus.eventqueue.shared.capacity", "1")
            .set(
                "spark.executor.extraClassPath",
                target.resolve("test-classes") + File.pathSeparator + cluster.jar()));
  }

  /** A user's, in the shared queue. */
  private static final class Slow extends SparkListener {
    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
    }
  }

  /**
   * How many executors run tasks at once that asked for more than others do. Of one executor a
   * task's start is told before the end of the one before it, which frees its cores first.
   */
  private static final class Alone extends SparkListener {
    private final Set<Integer> stages = ConcurrentHashMap.newKeySet();
    private final Set<Integer> profiles = ConcurrentHashMap.newKeySet();
    private final Map<Long, String> running = new ConcurrentHashMap<>();
    private final AtomicInteger atOnce = new AtomicInteger();

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted stage) {
      if (stage.stageInfo().resourceProfileId() != 0) {
        stages.add(stage.stageInfo().stageId());
        profiles.add(stage.stageInfo().resourceProfileId());
      }
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (stages.contains(start.stageId())) {
        String executor = start.taskInfo().executorId();
        running.put(start.taskInfo().taskId(), executor);
        atOnce.accumulateAndGet((int) running.values().stream().distinct().count(), Math::max);
      }
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      running.remove(end.taskInfo().taskId());
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      running.values().removeIf(removed.executorId()::equals);
    }
  }

  /** Neighbours too, which share chunk, piece and executor until the last. */
  @Test
  void manyTrialsThatKillTheirExecutorsAreFoundInParallel() throws IOException {
    Set<Long> guilty = Set.of(3L, 4L, 13L, 27L);
    Path target = Path.of("target").toAbsolutePath();
    Alone alone = new Alone();
    try (LoopbackCluster cluster = new LoopbackCluster(target, folder.resolve("cluster"), 2, 2);
        JavaSparkContext spark = spark(cluster, target)) {
      spark.sc().addSparkListener(new Slow());
      spark.sc().listenerBus().addToQueue(alone, "alone");
      Warehouse warehouse =
          Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
      List<Chunk> chunks = new ArrayList<>();
      for (long from = 0; from < 30; from += 10) {
        chunks.add(new Chunk(new ChunkRange(from, from + 10), 10, 1));
      }
      SweepJob.Result result =
          new SweepJob(
                  spark,
                  warehouse,
                  ID,
                  spark.<Work>broadcast(new PoisonWork(guilty.toArray(Long[]::new))),
                  0)
              .run(chunks, (chunk, summary) -> {});
      assertThat(result.ending()).as("%s", result.cause()).isEqualTo(SweepJob.Ending.COMPLETE);
      Map<Long, TrialStatus> statuses = new TreeMap<>();
      new TrialReader(warehouse)
          .forEach(
              ID, t -> assertThat(statuses.put(t.trial().index(), t.status())).as("once").isNull());
      assertThat(statuses).hasSize(30);
      statuses.forEach(
          (index, status) ->
              assertThat(status == TrialStatus.FAILED)
                  .as("trial %d", index)
                  .isEqualTo(guilty.contains(index)));
      assertThat(alone.profiles).isNotEmpty();
      for (int profile : alone.profiles) {
        assertThat(spark.sc().resourceProfileManager().resourceProfileFromId(profile).getTaskCpus())
            .as("cores of a trial alone, of an executor of 2")
            .isEqualTo(Option.apply(2));
      }
    }
    assertThat(alone.atOnce.get()).as("executors at work at once").isGreaterThan(1);
  }

  @Test
  void aTrialThatKillsItsExecutorIsRecordedAsFailedAndAllOthersAreRun() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    try (LoopbackCluster cluster = new LoopbackCluster(target, folder.resolve("cluster"), 2);
        JavaSparkContext spark = spark(cluster, target)) {
      Warehouse warehouse =
          Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
      List<Chunk> chunks = new ArrayList<>();
      for (long from = 0; from < 40; from += 20) {
        chunks.add(new Chunk(new ChunkRange(from, from + 20), 20, 1));
      }
      SweepJob.Result result =
          new SweepJob(spark, warehouse, ID, spark.<Work>broadcast(new PoisonWork(GUILTY)), 0)
              .run(chunks, (chunk, summary) -> {});
      assertThat(result.ending()).as("%s", result.cause()).isEqualTo(SweepJob.Ending.COMPLETE);
      Map<Long, TrialStatus> statuses = new TreeMap<>();
      new TrialReader(warehouse)
          .forEach(
              ID,
              t -> {
                assertThat(statuses.put(t.trial().index(), t.status())).isNull();
                if (t.trial().index() == GUILTY) {
                  assertThat(t.failure().orElseThrow().reason())
                      .contains("Its process died")
                      .contains("ExecutorLostFailure");
                }
              });
      assertThat(statuses).hasSize(40).containsEntry(GUILTY, TrialStatus.FAILED);
      assertThat(statuses.values().stream().filter(s -> s == TrialStatus.COMPLETED)).hasSize(39);

      // Asked to try it again, it is alone with its death once more, and the tables stay whole.
      ChunkRange wide = new ChunkRange(GUILTY - 3, GUILTY + 5);
      assertThat(
              new SweepJob(spark, warehouse, ID, spark.<Work>broadcast(new PoisonWork(GUILTY)), 0)
                  .retry(
                      List.of(new Chunk(wide, 1, 1)),
                      EnumSet.of(TrialStatus.FAILED),
                      (chunk, summary) -> {})
                  .ending())
          .isEqualTo(SweepJob.Ending.COMPLETE);
      try (SweepLock lock = SweepLock.take(warehouse, ID)) {
        assertThat(new RetryJob(spark, warehouse, ID, lock).finish()).isTrue();
      }
      Map<Long, TrialStatus> again = new TreeMap<>();
      new TrialReader(warehouse).forEach(ID, t -> again.put(t.trial().index(), t.status()));
      assertThat(again).isEqualTo(statuses);
    }
  }
}
