package org.saddlemap.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.Loss;
import org.saddlemap.trial.Seeds;

class InitializationTest {
  private static final Seeds SEEDS = new Seeds(42, 3);

  private static Network network(boolean norm, Integer... sizes) {
    return Network.of(
        Arrays.asList(sizes),
        Activation.TANH,
        Activation.IDENTITY,
        Loss.MSE,
        true,
        norm ? Optional.of(BatchNorm.STANDARD) : Optional.empty());
  }

  private static double[] draw(Network architecture, String initializer) {
    return Initialization.draw(architecture, Initializer.parse(initializer), SEEDS);
  }

  @ParameterizedTest
  @CsvSource({
    "normal(0.3), 0.3", "uniform(0.3), 0.17320508", "xavier_normal, 0.0816496",
        "xavier_uniform, 0.0816496",
    "keras_default, 0.0816496", "he_normal, 0.1", "he_uniform, 0.1", "lecun_normal, 0.0707107",
    "'scaled_normal(1.5, 0.1)', 0.106066"
  })
  void weightsHaveTheirDistributionsMoments(String initializer, double std) {
    Network architecture = network(false, 200, 100, 1);
    double[] theta = draw(architecture, initializer);
    int n = 200 * 100;
    double mean = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      mean += theta[i] / n;
      square += theta[i] * theta[i] / n;
    }
    assertThat(mean).isCloseTo(0, within(5 * std / Math.sqrt(n)));
    assertThat(Math.sqrt(square)).isCloseTo(std, within(0.02 * std));
  }

  @Test
  void initializersOfAFamilyDifferByScaleAlone() {
    Network architecture = network(false, 5, 7, 2);
    double[] one = draw(architecture, "normal(1)");
    double[] half = draw(architecture, "normal(0.5)");
    double[] he = draw(architecture, "he_normal");
    for (int i = 0; i < 35; i++) {
      assertThat(half[i]).isCloseTo(one[i] / 2, within(1e-7));
      assertThat(he[i]).isCloseTo(one[i] * Math.sqrt(2.0 / 5), within(1e-6));
    }
  }

  @Test
  void aDeeperNetworkSharesItsFirstLayers() {
    double[] shallow = draw(network(false, 5, 7, 7, 2), "he_normal");
    double[] deep = draw(network(false, 5, 7, 7, 7, 2), "he_normal");
    assertThat(Arrays.copyOf(deep, 42 + 56)).containsExactly(Arrays.copyOf(shallow, 42 + 56));
  }

  @Test
  void biasesAreZeroAndScalesOne() {
    Network architecture = network(true, 5, 7, 2);
    double[] theta = draw(architecture, "he_normal");
    for (int j = 0; j < 7; j++) {
      assertThat(theta[architecture.biases(0).getAsInt() + j]).isZero();
      assertThat(theta[architecture.scales(0).getAsInt() + j]).isEqualTo(1);
    }
    double[] random = draw(architecture, "scaled_normal(1, 0.5)");
    assertThat(random[architecture.biases(0).getAsInt()]).isNotZero();
    assertThat(random[architecture.scales(0).getAsInt()]).isEqualTo(1);
    assertThat(draw(network(false, 3, 2), "constant(0.25)"))
        .containsExactly(0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,5", "5,1", "7,7", "64,64", "13,29", "29,13"})
  void orthogonalLayersAreSemiOrthogonal(int a, int b) {
    double[] w = draw(network(false, a, b), "orthogonal(2)");
    int count = Math.min(a, b);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j <= i; j++) {
        double dot = 0;
        for (int k = 0; k < Math.max(a, b); k++) {
          dot += a >= b ? w[k * b + i] * w[k * b + j] : w[i * b + k] * w[j * b + k];
        }
        assertThat(dot).as("%d, %d", i, j).isCloseTo(i == j ? 4 : 0, within(4e-6));
      }
    }
  }

  @Test
  void orthogonalSignsAreFair() {
    int positive = 0;
    for (int replicate = 0; replicate < 400; replicate++) {
      double[] theta =
          Initialization.draw(
              network(false, 3, 3), Initializer.parse("orthogonal"), new Seeds(1, replicate));
      positive += theta[0] > 0 ? 1 : 0;
    }
    assertThat(positive).isBetween(150, 250);
  }

  @Test
  void valuesAreFloats() {
    for (double v : draw(network(false, 9, 4), "lecun_normal")) {
      assertThat(v).isEqualTo((float) v);
    }
  }
}
