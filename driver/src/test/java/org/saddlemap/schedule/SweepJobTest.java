package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.schedule.FakeSweep.FAILED;
import static org.saddlemap.schedule.FakeSweep.ID;
import static org.saddlemap.schedule.FakeSweep.PLAN;
import static org.saddlemap.schedule.FakeSweep.YAML;
import static org.saddlemap.schedule.FakeSweep.again;
import static org.saddlemap.schedule.FakeSweep.commit;
import static org.saddlemap.schedule.FakeSweep.failed;
import static org.saddlemap.schedule.FakeSweep.interrupting;
import static org.saddlemap.schedule.FakeSweep.missing;
import static org.saddlemap.schedule.FakeSweep.pause;
import static org.saddlemap.schedule.FakeSweep.planned;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.Retry;
import org.saddlemap.store.Warehouse;

/** What becomes of the chunks of a job that is interrupted, slow, killed or run again. */
@Tag("slow")
@Tag("spark")
@Timeout(120)
class SweepJobTest {
  private static JavaSparkContext spark;
  private static FakeSweep sweep;
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
    sweep = new FakeSweep(spark);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private Warehouse warehouse(String name) throws IOException {
    return Warehouse.open(folder.resolve(name).toString(), new Configuration());
  }

  @Test
  void jobRunsEveryTrialOnceAndNoneTheSecondTime() throws IOException {
    Warehouse warehouse = warehouse("once");
    AtomicInteger told = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    SweepJob.Result result =
        sweep
            .job(warehouse, index -> ran.incrementAndGet())
            .run(missing(warehouse), (chunk, summary) -> told.incrementAndGet());
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(sweep.rows(warehouse).keySet()).containsExactlyElementsOf(planned());
    assertThat(result.sum().trials()).isEqualTo(PLAN.planned());
    assertThat(result.sum().outcomes().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(PLAN.planned());
    assertThat(result.sum().outcomes())
        .containsEntry("failed", planned().stream().filter(i -> i % 11 == 10).count());
    assertThat(result.sum().trainMillis()).isEqualTo((double) PLAN.planned());
    assertThat(told).hasValue(14);

    assertThat(missing(warehouse)).isEmpty();
    SweepJob.Result again =
        sweep.job(warehouse, index -> ran.incrementAndGet()).run(List.of(), (chunk, summary) -> {});
    assertThat(again.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).hasValue((int) PLAN.planned());
  }

  @Test
  void interruptedJobKeepsFinishedTrialsAndResumesToTheSameRows() throws Exception {
    Warehouse straight = warehouse("straight");
    sweep.runAll(straight);

    Warehouse warehouse = warehouse("interrupted");
    CountDownLatch inTheMiddle = new CountDownLatch(2);
    AtomicInteger ran = new AtomicInteger();
    SweepJob job =
        sweep.job(
            warehouse,
            index -> {
              if (index == 34 || index == 47) {
                inTheMiddle.countDown();
                FakeWork.sleepUntil(TaskContext.get()::isInterrupted);
              } else {
                ran.incrementAndGet();
              }
            });
    Thread user = interrupting(job, inTheMiddle);
    SweepJob.Result result = job.run(missing(warehouse), (chunk, summary) -> {});
    user.join();
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.INTERRUPTED);
    assertThat(result.cause()).isEmpty();
    assertThat(new Chunks(warehouse).coverage(ID).chunks())
        .containsExactly(
            new ChunkRange(0, 10),
            new ChunkRange(10, 20),
            new ChunkRange(20, 30),
            new ChunkRange(30, 34),
            new ChunkRange(40, 47));

    SweepJob.Result rest =
        sweep
            .job(warehouse, index -> ran.incrementAndGet())
            .run(missing(warehouse), (chunk, summary) -> {});
    assertThat(rest.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).as("no trial twice").hasValue((int) PLAN.planned());
    assertThat(sweep.rows(warehouse)).isEqualTo(sweep.rows(straight));
  }

  @Test
  void jobInterruptedBeforeStartRunsNothing() throws IOException {
    Warehouse warehouse = warehouse("early");
    AtomicInteger ran = new AtomicInteger();
    SweepJob job = sweep.job(warehouse, index -> ran.incrementAndGet());
    job.interrupt();
    assertThat(job.run(missing(warehouse), (chunk, summary) -> {}).ending())
        .isEqualTo(SweepJob.Ending.INTERRUPTED);
    assertThat(ran).hasValue(0);
  }

