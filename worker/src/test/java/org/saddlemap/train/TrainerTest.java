package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Seeds;

/** The fast path against the plain one, and the laws of a trajectory. */
public class TrainerTest {
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

  private static Dataset.Part none() {
    return new Dataset.Part(0, new float[0], new int[0], new float[0]);
  }

  public static Dataset classes(int rows, int features, int classes, long seed) {
    Random random = new Random(seed);
    float[] x = new float[rows * features];
    int[] y = new int[rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int r = 0; r < rows; r++) {
      y[r] = random.nextInt(classes);
    }
    return new Dataset(
        features, classes, 0, new Dataset.Part(rows, x, y, new float[0]), none(), "", "");
  }

  public static Dataset regression(int rows, int features, int columns, long seed) {
    Random random = new Random(seed);
    float[] x = new float[rows * features];
    float[] y = new float[rows * columns];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) random.nextGaussian();
    }
    return new Dataset(
        features, 0, columns, new Dataset.Part(rows, x, new int[0], y), none(), "", "");
  }

  private static Trajectory train(
      Network architecture, Configuration c, Dataset dataset, double eta, double[] initial) {
    return Trainer.train(
        new TrainingTask(architecture, c, dataset, eta, initial, SEEDS),
        Interruption.NEVER,
        memory);
  }

  /**
   * The rows of each step as documented: each epoch's shuffle from its own stream, full ones in
   * order.
   */
  private static List<int[]> batches(Configuration c, int rows) {
    int size = Math.min(c.batchSize().of(rows) * c.accumulation(), rows);
    int[] order = IntStream.range(0, rows).toArray();
    List<int[]> batches = new ArrayList<>();
    for (int epoch = 0; batches.size() < c.steps(rows); epoch++) {
      if (c.batchSize().of(rows) < rows) {
        RandomGenerator random = SEEDS.stream(Seeds.Stream.BATCHES, epoch);
        for (int i = 0; i < rows; i++) {
          int j = random.nextInt(i + 1);
          order[i] = order[j];
          order[j] = i;
        }
      }
      for (int from = 0; from < rows && batches.size() < c.steps(rows); from += size) {
        batches.add(Arrays.copyOfRange(order, from, Math.min(rows, from + size)));
      }
    }
    return batches;
  }

  /** Trains both ways and compares losses, gradient norms and θ. */
  private static void compare(String text, Dataset dataset, double tolerance) {
    Configuration c = Configuration.parse(text);
    Network architecture = Network.of(c, dataset.features(), dataset.outputs(c.loss()));
    double[] initial = Initialization.draw(architecture, c.initializer(), SEEDS);
    double eta = 0.01;
    Trajectory fast = train(architecture, c, dataset, eta, initial);
    ReferenceTrainer.Run plain =
        new ReferenceTrainer(architecture, c, dataset)
            .train(initial, eta, dataset, batches(c, dataset.train().rows()));
    assertThat(fast.nonfiniteStep()).as(text).isEmpty();
    assertThat(fast.steps()).as(text).isEqualTo(plain.losses().size());
    assertThat(fast.history()).as(text).hasSize(plain.losses().size());
    for (CurvePoint point : fast.curve()) {
      double loss = plain.losses().get(point.step());
      double norm = plain.norms().get(point.step());
      assertThat(point.loss())
          .as("%s: loss at %d", text, point.step())
          .isCloseTo(loss, within(tolerance * Math.max(1, Math.abs(loss))));
      assertThat(point.gradientNorm())
          .as("%s: gradient norm at %d", text, point.step())
          .isCloseTo(norm, within(tolerance * Math.max(0.1, norm)));
    }
    double scale = 0;
    double off = 0;
    for (int i = 0; i < initial.length; i++) {
      scale = Math.max(scale, Math.abs(plain.theta()[i]));
      off = Math.max(off, Math.abs(plain.theta()[i] - fast.last()[i]));
    }
    assertThat(off).as("%s: θ", text).isLessThan(tolerance * Math.max(scale, 0.1));
    assertThat(fast.clippedSteps()).as("%s: clipped", text).isEqualTo(plain.clipped());
  }

  private static final String STEPS = ";max_steps=9;initializer=scaled_normal(1.3,0.2)";

  /** From weights at which an exponential of exponentials stays finite. */
  private static final String SMALL_STEPS = ";max_steps=9;initializer=scaled_normal(0.2,0.2)";

  static Stream<String> everyNetwork() {
    List<String> all = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      for (String loss : List.of("mse", "cross_entropy", "binary_cross_entropy")) {
        for (boolean norm : new boolean[] {false, true}) {
          for (boolean bias : new boolean[] {false, true}) {
            all.add(
                "depth=2;width=7;activation=%s;loss=%s;batch_norm=%s;bias=%s;batch_size=5"
                        .formatted(activation.text(), loss, norm, bias)
                    + (activation == Activation.EXPONENTIAL && !norm ? SMALL_STEPS : STEPS));
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("everyNetwork")
  void everyNetworkTrainsAsThePlainPath(String text) {
    int classes = text.contains("binary") ? 2 : 3;
    compare(text, classes(13, 5, classes, 1), 1e-4);
    if (text.contains("mse")) {
      compare(text, regression(13, 5, 2, 2), 1e-4);
    }
  }

  private static final List<String> OPTIMIZERS =
      List.of(
          "sgd",
          "momentum",
          "nesterov",
          "adam",
          "adamw;weight_decay=2",
          "adagrad;epsilon=0.001",
          "rmsprop");

  static Stream<String> everyOptimizer() {
    List<String> all = new ArrayList<>();
    for (String optimizer : OPTIMIZERS) {
      for (String clipping : List.of("none", "norm(0.3)", "value(0.02)")) {
        for (String l2 : List.of("0", "0.1")) {
          all.add(
              "depth=1;width=11;activation=tanh;loss=cross_entropy;batch_size=full;optimizer=%s;clipping=%s;l2=%s"
                      .formatted(optimizer, clipping, l2)
                  + STEPS);
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("everyOptimizer")
  void everyOptimizerStepsAsThePlainPath(String text) {
    compare(text, classes(13, 5, 3, 3), text.contains("rmsprop") ? 1e-3 : 2e-4);
  }

  static Stream<String> everyAccumulation() {
    List<String> all = new ArrayList<>();
    for (String optimizer : List.of("sgd", "nesterov", "adamw;weight_decay=2")) {
      for (int size : new int[] {1, 3, 5, 13}) {
        for (int batches : new int[] {1, 2, 3, 13, 1000}) {
          all.add(
              "depth=1;width=7;batch_size=%d;accumulation=%d;optimizer=%s;l2=0.1;clipping=norm(0.3);batch_norm=%s"
                      .formatted(size, batches, optimizer, size == 5)
                  + STEPS);
        }
      }
    }
    return all.stream();
  }

  /** 13 rows: in most cases the last step of an epoch has fewer batches, and a smaller one. */
  @ParameterizedTest
  @MethodSource("everyAccumulation")
  void everyAccumulationStepsAsThePlainPath(String text) {
    compare(text, classes(13, 5, 3, 3), 2e-4);
  }

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

  static Stream<String> everyLayerRates() {
    List<String> all = new ArrayList<>();
    for (String optimizer : OPTIMIZERS) {
      for (String rates :
          List.of("decay(0.3)", "decay(2)", "list(1, 0, 0.5)", "list(0.2, 0.2, 3)")) {
        all.add(
            "depth=2;width=60;batch_norm=%s;batch_size=5;schedule=cosine;optimizer=%s;layer_rates=%s"
                    .formatted(rates.contains("decay"), optimizer, rates)
                + STEPS);
      }
    }
    return all.stream();
  }

  /** A layer has more parameters than a block. */
  @ParameterizedTest
  @MethodSource("everyLayerRates")
  void everyLayerStepsAsThePlainPath(String text) {
    compare(text, classes(14, 5, 3, 3), text.contains("rmsprop") ? 2e-3 : 4e-4);
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

  static Stream<String> everySchedule() {
    List<String> all = new ArrayList<>();
    for (String optimizer : OPTIMIZERS) {
      for (String schedule :
          List.of("constant", "step(2, 0.3)", "cosine", "linear", "inverse_sqrt(2)")) {
        for (int warmup : new int[] {0, 1, 4, 9}) {
          all.add(
              "depth=1;width=11;activation=tanh;loss=cross_entropy;batch_size=full;optimizer=%s;schedule=%s;warmup=%d"
                      .formatted(optimizer, schedule, warmup)
                  + STEPS);
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("everySchedule")
  void everyScheduleStepsAsThePlainPath(String text) {
    compare(text, classes(13, 5, 3, 3), text.contains("rmsprop") ? 1e-3 : 2e-4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 67})
  void awkwardWidthsAndBatchesTrainAsThePlainPath(int width) {
    for (int rows : new int[] {1, 2, 3, 31}) {
      for (int batch : new int[] {1, 2, 7, 31}) {
        for (int features : new int[] {1, 3, 19}) {
          compare(
              "depth=2;width=%d;activation=tanh;loss=cross_entropy;batch_size=%d;clipping=norm(0.5)"
                      .formatted(width, batch)
                  + STEPS,
              classes(rows, features, 4, rows + batch),
              2e-4);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 10, 100})
  void everyDepthTrainsAsThePlainPath(int depth) {
    compare(
        "depth=%d;width=5;activation=tanh;loss=mse;batch_size=8;clipping=norm(1)".formatted(depth)
            + STEPS,
        regression(20, 3, 2, 5),
        5e-4);
  }

  @Test
  void aClassMissingFromEveryBatchIsFine() {
    Dataset dataset = classes(12, 4, 3, 6);
    int[] labels = dataset.train().labels();
    Arrays.fill(labels, 1);
    compare("depth=1;width=4;loss=cross_entropy;batch_size=3" + STEPS, dataset, 1e-4);
  }

  @Test
  void gradientsOfThePlainPathAreThoseOfFiniteDifferences() {
    for (String text : everyNetwork().filter(t -> !t.contains("relu")).toList()) {
      Configuration c = Configuration.parse(text + ";l2=0.05");
      Dataset dataset = classes(6, 3, c.loss().text().startsWith("binary") ? 2 : 3, 8);
      Network architecture = Network.of(c, 3, dataset.outputs(c.loss()));
      ReferenceTrainer plain = new ReferenceTrainer(architecture, c, dataset);
      double[] theta = Initialization.draw(architecture, c.initializer(), SEEDS);
      double[] x = new double[18];
      for (int i = 0; i < x.length; i++) {
        x[i] = dataset.train().inputs()[i];
      }
      float[] wanted = dataset.targets(dataset.train(), c.loss());
      double[] y = new double[wanted.length];
      for (int i = 0; i < y.length; i++) {
        y[i] = wanted[i];
      }
      double[] g = new double[theta.length];
      plain.objective(theta, x, y, 6, g);
      for (int i = 0; i < theta.length; i++) {
        double t = theta[i];
        double h = 1e-5;
        theta[i] = t + h;
        double above = plain.objective(theta, x, y, 6, null);
        theta[i] = t - h;
        double below = plain.objective(theta, x, y, 6, null);
        theta[i] = t;
        assertThat((above - below) / (2 * h)).as("%s: %d", text, i).isCloseTo(g[i], within(1e-7));
      }
    }
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

  @Test
  void evaluationIsThePlainLossAndAccuracy() {
    for (boolean norm : new boolean[] {false, true}) {
      Dataset train = classes(700, 4, 3, 16);
      Dataset other = classes(33, 4, 3, 17);
      Dataset both = new Dataset(4, 3, 0, train.train(), other.train(), "", "");
      Configuration c =
          Configuration.parse(
              "depth=2;width=9;activation=tanh;loss=cross_entropy;l2=0.5;batch_norm=" + norm);
      Network architecture = Network.of(c, 4, 3);
      double[] theta = Initialization.draw(architecture, c.initializer(), SEEDS);
      Configuration bare =
          Configuration.parse(
              "depth=2;width=9;activation=tanh;loss=cross_entropy;batch_size=full;max_steps=1;batch_norm="
                  + norm);
      double loss =
          new ReferenceTrainer(architecture, bare, both)
              .train(theta, 0.1, both, batches(bare, 700))
              .losses()
              .get(0);
      Evaluation evaluation = Evaluation.of(architecture, theta, both, both.train());
      assertThat(evaluation.loss()).isCloseTo(loss, within(1e-5));
      assertThat(evaluation.accuracy()).isBetween(0.1, 0.6);
      assertThat(Evaluation.of(architecture, theta, both, both.heldout()).loss()).isFinite();
      assertThat(Evaluation.of(architecture, theta, both, none()).accuracy()).isNaN();
    }
  }
}
