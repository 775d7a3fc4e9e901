package org.saddlemap.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.bytedeco.openblas.global.openblas_full;
import org.junit.jupiter.api.Test;
import org.saddlemap.data.Dataset;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.train.Interrupted;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Measure;

/** Whatever becomes of a trial becomes its row. */
class TrialRunnerTest {
  private static final List<String> TIMES =
      List.of("queue_ms", "load_ms", "train_ms", "examine_ms");

  @Test
  void theSameTrialGivesTheSameRow() {
    String configuration = "depth=2;width=7;batch_size=8;learning_rate=0.3;max_steps=200";
    assertThat(row(run("", configuration))).isEqualTo(row(run("", configuration)));
  }

  /** Whatever a runner keeps from trial to trial, such as where it has just looked. */
  @Test
  void aRowDoesNotDependOnTheTrialsBefore() {
    List<Trial> trials =
        java.util.stream.Stream.of(
                "learning_rate=1.0e-30", // ends where it started
                "learning_rate=1.0e-30;batch_size=8",
                "learning_rate=0.3;clipping=norm(1)",
                "learning_rate=0.3;initializer=zeros",
                "learning_rate=0.3;l2=0.1",
                "learning_rate=0.3;width=4",
                "learning_rate=1.0e-30")
            .map(c -> new Trial(0, Configuration.parse("width=5;max_steps=30;" + c), 1))
            .toList();
    try (TrialRunner runner = runner("examine: {rows: 30}")) {
      for (Trial trial : trials) {
        List<Object> after = row(runner.run(trial, 0, () -> false));
        try (TrialRunner fresh = runner("examine: {rows: 30}")) {
          assertThat(after).isEqualTo(row(fresh.run(trial, 0, () -> false)));
        }
      }
    }
  }

  /** As alone, but for the time: in whichever order, and by whichever kind of clipping. */
  @Test
  void aTrialWhoseClippingNeverActsIsNotTrainedAgain() {
    String same = "depth=1;width=5;max_steps=60;batch_size=8;learning_rate=0.3;clipping=";
    List<String> clippings =
        List.of("none", "norm(100)", "value(100)", "norm(1.0e-2)", "value(1.0e-2)", "none");
    List<Boolean> trained = List.of(true, false, false, true, true, false);
    try (TrialRunner runner = runner("")) {
      for (int i = 0; i < clippings.size(); i++) {
        Trial trial = new Trial(i, Configuration.parse(same + clippings.get(i)), 1);
        TrialRecord record = runner.run(trial, 3, () -> false);
        assertThat(record.times().worked()).isEqualTo(trained.get(i));
        assertThat(record.times().queue()).isEqualTo(3);
        try (TrialRunner fresh = runner("")) {
          TrialRecord alone = fresh.run(trial, 3, () -> false);
          assertThat(row(record)).isEqualTo(row(alone));
          assertThat(record.curve()).isEqualTo(alone.curve());
          assertThat(record.layers()).isEqualTo(alone.layers());
          assertThat(record.id()).isEqualTo(alone.id());
        }
      }
    }
  }

  /** On the way out of a saddle gradients grow, so that only the next budget reaches the limit. */
  @Test
  void aLimitThatOnlyTheNextBudgetReachesIsTrainedForItself() {
    String same =
        "depth=2;width=5;initializer=normal(0.1);bias=false;optimizer=momentum;batch_size=full;max_steps=15;learning_rate=0.05";
    AtomicReference<Trajectory> taken = new AtomicReference<>();
    AtomicReference<Double> trained = new AtomicReference<>();
    try (TrialRunner runner = runner("");
        TrialRunner fresh = runner("")) {
      TrialRecord unclipped =
          runner.run(
              new Trial(0, Configuration.parse(same), 0),
              0,
              () -> false,
              trajectory -> {
                taken.set(trajectory);
                trained.set(trajectory.continuation().steepest());
              });
      double examined = taken.get().continuation().steepest();
      assertThat(unclipped.evidence().has(Measure.NEXT_STEPS)).isTrue();
      assertThat(examined).isGreaterThan(1.01 * trained.get()).isFinite();

      Trial between =
          new Trial(
              1,
              Configuration.parse(
                  same + ";clipping=norm(" + Math.sqrt(examined * trained.get()) + ")"),
              0);
      TrialRecord record = runner.run(between, 0, () -> false);
      assertThat(record.outcome().orElseThrow().clippedSteps()).isZero();
      assertThat(record.times().worked()).isTrue();
      assertThat(row(record)).isEqualTo(row(fresh.run(between, 0, () -> false)));
    }
  }

