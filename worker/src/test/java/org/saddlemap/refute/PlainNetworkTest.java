package org.saddlemap.refute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;

class PlainNetworkTest {
  private static final long SEED = 3;

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    gradientsAreThoseOfFiniteDifferences(PlainNetworkTest::dense);
  }

  /** Residual blocks, normalization along both ways and in all places, activations by layer. */
  @Test
  void gradientsThroughBlocksAndNormalizationAre() {
    gradientsAreThoseOfFiniteDifferences(PlainNetworkTest::layered);
  }

  private static void gradientsAreThoseOfFiniteDifferences(
      BiFunction<Random, Integer, PlainNetwork> draw) {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      PlainNetwork network = draw.apply(random, 1 + random.nextInt(i % 10 == 0 ? 200 : 6));
      double[] theta = random.doubles(network.parameters(), -1, 1).toArray();
      while (!(network.value(theta) < 1e6)) { // exponentials of exponentials: nearer to 0
        theta = Arrays.stream(theta).map(t -> t / 4).toArray();
      }
      double[] gradient = new double[theta.length];
      double value = network.gradient(theta, gradient);
      assertThat(network.value(theta)).isEqualTo(value);
      double[] v = random.doubles(theta.length, -1, 1).toArray();
      double h = 1e-6;
      double difference =
          (network.value(Vectors.moved(theta, v, h)) - network.value(Vectors.moved(theta, v, -h)))
              / (2 * h);
      double size = Math.sqrt(Vectors.dot(gradient, gradient) * Vectors.dot(v, v));
      assertThat(Vectors.dot(gradient, v))
          .as("seed %d, network %d", SEED, i)
          .isCloseTo(difference, within(1e-7 * (1 + size)));
    }
  }

  /** A random network on random rows; some batches of rows are large enough for the BLAS. */
  private static PlainNetwork dense(Random random, int rows) {
    Loss kind = List.of(Loss.values()).get(random.nextInt(3));
    List<Integer> sizes = new ArrayList<>(List.of(1 + random.nextInt(4)));
    for (int d = random.nextInt(4); d > 0; d--) {
      sizes.add(1 + random.nextInt(12));
    }
    int outputs = kind == Loss.BINARY_CROSS_ENTROPY ? 1 : 1 + random.nextInt(3);
    sizes.add(outputs);
    Activation[] all = Activation.values();
    Network net =
        Blueprint.dense(
                sizes,
                all[random.nextInt(all.length)],
                kind == Loss.MSE ? all[random.nextInt(all.length)] : Activation.IDENTITY,
                kind,
                random.nextInt(4) > 0)
            .normalized(
                rows > 1 && random.nextBoolean() ? Normalization.BATCH : Normalization.NONE,
                true,
                Normalization.EPSILON)
            .build();
    return on(net, random, rows);
  }

  private static PlainNetwork layered(Random random, int rows) {
    Loss kind = List.of(Loss.values()).get(random.nextInt(3));
    int depth = 1 + random.nextInt(5);
    List<Integer> sizes = new ArrayList<>(List.of(1 + random.nextInt(4)));
    sizes.addAll(Collections.nCopies(depth, 1 + random.nextInt(9)));
    sizes.add(kind == Loss.BINARY_CROSS_ENTROPY ? 1 : 1 + random.nextInt(3));
    List<Activation> activations = new ArrayList<>();
    for (int l = 0; l < depth; l++) {
      Activation[] all = Activation.values();
      activations.add(all[random.nextInt(all.length)]);
    }
    boolean residual = random.nextInt(4) > 0;
    Normalization.Kind[] kinds = Normalization.Kind.values();
    Normalization normalization =
        new Normalization(
            kinds[rows > 1 ? random.nextInt(kinds.length) : 2 + random.nextInt(2)],
            List.of(Normalization.Place.BEFORE, Normalization.Place.AFTER, Normalization.Place.SUM)
                .get(random.nextInt(residual ? 3 : 2)));
    Network net =
        new Blueprint(
                sizes,
                activations,
                Activation.IDENTITY,
                kind,
                random.nextInt(4) > 0,
                normalization.isNone() ? Normalization.NONE : normalization,
                random.nextInt(4) > 0,
                0.01,
                residual
                    ? new Residual(1 + random.nextInt(2), Optional.of(2 * random.nextDouble()))
                    : Residual.NONE,
                random.nextInt(2) * 0.5)
            .build();
    return on(net, random, rows);
  }

  private static PlainNetwork on(Network net, Random random, int rows) {
    Loss kind = net.loss();
    int outputs = net.outputs();
    double[] inputs = random.doubles((long) rows * net.inputs(), -2, 2).toArray();
    double[] targets = new double[rows * outputs];
    for (int i = 0; i < rows; i++) {
      switch (kind) {
        case MSE -> {
          for (int j = 0; j < outputs; j++) {
            targets[i * outputs + j] = random.nextGaussian();
          }
        }
        case BINARY_CROSS_ENTROPY -> targets[i] = random.nextInt(2);
        case CROSS_ENTROPY -> targets[i * outputs + random.nextInt(outputs)] = 1;
      }
    }
    double l2 = random.nextBoolean() ? 0 : 0.1;
    return new PlainNetwork(net, inputs, new PlainLoss(kind, targets, rows), l2);
  }

  /** One unit by hand: o = 2·tanh(3·0.5 + 0.1) − 0.4 against 1, with L2. */
  @Test
  void objectiveIsTheOneOfTheBook() {
    Network net =
        Network.of(List.of(1, 1, 1), Activation.TANH, Activation.IDENTITY, Loss.MSE, true);
    double[] theta = {3, 0.1, 2, -0.4};
    PlainNetwork network =
        new PlainNetwork(
            net, new double[] {0.5}, new PlainLoss(Loss.MSE, new double[] {1}, 1), 0.01);
    double error = 2 * Math.tanh(1.6) - 0.4 - 1;
    assertThat(network.value(theta))
        .isCloseTo(error * error / 2 + 0.005 * (9 + 0.01 + 4 + 0.16), within(1e-15));
  }

  @Test
  void tinySignalsKeepTheirDigits() {
    for (double x = 1e-30; x < 30; x *= 1.7) {
      assertThat(PlainActivation.tanh(x) / Math.tanh(x)).isCloseTo(1, within(2e-15));
    }
    assertThat(PlainActivation.normal(0)).isEqualTo(0.5);
    assertThat(PlainActivation.normal(1.959963984540054)).isCloseTo(0.975, within(1e-15));
    assertThat(PlainActivation.normal(-6) / 9.865876450376946e-10).isCloseTo(1, within(1e-12));
  }

  @Test
  void levelsAreThoseOfConstantsAndOfFunctions() {
    // Rows 0 and 1 share their input and not their label.
    double[] inputs = {1, 1, 2, 3};
    PlainLoss mse = new PlainLoss(Loss.MSE, new double[] {0, 2, 4, 6}, 4);
    assertThat(mse.ofBestConstant()).isEqualTo(2.5);
    assertThat(mse.ofBestFunction(inputs)).isEqualTo(0.25);
    PlainLoss logistic = new PlainLoss(Loss.BINARY_CROSS_ENTROPY, new double[] {0, 1, 1, 0}, 4);
    assertThat(logistic.ofBestConstant()).isCloseTo(Math.log(2), within(1e-15));
    assertThat(logistic.ofBestFunction(inputs)).isCloseTo(Math.log(2) / 2, within(1e-15));
  }
}
