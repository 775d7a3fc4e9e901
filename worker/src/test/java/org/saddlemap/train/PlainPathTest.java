package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.train.RandomData.classes;
import static org.saddlemap.train.RandomData.none;
import static org.saddlemap.train.RandomData.regression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Configuration;

/** The fast path against the plain one. */
class PlainPathTest extends TrainingRuns {
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