  @Test
  void killedAttemptCommitsNothingAndTaskIsRepeatedWhole() throws IOException {
    Warehouse warehouse = warehouse("killed");
    AtomicBoolean first = new AtomicBoolean(true);
    SweepJob.Result result =
        sweep
            .job(
                warehouse,
                index -> {
                  if (index == 25 && first.getAndSet(false)) {
                    long attempt = TaskContext.get().taskAttemptId();
                    spark.sc().killTaskAttempt(attempt, false, "another attempt succeeded");
                    FakeWork.sleepUntil(TaskContext.get()::isInterrupted);
                  }
                })
            .run(missing(warehouse), (chunk, summary) -> {});
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(first).isFalse();
    assertThat(new Chunks(warehouse).coverage(ID).overlapping()).isEmpty();
    assertThat(new Chunks(warehouse).coverage(ID).chunks()).hasSize(14);
    assertThat(sweep.rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  /** A second and a quarter of work is predicted to be none: one chunk for two cores. */
  @Test
  void overrunningChunkHandsBackItsRestToAllCores() throws IOException {
    Warehouse straight = warehouse("predicted");
    sweep.runAll(straight);
    Warehouse warehouse = warehouse("mispredicted");
    List<Long> ran = new CopyOnWriteArrayList<>();
    Set<Long> threads = ConcurrentHashMap.newKeySet();
    List<Chunk> told = new CopyOnWriteArrayList<>();
    ChunkRange all = new ChunkRange(0, PLAN.size());
    SweepJob.Result result =
        sweep
            .impatient(
                warehouse,
                false,
                index -> {
                  ran.add(index);
                  threads.add(Thread.currentThread().getId());
                  pause(20);
                })
            .run(
                List.of(new Chunk(all, PLAN.planned(), 0.01)), (chunk, summary) -> told.add(chunk));
    assertThat(result.ending()).as("%s", result.cause()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).as("no trial twice").containsExactlyInAnyOrderElementsOf(planned());
    assertThat(threads).as("both cores").hasSizeGreaterThan(1);
    assertThat(result.sum().trials()).isEqualTo(PLAN.planned());
    assertThat(told.stream().map(Chunk::range).sorted())
        .as("what is told is what is committed")
        .hasSizeGreaterThan(2)
        .isEqualTo(new Chunks(warehouse).coverage(ID).chunks());
    assertThat(told.stream().mapToDouble(Chunk::seconds).sum())
        .as("the prediction stays what it was")
        .isCloseTo(0.01, within(1e-9));
    assertThat(new Chunks(warehouse).coverage(ID).overlapping()).isEmpty();
    assertThat(sweep.rows(warehouse)).isEqualTo(sweep.rows(straight));
  }

  @Test
  void overrunningRetryHandsBackItsRestToAllCores() throws IOException {
    Warehouse warehouse = oneFile("slow-retry");
    List<Long> ran = new CopyOnWriteArrayList<>();
    ChunkRange all = new ChunkRange(0, PLAN.size());
    SweepJob.Result result =
        sweep
            .impatient(
                warehouse,
                true,
                index -> {
                  ran.add(index);
                  pause(100);
                })
            .retry(List.of(new Chunk(all, failed().size(), 0.01)), FAILED, (c, s) -> {});
    assertThat(result.ending()).as("%s", result.cause()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).containsExactlyInAnyOrderElementsOf(failed());
    assertThat(new Chunks(new Retry(warehouse, ID).staged()).coverage(ID).chunks())
        .hasSizeGreaterThan(1);
    assertThat(sweep.putInPlace(warehouse)).isTrue();
    assertThat(new Retry(warehouse, ID).unfinished(all, FAILED)).isEmpty();
    assertThat(sweep.rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  /** Its executor died between the commit and the report. */
  @Test
  void partCommittedByDeadAttemptIsNeitherTrainedAgainNorDoubled() throws IOException {
    Warehouse warehouse = warehouse("unreported");
    AtomicBoolean first = new AtomicBoolean(true);
    List<Long> ran = new CopyOnWriteArrayList<>();
    SweepJob.Result result =
        sweep
            .job(
                warehouse,
                index -> {
                  ran.add(index);
                  if (index == 26 && first.getAndSet(false)) {
                    commit(warehouse, new ChunkRange(20, 26));
                    long attempt = TaskContext.get().taskAttemptId();
                    spark.sc().killTaskAttempt(attempt, false, "its executor died");
                    FakeWork.sleepUntil(TaskContext.get()::isInterrupted);
                  }
                })
            .run(missing(warehouse), (chunk, summary) -> {});
    assertThat(result.ending()).as("%s", result.cause()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran.stream().filter(i -> 20 <= i && i < 26)).hasSize(6);
    assertThat(new Chunks(warehouse).coverage(ID).chunks())
        .contains(new ChunkRange(20, 26), new ChunkRange(26, 30))
        .doesNotContain(new ChunkRange(20, 30));
    assertThat(result.sum().trials()).isEqualTo(PLAN.planned());
    assertThat(sweep.rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  @Test
  void infrastructureErrorEndsJobAndRerunCompletesIt() throws IOException {
    Warehouse warehouse = warehouse("broken");
    SweepJob.Result result =
        sweep
            .job(
                warehouse,
                index -> {
                  if (index == 47) {
                    throw new IllegalStateException("the disk is on fire");
                  }
                })
            .run(missing(warehouse), (chunk, summary) -> {});
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.FAILED);
    assertThat(result.cause().orElseThrow()).hasMessageContaining("the disk is on fire");
    assertThat(new Chunks(warehouse).coverage(ID).chunks()).contains(new ChunkRange(0, 10));
    assertThat(new Chunks(warehouse).coverage(ID).missing(PLAN.size())).isNotEmpty();
    assertThat(sweep.runAll(warehouse).ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(sweep.rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  /** All trials in one file, as a compaction leaves them. */
  private Warehouse oneFile(String name) throws IOException {
    Warehouse warehouse = warehouse(name);
    ChunkRange all = new ChunkRange(0, PLAN.size());
    sweep.job(warehouse, index -> {}).run(List.of(new Chunk(all, all.size(), 1)), (c, s) -> {});
    assertThat(new Chunks(warehouse).coverage(ID).chunks()).containsExactly(all);
    return warehouse;
  }

  @Test
  void retryTrainsFailedTrialsOfOneFileInManyTasksAndNoOthers() throws IOException {
    Warehouse warehouse = oneFile("retried");
    Map<Long, String> before = sweep.rows(warehouse);
    Set<Long> tasks = ConcurrentHashMap.newKeySet();
    List<Long> ran = new CopyOnWriteArrayList<>();
    SweepJob.Result result =
        sweep.retry(
            warehouse,
            index -> {
              ran.add(index);
              tasks.add(TaskContext.get().taskAttemptId());
            });
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).containsExactlyInAnyOrderElementsOf(failed());
    assertThat(tasks).hasSameSizeAs(failed());
    assertThat(sweep.rows(warehouse)).as("the tables wait").isEqualTo(before);

    assertThat(sweep.putInPlace(warehouse)).isTrue();
    Map<Long, String> after = sweep.rows(warehouse);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach(
        (index, row) -> {
          if (failed().contains(index)) {
            assertThat(row).contains("completed").isNotEqualTo(before.get(index));
          } else {
            assertThat(row).isEqualTo(before.get(index));
          }
        });
    assertThat(sweep.putInPlace(warehouse)).as("once").isFalse();
  }

  @Test
  void interruptedRetryKeepsTrainedTrials() throws Exception {
    Warehouse warehouse = oneFile("interrupted-retry");
    long stuck = failed().get(4);
    AtomicInteger ran = new AtomicInteger();
    CountDownLatch inTheMiddle = new CountDownLatch(1);
    SweepJob job =
        new SweepJob(
            spark,
            warehouse,
            ID,
            spark.<Work>broadcast(
                new FakeWork(
                    YAML,
                    true,
                    index -> {
                      if (index == stuck) {
                        inTheMiddle.countDown();
                        FakeWork.sleepUntil(TaskContext.get()::isInterrupted);
                      } else {
                        ran.incrementAndGet();
                      }
                    })),
            0);
    Thread user = interrupting(job, inTheMiddle);
    SweepJob.Result result = job.retry(again(), FAILED, (chunk, summary) -> {});
    user.join();
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.INTERRUPTED);
    assertThat(ran.get()).isPositive();

    assertThat(sweep.putInPlace(warehouse)).isTrue();
    Set<Long> left =
        Replaced.indices(
            new Retry(warehouse, ID).unfinished(new ChunkRange(0, PLAN.size()), FAILED));
    // The other core's trial may have been stopped after it was counted.
    assertThat(left)
        .contains(stuck)
        .hasSizeBetween(failed().size() - ran.get(), failed().size() - ran.get() + 1);
  }
}
