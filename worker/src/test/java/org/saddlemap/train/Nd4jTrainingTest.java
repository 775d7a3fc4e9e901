package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.Float32;
import org.saddlemap.arithmetic.Kept;
import org.saddlemap.arithmetic.Matrix;
import org.saddlemap.arithmetic.Nd4jArithmetic;
import org.saddlemap.arithmetic.Side;
import org.saddlemap.arithmetic.Trainable;
import org.saddlemap.arithmetic.TrainingVector;
import org.saddlemap.data.Dataset;
import org.saddlemap.layer.Activate;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Dropout;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.Planner;
import org.saddlemap.layer.Residual;
import org.saddlemap.layer.ScaleShift;
import org.saddlemap.layer.Sequence;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.network.Workspace;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Loss;

/** Training in ND4J's own operations beside the fast path: two texts of one mathematics. */
class Nd4jTrainingTest extends TrainingRuns {
  /**
   * Losses of a hundred steps, each within a relative tolerance.
   *
   * @param steps that are compared
   */
  private static void compare(
      String text, Dataset dataset, double eta, int steps, double tolerance) {
    Configuration c = Configuration.parse(text + ";max_steps=" + steps);
    Network network = Network.of(c, dataset.features(), dataset.outputs(c.loss()));
    double[] initial = Initialization.draw(network, c.initializer(), SEEDS);
    Trajectory fast =
        Trainer.train(
            new TrainingTask(network, c, dataset, eta, initial, SEEDS), Interruption.NEVER, memory);
    Trajectory plain;
    try (Nd4jArithmetic k = new Nd4jArithmetic()) {
      plain =
          Trainer.train(
              new TrainingTask(network, c, dataset, eta, initial, SEEDS), Interruption.NEVER, k);
    }
    assertThat(plain.steps()).as(text).isEqualTo(fast.steps()).isEqualTo(steps);
    assertThat(plain.history()).as(text).hasSize(steps);
    assertThat(plain.clippedSteps()).as(text).isEqualTo(fast.clippedSteps());
    assertThat(plain.last()).as(text).isNotEqualTo(initial);
    double worst = 0;
    for (int i = 0; i < steps; i++) {
      worst = Math.max(worst, Math.abs(plain.history()[i] / fast.history()[i] - 1));
    }
    assertThat(worst).as(text).isLessThan(tolerance);
  }

  /** Normalized by a batch, units that hardly differ among its rows amplify every rounding. */
  private static double tolerance(String text) {
    return text.contains("batch_norm=true") ? 1e-4 : 1e-5;
  }

