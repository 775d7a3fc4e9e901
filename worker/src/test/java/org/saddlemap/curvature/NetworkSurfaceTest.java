package org.saddlemap.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.curvature.RandomNetworks.dot;
import static org.saddlemap.curvature.RandomNetworks.gaussian;
import static org.saddlemap.curvature.RandomNetworks.norm;
import static org.saddlemap.curvature.RandomNetworks.plus;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;

/** Laws of the loss surface, for every activation, loss, normalization, bias and L2. */
class NetworkSurfaceTest {
  private static final int ROWS = 13;
  private static final long SEED = System.nanoTime() & 0xffffff;

  private static void everywhere(BiConsumer<NetworkSurface, double[]> law) {
    for (Network net : RandomNetworks.all()) {
      for (double l2 : new double[] {0, 0.1}) {
        try (NetworkSurface f = RandomNetworks.surface(net, ROWS, l2, 1.7, SEED)) {
          law.accept(f, RandomNetworks.weights(net, SEED));
        }
      }
    }
  }

  private static String about(NetworkSurface f) {
    return f.network() + ", seed " + SEED;
  }

  private static double[] product(NetworkSurface f, double[] theta, double[] v) {
    double[] h = new double[v.length];
    f.moveTo(theta);
    f.hessianProduct(v, h);
    return h;
  }

  @Test
  void gradientIsThatOfTheValue() {
    everywhere(
        (f, theta) -> {
          double[] g = new double[theta.length];
          double value = f.gradient(theta, g);
          assertThat(value).as(about(f)).isCloseTo(f.value(theta), within(1e-13 * value));
          double[] v = gaussian(theta.length, 1, new Random(SEED));
          double e = 1e-6;
          double slope = (f.value(plus(theta, e, v)) - f.value(plus(theta, -e, v))) / (2 * e);
          assertThat(dot(g, v))
              .as(about(f))
              .isCloseTo(slope, within(1e-6 * (1 + norm(g) * norm(v))));
        });
  }

  @Test
  void hessianProductIsThatOfTheGradient() {
    everywhere(
        (f, theta) -> {
          double[] v = gaussian(theta.length, 1, new Random(SEED));
          double e = 1e-6;
          double[] plus = new double[theta.length];
          double[] minus = new double[theta.length];
          f.gradient(plus(theta, e, v), plus);
          f.gradient(plus(theta, -e, v), minus);
          double[] h = product(f, theta, v);
          for (int i = 0; i < h.length; i++) {
            assertThat(h[i])
                .as("component %d, %s", i, about(f))
                .isCloseTo((plus[i] - minus[i]) / (2 * e), within(1e-5 * (1 + norm(h))));
          }
        });
  }

  @Test
  void hessianIsSymmetric() {
    everywhere(
        (f, theta) -> {
          Random random = new Random(SEED);
          double[] u = gaussian(theta.length, 1, random);
          double[] v = gaussian(theta.length, 1, random);
          double[] hu = product(f, theta, u);
          double[] hv = product(f, theta, v);
          assertThat(dot(u, hv))
              .as(about(f))
              .isCloseTo(dot(v, hu), within(1e-12 * norm(hu) * norm(v)));
        });
  }

  @Test
  void hessianProductIsLinear() {
    everywhere(
        (f, theta) -> {
          Random random = new Random(SEED);
          double[] u = gaussian(theta.length, 1, random);
          double[] v = gaussian(theta.length, 1, random);
          double[] sum = plus(product(f, theta, u), -2.5, product(f, theta, v));
          double[] of = product(f, theta, plus(u, -2.5, v));
          assertThat(norm(plus(of, -1, sum))).as(about(f)).isLessThan(1e-12 * (1 + norm(sum)));
        });
  }

