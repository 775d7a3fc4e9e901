package org.saddlemap.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.saddlemap.network.Network;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/** Signals of small networks whose activations are known. */
class SignalsTest {
  private static final double[] X = {-2, -1, 1, 2};
  private static final double[] Y = {0.1, 0.2, 0.3, 0.4};

  private static Signals signals(Activation hidden, Activation output, double[] theta, int... w) {
    List<Integer> sizes = java.util.Arrays.stream(w).boxed().toList();
    Network net = Network.of(sizes, hidden, output, Loss.MSE, false);
    try (NetworkSurface surface = new NetworkSurface(net, X, Y, X.length, 0)) {
      return surface.signals(theta, LayerPoint.Moment.FINAL);
    }
  }

  @Test
  void aReluOutputThatIsOffOnEveryRowIsDead() {
    // Sigmoids are above 0 and their weights below: the output is off whatever comes in.
    Signals s = signals(Activation.SIGMOID, Activation.RELU, new double[] {1, 1, -1, -1}, 1, 2, 1);
    assertThat(s.deadShare()).isEqualTo(1);
    assertThat(s.deadLayer()).hasValue(2);
    assertThat(s.activeShare()).isZero();
  }

  @Test
  void theShareThatIsOnTellsALayerThatIsNearlyDead() {
    // One unit of two is on, for two rows of four.
    Signals s = signals(Activation.RELU, Activation.IDENTITY, new double[] {1, 0, 1, 1}, 1, 2, 1);
    assertThat(s.deadShare()).isEqualTo(0.5);
    assertThat(s.deadLayer()).hasValue(1);
    assertThat(s.activeShare()).isEqualTo(0.25);
    assertThat(s.layers().get(1).active()).isEqualTo(1);
  }

  /** z of the rows is −14, −7, 7, 14 and −2, −1, 1, 2. */
  @Test
  void aRelu6IsOffAboveSixToo() {
    Signals s = signals(Activation.RELU6, Activation.IDENTITY, new double[] {7, 1, 1, 1}, 1, 2, 1);
    assertThat(s.deadShare()).as("its value differs between the rows").isZero();
    assertThat(s.activeShare()).isEqualTo(0.25); // the second unit's for two rows
    assertThat(s.saturatedShare()).isZero();
  }

  @Test
  void aRelu6AtTheSameBoundOnEveryRowIsDead() {
    // e^x is at least e^−2 = 0.14, and 60 times that is above 6: the output, never an exponential.
    Signals s = signals(Activation.EXPONENTIAL, Activation.RELU6, new double[] {1, 60}, 1, 1, 1);
    assertThat(s.deadShare()).isEqualTo(1);
    assertThat(s.deadLayer()).hasValue(2);
    assertThat(s.activeShare()).isZero();
  }

  @Test
  void softsignsBeyondNineTenthsAreSaturated() {
    Signals s = signals(Activation.SOFTSIGN, Activation.IDENTITY, new double[] {8, 1}, 1, 1, 1);
    assertThat(s.saturatedShare()).isEqualTo(0.5); // 16/17 and 8/9
  }

  @Test
  void withoutReluNothingIsDeadAndAllIsOn() {
    Signals s = signals(Activation.TANH, Activation.IDENTITY, new double[] {1, 1}, 1, 1, 1);
    assertThat(s.deadShare()).isZero();
    assertThat(s.deadLayer()).isEmpty();
    assertThat(s.activeShare()).isEqualTo(1);
    assertThat(s.saturatedLayer()).hasValue(1); // tanh 2 = 0.964
    assertThat(s.saturatedShare()).isEqualTo(0.5);
  }

  /** As in Glorot and Bengio 2010: near 0, but not within 1 % of it. */
  @Test
  void sigmoidsWithinFivePercentOfTheirRangeAreSaturated() {
    double z = Math.log(0.04 / 0.96); // a sigmoid of 0.04 where x = 1, 0.0017 where x = 2
    Signals s = signals(Activation.SIGMOID, Activation.IDENTITY, new double[] {z, 1}, 1, 1, 1);
    assertThat(s.saturatedShare()).isEqualTo(1);
    double open = Math.log(0.06 / 0.94);
    s = signals(Activation.SIGMOID, Activation.IDENTITY, new double[] {open, 1}, 1, 1, 1);
    assertThat(s.saturatedShare()).isEqualTo(0.5);
  }

  @Test
  void theOutputsSaturationCounts() {
    Signals s = signals(Activation.TANH, Activation.SIGMOID, new double[] {0.1, 90}, 1, 1, 1);
    assertThat(s.saturatedShare()).isEqualTo(1);
    assertThat(s.saturatedLayer()).hasValue(2);
  }

  @Test
  void theLayerThatLosesTheSignalIsFound() {
    double[] theta = {0.1, 0.1, 1e-4, 1e-4, 1e-4, 1e-4, 1, 1, 1, 1, 0.5, 0.5};
    Signals s = signals(Activation.TANH, Activation.IDENTITY, theta, 1, 2, 2, 2, 1);
    assertThat(s.signalDropLayer()).hasValue(2);
    assertThat(s.gradientDropLayer()).hasValue(1); // the way back goes through the same weights
  }

  @Test
  void aNarrowLayerLosesNothing() {
    double[] theta = new double[16 + 16];
    java.util.Arrays.fill(theta, 0, 16, 1);
    java.util.Arrays.fill(theta, 16, 32, 1 / 16.0);
    Signals s = signals(Activation.IDENTITY, Activation.IDENTITY, theta, 1, 16, 1);
    assertThat(s.layers().get(1).forwardNorm())
        .isCloseTo(s.layers().get(0).forwardNorm() / 4, within(1e-12));
    assertThat(s.signalDropLayer()).isEmpty();
  }
}
