package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Activation;

class ActivationKernelTest {
  @Test
  void tanhIsWithinEightUlp() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    double worst = 0;
    for (int i = 0; i < 1_000_003; i++) {
      double x =
          i % 2 == 0 ? 25 * (2 * random.nextDouble() - 1) : Math.exp(-40 * random.nextDouble());
      double exact = StrictMath.tanh(x);
      worst = Math.max(worst, Math.abs(ActivationKernel.tanh(x) - exact) / Math.ulp(exact));
    }
    assertThat(worst).as("seed %d", seed).isLessThanOrEqualTo(8);
  }

  @Test
  void tanhAtTheEdges() {
    assertThat(ActivationKernel.tanh(0)).isZero();
    assertThat(ActivationKernel.tanh(1e-300)).isCloseTo(1e-300, within(1e-314));
    assertThat(ActivationKernel.tanh(1e300)).isCloseTo(1, within(1e-15));
    assertThat(ActivationKernel.tanh(Double.NEGATIVE_INFINITY)).isCloseTo(-1, within(1e-15));
    assertThat(ActivationKernel.tanh(Double.NaN)).isNaN();
  }

  /** Values from Abramowitz and Stegun, table 26.1, and the tail's asymptotic series. */
  @Test
  void gaussianDistribution() {
    assertThat(ActivationKernel.normal(0)).isEqualTo(0.5);
    assertThat(ActivationKernel.normal(1)).isCloseTo(0.841344746068543, within(1e-15));
    assertThat(ActivationKernel.normal(-2)).isCloseTo(0.0227501319481792, within(1e-15));
    assertThat(ActivationKernel.normal(3)).isCloseTo(0.998650101968370, within(1e-15));
    assertThat(ActivationKernel.normal(-5)).isCloseTo(2.866515718791939e-7, within(1e-20));
    assertThat(ActivationKernel.normal(-10) / 7.619853024160527e-24).isCloseTo(1, within(1e-13));
    assertThat(ActivationKernel.normal(3.5 + 1e-12))
        .as("the two methods meet")
        .isCloseTo(ActivationKernel.normal(3.5 - 1e-12), within(1e-14));
  }

  @Test
  void derivativesAreThoseOfTheValue() {
    double[] z = {-4.1, -1.3, -0.2, 0.3, 0.9, 2.2, 3.9};
    int n = z.length;
    double[] ones = {1, 1, 1, 1, 1, 1, 1};
    double e = 1e-5;
    for (Activation kind : Activation.values()) {
      double[] a = new double[n];
      double[] slope = new double[n];
      double[] bend = new double[n];
      ActivationKernel.value(kind, z, a, n);
      if (ActivationKernel.byValue(kind)) {
        ActivationKernel.times(kind, a, ones, slope, n);
        ActivationKernel.turn(kind, a, slope, ones, bend, n);
      } else {
        ActivationKernel.gelu(z, ones, slope, bend, n);
      }
      double[] up = shifted(kind, z, e);
      double[] down = shifted(kind, z, -e);
      for (int i = 0; i < n; i++) {
        assertThat(slope[i])
            .as("%s at %s", kind, z[i])
            .isCloseTo((up[i] - down[i]) / (2 * e), within(1e-9));
        assertThat(bend[i])
            .as("%s at %s", kind, z[i])
            .isCloseTo((up[i] - 2 * a[i] + down[i]) / (e * e), within(3e-5));
      }
    }
  }

  /** Values by series of 50 digits: e^z − e^2z/2 + … on the left, z + e^−z on the right. */
  @Test
  void softplusKeepsItsDigitsFarOut() {
    double[] z = {-800, -700, -40, 0, 40, 1e300, Double.NaN};
    double[] a = new double[z.length];
    double[] slope = {1, 1, 1, 1, 1, 1, 1};
    ActivationKernel.value(Activation.SOFTPLUS, z, a, z.length);
    ActivationKernel.times(Activation.SOFTPLUS, a, slope, slope, z.length);
    double[] values = {0, 9.859676543759770e-305, 4.248354255291589e-18, Math.log(2), 40, 1e300};
    double[] slopes = {0, 9.859676543759770e-305, 4.248354255291589e-18, 0.5, 1, 1};
    for (int i = 0; i < values.length; i++) {
      assertThat(a[i]).as("at %s", z[i]).isCloseTo(values[i], within(4e-15 * values[i]));
      assertThat(slope[i]).as("at %s", z[i]).isCloseTo(slopes[i], within(4e-15 * slopes[i]));
    }
    assertThat(a[6]).isNaN();
    assertThat(slope[6]).isNaN();
  }

  private static double[] shifted(Activation kind, double[] z, double by) {
    double[] a = new double[z.length];
    for (int i = 0; i < a.length; i++) {
      a[i] = z[i] + by;
    }
    ActivationKernel.value(kind, a, a, a.length);
    return a;
  }

  @Test
  void rectifierHasNoSlopeAtZero() {
    double[] slope = {1};
    ActivationKernel.times(Activation.RELU, new double[] {0}, slope, slope, 1);
    assertThat(slope[0]).isZero();
  }
}
