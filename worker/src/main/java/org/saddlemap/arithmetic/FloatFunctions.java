package org.saddlemap.arithmetic;

import org.saddlemap.space.Activation;

/**
 * Element loops over the first n elements of heap arrays. Each loop is a straight line of
 * additions, products, quotients, minima and maxima, which the compiler turns into vector
 * instructions; comparisons, calls of the mathematical library and bit patterns it would not.
 *
 * <p>Accuracy against the exact functions, over all floats (measured in {@code
 * FloatFunctionsTest}), in units in the last place of the result: tanh 5; exp 4 above −70 and 18
 * down to −87; sigmoid 4 above −70; gelu 5 above −5 and 30 down to −12; gelu's slope 4 units of 1;
 * softplus and its slope as sigmoid; elu and selu 8; silu 5 above −70, its slope 4 units of 1;
 * softsign 2; relu6 1; exponential 5 above −70, infinite from 88.73 on. tanh is odd and exactly ±1
 * from ±9.2 on, elu and selu at their infimum below −18.4, softsign ±1 from ±2²⁵ on; sigmoid is
 * exactly 1 and 0 far out. NaN stays NaN.
 *
 * <p>Fused multiply-add is taken for granted: processors without it (before 2013) would compute it
 * in software, correctly and very slowly.
 *
 * <p>Subnormal numbers: loops and products crawl on them on many processors, and networks whose
 * signals vanish end there. Every loop here therefore flushes: results below 2⁻¹²⁶, the smallest
 * normal number, become 0, and those below 2⁻⁷⁸ ≈ 3·10⁻²⁴ may be off by 2⁻¹²⁵. Adding and taking
 * away {@link #FLUSH} does it in two additions and without a branch.
 */
final class FloatFunctions {
  static final float FLUSH = 0x1p-102f;

  /** Times any normal float at least 1. */
  private static final float LARGE = 0x1p126f;

  /** Beyond it the normal density is 0 in float32. */
  private static final float FAR = 14f;

  private FloatFunctions() {}

  /** Whether {@link #activate} leaves φ′ in {@code slope}, as it does not follow from φ's value. */
  static boolean keepsSlope(Activation activation) {
    return switch (activation) {
      case IDENTITY, TANH, SIGMOID, RELU, LEAKY_RELU, ELU, SELU, SOFTSIGN, RELU6, EXPONENTIAL ->
          false;
      case GELU, SOFTPLUS, SILU -> true;
    };
  }

  /** Whether {@link #activate} needs {@code scratch}, as all that call the exponential do. */
  static boolean needsScratch(Activation activation) {
    return switch (activation) {
      case IDENTITY, TANH, RELU, LEAKY_RELU, ELU, SELU, SOFTSIGN, RELU6 -> false;
      case SIGMOID, GELU, SOFTPLUS, SILU, EXPONENTIAL -> true;
    };
  }

  /**
   * x ← φ(x), and φ′ into {@code slope} where the activation {@link #keepsSlope}.
   *
   * @param scratch at least n elements where the activation {@link #needsScratch}
   */
  static void activate(Activation activation, float[] x, float[] slope, float[] scratch, int n) {
    switch (activation) {
      case IDENTITY -> flush(x, n);
      case TANH -> tanh(x, n);
      case SIGMOID -> sigmoid(x, scratch, n);
      case RELU -> relu(x, n);
      case LEAKY_RELU -> leakyRelu(x, n);
      case GELU -> gelu(x, slope, scratch, n);
      case SOFTPLUS -> softplus(x, slope, scratch, n);
      case ELU -> elu(x, 1f, 1f, n);
      case SELU -> elu(x, (float) Activation.SELU_SCALE, (float) Activation.SELU_DEPTH, n);
      case SILU -> silu(x, slope, scratch, n);
      case SOFTSIGN -> softsign(x, n);
      case RELU6 -> relu6(x, n);
      case EXPONENTIAL -> FloatExponential.ofAll(x, scratch, n);
    }
  }

  /** d ← d ⊙ φ′, by φ's value a, or by {@code slope} where it is kept. */
  static void backward(Activation activation, float[] a, float[] slope, float[] d, int n) {
    switch (activation) {
      case IDENTITY -> flush(d, n);
      case TANH -> tanhBack(a, d, n);
      case SIGMOID -> sigmoidBack(a, d, n);
      case RELU -> reluBack(a, d, n);
      case LEAKY_RELU -> leakyReluBack(a, d, n);
      case GELU, SOFTPLUS, SILU -> product(slope, d, n);
      case ELU -> eluBack(a, 1f, 1f, d, n);
      case SELU -> eluBack(a, (float) Activation.SELU_SCALE, (float) Activation.SELU_DEPTH, d, n);
      case SOFTSIGN -> softsignBack(a, d, n);
      case RELU6 -> relu6Back(a, d, n);
      case EXPONENTIAL -> product(a, d, n);
    }
  }

