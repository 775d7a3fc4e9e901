package org.saddlemap.optimize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.trial.Seeds;

/** Learning rates by parameter: what parametrizations make of them. */
class ParameterRatesTest {
  private static final int FEATURES = 5;
  private static final Seeds SEEDS = new Seeds(3, 0);

  private static Network network(Configuration c) {
    return Network.of(c, FEATURES, 3);
  }

  @Test
  void standardIsOneRangeOfFactorOne() {
    Configuration c = Configuration.parse("depth=3;width=8");
    assertThat(ParameterRates.of(network(c), c))
        .containsExactly(new ParameterRates.Range(0, network(c).parameters(), 1));
  }

  @ParameterizedTest
  @CsvSource({"sgd, 4, 1, 4, 0.25", "adam, 1, 0.25, 1, 0.25"})
  void mupAtFourTimesTheBase(
      String optimizer, float input, float hidden, float bias, float output) {
    Configuration c =
        Configuration.parse(
            "depth=2;width=32;parametrization=mup(8);optimizer=%s".formatted(optimizer));
    Network net = network(c);
    float[] rates = new float[net.parameters()];
    for (ParameterRates.Range r : ParameterRates.of(net, c)) {
      Arrays.fill(rates, r.from(), r.from() + r.length(), r.rate());
    }
    assertThat(rates[net.weights(0)]).isEqualTo(input);
    assertThat(rates[net.weights(1)]).isEqualTo(hidden);
    assertThat(rates[net.biases(1).getAsInt()]).isEqualTo(bias);
    assertThat(rates[net.weights(2)]).isEqualTo(output);
    assertThat(rates[net.biases(2).getAsInt()]).isEqualTo(1);
  }

  /** At the base width it is the standard one, to the bit. */
  @Test
  void mupAtTheBaseIsStandard() {
    assertThat(trained("parametrization=mup(12)")).isEqualTo(trained("parametrization=standard"));
    assertThat(trained("parametrization=ntk")).isNotEqualTo(trained("parametrization=standard"));
  }

  private static double[] trained(String text) {
    Configuration c =
        Configuration.parse("depth=2;width=12;max_steps=7;batch_size=full;loss=mse;" + text);
    return train(c, 0.05).clone();
  }

  private static double[] train(Configuration c, double rate) {
    BlasRuntime.start();
    Network net = Network.of(c, FEATURES, 2);
    try (NativeFloats memory = new NativeFloats()) {
      return Trainer.train(
              new TrainingTask(
                  net,
                  c,
                  data(),
                  rate,
                  Initialization.draw(net, c.initializer(), c.parametrization(), SEEDS),
                  SEEDS),
              Interruption.NEVER,
              memory)
          .last();
    }
  }

  private static Dataset data() {
    Random random = new Random(1);
    int rows = 20;
    float[] x = new float[rows * FEATURES];
    float[] y = new float[rows * 2];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) random.nextGaussian();
    }
    return new Dataset(
        FEATURES,
        0,
        2,
        new Dataset.Part(rows, x, new int[0], y),
        new Dataset.Part(0, new float[0], new int[0], new float[0]),
        "",
        "");
  }

  /**
   * A linear network without biases, written out: f = W₂·m₂·W₁·m₁·x with multipliers m = 1/√fan-in,
   * trained plainly in (W₁, W₂), is the same function as the product in the NTK parametrization.
   */
  @Test
  void ntkIsThatOfMultipliersInTheNetwork() {
    double rate = 0.3;
    Configuration c =
        Configuration.parse(
            "depth=1;width=4;activation=identity;bias=false;loss=mse;batch_size=full;max_steps=5;parametrization=ntk");
    Network net = Network.of(c, FEATURES, 2);
    double[] theta = Initialization.draw(net, c.initializer(), SEEDS);
    double m1 = 1 / Math.sqrt(FEATURES);
    double m2 = 1 / Math.sqrt(4);
    double[] w1 = Arrays.stream(theta, 0, 20).map(w -> w / m1).toArray();
    double[] w2 = Arrays.stream(theta, 20, 28).map(w -> w / m2).toArray();
    Dataset.Part part = data().train();
    for (int step = 0; step < 5; step++) {
      double[] g1 = new double[20];
      double[] g2 = new double[8];
      for (int r = 0; r < part.rows(); r++) {
        double[] h = new double[4];
        for (int i = 0; i < FEATURES; i++) {
          for (int j = 0; j < 4; j++) {
            h[j] += m1 * part.inputs()[r * FEATURES + i] * w1[i * 4 + j];
          }
        }
        for (int k = 0; k < 2; k++) {
          double e = -part.values()[r * 2 + k];
          for (int j = 0; j < 4; j++) {
            e += m2 * h[j] * w2[j * 2 + k];
          }
          e /= part.rows();
          for (int j = 0; j < 4; j++) {
            g2[j * 2 + k] += m2 * h[j] * e;
            for (int i = 0; i < FEATURES; i++) {
              g1[i * 4 + j] += m1 * part.inputs()[r * FEATURES + i] * m2 * w2[j * 2 + k] * e;
            }
          }
        }
      }
      for (int i = 0; i < 20; i++) {
        w1[i] -= rate * g1[i];
      }
      for (int i = 0; i < 8; i++) {
        w2[i] -= rate * g2[i];
      }
    }
    double[] last = train(c, rate);
    for (int i = 0; i < 20; i++) {
      assertThat(last[i]).isCloseTo(w1[i] * m1, within(1e-6));
    }
    for (int i : List.of(0, 1, 2, 3, 4, 5, 6, 7)) {
      assertThat(last[20 + i]).isCloseTo(w2[i] * m2, within(1e-6));
    }
  }
}