  @Test
  void aTrialBeyondItsTimeIsTimedOut() {
    TrialRecord record = run("limits: {trial_seconds: 1.0e-3}", "depth=2;max_steps=100000000");
    assertThat(record.status()).isEqualTo(TrialStatus.TIMED_OUT);
    assertThat(record.verdict()).isEmpty();
    assertThat(record.failure().orElseThrow().reason()).contains("trial_seconds", "0.001");
  }

  @Test
  void aTrialBeyondItsMemoryFailsBeforeItStarts() {
    TrialRecord record = run("limits: {trial_megabytes: 50}", "depth=4;width=2000");
    assertThat(record.status()).isEqualTo(TrialStatus.FAILED);
    assertThat(record.failure().orElseThrow().reason()).contains("trial_megabytes", "50 MB");
    assertThat(record.times().train()).isZero();
  }

  @Test
  void divergenceIsAResultWithItsFirstStepAndLayer() {
    TrialRecord record =
        run("", "depth=30;width=64;activation=relu;initializer=normal(5);loss=mse;learning_rate=1");
    assertThat(record.status()).isEqualTo(TrialStatus.COMPLETED);
    assertThat(record.verdict().orElseThrow().category()).contains(Category.DIVERGED);
    assertThat(record.evidence().has(Measure.FIRST_NONFINITE_STEP)).isTrue();
    assertThat(record.evidence().get(Measure.FIRST_NONFINITE_LAYER)).isBetween(1.0, 31.0);
    assertThat(record.layers()).isNotEmpty();
  }

  @Test
  void sharpnessGivesTheRate() {
    TrialRecord one = run("", "depth=1;width=5;learning_rate=sharpness(1);max_steps=1");
    TrialRecord two = run("", "depth=1;width=5;learning_rate=sharpness(2);max_steps=1");
    double eta = one.outcome().orElseThrow().learningRate();
    assertThat(eta).isPositive();
    assertThat(two.outcome().orElseThrow().learningRate()).isEqualTo(2 * eta);
  }

  @Test
  void aRateInUnitsOfTheSharpnessAsksWhatBecameOfIt() {
    String rest = "depth=1;width=5;max_steps=3;learning_rate=";
    TrialRecord asked = run("examine: {exact_below: 0}", rest + "sharpness(0.5)");
    assertThat(asked.evidence().get(Measure.SHARPNESS)).isPositive();
    assertThat(asked.evidence().get(Measure.SHARPNESS_RESIDUAL)).isLessThanOrEqualTo(1e-2);
    TrialRecord unasked = run("examine: {exact_below: 0}", rest + "0.5");
    assertThat(unasked.evidence().has(Measure.SHARPNESS)).isFalse();
  }

  @Test
  void signalsAloneCostNoCurvatureAndGiveNoCategory() {
    TrialRecord record = run("examine: signals", "depth=2;width=7;max_steps=20");
    assertThat(record.verdict().orElseThrow().category()).isEmpty();
    assertThat(record.verdict().orElseThrow().subCategory()).isEqualTo("not examined");
    assertThat(record.evidence().values().keySet())
        .contains(Measure.FORWARD_LOG10, Measure.GAP, Measure.F_LB, Measure.TAIL_MEAN)
        .doesNotContain(Measure.AVAIL, Measure.SHARPNESS, Measure.INITIAL_SHARPNESS);
    assertThat(record.evidence().get(Measure.EXAMINATION_COST)).isLessThanOrEqualTo(1);
    assertThat(record.layers()).hasSize(6);

    TrialRecord rate = run("examine: signals", "depth=1;learning_rate=sharpness(1);max_steps=1");
    assertThat(rate.outcome().orElseThrow().learningRate()).isPositive();

    TrialRecord overflowed =
        run("examine: signals", "activation=relu;loss=mse;learning_rate=1.0e+30;max_steps=20");
    assertThat(overflowed.verdict().orElseThrow().category()).contains(Category.DIVERGED);
  }

