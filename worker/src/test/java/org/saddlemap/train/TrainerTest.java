package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.train.RandomData.classes;
import static org.saddlemap.train.RandomData.regression;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.space.Configuration;

/** The laws of a trajectory. */
class TrainerTest extends TrainingRuns {
  /** The rows are the same, and so are the sums over them but for their order. */
  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "adam"})
  void accumulatedBatchesAreALargerOne(String optimizer) {
    Dataset dataset = classes(50, 5, 3, 3);
    String text = "depth=2;width=9;epochs=6;optimizer=%s;batch_size=%d;accumulation=%d";
    Configuration one = Configuration.parse(text.formatted(optimizer, 12, 1));
    Configuration four = Configuration.parse(text.formatted(optimizer, 3, 4));
    Network architecture = Network.of(one, 5, 3);
    double[] initial = Initialization.draw(architecture, one.initializer(), SEEDS);
    Trajectory whole = train(architecture, one, dataset, 0.01, initial);
    Trajectory parts = train(architecture, four, dataset, 0.01, initial);
    assertThat(parts.steps()).isEqualTo(whole.steps()).isEqualTo(30);
    assertThat(parts.stochastic()).isTrue();
    assertThat(parts.last()).containsExactly(whole.last(), within(1e-5));
    assertThat(parts.history()).containsExactly(whole.history(), within(1e-6));
    assertThat(whole.last()).isNotEqualTo(initial);
  }

  @Test
  void accumulatingAllRowsIsNoSample() {
    Dataset dataset = classes(50, 5, 3, 3);
    for (boolean norm : new boolean[] {false, true}) {
      Configuration c =
          Configuration.parse(
              "depth=1;width=4;max_steps=5;batch_size=7;accumulation=8;batch_norm=" + norm);
      Network architecture = Network.of(c, 5, 3);
      double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
      // The statistics of a mini-batch are a sample's, whatever is averaged after it.
      assertThat(train(architecture, c, dataset, 0.01, initial).stochastic()).isEqualTo(norm);
    }
  }

  @Test
  void divergenceOfAnyAccumulatedBatchIsSeenWithItsLayer() {
    Dataset dataset = classes(40, 3, 2, 13);
    Configuration c =
        Configuration.parse(
            "depth=3;width=8;loss=cross_entropy;batch_size=4;accumulation=5;max_steps=3");
    Network architecture = Network.of(c, 3, 2);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    dataset.train().inputs()[3 * batches(c, 40).get(0)[6]] = Float.POSITIVE_INFINITY;
    Trajectory run = train(architecture, c, dataset, 0.1, initial);
    assertThat(run.nonfiniteStep()).hasValue(0);
    assertThat(run.nonfiniteLayer()).hasValue(1);
  }

  @Test
  void aLayerAtRateZeroStaysAsItIs() {
    Dataset dataset = classes(50, 5, 3, 3);
    for (String optimizer : OPTIMIZERS) {
      Configuration c =
          Configuration.parse(
              "depth=2;width=9;max_steps=30;batch_norm=true;layer_rates=list(1, 0, 0.5);optimizer="
                  + optimizer);
      Network net = Network.of(c, 5, 3);
      double[] initial = Initialization.draw(net, c.initializer(), SEEDS);
      Trajectory run = train(net, c, dataset, 0.01, initial);
      for (int l = 0; l < 3; l++) {
        int from = net.weights(l);
        int to = from + net.stage(l).length();
        double[] before = Arrays.copyOfRange(run.initial(), from, to);
        double[] after = Arrays.copyOfRange(run.last(), from, to);
        for (int i = 0; i < before.length; i++) {
          before[i] = (float) before[i];
        }
        assertThat(Arrays.equals(before, after)).as("%s: layer %d", optimizer, l).isEqualTo(l == 1);
      }
      assertThat(run.plain()).isFalse();
    }
  }

  @Test
  void aLargeRateOfOneLayerDivergesToo() {
    Dataset dataset = regression(20, 3, 2, 12);
    Configuration c =
        Configuration.parse(
            "depth=1;width=8;activation=identity;loss=mse;batch_size=full;max_steps=500;layer_rates=list(1e30, 1)");
    Network architecture = Network.of(c, 3, 2);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    Trajectory run = train(architecture, c, dataset, 0.1, initial);
    assertThat(run.nonfiniteStep()).isPresent();
    assertThat(run.steps()).isLessThan(5);
  }

  @Test
  void theSameTrialGivesTheSameBits() {
    Configuration c =
        Configuration.parse(
            "depth=3;width=33;activation=gelu;loss=cross_entropy;batch_size=10;optimizer=adam;max_steps=60");
    Dataset dataset = classes(64, 9, 5, 9);
    Network architecture = Network.of(c, 9, 5);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    Trajectory first = train(architecture, c, dataset, 0.01, initial);
    train(architecture, c, classes(64, 9, 5, 10), 0.3, initial); // leaves other numbers in memory
    Trajectory second = train(architecture, c, dataset, 0.01, initial);
    assertThat(second.last()).containsExactly(first.last());
    assertThat(second.history()).containsExactly(first.history());
  }

  @Test
  void goingOnIsTrainingLonger() {
    Dataset dataset = classes(30, 4, 3, 11);
    String text =
        "depth=2;width=6;activation=tanh;loss=cross_entropy;batch_size=7;optimizer=adam;clipping=norm(1);max_steps=";
    Configuration shorter = Configuration.parse(text + 40);
    Configuration longer = Configuration.parse(text + 55);
    Network architecture = Network.of(shorter, 4, 3);
    double[] initial = Initialization.draw(architecture, shorter.initializer(), SEEDS);
    double[] whole = train(architecture, longer, dataset, 0.02, initial).last();
    Trajectory part = train(architecture, shorter, dataset, 0.02, initial);
    assertThat(part.continuation().advance(15)).containsExactly(whole);
    train(architecture, shorter, dataset, 0.02, initial);
    assertThatThrownBy(() -> part.continuation().advance(1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void divergenceStopsWithStepAndLayer() {
    Dataset dataset = regression(20, 3, 2, 12);
    Configuration c =
        Configuration.parse(
            "depth=3;width=8;activation=relu;loss=mse;batch_size=full;max_steps=500");
    Network architecture = Network.of(c, 3, 2);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    Trajectory run = train(architecture, c, dataset, 100, initial);
    assertThat(run.nonfiniteStep()).isPresent();
    assertThat(run.nonfiniteStep().getAsInt()).isEqualTo(run.steps()).isBetween(1, 20);
    assertThat(run.nonfiniteLayer().getAsInt()).isBetween(1, 4);
    assertThat(Arrays.stream(run.history()).allMatch(Double::isFinite)).isTrue();
    assertThat(run.budget()).isEqualTo(500);
  }

  @Test
  void aStateThatStartsNotFiniteIsSoAtStepZeroAndItsLayer() {
    Dataset dataset = classes(20, 3, 2, 13);
    Configuration c = Configuration.parse("depth=3;width=8;activation=tanh;loss=cross_entropy");
    Network architecture = Network.of(c, 3, 2);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    initial[architecture.weights(2) + 3] = Double.NaN;
    Trajectory run = train(architecture, c, dataset, 0.1, initial);
    assertThat(run.nonfiniteStep()).hasValue(0);
    assertThat(run.nonfiniteLayer()).hasValue(3);
    assertThat(run.steps()).isZero();
  }

  /** They are steps on another objective than the one that is judged. */
  @Test
  void stepsWithDropoutAreNotPlain() {
    Dataset dataset = classes(30, 4, 3, 5);
    for (double dropout : new double[] {0, 0.2}) {
      Configuration c =
          Configuration.parse("depth=1;width=6;batch_size=full;max_steps=9;dropout=" + dropout);
      Network net = Network.of(c, 4, 3);
      double[] initial = Initialization.draw(net, c.initializer(), SEEDS);
      Trajectory run = train(net, c, dataset, 0.1, initial);
      assertThat(run.plain()).isEqualTo(dropout == 0);
      assertThat(run.stochastic()).isEqualTo(dropout > 0);
    }
  }

  @Test
  void largeFiniteGradientsAreNotDivergence() {
    Dataset dataset = regression(4, 2, 1, 14);
    Configuration c =
        Configuration.parse(
            "depth=0;width=1;loss=mse;batch_size=full;max_steps=3;clipping=norm(1);initializer=constant(1e25)");
    Network architecture = Network.of(c, 2, 1);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    Trajectory run = train(architecture, c, dataset, 0.1, initial);
    // ‖g‖² is beyond float32, ‖g‖ is not.
    assertThat(run.nonfiniteStep()).isEmpty();
    assertThat(run.clippedSteps()).isEqualTo(3);
    assertThat(run.plain()).isFalse();
  }

  @Test
  void interruptionIsHeard() {
    Dataset dataset = classes(20, 3, 2, 15);
    Configuration c = Configuration.parse("depth=1;width=4;loss=cross_entropy;max_steps=100000000");
    Network architecture = Network.of(c, 3, 2);
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    int[] asked = {0};
    Interruption after = new Interruption(() -> ++asked[0] > 3, Long.MAX_VALUE / 2);
    assertThatThrownBy(
            () ->
                Trainer.train(
                    new TrainingTask(architecture, c, dataset, 0.1, initial, SEEDS), after, memory))
        .isInstanceOf(Interrupted.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 50, 64, 65, 399, 401, 4000, 100_000})
  void whatIsKeptIsBoundedAndHoldsFirstAndLast(int budget) {
    Recorder recorder = new Recorder(budget);
    for (int step = 0; step < budget; step++) {
      recorder.loss(step, step);
      if (recorder.wants(step)) {
        recorder.point(new CurvePoint(step, step, 0, false, 0));
      }
      if (recorder.wantsSnapshot(step + 1)) {
        recorder.snapshot(new double[] {step + 1});
      }
    }
    double[] history = recorder.history();
    assertThat(history).hasSize(Math.min(budget, 400));
    double spacing = budget / (double) history.length;
    for (int i = 1; i < history.length; i++) {
      assertThat(history[i] - history[i - 1]).isCloseTo(spacing, within(1.0));
    }
    List<CurvePoint> curve = recorder.curve();
    assertThat(curve.size()).isLessThanOrEqualTo(65).isGreaterThanOrEqualTo(Math.min(budget, 30));
    assertThat(curve.get(0).step()).isZero();
    assertThat(curve.get(curve.size() - 1).step()).isEqualTo(budget - 1);
    List<double[]> snapshots = recorder.snapshots();
    assertThat(snapshots.get(snapshots.size() - 1)[0]).isEqualTo(budget);
    assertThat(snapshots.size()).isBetween(Math.min(budget, 4), 9);
    assertThat(recorder.oscillation()).isEqualTo(budget > 3 ? 1 : recorder.oscillation());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 399, 3999})
  void thePeakIsOneStepsAndNotAWindows(int at) {
    Recorder recorder = new Recorder(4000);
    for (int step = 0; step < 4000; step++) {
      recorder.loss(step, step == at ? 100 : 1);
    }
    assertThat(recorder.peak()).isEqualTo(new Trajectory.Peak(100, at));
  }
}
