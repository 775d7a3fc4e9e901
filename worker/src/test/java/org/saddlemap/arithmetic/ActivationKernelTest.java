package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Activation;

class ActivationKernelTest {
  @Test
  void tanhIsWithinTenUlp() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    double worst = 0;
    for (int i = 0; i < 1_000_003; i++) {
      double x =
          i % 2 == 0 ? 25 * (2 * random.nextDouble() - 1) : Math.exp(-40 * random.nextDouble());
      double exact = StrictMath.tanh(x);
      worst = Math.max(worst, Math.abs(ActivationKernel.tanh(x) - exact) / Math.ulp(exact));
    }
    assertThat(worst).as("seed %d", seed).isLessThanOrEqualTo(10);
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
        ActivationKernel.bends(kind, z, ones, slope, bend, n);
      }
      double[] up = shifted(kind, z, e);
      double[] down = shifted(kind, z, -e);
      for (int i = 0; i < n; i++) {
        double scale = Math.max(1, Math.abs(a[i]) / 6); // what differences lose to rounding
        assertThat(slope[i])
            .as("%s at %s", kind, z[i])
            .isCloseTo((up[i] - down[i]) / (2 * e), within(1e-9 * scale));
        assertThat(bend[i])
            .as("%s at %s", kind, z[i])
            .isCloseTo((up[i] - 2 * a[i] + down[i]) / (e * e), within(3e-5 * scale));
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

  /** Values by series of 50 digits. */
  @Test
  void laterActivationsKeepTheirDigitsFarOut() {
    close(Activation.ELU, -1e-12, -9.999999999995e-13, 0.999999999999);
    close(Activation.ELU, -800, -1, 0);
    close(Activation.SELU, -1e-12, -1.7580993408464977e-12, 1.7580993408456187);
    close(Activation.SELU, 2, 2.1014019747109610, 1.0507009873554805);
    close(Activation.SILU, -700, -6.90177358063184e-302, -6.891913904088079e-302);
    close(Activation.SILU, 40, 40, 1);
    close(Activation.SOFTSIGN, 3, 0.75, 0.0625);
    close(Activation.SOFTSIGN, -1e300, -1, 0);
    close(Activation.RELU6, 7, 6, 0);
    close(Activation.EXPONENTIAL, -700, 9.859676543759770e-305, 9.859676543759770e-305);
    close(Activation.EXPONENTIAL, 700, 1.0142320547350045e304, 1.0142320547350045e304);
  }

  private static void close(Activation kind, double z, double value, double slope) {
    double[] a = new double[1];
    double[] s = {1};
    ActivationKernel.value(kind, new double[] {z}, a, 1);
    if (ActivationKernel.byValue(kind)) {
      ActivationKernel.times(kind, a, s, s, 1);
    } else {
      ActivationKernel.bends(kind, new double[] {z}, new double[1], s, new double[1], 1);
    }
    assertThat(a[0]).as("%s of %s", kind, z).isCloseTo(value, within(4e-15 * Math.abs(value)));
    assertThat(s[0]).as("%s' of %s", kind, z).isCloseTo(slope, within(4e-15 * Math.abs(slope)));
  }

  /** Infinity only where the values have none either, and never NaN. */
  @Test
  void infinitiesBecomeBoundsOrInfinity() {
    double[] z = {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
    for (Activation kind : Activation.values()) {
      if (kind == Activation.GELU) {
        continue; // whose −∞ times 0 is NaN
      }
      double[] a = new double[2];
      ActivationKernel.value(kind, z, a, 2);
      double least = kind == Activation.SILU ? 0 : kind.least();
      assertThat(a[0]).as("%s", kind).isCloseTo(least, within(1e-15));
      assertThat(a[1]).as("%s", kind).isCloseTo(kind.most(), within(1e-15));
    }
  }

  /** φ″ is taken as 0 at kinks of φ and of φ′, and φ′ as the left one. */
  @Test
  void kinksHaveNoBendAndTheLeftSlope() {
    kink(Activation.ELU, 0, 1);
    kink(Activation.SELU, 0, Activation.SELU_DEPTH);
    kink(Activation.SOFTSIGN, 0, 1);
    kink(Activation.RELU6, 0, 0);
    kink(Activation.RELU6, 6, 0);
  }

  private static void kink(Activation kind, double a, double slope) {
    double[] s = {1};
    ActivationKernel.times(kind, new double[] {a}, s, s, 1);
    assertThat(s[0]).as("%s'", kind).isEqualTo(slope);
    double[] bend = {0};
    ActivationKernel.turn(kind, new double[] {a}, new double[] {1}, new double[] {1}, bend, 1);
    assertThat(bend[0]).as("%s''", kind).isZero();
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
