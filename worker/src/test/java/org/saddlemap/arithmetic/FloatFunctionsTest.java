package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.saddlemap.space.Activation;

/** The float32 element loops against float64 formulas, over the whole range of floats. */
class FloatFunctionsTest {
  /** Absolute error that flushing may add. */
  private static final double FLUSHED = 0x1p-125;

  /** Every 4099th float in order, both signs, and the awkward ones. */
  private static float[] sample() {
    float[] all = new float[1 << 21];
    int n = 0;
    for (long bits = 0; bits <= 0x7f800000L; bits += 4099) {
      float x = Float.intBitsToFloat((int) bits);
      all[n++] = x;
      all[n++] = -x;
    }
    for (float x = 0; x < 100; x += 0.001f) {
      all[n++] = x;
      all[n++] = -x;
    }
    for (float x :
        new float[] {0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE, 9.01f, -88f}) {
      all[n++] = x;
    }
    return Arrays.copyOf(all, n);
  }

  private interface Loop {
    void run(float[] x, int n);
  }

  /** Largest error in units in the last place of the exact result, beyond what is flushed. */
  private static double error(Loop loop, DoubleUnaryOperator exact, double from, double to) {
    float[] in = sample();
    float[] out = in.clone();
    loop.run(out, out.length);
    double worst = 0;
    for (int i = 0; i < in.length; i++) {
      if (in[i] < from || in[i] > to) {
        continue;
      }
      double wanted = exact.applyAsDouble(in[i]);
      double off = Math.max(0, Math.abs(out[i] - wanted) - FLUSHED);
      double ulps = off / Math.ulp((float) wanted);
      assertThat(ulps).as("f(%s) = %s, not %s", in[i], out[i], wanted).isLessThan(1000);
      worst = Math.max(worst, ulps);
    }
    return worst;
  }

  private static Loop loop(Activation activation) {
    return (x, n) -> FloatFunctions.activate(activation, x, new float[n], new float[n], n);
  }

  @Test
  void tanhIsWithinFiveUnits() {
    assertThat(error(loop(Activation.TANH), Math::tanh, -1e38, 1e38)).isLessThan(5);
  }

  @Test
  void tanhIsOddBoundedAndSaturatesExactly() {
    float[] x = sample();
    float[] a = x.clone();
    float[] b = x.clone();
    for (int i = 0; i < x.length; i++) {
      b[i] = -b[i];
    }
    loop(Activation.TANH).run(a, a.length);
    loop(Activation.TANH).run(b, b.length);
    for (int i = 0; i < x.length; i++) {
      assertThat(a[i]).as("tanh(%s)", x[i]).isBetween(-1f, 1f);
      if (Math.abs(x[i]) > 0x1p-77f) { // below, flushing is not symmetric
        assertThat(a[i]).as("tanh(%s)", x[i]).isEqualTo(0f - b[i]);
      }
      if (Math.abs(x[i]) >= 9.2) {
        assertThat(a[i]).as("tanh(%s)", x[i]).isEqualTo(Math.signum(x[i]));
      }
    }
  }

  @Test
  void expIsWithinFourUnitsAndVanishesExactly() {
    Loop loop = (x, n) -> FloatExponential.of(x, new float[n], n);
    assertThat(error(loop, Math::exp, -70, 20)).isLessThan(4);
    assertThat(error(loop, Math::exp, -87, -70)).isLessThan(18);
    float[] x = {-88.5f, -1e4f, Float.NEGATIVE_INFINITY, 0f, -0f};
    loop.run(x, x.length);
    assertThat(x).containsExactly(0f, 0f, 0f, 1f, 1f);
  }

