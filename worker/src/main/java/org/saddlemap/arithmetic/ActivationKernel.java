package org.saddlemap.arithmetic;

import org.saddlemap.space.Activation;

/**
 * Element-wise activations with their first and second derivatives, in float64, as flat loops that
 * the compiler vectorises.
 */
public final class ActivationKernel {
  private static final double INV_SQRT_TWO_PI = 0.3989422804014327;

  /** Beyond it |tanh| rounds to 1. */
  private static final double TANH_LIMIT = 22;

  /** Times any normal number at least 1: the minimum with 1 is 1 where a > 0, without a branch. */
  private static final double LARGE = 0x1p1022;

  /** e^z is 0 there, and the normal density. */
  private static final double FAR_BELOW = -800;

  /** Where the Gaussian tail's continued fraction takes over from the series. */
  private static final double SERIES_LIMIT = 3.5;

  private ActivationKernel() {}

  /** φ(z) into {@code a}; the arrays may be the same. */
  public static void value(Activation kind, double[] z, double[] a, int n) {
    switch (kind) {
      case IDENTITY -> System.arraycopy(z, 0, a, 0, n);
      case TANH -> {
        for (int i = 0; i < n; i++) {
          a[i] = tanh(z[i]);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          a[i] = 0.5 + 0.5 * tanh(0.5 * z[i]);
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          a[i] = Math.max(z[i], 0.0);
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          a[i] = Math.max(z[i], Activation.LEAKY_SLOPE * z[i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          a[i] = Math.max(z[i], FAR_BELOW) * normal(z[i]);
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          a[i] = Math.max(z[i], 0) + StrictMath.log1p(Exponential.of(-Math.abs(z[i])));
        }
      }
      case ELU -> elu(z, 1, 1, a, n);
      case SELU -> elu(z, Activation.SELU_SCALE, Activation.SELU_DEPTH, a, n);
      case SILU -> {
        for (int i = 0; i < n; i++) {
          a[i] = Math.max(z[i], FAR_BELOW) * sigmoid(z[i]);
        }
      }
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          double y = Math.max(-0x1p60, Math.min(0x1p60, z[i]));
          a[i] = y / (1 + Math.abs(y));
        }
      }
      case RELU6 -> {
        for (int i = 0; i < n; i++) {
          a[i] = Math.min(Math.max(z[i], 0.0), kind.most());
        }
      }
      case EXPONENTIAL -> {
        for (int i = 0; i < n; i++) {
          a[i] = Exponential.of(z[i]);
        }
      }
    }
  }

