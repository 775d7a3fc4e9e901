package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Initialization;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Seeds;

/**
 * Units that start equal stay equal, to the bit: the law that makes constant weights useless. At a
 * rate that is no power of two, so that steps round.
 */
class SymmetryTest {
  @ParameterizedTest
  @CsvSource({
    "constant(0.1), tanh, 1, 32, 16, false",
    "constant(0.1), tanh, 3, 37, full, false",
    "constant(0.1), tanh, 2, 31, 20, false",
    "constant(0.1), tanh, 1, 24, 20, false",
    "constant(-0.3), gelu, 2, 13, 7, false",
    "constant(0.1), sigmoid, 2, 64, 32, true",
    "zeros, sigmoid, 2, 33, 5, false",
    "zeros, softplus, 2, 33, 5, false",
    "zeros, exponential, 1, 33, 5, false",
    "constant(-0.3), selu, 2, 13, 7, false",
    "constant(0.1), silu, 2, 13, 7, false",
    "constant(0.1), softsign, 2, 31, 20, false",
    "zeros, tanh, 2, 33, 5, false",
    "zeros;bias_initializer=constant(0.5), tanh, 2, 33, 5, false",
    "constant;weight=0.1;bias_initializer=constant(-0.5), tanh, 2, 33, 5, false"
  })
  void equalUnitsStayEqual(
      String initializer, String activation, int depth, int width, String batch, boolean norm) {
    Dataset data = data();
    Configuration c =
        Configuration.parse(
            "depth=%d;width=%d;activation=%s;initializer=%s;batch_norm=%s;batch_size=%s;learning_rate=0.3;max_steps=300"
                .formatted(depth, width, activation, initializer, norm, batch));
    Network net = Network.of(c, data.features(), data.outputs(c.loss()));
    Seeds seeds = new Seeds(3, 0);
    double[] initial = Initialization.draw(net, c.initializer(), seeds);
    BlasRuntime.start();
    double[] theta;
    try (NativeFloats memory = new NativeFloats()) {
      theta =
          Trainer.train(
                  new TrainingTask(net, c, data, 0.3, initial, seeds), Interruption.NEVER, memory)
              .last();
    }
    assertThat(theta).isNotEqualTo(initial);
    for (int l = 0; l < depth; l++) {
      for (int unit = 1; unit < width; unit++) {
        for (int i = 0; i < net.fanIn(l); i++) {
          int row = net.weights(l) + i * width;
          assertThat(theta[row + unit]).as("layer %d into unit %d", l, unit).isEqualTo(theta[row]);
        }
        int outs = net.fanOut(l + 1);
        for (int o = 0; o < outs; o++) {
          int at = net.weights(l + 1) + o;
          assertThat(theta[at + unit * outs])
              .as("layer %d out of unit %d", l, unit)
              .isEqualTo(theta[at]);
        }
        assertThat(theta[net.biases(l).getAsInt() + unit])
            .isEqualTo(theta[net.biases(l).getAsInt()]);
      }
    }
  }

  private static Dataset data() {
    RandomGenerator random = new Seeds(11, 0).stream(Seeds.Stream.SYNTHETIC, 0);
    int rows = 61;
    float[] inputs = new float[rows * 5];
    int[] labels = new int[rows];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < rows; i++) {
      labels[i] = i % 3;
    }
    Dataset.Part none = new Dataset.Part(0, new float[0], new int[0], new float[0]);
    return new Dataset(
        5,
        3,
        0,
        new Dataset.Part(rows, inputs, labels, new float[0]),
        none,
        "0".repeat(64),
        "test");
  }
}
