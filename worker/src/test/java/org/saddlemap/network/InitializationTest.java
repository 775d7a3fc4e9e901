package org.saddlemap.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.trial.Seeds;

class InitializationTest {
  private static final Seeds SEEDS = new Seeds(42, 3);

  private static Network network(boolean norm, Integer... sizes) {
    return Blueprint.dense(
            Arrays.asList(sizes), Activation.TANH, Activation.IDENTITY, Loss.MSE, true)
        .normalized(norm ? Normalization.BATCH : Normalization.NONE, true, Normalization.EPSILON)
        .build();
  }

  private static double[] draw(Network architecture, String initializer) {
    return Initialization.draw(architecture, Initializer.parse(initializer), SEEDS);
  }

  @ParameterizedTest
  @CsvSource({
    "normal(0.3), 0.3",
    "uniform(0.3), 0.17320508",
    "xavier_normal, 0.0816496",
    "xavier_uniform, 0.0816496",
    "keras_default, 0.0816496",
    "he_normal, 0.1",
    "he_uniform, 0.1",
    "lecun_normal, 0.0707107",
    "'scaled_normal(1.5, 0.1)', 0.106066",
    "truncated_normal(0.3), 0.26388770",
    "xavier_truncated, 0.0816496",
    "he_truncated, 0.1",
    "lecun_truncated, 0.0707107",
    "lecun_uniform, 0.0707107",
    "he_normal_fan_out, 0.14142136",
    "he_uniform_fan_out, 0.14142136",
    "he_truncated_fan_out, 0.14142136",
    "lecun_normal_fan_out, 0.1",
    "lecun_uniform_fan_out, 0.1",
    "lecun_truncated_fan_out, 0.1",
    "torch_default, 0.04082483"
  })
  void weightsHaveTheirDistributionsMoments(String initializer, double std) {
    Network architecture = network(false, 200, 100, 1);
    double[] theta = draw(architecture, initializer);
    int n = 200 * 100;
    double mean = 0;
    double square = 0;
    double fourth = 0;
    double largest = 0;
    for (int i = 0; i < n; i++) {
      mean += theta[i] / n;
      square += theta[i] * theta[i] / n;
      fourth += Math.pow(theta[i], 4) / n;
      largest = Math.max(largest, Math.abs(theta[i]));
    }
    assertThat(mean).isCloseTo(0, within(5 * std / Math.sqrt(n)));
    assertThat(Math.sqrt(square)).isCloseTo(std, within(0.02 * std));
    // The shape: E x⁴/(E x²)² is 9/5 of a uniform and 3 of a normal distribution; of one that is
    // cut at 2, of variance v, E x⁴ = 3v − 8·2φ(2)/(2Φ(2) − 1) = 1.416, so that it is 2.366.
    boolean uniform = initializer.contains("uniform") || initializer.endsWith("_default");
    boolean truncated = initializer.contains("truncated");
    double kurtosis = uniform ? 1.8 : truncated ? 2.366 : 3;
    assertThat(fourth / (square * square)).isCloseTo(kurtosis, within(0.04 * kurtosis));
    double bound = uniform ? Math.sqrt(3) * std : truncated ? 2 * std / 0.87962566 : 6 * std;
    assertThat(largest).isBetween(uniform || truncated ? 0.999 * bound : 0, bound * (1 + 1e-6));
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

  /** What is within ±2 is a normal distribution's; the rest is drawn again. */
  @Test
  void truncatedInitializersShareTheNormalDraws() {
    Network architecture = network(false, 50, 40, 2);
    double[] one = draw(architecture, "normal(1)");
    double[] cut = draw(architecture, "truncated_normal(0.5)");
    double[] he = draw(architecture, "he_truncated");
    int other = 0;
    for (int i = 0; i < 50 * 40; i++) {
      if (Math.abs(one[i]) <= 2) {
        assertThat(cut[i]).isCloseTo(one[i] / 2, within(1e-7));
      } else {
        other++;
      }
      assertThat(he[i]).isCloseTo(2 * cut[i] * Math.sqrt(2.0 / 50) / 0.87962566, within(1e-6));
    }
    // Beyond ±2 lie 4.55 %: 91 of 2,000.
    assertThat(other).isBetween(50, 140);
  }

  /** However wide a layer is: PyTorch's own formula of 1/√fan-in, by Keras's fan_in = a. */
  @ParameterizedTest
  @CsvSource({"1,1", "3,17", "64,10", "784,256"})
  void uniformBoundsAreThoseOfLibraries(int a, int b) {
    assertThat(Initializer.VarianceScaling.TORCH_DEFAULT.scale(a, b))
        .as("gain √(2/(1 + 5)) over √a, times √3")
        .isCloseTo(Math.sqrt(2.0 / 6) / Math.sqrt(a) * Math.sqrt(3), within(1e-15));
    assertThat(Initializer.VarianceScaling.KERAS_DEFAULT.scale(a, b))
        .isEqualTo(Initializer.VarianceScaling.XAVIER_UNIFORM.scale(a, b))
        .isEqualTo(Math.sqrt(6.0 / (a + b)));
    assertThat(Initializer.VarianceScaling.LECUN_UNIFORM.scale(a, b))
        .isCloseTo(Math.sqrt(3.0 / a), within(1e-15));
    assertThat(Initializer.VarianceScaling.HE_UNIFORM_FAN_OUT.scale(a, b))
        .isEqualTo(Initializer.VarianceScaling.HE_UNIFORM.scale(b, a));
  }

  /** φ(2) and Φ(2) from Abramowitz and Stegun, table 26.1. */
  @Test
  void truncationTakesAsMuchAsTheFormulaSays() {
    double density = 0.05399096651318806;
    double within = 2 * 0.9772498680518208 - 1;
    assertThat(Initializer.VarianceScaling.TRUNCATION)
        .isCloseTo(Math.sqrt(1 - 4 * density / within), within(1e-15));
  }

  @ParameterizedTest
  @CsvSource({"he_normal", "orthogonal(1.5)", "constant(0.1)", "zeros", "truncated_normal(0.1)"})
  void biasesAreDrawnBesideTheSameWeights(String weights) {
    Network architecture = network(true, 16, 400, 2);
    double[] plain = draw(architecture, weights);
    int from = architecture.biases(0).getAsInt();
    double[] half = biased(architecture, weights, "normal(0.5)");
    double[] one = biased(architecture, weights, "normal(1)");
    double[] torch = biased(architecture, weights, "torch_default");
    double[] uniform = biased(architecture, weights, "uniform(2)");
    double[] constant = biased(architecture, weights, "constant(0.25)");
    double square = 0;
    double largest = 0;
    for (int i = 0; i < plain.length; i++) {
      boolean bias = i >= from && i < from + 400;
      boolean output = i >= plain.length - 2;
      if (!bias && !output) {
        assertThat(half[i]).isEqualTo(plain[i]);
        assertThat(torch[i]).isEqualTo(plain[i]);
      }
      if (bias) {
        assertThat(half[i]).isCloseTo(one[i] / 2, within(1e-7));
        assertThat(torch[i]).as("U(±1/√16)").isCloseTo(uniform[i] / 8, within(1e-7));
        assertThat(constant[i]).isEqualTo(0.25);
        square += one[i] * one[i] / 400;
        largest = Math.max(largest, Math.abs(torch[i]));
      }
    }
    assertThat(square).isBetween(0.7, 1.3);
    assertThat(largest).isBetween(0.24, 0.25);
    assertThat(Math.abs(torch[plain.length - 1])).as("fan-in 400").isLessThanOrEqualTo(0.05);
  }

  private static double[] biased(Network architecture, String weights, String biases) {
    return Initialization.draw(
        architecture,
        new Initializer.WithBiases(Initializer.parse(weights), Initializer.parseBiases(biases)),
        SEEDS);
  }

  @Test
  void torchDefaultDrawsBiasesToo() {
    Network architecture = network(false, 25, 300, 2);
    double[] theta = draw(architecture, "torch_default");
    double weight = 0;
    double bias = 0;
    for (int i = 0; i < 25 * 300; i++) {
      weight = Math.max(weight, Math.abs(theta[i]));
    }
    for (int i = 25 * 300; i < 26 * 300; i++) {
      bias = Math.max(bias, Math.abs(theta[i]));
    }
    assertThat(weight).isBetween(0.199, 0.2000001);
    assertThat(bias).isBetween(0.19, 0.2000001);
    assertThat(bias).isNotEqualTo(weight);
  }

  @Test
  void aDeeperNetworkSharesBiasesToo() {
    double[] shallow = biased(network(false, 5, 7, 7, 2), "he_truncated", "normal(1)");
    double[] deep = biased(network(false, 5, 7, 7, 7, 2), "he_truncated", "normal(1)");
    assertThat(Arrays.copyOf(deep, 42 + 56)).containsExactly(Arrays.copyOf(shallow, 42 + 56));
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