  /**
   * Trials that end at the same point, where nothing but the streams tells their evidence apart.
   */
  @Test
  void replicatesAndSweepsAreExaminedByTheirOwnStreams() {
    String same = "depth=1;width=4;initializer=zeros;batch_size=full;max_steps=50";
    TrialRecord first = run("seed: 1", same, 0);
    TrialRecord second = run("seed: 1", same, 1);
    TrialRecord third = run("seed: 2", same, 0);
    TrialRecord fourth = run("seed: 1\nexamine: {seed: 4}", same, 0);
    assertThat(second.evidence().get(Measure.LOSS)).isEqualTo(first.evidence().get(Measure.LOSS));
    assertThat(
            java.util.stream.Stream.of(first, second, third, fourth)
                .map(TrialRecord::evidence)
                .distinct())
        .hasSize(4);
    assertThat(row(run("seed: 1", same, 1))).isEqualTo(row(second));
  }

  /** The number of threads is the process's, for whoever trains or examines in it. */
  @Test
  void aTrialLeavesBlasTheThreadsItWasGiven() {
    try (TrialRunner runner = runner("")) {
      Engine.start(2);
      Configuration c = Configuration.parse("depth=1;max_steps=3");
      int[] during = new int[1];
      runner.run(
          new Trial(0, c, 0),
          0,
          () -> {
            during[0] = openblas_full.openblas_get_num_threads();
            return false;
          });
      assertThat(during[0]).as("while it is examined").isEqualTo(2);
      assertThat(openblas_full.openblas_get_num_threads()).as("after it").isEqualTo(2);
    } finally {
      Engine.start(1);
    }
  }

  @Test
  void whoIsStoppedKeepsNothing() {
    try (TrialRunner runner = runner("")) {
      Trial trial = new Trial(0, Configuration.parse("depth=1"), 0);
      assertThatThrownBy(() -> runner.run(trial, 0, () -> true)).isInstanceOf(Interrupted.class);
    }
  }

  /**
   * Set-up, seeding, initial weights, identity and record; the median, as other work may come
   * between.
   */
  @Test
  void besideTrainingAndExaminationATrialCostsLessThanAMillisecond() {
    double[] besides = new double[400];
    try (TrialRunner runner = runner("examine: {rows: 40, ceiling: 60}")) {
      Configuration c = Configuration.parse("depth=1;width=16;batch_size=full;max_steps=10");
      for (int i = 0; i < besides.length; i++) {
        long start = System.nanoTime();
        Times times = runner.run(new Trial(0, c, i), 0, () -> false).times();
        besides[i] = (System.nanoTime() - start) / 1e6 - times.train() - times.examine();
      }
    }
    double[] warm = Arrays.copyOfRange(besides, besides.length / 2, besides.length);
    Arrays.sort(warm);
    assertThat(warm[warm.length / 2]).as("ms").isLessThan(1);
  }

  private static TrialRecord run(String section, String configuration) {
    return run(section, configuration, 0);
  }

  private static TrialRecord run(String section, String configuration, int replicate) {
    try (TrialRunner runner = runner(section)) {
      return runner.run(
          new Trial(0, Configuration.parse(configuration), replicate), 0, () -> false);
    }
  }

  private static TrialRunner runner(String section) {
    SweepSpec spec =
        SpecReader.read("name: t\ndata: {synthetic: xor}\n" + section + "\n", "spec.yaml");
    return new TrialRunner(spec, data(), Engine.start(1));
  }

  private static List<Object> row(TrialRecord record) {
    return Tables.TRIALS.columns().stream()
        .filter(c -> !TIMES.contains(c.name()))
        .map((Column<TrialRecord> c) -> (Object) String.valueOf(c.of(record)))
        .toList();
  }

  private static Dataset data() {
    RandomGenerator random = new Seeds(5, 0).stream(Seeds.Stream.SYNTHETIC, 0);
    int rows = 40;
    float[] inputs = new float[rows * 3];
    int[] labels = new int[rows];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < rows; i++) {
      labels[i] = inputs[3 * i] * inputs[3 * i + 1] > 0 ? 1 : 0;
    }
    Dataset.Part none = new Dataset.Part(0, new float[0], new int[0], new float[0]);
    Dataset.Part train = new Dataset.Part(rows, inputs, labels, new float[0]);
    return new Dataset(3, 2, 0, train, none, "1".repeat(64), "test");
  }
}
