package org.saddlemap.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.trial.Seeds;

/** Held against all eigenvalues of the Hessian. */
class SharpnessTest {
  @ParameterizedTest
  @CsvSource({
    "TANH, MSE, xavier_uniform, false, 12 12",
    "TANH, CROSS_ENTROPY, normal(0.01), false, 12",
    "RELU, CROSS_ENTROPY, he_normal, false, 16 16 8",
    "RELU, MSE, he_normal, true, 12 8",
    "SIGMOID, CROSS_ENTROPY, normal(1), false, 12 12",
    "TANH, CROSS_ENTROPY, zeros, false, 12",
    "GELU, MSE, constant(0.1), false, 16",
    "SOFTPLUS, CROSS_ENTROPY, he_normal, false, 12 12",
    "TANH, MSE, normal(3), false, 40 12",
  })
  void isTheLargestEigenvalueWithinItsResidual(
      Activation activation, Loss loss, String initializer, boolean norm, String widths) {
    List<Integer> sizes =
        Arrays.stream(("6 " + widths + " 3").split(" ")).map(Integer::valueOf).toList();
    Network net =
        Blueprint.dense(sizes, activation, Activation.IDENTITY, loss, true)
            .normalized(
                norm ? Normalization.BATCH : Normalization.NONE, true, Normalization.EPSILON)
            .build();
    Random random = new Random(11);
    int rows = 40;
    double[] x = random.doubles(rows * 6L, -1, 1).toArray();
    double[] y = new double[rows * 3];
    for (int i = 0; i < rows; i++) {
      y[3 * i + random.nextInt(3)] = 1;
    }
    for (int replicate = 0; replicate < 5; replicate++) {
      double[] theta =
          Initialization.draw(net, Initializer.parse(initializer), new Seeds(1, replicate));
      try (NetworkSurface surface = new NetworkSurface(net, x, y, rows, 0.01)) {
        Sharpness s = Sharpness.of(surface, theta, 5);
        surface.moveTo(theta);
        double exact = ExactSpectrum.of(HessianOperator.raw(surface)).largest();
        String what = "%s, exactly %s, replicate %d".formatted(s, exact, replicate);
        assertThat(s.residual()).as(what).isLessThanOrEqualTo(1e-2);
        assertThat(s.value()).as(what).isCloseTo(exact, within(1e-3 * exact));
      }
    }
  }

  @Test
  void saysHowFarItIsFromConverged() {
    // 5,000 eigenvalues that crowd at the top: 60 products do not part them.
    double[] h = new double[5000];
    Arrays.setAll(h, i -> 1 - Math.pow(i / 5000.0, 0.25));
    Sharpness s = Sharpness.of(new QuadraticSurface(h), new double[5000], 5);
    assertThat(s.products()).isLessThanOrEqualTo(Sharpness.MAX_PRODUCTS);
    assertThat(s.value()).isLessThanOrEqualTo(1 + 1e-12);
    assertThat(s.residual()).isLessThan(0.1);
    if (s.products() < Sharpness.MAX_PRODUCTS) {
      assertThat(s.residual()).isLessThanOrEqualTo(1e-2);
    }
  }

  @Test
  void aFlatFunctionHasNone() {
    Sharpness s = Sharpness.of(new QuadraticSurface(new double[7]), new double[7], 5);
    assertThat(s.value()).isZero();
    assertThat(s.residual()).isZero();
  }
}