  @Test
  void productsMakeTheWholeHessian() {
    everywhere(
        (f, theta) -> {
          int n = theta.length;
          f.moveTo(theta);
          double[] matrix = ExactSpectrum.dense(HessianOperator.raw(f));
          double[] v = gaussian(n, 1, new Random(SEED));
          double[] hv = product(f, theta, v);
          for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < n; j++) {
              sum += matrix[j * n + i] * v[j];
            }
            assertThat(hv[i]).as(about(f)).isCloseTo(sum, within(1e-11 * (1 + norm(hv))));
          }
        });
  }

  @Test
  void blocksOfRowsAndMissingCachesChangeNothing() {
    for (Activation hidden : Activation.values()) {
      Network net = RandomNetworks.of(hidden, Loss.CROSS_ENTROPY, b -> b, true);
      int rows = 31;
      double[] x = RandomNetworks.inputs(net, rows, SEED);
      double[] y = RandomNetworks.targets(net, rows, SEED);
      double[] theta = RandomNetworks.weights(net, SEED);
      double[] v = gaussian(theta.length, 1, new Random(SEED));
      try (NetworkSurface whole = new NetworkSurface(net, x, y, rows, 0.1);
          NetworkSurface blocks =
              new NetworkSurface(
                  net, x, y, rows, 0.1, 1, Levels.of(net.loss(), x, y, rows), 7, 1L << 30);
          NetworkSurface uncached =
              new NetworkSurface(
                  net, x, y, rows, 0.1, 1, Levels.of(net.loss(), x, y, rows), 7, 0)) {
        double[] g = new double[theta.length];
        double value = whole.gradient(theta, g);
        double[] h = product(whole, theta, v);
        for (NetworkSurface f : List.of(blocks, uncached)) {
          double[] other = new double[theta.length];
          assertThat(f.gradient(theta, other)).isCloseTo(value, within(1e-14 * value));
          assertThat(norm(plus(other, -1, g))).isLessThan(1e-13 * norm(g));
          assertThat(norm(plus(product(f, theta, v), -1, h))).isLessThan(1e-12 * norm(h));
        }
      }
    }
  }

  /** Bit for bit, in whatever order it is asked; and what is known is not computed again. */
  @Test
  void whatIsKeptOfAPointChangesNothing() {
    everywhere(
        (f, theta) -> {
          double[] v = gaussian(theta.length, 1, new Random(SEED));
          double[] elsewhere = plus(theta, 0.1, v);
          f.forget();
          double value = f.value(theta);
          f.forget();
          double[] gradient = new double[theta.length];
          f.gradient(theta, gradient);
          f.forget();
          double[] product = product(f, theta, v);

          double[] g = new double[theta.length];
          f.forget();
          long start = f.work();
          assertThat(f.value(theta)).isEqualTo(value);
          assertThat(f.work() - start).isEqualTo(1);
          assertThat(f.gradient(theta, g)).isEqualTo(value);
          assertThat(g).as(about(f)).isEqualTo(gradient);
          assertThat(f.work() - start).isEqualTo(3);
          assertThat(product(f, theta, v)).as(about(f)).isEqualTo(product);
          assertThat(f.work() - start).isEqualTo(3 + 6);
          f.gradient(theta, g);
          assertThat(g).as(about(f)).isEqualTo(gradient);
          assertThat(f.work() - start).isEqualTo(3 + 6);

          f.value(elsewhere);
          assertThatThrownBy(() -> f.hessianProduct(v, g))
              .isInstanceOf(IllegalStateException.class);
          start = f.work();
          assertThat(product(f, theta, v)).as(about(f)).isEqualTo(product);
          assertThat(f.work() - start).isEqualTo(2 + 6);
          f.gradient(theta, g);
          assertThat(g).as(about(f)).isEqualTo(gradient);
          assertThat(f.work() - start).isEqualTo(3 + 6);
        });
  }

  @Test
  void miniBatchOfAllRowsIsTheWhole() {
    Network net = RandomNetworks.of(Activation.TANH, Loss.CROSS_ENTROPY, b -> b, true);
    double[] theta = RandomNetworks.weights(net, SEED);
    try (NetworkSurface f = RandomNetworks.surface(net, 5, 0.1, 1, SEED);
        MiniBatch batch = f.miniBatch(5)) {
      double[] g = new double[theta.length];
      double[] b = new double[theta.length];
      double value = f.gradient(theta, g);
      double same = batch.gradient(new int[] {3, 1, 0, 4, 2}, theta, b);
      assertThat(same).isCloseTo(value, within(1e-14));
      assertThat(norm(plus(b, -1, g))).isLessThan(1e-14);
      batch.gradient(new int[] {3, 3, 3, 3, 3}, theta, b);
      assertThat(norm(plus(b, -1, g))).isGreaterThan(1e-3);
    }
  }

  @Test
  void levelsOfTheData() {
    Network net =
        Network.of(List.of(1, 1), Activation.IDENTITY, Activation.IDENTITY, Loss.MSE, true);
    // x = 0, 0, 1 with y = 1, 3, 8: best constant 4, conditional means 2, 2, 8.
    try (NetworkSurface f =
        new NetworkSurface(net, new double[] {0, -0.0, 1}, new double[] {1, 3, 8}, 3, 0, 10)) {
      assertThat(f.base()).isCloseTo(10 * (9 + 1 + 16) / 6.0, within(1e-12));
      assertThat(f.lowerBound()).isCloseTo(10 * (1 + 1) / 6.0, within(1e-12));
      assertThat(f.attained()).isTrue();
    }
    Network logistic =
        Network.of(
            List.of(1, 1),
            Activation.IDENTITY,
            Activation.IDENTITY,
            Loss.BINARY_CROSS_ENTROPY,
            true);
    try (NetworkSurface f =
        new NetworkSurface(logistic, new double[] {0, 0, 1}, new double[] {0, 1, 1}, 3, 0)) {
      assertThat(f.lowerBound()).isCloseTo(Math.log(2) * 2 / 3, within(1e-14));
      assertThat(f.attained()).as("x = 1 has one class alone").isFalse();
    }
  }

  @Test
  void scaleFollowsWeightsButNotBelowNature() {
    Network net =
        Blueprint.dense(List.of(2, 2, 1), Activation.RELU, Activation.IDENTITY, Loss.MSE, true)
            .normalized(Normalization.BATCH, true, 0)
            .build();
    try (NetworkSurface f =
        new NetworkSurface(net, new double[] {2, 2, -2, 2}, new double[] {3, -3}, 2, 0)) {
      double[] theta = new double[net.parameters()];
      for (int i = 0; i < 4; i++) {
        theta[i] = 7;
      }
      double[] s = new double[theta.length];
      f.scale(theta, s);
      assertThat(s)
          .containsExactly(
              new double[] {7, 7, 7, 7, 1, 1, 1, 1, 3 / Math.sqrt(2), 3 / Math.sqrt(2), 3},
              within(1e-12));
    }
    Network plain =
        Network.of(List.of(2, 2, 1), Activation.RELU, Activation.IDENTITY, Loss.MSE, true);
    try (NetworkSurface f =
        new NetworkSurface(plain, new double[] {2, 2, -2, 2}, new double[] {3, -3}, 2, 0)) {
      double[] s = new double[plain.parameters()];
      f.scale(new double[plain.parameters()], s);
      assertThat(s[0]).as("1/(rms(X)·√2)").isCloseTo(1 / (2 * Math.sqrt(2)), within(1e-12));
    }
  }

  /** What is normalized has the size 2√2 of its weights, or 4 of its biases, or √ε = 10⁻². */
  @Test
  void whatIsNormalizedHasNoScaleOfItsOwnAboveEpsilon() {
    for (Network net :
        List.of(
            layerNormalized(Normalization.Place.BEFORE, Activation.SIGMOID),
            layerNormalized(Normalization.Place.AFTER, Activation.TANH))) {
      for (double factor : new double[] {0.1, 1, 100}) {
        assertScales(net, 2 * factor, 0, 2 * factor, 2 * Math.sqrt(2) * factor);
        assertScales(net, 2 * factor, 4 * factor, 4 / Math.sqrt(2) * factor, 4 * factor);
      }
      assertScales(net, 0, 0, 0.01 / Math.sqrt(2), 0.01);
    }
  }

  private static Network layerNormalized(Normalization.Place place, Activation activation) {
    return new Blueprint(
            List.of(1, 2, 1),
            List.of(activation),
            Activation.IDENTITY,
            Loss.MSE,
            true,
            new Normalization(Normalization.Kind.LAYER, place),
            false,
            1e-4,
            Residual.NONE,
            0)
        .build();
  }

  /** Of inputs with a root mean square of √2. */
  private static void assertScales(Network net, double w, double b, double ofW, double ofB) {
    double[] theta = new double[net.parameters()];
    Arrays.fill(theta, 0, 2, w);
    Arrays.fill(theta, 2, 4, b);
    double[] s = new double[theta.length];
    double[] inputs = {Math.sqrt(2), -Math.sqrt(2)};
    try (NetworkSurface f = new NetworkSurface(net, inputs, new double[] {3, -3}, 2, 0)) {
      f.scale(theta, s);
    }
    assertThat(Arrays.copyOf(s, 4))
        .containsExactly(new double[] {ofW, ofW, ofB, ofB}, within(1e-12));
  }

  /** Four of six layers stand in two blocks; a branch of scale 1 counts as it does in a chain. */
  @Test
  void theRadiusIsThatOfWhatBranchesCanAdd() {
    assertThat(doubling(1)).isEqualTo(StrictMath.pow(2, 1.0 / 6) - 1);
    assertThat(doubling(3)).isEqualTo(StrictMath.pow(2, 1.0 / 6) - 1);
    double half = doubling(0.5);
    assertThat(Math.pow(1 + half, 2) * Math.pow(1 + 0.5 * (Math.pow(1 + half, 2) - 1), 2))
        .isCloseTo(2, within(1e-12));
    assertThat(doubling(0)).isCloseTo(Math.sqrt(2) - 1, within(1e-12));
  }

  private static double doubling(double scale) {
    return Growth.doubling(
        new Blueprint(
                List.of(1, 2, 2, 2, 2, 2, 1),
                Collections.nCopies(5, Activation.TANH),
                Activation.IDENTITY,
                Loss.MSE,
                true,
                Normalization.NONE,
                true,
                0,
                new Residual(2, Optional.of(scale)),
                0)
            .build());
  }

  @Test
  void refusesDataThatDoNotFit() {
    Network net = RandomNetworks.of(Activation.TANH, Loss.MSE, b -> b, true);
    assertThatThrownBy(() -> new NetworkSurface(net, new double[8], new double[5], 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 rows, 8 inputs and 5 targets");
  }
}
