package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Ranges;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.Retry;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;

@Tag("slow")
@Tag("spark")
@Timeout(120)
class SweepJobTest {
  /** 5 × 7 × 2 configurations, of which 7 are excluded, times 2. */
  private static final String YAML =
      """
      name: fake
      data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
      grid:
        depth: [0, 1, 2, 3, 4]
        learning_rate: {log: [0.001, 1], count: 7}
        batch_size: [8, full]
      exclude:
        - where: {depth: 3, batch_size: full}
      replicates: 2
      """;

  private static final SweepPlan PLAN = new SweepPlan(SpecReader.read(YAML, "fake.yaml"));
  private static final String ID =
      SweepId.of("fake", SweepPlan.digest(SpecReader.read(YAML, "fake.yaml"), "data", "engine", 1));
  private static final int STEP = 10;

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

  private Warehouse warehouse(String name) throws IOException {
    return Warehouse.open(folder.resolve(name).toString(), new Configuration());
  }

  /**
   * What is missing, in steps; not {@link org.saddlemap.plan.Chunker}, so that tests know the cut.
   */
  private static List<Chunk> missing(Warehouse warehouse) throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    for (ChunkRange range : new Chunks(warehouse).coverage(ID).missing(PLAN.size())) {
      for (long from = range.from(); from < range.to(); from += STEP) {
        chunks.add(new Chunk(new ChunkRange(from, Math.min(range.to(), from + STEP)), STEP, 1));
      }
    }
    return chunks;
  }

  private static SweepJob job(Warehouse warehouse, LongConsumer beforeTrial) {
    return new SweepJob(
        spark, warehouse, ID, spark.<Work>broadcast(new FakeWork(YAML, beforeTrial)), 0);
  }

  /** Someone who ends the job once it is in the middle. */
  private static Thread interrupting(SweepJob job, CountDownLatch inTheMiddle) {
    Thread user =
        new Thread(
            () -> {
              try {
                assertThat(inTheMiddle.await(60, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              job.interrupt();
            });
    user.start();
    return user;
  }

  private static SweepJob.Result runAll(Warehouse warehouse) throws IOException {
    return job(warehouse, index -> {}).run(missing(warehouse), (chunk, summary) -> {});
  }

  /** The trials as SQL sees them, times aside, by number; fails where one stands twice. */
  private static Map<Long, String> rows(Warehouse warehouse) {
    List<Row> rows =
        SparkSession.builder()
            .sparkContext(spark.sc())
            .getOrCreate()
            .read()
            .parquet(warehouse.folder(Tables.TRIALS).toString())
            .drop("queue_ms")
            .collectAsList();
    Map<Long, String> byNumber = new TreeMap<>();
    for (Row row : rows) {
      assertThat(byNumber.put(row.<Long>getAs("plan_index"), row.mkString("|"))).isNull();
    }
    return byNumber;
  }

  private static List<Long> planned() {
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < PLAN.size(); i++) {
      if (PLAN.trial(i).isPresent()) {
        numbers.add(i);
      }
    }
    return numbers;
  }

  @Test
  void jobRunsEveryTrialOnceAndNoneTheSecondTime() throws IOException {
    Warehouse warehouse = warehouse("once");
    AtomicInteger told = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    SweepJob.Result result =
        job(warehouse, index -> ran.incrementAndGet())
            .run(missing(warehouse), (chunk, summary) -> told.incrementAndGet());
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(rows(warehouse).keySet()).containsExactlyElementsOf(planned());
    assertThat(result.sum().trials()).isEqualTo(PLAN.planned());
    assertThat(result.sum().outcomes().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(PLAN.planned());
    assertThat(result.sum().outcomes())
        .containsEntry("failed", planned().stream().filter(i -> i % 11 == 10).count());
    assertThat(result.sum().trainMillis()).isEqualTo((double) PLAN.planned());
    assertThat(told).hasValue(14);

    assertThat(missing(warehouse)).isEmpty();
    SweepJob.Result again =
        job(warehouse, index -> ran.incrementAndGet()).run(List.of(), (chunk, summary) -> {});
    assertThat(again.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).hasValue((int) PLAN.planned());
  }

  @Test
  void interruptedJobKeepsFinishedTrialsAndResumesToTheSameRows() throws Exception {
    Warehouse straight = warehouse("straight");
    runAll(straight);

    Warehouse warehouse = warehouse("interrupted");
    CountDownLatch inTheMiddle = new CountDownLatch(2);
    AtomicInteger ran = new AtomicInteger();
    SweepJob job =
        job(
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
        job(warehouse, index -> ran.incrementAndGet())
            .run(missing(warehouse), (chunk, summary) -> {});
    assertThat(rest.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).as("no trial twice").hasValue((int) PLAN.planned());
    assertThat(rows(warehouse)).isEqualTo(rows(straight));
  }

  @Test
  void jobInterruptedBeforeStartRunsNothing() throws IOException {
    Warehouse warehouse = warehouse("early");
    AtomicInteger ran = new AtomicInteger();
    SweepJob job = job(warehouse, index -> ran.incrementAndGet());
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
        job(
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
    assertThat(rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  private static SweepJob impatient(Warehouse warehouse, boolean healed, LongConsumer beforeTrial) {
    return new SweepJob(
        spark,
        warehouse,
        ID,
        spark.<Work>broadcast(new FakeWork(YAML, healed, beforeTrial)),
        0,
        new Overruns(Duration.ofMillis(200)));
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A second and a quarter of work is predicted to be none: one chunk for two cores. */
  @Test
  void overrunningChunkHandsBackItsRestToAllCores() throws IOException {
    Warehouse straight = warehouse("predicted");
    runAll(straight);
    Warehouse warehouse = warehouse("mispredicted");
    List<Long> ran = new CopyOnWriteArrayList<>();
    Set<Long> threads = ConcurrentHashMap.newKeySet();
    List<Chunk> told = new CopyOnWriteArrayList<>();
    ChunkRange all = new ChunkRange(0, PLAN.size());
    SweepJob.Result result =
        impatient(
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
    assertThat(rows(warehouse)).isEqualTo(rows(straight));
  }

  @Test
  void overrunningRetryHandsBackItsRestToAllCores() throws IOException {
    Warehouse warehouse = oneFile("slow-retry");
    List<Long> ran = new CopyOnWriteArrayList<>();
    ChunkRange all = new ChunkRange(0, PLAN.size());
    SweepJob.Result result =
        impatient(
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
    assertThat(putInPlace(warehouse)).isTrue();
    assertThat(new Retry(warehouse, ID).unfinished(all, FAILED)).isEmpty();
    assertThat(rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  /** Its executor died between the commit and the report. */
  @Test
  void partCommittedByDeadAttemptIsNeitherTrainedAgainNorDoubled() throws IOException {
    Warehouse warehouse = warehouse("unreported");
    AtomicBoolean first = new AtomicBoolean(true);
    List<Long> ran = new CopyOnWriteArrayList<>();
    SweepJob.Result result =
        job(
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
    assertThat(rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  private static void commit(Warehouse warehouse, ChunkRange range) {
    try (Work.Trials trials = new FakeWork(YAML, index -> {}).open(1)) {
      List<TrialRecord> records = new ArrayList<>();
      for (long i = range.from(); i < range.to(); i++) {
        PLAN.trial(i).ifPresent(trial -> records.add(trials.run(trial, 0, () -> false)));
      }
      new Chunks(warehouse).write(ID, range, records);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void infrastructureErrorEndsJobAndRerunCompletesIt() throws IOException {
    Warehouse warehouse = warehouse("broken");
    SweepJob.Result result =
        job(
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
    assertThat(runAll(warehouse).ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(rows(warehouse).keySet()).containsExactlyElementsOf(planned());
  }

  private static final Set<TrialStatus> FAILED = EnumSet.of(TrialStatus.FAILED);

  private static List<Long> failed() {
    return planned().stream().filter(i -> i % 11 == 10).toList();
  }

  /** All trials in one file, as a compaction leaves them. */
  private Warehouse oneFile(String name) throws IOException {
    Warehouse warehouse = warehouse(name);
    ChunkRange all = new ChunkRange(0, PLAN.size());
    job(warehouse, index -> {}).run(List.of(new Chunk(all, all.size(), 1)), (c, s) -> {});
    assertThat(new Chunks(warehouse).coverage(ID).chunks()).containsExactly(all);
    return warehouse;
  }

  private static List<Chunk> again() {
    return Ranges.of(failed()).stream().map(range -> new Chunk(range, 1, 1)).toList();
  }

  private static SweepJob.Result retry(Warehouse warehouse, LongConsumer beforeTrial)
      throws IOException {
    return new SweepJob(
            spark, warehouse, ID, spark.<Work>broadcast(new FakeWork(YAML, true, beforeTrial)), 0)
        .retry(again(), FAILED, (chunk, summary) -> {});
  }

  private static boolean putInPlace(Warehouse warehouse) throws IOException {
    try (SweepLock lock = SweepLock.take(warehouse, ID)) {
      return new RetryJob(spark, warehouse, ID, lock).finish();
    }
  }

  @Test
  void retryTrainsFailedTrialsOfOneFileInManyTasksAndNoOthers() throws IOException {
    Warehouse warehouse = oneFile("retried");
    Map<Long, String> before = rows(warehouse);
    Set<Long> tasks = ConcurrentHashMap.newKeySet();
    List<Long> ran = new CopyOnWriteArrayList<>();
    SweepJob.Result result =
        retry(
            warehouse,
            index -> {
              ran.add(index);
              tasks.add(TaskContext.get().taskAttemptId());
            });
    assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
    assertThat(ran).containsExactlyInAnyOrderElementsOf(failed());
    assertThat(tasks).hasSameSizeAs(failed());
    assertThat(rows(warehouse)).as("the tables wait").isEqualTo(before);

    assertThat(putInPlace(warehouse)).isTrue();
    Map<Long, String> after = rows(warehouse);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach(
        (index, row) -> {
          if (failed().contains(index)) {
            assertThat(row).contains("completed").isNotEqualTo(before.get(index));
          } else {
            assertThat(row).isEqualTo(before.get(index));
          }
        });
    assertThat(putInPlace(warehouse)).as("once").isFalse();
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

    assertThat(putInPlace(warehouse)).isTrue();
    Set<Long> left =
        Replaced.indices(
            new Retry(warehouse, ID).unfinished(new ChunkRange(0, PLAN.size()), FAILED));
    // The other core's trial may have been stopped after it was counted.
    assertThat(left)
        .contains(stuck)
        .hasSizeBetween(failed().size() - ran.get(), failed().size() - ran.get() + 1);
  }
}