  @Test
  void expInFloat64IsWithinItsErrorCutOffBelowAndLargeAbove() {
    double[] x = new double[200_001];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 100_000) * 0.0011;
    }
    double[] e = x.clone();
    FloatExponential.of(e, e.length);
    for (int i = 0; i < x.length; i++) {
      double wanted = Math.exp(Math.max(-104, x[i]));
      if (x[i] <= 104) {
        assertThat(Math.abs(e[i] / wanted - 1)).as("e^%s = %s", x[i], e[i]).isLessThan(2e-8);
      } else {
        assertThat(e[i]).as("e^%s", x[i]).isGreaterThan(1.4e45);
      }
    }
    double infinite = Double.POSITIVE_INFINITY;
    double[] special = {0, -0.0, Double.NaN, 1000, 2.0 * Float.MAX_VALUE, infinite, -infinite};
    FloatExponential.of(special, special.length);
    assertThat(special).startsWith(1, 1, Double.NaN);
    assertThat(special[3]).isGreaterThan(1.4e45);
    assertThat(special[4]).isEqualTo(infinite);
    assertThat(special[5]).isEqualTo(infinite);
    assertThat(special[6]).isBetween(6.8e-46, 6.9e-46);
  }

  @Test
  void sigmoidIsWithinFourUnitsAndSaturatesExactly() {
    DoubleUnaryOperator exact = z -> 1 / (1 + Math.exp(-z));
    assertThat(error(loop(Activation.SIGMOID), exact, -70, 1e38)).isLessThan(4);
    float[] x = {-100f, Float.NEGATIVE_INFINITY, 30f, Float.POSITIVE_INFINITY, 0f};
    loop(Activation.SIGMOID).run(x, x.length);
    assertThat(x).containsExactly(0f, 0f, 1f, 1f, 0.5f);
  }

  @Test
  void geluIsWithinFiveUnits() {
    assertThat(error(loop(Activation.GELU), z -> z * ReferenceMath.cdf(z), -5, 1e38)).isLessThan(5);
    assertThat(error(loop(Activation.GELU), z -> z * ReferenceMath.cdf(z), -12, -5)).isLessThan(30);
  }

  @Test
  void softplusIsWithinFourUnitsAndLinearFarOut() {
    DoubleUnaryOperator exact = z -> ReferenceMath.value(Activation.SOFTPLUS, z);
    assertThat(error(loop(Activation.SOFTPLUS), exact, -70, 1e38)).isLessThan(4);
    assertThat(error(loop(Activation.SOFTPLUS), exact, -87, -70)).isLessThan(18);
    float[] x = {-100f, Float.NEGATIVE_INFINITY, 30f, 1e30f, Float.POSITIVE_INFINITY};
    loop(Activation.SOFTPLUS).run(x, x.length);
    assertThat(x).containsExactly(0f, 0f, 30f, 1e30f, Float.POSITIVE_INFINITY);
  }

  @Test
  void softplusSlopeIsWithinFourUnits() {
    DoubleUnaryOperator exact = z -> ReferenceMath.slope(Activation.SOFTPLUS, z);
    assertThat(error(slope(Activation.SOFTPLUS), exact, -70, 1e38)).isLessThan(4);
    assertThat(error(slope(Activation.SOFTPLUS), exact, -87, -70)).isLessThan(18);
  }

  @Test
  void eluAndSeluAreWithinEightUnitsAndSaturateExactly() {
    for (Activation activation : new Activation[] {Activation.ELU, Activation.SELU}) {
      DoubleUnaryOperator exact = z -> ReferenceMath.value(activation, z);
      assertThat(error(loop(activation), exact, -1e38, 1e38)).as("%s", activation).isLessThan(8);
      float[] x = {Float.NEGATIVE_INFINITY, -1e30f, -18.4f, 0f, -0f, Float.POSITIVE_INFINITY};
      loop(activation).run(x, x.length);
      float least = (float) activation.least();
      assertThat(x).containsExactly(least, least, least, 0f, 0f, Float.POSITIVE_INFINITY);
    }
  }

  @Test
  void siluIsWithinFiveUnitsAndLinearFarOut() {
    DoubleUnaryOperator exact = z -> ReferenceMath.value(Activation.SILU, z);
    assertThat(error(loop(Activation.SILU), exact, -70, 1e38)).isLessThan(5);
    for (float z = -120; z < -70; z += 0.01f) { // what flushing takes from e^z, z times
      float[] one = {z};
      loop(Activation.SILU).run(one, 1);
      assertThat(Math.abs(one[0] - exact.applyAsDouble(z)))
          .as("%s", z)
          .isLessThan(90 * FLUSHED + 5 * Math.ulp(one[0]));
    }
    float[] x = {-100f, Float.NEGATIVE_INFINITY, 30f, 1e30f, Float.POSITIVE_INFINITY, 0f};
    loop(Activation.SILU).run(x, x.length);
    assertThat(x).containsExactly(0f, 0f, 30f, 1e30f, Float.POSITIVE_INFINITY, 0f);
  }

  @Test
  void softsignIsWithinTwoUnitsAndSaturatesExactly() {
    DoubleUnaryOperator exact = z -> ReferenceMath.value(Activation.SOFTSIGN, z);
    assertThat(error(loop(Activation.SOFTSIGN), exact, -1e38, 1e38)).isLessThan(2);
    float[] x = {Float.NEGATIVE_INFINITY, -1e30f, 1f, Float.POSITIVE_INFINITY};
    loop(Activation.SOFTSIGN).run(x, x.length);
    assertThat(x).containsExactly(-1f, -1f, 0.5f, 1f);
  }

  @Test
  void relu6IsWithinOneUnitAndFlatAtBothKinks() {
    DoubleUnaryOperator exact = z -> ReferenceMath.value(Activation.RELU6, z);
    assertThat(error(loop(Activation.RELU6), exact, -1e38, 1e38)).isLessThan(1);
    float[] a = {0f, Math.nextUp(0x1p-70f), 5.9999995f, 6f, 7f, Float.POSITIVE_INFINITY};
    float[] d = {1f, 1f, 1f, 1f, 1f, 1f};
    loop(Activation.RELU6).run(a, a.length);
    FloatFunctions.backward(Activation.RELU6, a, new float[6], d, 6);
    assertThat(d).containsExactly(0f, 1f, 1f, 0f, 0f, 0f);
  }

  /** Beyond the largest float it is infinite, as the exact one rounded; never NaN. */
  @Test
  void exponentialIsWithinFiveUnitsAndOverflowsToInfinity() {
    assertThat(error(loop(Activation.EXPONENTIAL), Math::exp, -70, 88.722)).isLessThan(5);
    assertThat(error(loop(Activation.EXPONENTIAL), Math::exp, -87, -70)).isLessThan(18);
    float[] x = {-88.5f, Float.NEGATIVE_INFINITY, 0f, 88.73f, 89f, 1e30f, Float.POSITIVE_INFINITY};
    loop(Activation.EXPONENTIAL).run(x, x.length);
    float above = Float.POSITIVE_INFINITY;
    assertThat(x).containsExactly(0f, 0f, 1f, above, above, above, above);
  }

  /** x ← φ′, of activations that keep it. */
  private static Loop slope(Activation activation) {
    return (x, n) -> {
      float[] s = new float[n];
      FloatFunctions.activate(activation, x, s, new float[n], n);
      System.arraycopy(s, 0, x, 0, n);
    };
  }

  @ParameterizedTest
  @EnumSource(names = {"GELU", "SILU"})
  void slopesOfGeluAndSiluAreWithinFourUnitsOfOne(Activation activation) {
    float[] in = sample();
    float[] out = in.clone();
    slope(activation).run(out, out.length);
    for (int i = 0; i < in.length; i++) {
      double wanted = ReferenceMath.slope(activation, in[i]);
      assertThat((double) out[i])
          .as("%s'(%s)", activation, in[i])
          .isBetween(wanted - 4 * 0x1p-23, wanted + 4 * 0x1p-23);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void notANumberStaysSoAndOthersNeverBecomeOne(Activation activation) {
    float[] x = sample();
    for (int i = 0; i < x.length; i += 3) {
      x[i] = Float.NaN;
    }
    float[] a = x.clone();
    float[] slope = new float[x.length];
    FloatFunctions.activate(activation, a, slope, new float[x.length], x.length);
    float[] d = new float[x.length];
    Arrays.fill(d, 1f);
    FloatFunctions.backward(activation, a, slope, d, x.length);
    for (int i = 0; i < x.length; i++) {
      assertThat(Float.isNaN(a[i])).as("φ(%s) = %s", x[i], a[i]).isEqualTo(Float.isNaN(x[i]));
      if (!Float.isNaN(x[i]) || activation != Activation.IDENTITY) {
        assertThat(Float.isNaN(d[i])).as("φ'(%s) = %s", x[i], d[i]).isEqualTo(Float.isNaN(x[i]));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void slopesAreThoseOfTheFormula(Activation activation) {
    float[] x = new float[2001];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 1000) * 0.01f;
    }
    float[] a = x.clone();
    float[] slope = new float[x.length];
    float[] d = new float[x.length];
    Arrays.fill(d, 3f);
    FloatFunctions.activate(activation, a, slope, new float[x.length], x.length);
    FloatFunctions.backward(activation, a, slope, d, x.length);
    for (int i = 0; i < x.length; i++) {
      double wanted = 3 * ReferenceMath.slope(activation, x[i]);
      // The exponential's alone is above 6.
      double off = 2e-6 * Math.max(1, wanted / 6);
      assertThat((double) d[i]).as("φ'(%s)", x[i]).isBetween(wanted - off, wanted + off);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void nothingSubnormalComesOut(Activation activation) {
    float[] x = sample();
    float[] a = x.clone();
    FloatFunctions.activate(activation, a, new float[x.length], new float[x.length], x.length);
    for (int i = 0; i < x.length; i++) {
      assertThat(Math.abs(a[i]) >= Float.MIN_NORMAL || a[i] == 0)
          .as("φ(%s) = %s is not subnormal", x[i], a[i])
          .isTrue();
    }
  }
}