  static Stream<String> everyNetwork() {
    List<String> all = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      for (Loss loss : Loss.values()) {
        for (boolean norm : new boolean[] {false, true}) {
          boolean tame = activation == Activation.EXPONENTIAL;
          if (norm && (tame || loss != Loss.CROSS_ENTROPY)) { // normalized exponentials diverge
            continue;
          }
          all.add(
              "depth=2;width=7;activation=%s;loss=%s;batch_norm=%s;bias=%s;batch_size=%s;initializer=scaled_normal(%s,0.2)"
                  .formatted(
                      activation.text(),
                      loss.text(),
                      norm,
                      loss != Loss.MSE,
                      norm ? "full" : 9,
                      tame ? 0.2 : 1.3));
        }
      }
    }
    return all.stream();
  }

  @Tag("slow")
  @Tag("truth")
  @ParameterizedTest
  @MethodSource("everyNetwork")
  void everyNetworkTrainsAsTheFastPath(String text) {
    int classes = text.contains("binary") ? 2 : 3;
    Dataset dataset = RandomData.classes(40, 5, classes, 1);
    compare(text, dataset, 0.05, 100, tolerance(text));
    if (text.contains("mse")) {
      compare(text, RandomData.regression(40, 5, 2, 2), 0.02, 100, 1e-5);
    }
  }

  static Stream<String> everyStep() {
    List<String> all = new ArrayList<>();
    for (String optimizer : OPTIMIZERS) {
      for (String rest :
          List.of(
              "clipping=none",
              "clipping=norm(0.3);l2=0.1",
              "clipping=value(0.02)",
              "layer_rates=list(1, 0, 0.5);schedule=cosine;warmup=5",
              "layer_rates=decay(0.3);accumulation=3;batch_norm=true",
              "initializer=constant(0.1)")) {
        all.add("depth=2;width=11;batch_size=16;optimizer=%s;%s".formatted(optimizer, rest));
      }
    }
    return all.stream();
  }

  @Tag("slow")
  @Tag("truth")
  @ParameterizedTest
  @MethodSource("everyStep")
  void everyOptimizerStepsAsTheFastPath(String text) {
    compare(text, RandomData.classes(48, 5, 3, 3), 0.01, 40, tolerance(text));
  }

  private static Network residual(Activation f, Normalize norm, boolean dropout) {
    List<Layer> branch = new ArrayList<>();
    branch.add(new Dense(6, 6, true));
    branch.add(norm);
    branch.add(new ScaleShift(6, true));
    branch.add(new Activate(6, f));
    if (dropout) {
      branch.add(new Dropout(6, 0.3));
    }
    Layer block = new Residual(new Sequence(branch), 0.7);
    return new Network(
        new Sequence(
            List.of(
                new Dense(4, 6, true), new Activate(6, f), block, block, new Dense(6, 3, true))),
        Loss.CROSS_ENTROPY);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  private record Step(double loss, double[] gradient) {}

  private static Step step(Network net, Trainable k, double[] theta, int rows, boolean add) {
    Batch batch = new Batch(rows + 2);
    Workspace w = new Workspace(net, k, batch, Planner.Purpose.TRAIN, new Planner.Shared());
    TrainingVector at = k.memory().vector(net.parameters());
    TrainingVector gradient = k.memory().vector(net.parameters());
    at.set(theta);
    w.theta(at);
    w.gradient(gradient);
    w.pass().gradients = true;
    w.pass().random = new Random(5);
    Dataset.Part data = RandomData.classes(rows + 3, net.inputs(), net.outputs(), 9).train();
    batch.rows(rows);
    double loss = 0;
    for (int i = 0; i < (add ? 2 : 1); i++) {
      w.pass().add = i > 0;
      k.set(w.input(), data.inputs(), i + 1);
      w.forward();
      int[] labels = Arrays.copyOfRange(data.labels(), i + 1, i + 1 + rows);
      loss += k.loss(net.loss(), w.output(), labels, new float[0], w.outputDelta());
      w.backward();
    }
    double[] values = new double[net.parameters()];
    gradient.get(values);
    return new Step(loss, values);
  }

  /** Layers that stand nowhere else here, and rows fewer than the batch can have. */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void gradientsThroughEveryLayerAreTheFastPaths(Activation f) {
    for (Along along : Along.values()) {
      for (boolean centred : new boolean[] {true, false}) {
        for (boolean dropout : new boolean[] {false, true}) {
          Network net = residual(f, new Normalize(6, along, centred, 1e-5), dropout);
          double scale = f == Activation.EXPONENTIAL ? 0.2 : 0.7;
          double[] theta = new Random(3).doubles(net.parameters(), -scale, scale).toArray();
          Step fast = step(net, new Float32(memory), theta, 9, dropout);
          try (Nd4jArithmetic k = new Nd4jArithmetic()) {
            Step plain = step(net, k, theta, 9, dropout);
            assertThat(plain.loss()).isCloseTo(fast.loss(), within(1e-6 * fast.loss()));
            double largest = Arrays.stream(fast.gradient()).map(Math::abs).max().orElseThrow();
            assertThat(plain.gradient())
                .as("%s %s %s %s", f, along, centred, dropout)
                .containsExactly(fast.gradient(), within(1e-5 * largest));
          }
          memory.reset();
        }
      }
    }
  }

  /** What ND4J's own functions lose, and where they leave the numbers. */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void activationsKeepTheirDigitsWhereSignalsVanishAndTheirNumbersFarOut(Activation f) {
    double[] at = {
      1e-30,
      -1e-30,
      1e-12,
      -1e-12,
      1e-5,
      -1e-5,
      0.03,
      -0.03,
      0.9,
      -0.9,
      2,
      -2,
      5,
      -5,
      7,
      -7,
      11,
      -11,
      30,
      -30,
      80,
      -80,
      300,
      -300,
      1e20,
      -1e20,
      0,
      Double.NaN
    };
    double[] fast = derivative(f, at, new Float32(memory));
    memory.reset();
    double[] plain;
    try (Nd4jArithmetic k = new Nd4jArithmetic()) {
      plain = derivative(f, at, k);
    }
    for (int i = 0; i < fast.length; i++) {
      String what = "%s%s(%s)".formatted(f, i < at.length ? "" : "′", at[i % at.length]);
      if (Double.isFinite(fast[i])) {
        assertThat(plain[i])
            .as(what)
            .isCloseTo(fast[i], within(1e-5 * Math.abs(fast[i]) + (i < at.length ? 2e-36 : 1e-6)));
      } else if (i < at.length) { // a slope that is none has a value before it that is none
        assertThat(Double.compare(plain[i], fast[i])).as(what).isZero();
      }
    }
  }

  /** φ, then φ′, at each of these. */
  private static double[] derivative(Activation f, double[] at, Trainable k) {
    int n = at.length;
    Batch batch = new Batch(1);
    Matrix x = k.memory().matrix(batch, n, false, Side.LOOPS);
    Matrix y = k.memory().matrix(batch, n, false, Side.LOOPS);
    Kept kept = k.memory().kept(f, batch, n, false, 1);
    float[] floats = new float[n];
    float[] ones = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) at[i];
      ones[i] = 1;
    }
    k.set(x, floats, 0);
    k.apply(f, x, kept, y);
    k.set(x, ones, 0);
    k.backward(f, y, kept, x, x);
    double[] values = new double[n];
    double[] slopes = new double[n];
    y.get(values);
    x.get(slopes);
    return DoubleStream.concat(Arrays.stream(values), Arrays.stream(slopes)).toArray();
  }

  @Test
  void divergenceIsSeenAtTheSameStepAndLayer() {
    Dataset dataset = RandomData.classes(40, 3, 2, 13);
    for (Activation f : Activation.values()) {
      Configuration c =
          Configuration.parse(
              "depth=3;width=8;batch_size=full;max_steps=3;clipping=none;activation=" + f.text());
      Network network = Network.of(c, 3, 2);
      double[] initial = Initialization.draw(network, c.initializer(), SEEDS);
      initial[network.weights(1)] = Double.NaN;
      Trajectory fast =
          Trainer.train(
              new TrainingTask(network, c, dataset, 0.1, initial, SEEDS),
              Interruption.NEVER,
              memory);
      try (Nd4jArithmetic k = new Nd4jArithmetic()) {
        Trajectory plain =
            Trainer.train(
                new TrainingTask(network, c, dataset, 0.1, initial, SEEDS), Interruption.NEVER, k);
        assertThat(plain.nonfiniteStep()).as(f.text()).isEqualTo(fast.nonfiniteStep()).hasValue(0);
        assertThat(plain.nonfiniteLayer()).as(f.text()).isEqualTo(fast.nonfiniteLayer());
      }
    }
  }
}
