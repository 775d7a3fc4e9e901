package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.optimize.Rates;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Seeds;

/** Learning rates over the steps of a trial. */
class RatesTest {
  private static final Seeds SEEDS = new Seeds(7, 0);
  private static NativeFloats memory;

  @BeforeAll
  static void start() {
    BlasRuntime.start();
    memory = new NativeFloats();
  }

  @AfterAll
  static void stop() {
    memory.close();
  }

  private static Rates rates(String configuration, int budget) {
    return Rates.of(Configuration.parse(configuration), budget);
  }

  @Test
  void warmupRisesLinearlyAndTheScheduleHasTheRest() {
    Rates rates = rates("schedule=linear;warmup=4", 14);
    double[] wanted = {0.25, 0.5, 0.75, 1, 1, 0.9, 0.8};
    for (int step = 0; step < wanted.length; step++) {
      assertThat(rates.factor(step)).as("step %d", step).isCloseTo(wanted[step], within(1e-15));
    }
    assertThat(rates.factor(13)).isCloseTo(0.1, within(1e-15));
    assertThat(rates.factor(14)).isZero();
    assertThat(rates.factor(1_000_000)).isZero();
  }

  @Test
  void aWarmupMayTakeTheWholeBudget() {
    assertThat(rates("schedule=cosine;warmup=5", 5).factor(4)).isEqualTo(1);
    assertThat(rates("schedule=cosine;warmup=5", 5).factor(5)).isZero();
    assertThat(rates("warmup=5", 5).factor(5)).isEqualTo(1);
  }

  /** min(u/w, √(w/u)) with u = t + 1, after the first step at the full rate. */
  @Test
  void inverseSquareRootAfterAsMuchWarmupIsVaswanis() {
    Rates rates = rates("schedule=inverse_sqrt(8);warmup=8", 100);
    for (int step = 0; step < 8; step++) {
      assertThat(rates.factor(step)).isCloseTo((step + 1) / 8.0, within(1e-15));
    }
    for (int step = 8; step < 200; step++) {
      assertThat(rates.factor(step)).isCloseTo(Math.sqrt(8.0 / step), within(1e-15));
    }
  }

  @Test
  void onlyWhatNeverChangesTheRateIsNone() {
    assertThat(rates("", 5).none()).isTrue();
    assertThat(rates("warmup=1", 5).none()).isFalse();
    assertThat(rates("warmup=1", 5).stay()).isTrue();
    assertThat(rates("schedule=step(100, 0.5)", 5).stay()).isFalse();
  }

  private static Trajectory train(String text) {
    Configuration c = Configuration.parse(text);
    Dataset dataset = RandomData.classes(30, 4, 3, 11);
    Network architecture = Network.of(c, 4, 3);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    return Trainer.train(
        new TrainingTask(architecture, c, dataset, 0.02, initial, SEEDS),
        Interruption.NEVER,
        memory);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "nesterov", "adam", "adamw", "adagrad", "rmsprop"})
  void whereTheScheduleHasEndedNothingMovesAnyMore(String optimizer) {
    for (String schedule : new String[] {"cosine", "linear"}) {
      Trajectory run =
          train(
              "depth=1;width=6;batch_size=7;max_steps=40;warmup=5;schedule=%s;optimizer=%s"
                  .formatted(schedule, optimizer));
      assertThat(run.nextRate()).isZero();
      assertThat(run.plain()).isFalse();
      assertThat(run.last()).isNotEqualTo(run.initial());
      assertThat(run.continuation().advance(50)).containsExactly(run.last());
    }
  }

  @Test
  void theNextBudgetGoesOnWithTheSchedule() {
    Trajectory run = train("depth=0;batch_size=full;max_steps=40;schedule=step(20, 0.5)");
    assertThat(run.nextRate()).isEqualTo(0.005);
    Trajectory longer = train("depth=0;batch_size=full;max_steps=90;schedule=step(20, 0.5)");
    assertThat(run.nextRate()).isGreaterThan(longer.nextRate());
    assertThat(
            train("depth=0;batch_size=full;max_steps=40;schedule=step(20, 0.5)")
                .continuation()
                .advance(50))
        .containsExactly(longer.last());
  }

  @Test
  void stepsOfPlainDescentAreAsLongAsTheRateSays() {
    Trajectory run = train("depth=0;batch_size=full;max_steps=30;schedule=cosine;warmup=10");
    Rates rates = rates("schedule=cosine;warmup=10", 30);
    for (CurvePoint p : run.curve()) {
      double length = 0.02 * rates.factor(p.step()) * p.gradientNorm();
      // What is measured is a difference of float32 parameters.
      assertThat(p.stepNorm()).as("step %d", p.step()).isCloseTo(length, within(1e-6));
    }
  }

  @Test
  void aConstantScheduleTakesTheSameBits() {
    String text = "depth=2;width=6;batch_size=7;max_steps=40;optimizer=nesterov";
    assertThat(train(text + ";schedule=constant;warmup=0").last())
        .containsExactly(train(text).last());
    assertThat(train(text).plain()).isFalse();
    assertThat(train("depth=0;max_steps=40;warmup=40").plain()).isTrue();
  }
}