  /** scale · z where positive, depth · (e^z − 1) elsewhere. */
  private static void elu(double[] z, double scale, double depth, double[] a, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = z[i] > 0 ? scale * z[i] : depth * StrictMath.expm1(z[i]);
    }
  }

  /**
   * Whether φ′ and φ″ follow from φ's value. Those of GELU and SiLU do not: they fall before they
   * rise, so that two z have the same value.
   */
  public static boolean byValue(Activation kind) {
    return kind != Activation.GELU && kind != Activation.SILU;
  }

  /**
   * d ⊙ φ′ into {@code out}, from a = φ(z), where {@link #byValue}; d and out may be the same.
   * Softplus's slope is 1 − e^−a, which the hyperbolic tangent of a/2 has without a difference;
   * that of elu and selu is a less their infimum up to 0; softsign's is (1 − |a|)².
   */
  public static void times(Activation kind, double[] a, double[] d, double[] out, int n) {
    switch (kind) {
      case IDENTITY -> System.arraycopy(d, 0, out, 0, n);
      case TANH -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * (1 - a[i] * a[i]);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * (a[i] * (1 - a[i]));
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * Math.min(1, a[i] * LARGE);
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * Math.max(Activation.LEAKY_SLOPE, Math.min(1, a[i] * LARGE));
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          double t = tanh(0.5 * a[i]);
          out[i] = d[i] * (2 * t / (1 + t));
        }
      }
      case ELU -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * Math.min(1, a[i] + 1);
        }
      }
      case SELU -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * seluSlope(a[i]);
        }
      }
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          double r = 1 - Math.abs(a[i]);
          out[i] = d[i] * (r * r);
        }
      }
      case RELU6 -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * (on(a[i]) * on(kind.most() - a[i]));
        }
      }
      case EXPONENTIAL -> {
        for (int i = 0; i < n; i++) {
          out[i] = d[i] * a[i];
        }
      }
      case GELU, SILU ->
          throw new IllegalArgumentException(kind + "'s slope does not follow from its value");
    }
  }

  /** 1 where a > 0, else 0, without a branch. */
  private static double on(double a) {
    return Math.max(0, Math.min(1, a * LARGE));
  }

  private static double seluSlope(double a) {
    double on = on(a);
    return on * Activation.SELU_SCALE + (1 - on) * (Math.min(a, 0) + Activation.SELU_DEPTH);
  }

  /**
   * The derivative of δ = b ⊙ φ′(z) along Rz, where {@link #byValue}: rd ← rd ⊙ φ′ + b ⊙ φ″ ⊙ rz,
   * from a = φ(z) and δ, since φ″/φ′ is a function of a too: −2a for tanh, 1 − 2a for the sigmoid,
   * e^−a for softplus, 1 for the exponential and for elu and selu below 0, ∓2(1 − |a|) for softsign
   * above and below 0, else 0; 0 where φ has a kink, or φ′.
   */
  public static void turn(
      Activation kind, double[] a, double[] delta, double[] rz, double[] rd, int n) {
    switch (kind) {
      case TANH -> {
        for (int i = 0; i < n; i++) {
          rd[i] = rd[i] * (1 - a[i] * a[i]) - 2 * a[i] * delta[i] * rz[i];
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          rd[i] = rd[i] * (a[i] * (1 - a[i])) + (1 - 2 * a[i]) * delta[i] * rz[i];
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          double t = tanh(0.5 * a[i]);
          rd[i] = (2 * t * rd[i] + (1 - t) * delta[i] * rz[i]) / (1 + t);
        }
      }
      case ELU, SELU -> {
        times(kind, a, rd, rd, n);
        for (int i = 0; i < n; i++) {
          rd[i] += on(-a[i]) * delta[i] * rz[i];
        }
      }
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          double r = 1 - Math.abs(a[i]);
          double sign = on(a[i]) - on(-a[i]);
          rd[i] = r * r * rd[i] - 2 * sign * r * delta[i] * rz[i];
        }
      }
      case EXPONENTIAL -> {
        for (int i = 0; i < n; i++) {
          rd[i] = rd[i] * a[i] + delta[i] * rz[i];
        }
      }
      case IDENTITY, RELU, LEAKY_RELU, RELU6, GELU, SILU -> times(kind, a, rd, rd, n);
    }
  }

  /**
   * φ′ into {@code slope} and b ⊙ φ″ into {@code bend}, from z and b, where not {@link #byValue}.
   */
  static void bends(Activation kind, double[] z, double[] b, double[] slope, double[] bend, int n) {
    if (kind == Activation.SILU) {
      silu(z, b, slope, bend, n);
    } else {
      gelu(z, b, slope, bend, n);
    }
  }

  /** GELU's φ′ into {@code slope} and b ⊙ φ″ into {@code bend}, from z and b. */
  private static void gelu(double[] z, double[] b, double[] slope, double[] bend, int n) {
    for (int i = 0; i < n; i++) {
      double y = Math.max(FAR_BELOW, Math.min(-FAR_BELOW, z[i]));
      double density = density(y);
      slope[i] = normal(z[i]) + y * density;
      bend[i] = b[i] * (density * (2 - y * y));
    }
  }

  /** The same of SiLU: σ + zσ′ and σ′(2 + z(1 − 2σ)), with σ′ = σ(1 − σ). */
  private static void silu(double[] z, double[] b, double[] slope, double[] bend, int n) {
    for (int i = 0; i < n; i++) {
      double y = Math.max(FAR_BELOW, Math.min(-FAR_BELOW, z[i]));
      double on = sigmoid(z[i]);
      double off = sigmoid(-z[i]);
      slope[i] = on * (1 + y * off);
      bend[i] = b[i] * (on * off * (2 + y * (off - on)));
    }
  }

  /** 1/(1 + e^−z), which keeps its relative accuracy where it is small. */
  private static double sigmoid(double z) {
    double t = Exponential.of(-Math.abs(z));
    return z >= 0 ? 1 / (1 + t) : t / (1 + t);
  }

  /**
   * tanh x within 10 ulp: the tenth convergent of its continued fraction at x/16, as the quotient
   * of p and q, then four times tanh 2t = 2t/(1 + t²), whose relative condition (1 − t²)/(1 + t²)
   * never amplifies an error. No branches and one division, so that loops over it vectorise and are
   * fast. q stays below 10²⁰⁰.
   */
  public static double tanh(double x) {
    double y = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, x)) * (1.0 / 16);
    double s = y * y;
    double p =
        y
            * Math.fma(
                s, Math.fma(s, Math.fma(s, Math.fma(s, 55, 25740), 2837835), 91891800), 654729075);
    double q =
        Math.fma(
            s,
            Math.fma(s, Math.fma(s, Math.fma(s, s + 1485, 315315), 18918900), 310134825),
            654729075);
    double r = Math.fma(p, p, q * q);
    p = (p + p) * q;
    q = Math.fma(p, p, r * r);
    p = (p + p) * r;
    r = Math.fma(p, p, q * q);
    p = (p + p) * q;
    q = Math.fma(p, p, r * r);
    return (p + p) * r / q;
  }

  /** Gaussian density. */
  public static double density(double z) {
    return INV_SQRT_TWO_PI * Exponential.of(-0.5 * z * z);
  }

  /**
   * Gaussian distribution function: ½ + density·Σ z^(2k+1)/(2k+1)!! in the middle, the continued
   * fraction of Mills' ratio in the tails (Abramowitz and Stegun 26.2.11 and 26.2.14).
   */
  public static double normal(double z) {
    double x = Math.abs(z);
    if (x <= SERIES_LIMIT) {
      double term = z;
      double sum = z;
      for (int k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
        term *= z * z / k;
        sum += term;
      }
      return 0.5 + density(z) * sum;
    }
    if (Double.isNaN(z)) {
      return z;
    }
    double fraction = x;
    for (int k = 40; k > 0; k--) {
      fraction = x + k / fraction;
    }
    double tail = density(x) / fraction;
    return z > 0 ? 1 - tail : tail;
  }
}