  private static void flush(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (x[i] + FLUSH) - FLUSH;
    }
  }

  /**
   * x·P(x²)/Q(x²) with P and Q of degree 4, the minimax approximation by relative error on |x| ≤
   * 9.05 (Lawson's iteration on the linearised problem; 0.4 units before rounding). Rounding leaves
   * it above 1 by a unit or two, e, where it comes near; r − re is 1 then, exactly. Minima and
   * maxima would do the same and take twice the instructions.
   */
  private static void tanh(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      float y = Math.max(-9.2f, Math.min(9.2f, x[i]));
      float u = y * y;
      float p = Math.fma(u, 1.3265792e-8f, 2.0545063e-5f);
      p = Math.fma(u, Math.fma(u, Math.fma(u, p, 0.0034917002f), 0.13377751f), 1f);
      float q = Math.fma(u, 7.740225e-7f, 3.2792753e-4f);
      q = Math.fma(u, Math.fma(u, Math.fma(u, q, 0.02586219f), 0.46711066f), 1f);
      float r = y * p / q;
      float above = Math.abs(r) - 1f;
      r = Math.fma(-0.5f * r, Math.abs(above) + above, r);
      x[i] = (r + FLUSH) - FLUSH;
    }
  }

  private static void tanhBack(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = (d[i] * (1f - a[i] * a[i]) + FLUSH) - FLUSH;
    }
  }

  /** e^x/(1 + e^x), which keeps its relative accuracy where it is small. */
  private static void sigmoid(float[] x, float[] scratch, int n) {
    FloatExponential.of(x, scratch, n);
    for (int i = 0; i < n; i++) {
      x[i] = x[i] / (1f + x[i]);
    }
  }

  private static void sigmoidBack(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = (d[i] * (a[i] * (1f - a[i])) + FLUSH) - FLUSH;
    }
  }

  private static void relu(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (Math.max(0f, x[i]) + FLUSH) - FLUSH;
    }
  }

  /** The minimum of a large multiple and 1 is 1 where a > 0, else 0. */
  private static void reluBack(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = (d[i] * Math.min(1f, a[i] * LARGE) + FLUSH) - FLUSH;
    }
  }

  private static void leakyRelu(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (Math.max((float) Activation.LEAKY_SLOPE * x[i], x[i]) + FLUSH) - FLUSH;
    }
  }

  private static void leakyReluBack(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float slope = Math.max((float) Activation.LEAKY_SLOPE, Math.min(1f, a[i] * LARGE));
      d[i] = (d[i] * slope + FLUSH) - FLUSH;
    }
  }

  private static void product(float[] slope, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      d[i] = (d[i] * slope[i] + FLUSH) - FLUSH;
    }
  }

  /**
   * With t = |z|, φ the normal density and M(t) = Φ(−t)/φ(t) Mills's ratio: z Φ(z) = max(z, 0) − t
   * φ(t) M(t), which keeps its relative accuracy where it is small, and its derivative Φ(z) +
   * zφ(z).
   */
  private static void gelu(float[] z, float[] slope, float[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      float x = Math.max(-FAR, Math.min(FAR, z[i]));
      slope[i] = -0.5f * (x * x);
    }
    FloatExponential.of(slope, scratch, n);
    mills(z, scratch, n);
    for (int i = 0; i < n; i++) {
      float x = Math.max(-FAR, Math.min(FAR, z[i]));
      float lost = Math.fma(x, x, -(x * x)); // what rounding took from x²
      float density = (slope[i] - slope[i] * (0.5f * lost)) * 0.3989423f;
      scratch[i] = scratch[i] * density;
      slope[i] = x * density;
    }
    for (int i = 0; i < n; i++) {
      float x = z[i];
      float sign = Math.max(-1f, Math.min(1f, x * LARGE));
      slope[i] = slope[i] + ((0.5f + 0.5f * sign) - sign * scratch[i]);
      z[i] = (Math.max(x, 0f) - Math.min(FAR, Math.abs(x)) * scratch[i] + FLUSH) - FLUSH;
    }
  }

  /**
   * M(|z|): minimax rational function of degrees 4 and 5 on [0, 13.5], 0.1 units before rounding.
   */
  private static void mills(float[] z, float[] m, int n) {
    for (int i = 0; i < n; i++) {
      float t = Math.min(FAR, Math.abs(z[i]));
      float p = Math.fma(t, 0.010119402f, 0.10051189f);
      p = Math.fma(t, Math.fma(t, Math.fma(t, p, 0.45532137f), 1.0932602f), 1.2533141f);
      float q = Math.fma(t, 0.010119263f, 0.100519106f);
      q = Math.fma(t, Math.fma(t, q, 0.46527818f), 1.1959008f);
      q = Math.fma(t, Math.fma(t, q, 1.6701803f), 1f);
      m[i] = p / q;
    }
  }

  /**
   * With t = e^−|z|: log(1 + e^z) = max(z, 0) + log(1 + t), which overflows nowhere, and log(1 + t)
   * = 2 artanh w with w = t/(2 + t) ≤ 1/3 by its series (0.3 units before rounding), which keeps
   * its relative accuracy where it is small. Its derivative is the sigmoid: 1 or t, over 1 + t.
   */
  private static void softplus(float[] z, float[] slope, float[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      slope[i] = -Math.abs(z[i]);
    }
    FloatExponential.of(slope, scratch, n);
    for (int i = 0; i < n; i++) {
      float w = slope[i] / (2f + slope[i]);
      float u = w * w;
      float p = Math.fma(u, Math.fma(u, 1f / 13, 1f / 11), 1f / 9);
      p = Math.fma(u, Math.fma(u, Math.fma(u, Math.fma(u, p, 1f / 7), 1f / 5), 1f / 3), 1f);
      scratch[i] = (w + w) * p;
    }
    for (int i = 0; i < n; i++) {
      float x = z[i];
      float t = slope[i];
      float on = 0.5f + 0.5f * Math.max(-1f, Math.min(1f, x * LARGE));
      slope[i] = (on + (1f - on) * t) / (1f + t);
      z[i] = (Math.max(x, 0f) + scratch[i] + FLUSH) - FLUSH;
    }
  }

  /**
   * scale · z where positive, depth · (e^z − 1) elsewhere, by e^z − 1 = 2t/(1 − t) with t = tanh
   * z/2, by the same approximation as {@link #tanh}: it cancels nowhere, as t ≤ 0.
   */
  private static void elu(float[] x, float scale, float depth, int n) {
    for (int i = 0; i < n; i++) {
      float z = x[i];
      float y = 0.5f * Math.max(-18.4f, Math.min(0f, z));
      float u = y * y;
      float p = Math.fma(u, 1.3265792e-8f, 2.0545063e-5f);
      p = Math.fma(u, Math.fma(u, Math.fma(u, p, 0.0034917002f), 0.13377751f), 1f);
      float q = Math.fma(u, 7.740225e-7f, 3.2792753e-4f);
      q = Math.fma(u, Math.fma(u, Math.fma(u, q, 0.02586219f), 0.46711066f), 1f);
      float t = Math.max(-1f, y * p / q);
      x[i] = (scale * Math.max(z, 0f) + depth * ((t + t) / (1f - t)) + FLUSH) - FLUSH;
    }
  }

  /** The slope is a + depth up to 0, as (e^z − 1)′ = e^z, and scale beyond. */
  private static void eluBack(float[] a, float scale, float depth, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float on = Math.max(0f, Math.min(1f, a[i] * LARGE));
      float slope = on * scale + (1f - on) * (Math.min(a[i], 0f) + depth);
      d[i] = (d[i] * slope + FLUSH) - FLUSH;
    }
  }

  /**
   * z σ and its slope σ(1 + z(1 − σ)), with σ and 1 − σ of t = e^−|z|: either is 1 or t, over 1 +
   * t. Beyond e^z's range z is cut off, where 0 times infinity would come out.
   */
  private static void silu(float[] z, float[] slope, float[] scratch, int n) {
    for (int i = 0; i < n; i++) {
      slope[i] = -Math.abs(z[i]);
    }
    FloatExponential.of(slope, scratch, n);
    for (int i = 0; i < n; i++) {
      float x = z[i];
      float t = slope[i];
      float on = 0.5f + 0.5f * Math.max(-1f, Math.min(1f, x * LARGE));
      scratch[i] = (on + (1f - on) * t) / (1f + t);
      slope[i] = ((1f - on) + on * t) / (1f + t);
    }
    for (int i = 0; i < n; i++) {
      float x = Math.max(-FloatExponential.OVERFLOW, z[i]);
      float sigma = scratch[i];
      slope[i] = sigma * Math.fma(Math.min(x, FloatExponential.OVERFLOW), slope[i], 1f);
      z[i] = (x * sigma + FLUSH) - FLUSH;
    }
  }

  private static void softsign(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      float z = Math.max(-0x1p30f, Math.min(0x1p30f, x[i]));
      x[i] = (z / (1f + Math.abs(z)) + FLUSH) - FLUSH;
    }
  }

  /** 1 − |a| = 1/(1 + |z|), whose square is the slope. */
  private static void softsignBack(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float r = 1f - Math.abs(a[i]);
      d[i] = (d[i] * (r * r) + FLUSH) - FLUSH;
    }
  }

  private static void relu6(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      x[i] = (Math.min(6f, Math.max(0f, x[i])) + FLUSH) - FLUSH;
    }
  }

  /** 1 where 0 < a < 6, else 0. */
  private static void relu6Back(float[] a, float[] d, int n) {
    for (int i = 0; i < n; i++) {
      float slope = Math.min(1f, a[i] * LARGE) * Math.min(1f, (6f - a[i]) * LARGE);
      d[i] = (d[i] * slope + FLUSH) - FLUSH;
    }
  }
}
