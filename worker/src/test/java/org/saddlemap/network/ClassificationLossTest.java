package org.saddlemap.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.Float32;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.arithmetic.TrainingVector;
import org.saddlemap.layer.Planner;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * The losses of classification and their gradients at outputs near and far apart, against float64
 * formulas. A single layer with identity weights gives its inputs out; its bias's gradient is the
 * loss's.
 */
class ClassificationLossTest {
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

  private static Passes identity(int k, Loss loss) {
    memory.reset();
    Network architecture =
        Network.of(List.of(k, k), Activation.TANH, Activation.IDENTITY, loss, true);
    Passes network = new Passes(architecture);
    double[] theta = new double[k * k + k];
    for (int j = 0; j < k; j++) {
      theta[j * k + j] = 1;
    }
    network.theta.set(theta);
    return network;
  }

  private static float[] biasGradient(Passes network, int k) {
    network.workspace.backward();
    float[] d = new float[k];
    network.gradient.get(k * k, d, k);
    return d;
  }

  /** A network's passes with all that they work on. */
  private static final class Passes {
    final Batch batch = new Batch(64);
    final Float32 k = new Float32(memory);
    final Network network;
    final Workspace workspace;
    final TrainingVector theta;
    final TrainingVector gradient;

    Passes(Network network) {
      this.network = network;
      theta = k.vector(network.parameters());
      gradient = k.vector(network.parameters());
      workspace = new Workspace(network, k, batch, Planner.Purpose.TRAIN, new Planner.Shared());
      workspace.theta(theta);
      workspace.gradient(gradient);
      workspace.pass().gradients = true;
    }

    void setInput(float[] source, int fromRow, int rows) {
      batch.rows(rows);
      k.set(workspace.input(), source, fromRow);
    }

    void forward(int rows) {
      batch.rows(rows);
      workspace.forward();
    }

    double loss(int rows, int[] labels, float[] targets) {
      batch.rows(rows);
      return k.loss(network.loss(), workspace.output(), labels, targets, workspace.outputDelta());
    }
  }

  /** From where the float32 exponential ends to far beyond the float64 one, both ways. */
  @ParameterizedTest
  @ValueSource(floats = {0, 1e-3f, 1, 17, 50, 99, 101, 103, 105, 300, 800, 1e5f, 1e30f})
  void crossEntropyIsThatOfTheFormulaHoweverFarApartTheOutputsAre(float far) {
    for (float sign : new float[] {-1, 1}) {
      float[] z = {0.5f, sign * far, -0.25f};
      Passes network = identity(3, Loss.CROSS_ENTROPY);
      network.setInput(z, 0, 1);
      network.forward(1);
      double loss = network.loss(1, new int[] {0}, new float[0]);
      double max = Math.max(0.5, z[1]);
      double others = Math.exp(z[1] - 0.5) + Math.exp(-0.75);
      double wanted =
          others < 1e300
              ? Math.log1p(others)
              : max - 0.5 + Math.log1p(Math.exp(0.5 - max) + Math.exp(-0.25 - max));
      assertThat(loss).as("loss at %s", z[1]).isCloseTo(wanted, within(1e-7 * wanted));
      float[] d = biasGradient(network, 3);
      double total = Math.exp(0.5 - max) + Math.exp(z[1] - max) + Math.exp(-0.25 - max);
      for (int j = 0; j < 3; j++) {
        double p = Math.exp(z[j] - max) / total;
        assertThat((double) d[j])
            .as("gradient %d at %s", j, z[1])
            .isCloseTo(p - (j == 0 ? 1 : 0), within(2e-7));
      }
    }
  }

  @Test
  void aLossTooSmallForFloat32IsKept() {
    float[] z = {40, 0, -3};
    Passes network = identity(3, Loss.CROSS_ENTROPY);
    network.setInput(z, 0, 1);
    network.forward(1);
    double others = Math.exp(-40) + Math.exp(-43);
    assertThat(network.loss(1, new int[] {0}, new float[0]))
        .isCloseTo(others, within(1e-7 * others));
    assertThat((double) biasGradient(network, 3)[0]).isCloseTo(-others, within(1e-6 * others));
  }

  @Test
  void rowsNearAndFarAddUp() {
    float[] z = {1, 2, 3, 0, 500, 0, -2, -1, 90, 0, 0, 0};
    int[] labels = {0, 0, 0, 2};
    Passes network = identity(3, Loss.CROSS_ENTROPY);
    network.setInput(z, 0, 4);
    network.forward(4);
    double wanted = 0;
    for (int r = 0; r < 4; r++) {
      double sum = 0;
      for (int j = 0; j < 3; j++) {
        sum += Math.exp(z[3 * r + j]);
      }
      wanted += (Math.log(sum) - z[3 * r + labels[r]]) / 4;
    }
    assertThat(network.loss(4, labels, new float[0])).isCloseTo(wanted, within(1e-6 * wanted));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void anOutputThatIsNotFiniteMakesTheLossSo(float bad) {
    Passes network = identity(3, Loss.CROSS_ENTROPY);
    network.setInput(new float[] {0, bad, 0}, 0, 1);
    network.forward(1);
    assertThat(network.loss(1, new int[] {0}, new float[0])).isNaN();
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1e-3f, 1, 17, 50, 99, 105, 800, 1e30f})
  void binaryCrossEntropyIsThatOfTheFormula(float far) {
    for (float z : new float[] {-far, far}) {
      for (int label = 0; label < 2; label++) {
        Passes network = identity(1, Loss.BINARY_CROSS_ENTROPY);
        network.setInput(new float[] {z}, 0, 1);
        network.forward(1);
        double wanted = Math.max(z, 0) - z * label + Math.log1p(Math.exp(-Math.abs(z)));
        assertThat(network.loss(1, new int[] {label}, new float[0]))
            .as("loss at %s for %d", z, label)
            .isCloseTo(wanted, within(1e-7 * wanted + 1e-44));
        assertThat((double) biasGradient(network, 1)[0])
            .as("gradient at %s for %d", z, label)
            .isCloseTo(1 / (1 + Math.exp(-z)) - label, within(1e-7));
      }
    }
  }
}
