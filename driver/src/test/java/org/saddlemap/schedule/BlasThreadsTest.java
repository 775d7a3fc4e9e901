package org.saddlemap.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.openblas.global.openblas_full;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.load.DataLoader;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;
import org.saddlemap.verdict.Measure;

/** Training and examination have the threads that {@code spark.task.cpus} asks for. */
class BlasThreadsTest {
  /** Wide enough for OpenBLAS to divide the products. */
  private static final String YAML =
      """
      name: threads
      data: {synthetic: {problem: xor, rows: 256, features: 32, classes: 2, noise: 0}}
      network: {width: 192, depth: 2}
      train: {max_steps: 12, batch_size: 128}
      grid: {learning_rate: [0.1, 0.2]}
      examine: {ceiling: 60}
      """;

  private static final SweepSpec SPEC = SpecReader.read(YAML, "threads.yaml");
  private static final SweepPlan PLAN = new SweepPlan(SPEC);

  /** Two tasks are at it at the same time. */
  private static final CyclicBarrier MEETING = new CyclicBarrier(2);

  private static final Set<Integer> THREADS = ConcurrentHashMap.newKeySet();
  private static final Map<Long, TrialRecord> RECORDS = new ConcurrentHashMap<>();

  @TempDir private Path folder;

  @Test
  @Timeout(180)
  void twoConcurrentTasksOfTwoCoresHaveTwoThreadsEachAndTheResultsThatTheyHaveAlone()
      throws IOException {
    TrialWork work =
        new TrialWork(
            EffectiveSpec.yaml(SPEC),
            DataLoader.load(
                SPEC.data(),
                "threads.yaml",
                new Configuration(),
                () -> {
                  throw new AssertionError("no Spark for synthetic data");
                }));
    try (JavaSparkContext spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[4]")
                .setAppName("test")
                .set("spark.task.cpus", "2")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.driver.host", "127.0.0.1"))) {
      List<Chunk> chunks = new ArrayList<>();
      for (long i = 0; i < PLAN.size(); i++) {
        chunks.add(new Chunk(new ChunkRange(i, i + 1), 1, 1));
      }
      SweepJob.Result result =
          new SweepJob(
                  spark,
                  Warehouse.open(folder.toString(), new Configuration()),
                  SweepId.of("threads", SweepPlan.digest(SPEC, "data", "engine", 1)),
                  spark.<Work>broadcast(new Together(work)),
                  0)
              .run(chunks, (chunk, summary) -> {});
      assertThat(result.ending()).isEqualTo(SweepJob.Ending.COMPLETE);
      assertThat(THREADS).containsExactly(2);
      assertThat(RECORDS).hasSize(2);
      try (Work.Trials alone = work.open(2)) {
        RECORDS.forEach(
            (index, together) -> {
              TrialRecord again = alone.run(PLAN.trial(index).orElseThrow(), 0, () -> false);
              assertThat(together.provenance().blasThreads()).isEqualTo(2);
              assertThat(together.evidence().get(Measure.EXAMINATION_COST)).isPositive();
              assertThat(together.evidence()).isEqualTo(again.evidence());
              assertThat(together.outcome()).isEqualTo(again.outcome());
              assertThat(together.curve()).isEqualTo(again.curve());
            });
      }
    } finally {
      BlasRuntime.start();
    }
  }

  /** Real trials, which begin together and look at BLAS whenever they are asked to stop. */
  private static final class Together implements Work {
    private static final long serialVersionUID = 1L;

    private final TrialWork work;

    Together(TrialWork work) {
      this.work = work;
    }

    @Override
    public SweepSpec spec() {
      return work.spec();
    }

    @Override
    public TrialId id(Trial trial) {
      return work.id(trial);
    }

    @Override
    public TrialRecord lost(Trial trial, String reason) {
      return work.lost(trial, reason);
    }

    @Override
    public Trials open(int threads) {
      Trials trials = work.open(threads);
      return new Trials() {
        @Override
        public TrialRecord run(Trial trial, double queueMillis, BooleanSupplier stopped) {
          try {
            MEETING.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
          }
          TrialRecord record =
              trials.run(
                  trial,
                  queueMillis,
                  () -> {
                    THREADS.add(openblas_full.openblas_get_num_threads());
                    return stopped.getAsBoolean();
                  });
          RECORDS.put(trial.index(), record);
          return record;
        }

        @Override
        public void close() {
          trials.close();
        }
      };
    }
  }
}
