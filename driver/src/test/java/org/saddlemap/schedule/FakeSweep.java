package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Ranges;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;

/**
 * A sweep whose trials are not trained but made up ({@link FakeWork}), and the jobs that run it.
 */
final class FakeSweep {
  /** 5 × 7 × 2 configurations, of which 7 are excluded, times 2. */
  static final String YAML =
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

  static final SweepPlan PLAN = new SweepPlan(SpecReader.read(YAML, "fake.yaml"));

  static final String ID =
      SweepId.of("fake", SweepPlan.digest(SpecReader.read(YAML, "fake.yaml"), "data", "engine", 1));

  static final int STEP = 10;
  static final Set<TrialStatus> FAILED = EnumSet.of(TrialStatus.FAILED);

  private final JavaSparkContext spark;

  FakeSweep(JavaSparkContext spark) {
    this.spark = spark;
  }

  SweepJob job(Warehouse warehouse, LongConsumer beforeTrial) {
    return new SweepJob(
        spark, warehouse, ID, spark.<Work>broadcast(new FakeWork(YAML, beforeTrial)), 0);
  }

  SweepJob.Result runAll(Warehouse warehouse) throws IOException {
    return job(warehouse, index -> {}).run(missing(warehouse), (chunk, summary) -> {});
  }

  /** The trials as SQL sees them, times aside, by number; fails where one stands twice. */
  Map<Long, String> rows(Warehouse warehouse) {
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

  SweepJob impatient(Warehouse warehouse, boolean healed, LongConsumer beforeTrial) {
    return new SweepJob(
        spark,
        warehouse,
        ID,
        spark.<Work>broadcast(new FakeWork(YAML, healed, beforeTrial)),
        0,
        new Overruns(Duration.ofMillis(200)));
  }

  SweepJob.Result retry(Warehouse warehouse, LongConsumer beforeTrial) throws IOException {
    return new SweepJob(
            spark, warehouse, ID, spark.<Work>broadcast(new FakeWork(YAML, true, beforeTrial)), 0)
        .retry(again(), FAILED, (chunk, summary) -> {});
  }

  boolean putInPlace(Warehouse warehouse) throws IOException {
    try (SweepLock lock = SweepLock.take(warehouse, ID)) {
      return new RetryJob(spark, warehouse, ID, lock).finish();
    }
  }

  /**
   * What is missing, in steps; not {@link org.saddlemap.plan.Chunker}, so that tests know the cut.
   */
  static List<Chunk> missing(Warehouse warehouse) throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    for (ChunkRange range : new Chunks(warehouse).coverage(ID).missing(PLAN.size())) {
      for (long from = range.from(); from < range.to(); from += STEP) {
        chunks.add(new Chunk(new ChunkRange(from, Math.min(range.to(), from + STEP)), STEP, 1));
      }
    }
    return chunks;
  }

  /** Someone who ends the job once it is in the middle. */
  static Thread interrupting(SweepJob job, CountDownLatch inTheMiddle) {
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

  static List<Long> planned() {
    List<Long> numbers = new ArrayList<>();
    for (long i = 0; i < PLAN.size(); i++) {
      if (PLAN.trial(i).isPresent()) {
        numbers.add(i);
      }
    }
    return numbers;
  }

  static List<Long> failed() {
    return planned().stream().filter(i -> i % 11 == 10).toList();
  }

  static List<Chunk> again() {
    return Ranges.of(failed()).stream().map(range -> new Chunk(range, 1, 1)).toList();
  }

  static void commit(Warehouse warehouse, ChunkRange range) {
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

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
