package org.saddlemap.curvature;

import org.saddlemap.space.Activation;

/**
 * Element-wise activations with their first and second derivatives, in float64, as flat loops that
 * the compiler vectorises.
 */
final class ActivationKernel {
  private static final double INV_SQRT_TWO_PI = 0.3989422804014327;

  /** Beyond it |tanh| rounds to 1. */
  private static final double TANH_LIMIT = 22;

  /** Where the Gaussian tail's continued fraction takes over from the series. */
  private static final double SERIES_LIMIT = 3.5;

  private ActivationKernel() {}

  /** φ(z) into {@code a}; the arrays may be the same. */
  static void value(Activation kind, double[] z, double[] a, int n) {
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
          a[i] = z[i] * normal(z[i]);
        }
      }
    }
  }

  /** φ′ into {@code slope}, from z and a = φ(z). */
  static void slope(Activation kind, double[] z, double[] a, double[] slope, int n) {
    switch (kind) {
      case IDENTITY -> java.util.Arrays.fill(slope, 0, n, 1.0);
      case TANH -> {
        for (int i = 0; i < n; i++) {
          slope[i] = 1 - a[i] * a[i];
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          slope[i] = a[i] * (1 - a[i]);
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          slope[i] = z[i] > 0 ? 1.0 : 0.0;
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          slope[i] = z[i] > 0 ? 1.0 : Activation.LEAKY_SLOPE;
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          slope[i] = normal(z[i]) + z[i] * density(z[i]);
        }
      }
    }
  }

  /** Whether φ″ is 0 wherever φ is differentiable. */
  static boolean piecewiseLinear(Activation kind) {
    return kind == Activation.IDENTITY || kind == Activation.RELU || kind == Activation.LEAKY_RELU;
  }

  /** b ⊙ φ″ into {@code bend}, from z, a = φ(z) and b; 0 for a piecewise linear φ. */
  static void bend(Activation kind, double[] z, double[] a, double[] b, double[] bend, int n) {
    switch (kind) {
      case IDENTITY, RELU, LEAKY_RELU -> java.util.Arrays.fill(bend, 0, n, 0.0);
      case TANH -> {
        for (int i = 0; i < n; i++) {
          bend[i] = b[i] * (-2 * a[i] * (1 - a[i] * a[i]));
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          bend[i] = b[i] * (a[i] * (1 - a[i]) * (1 - 2 * a[i]));
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          bend[i] = b[i] * (density(z[i]) * (2 - z[i] * z[i]));
        }
      }
    }
  }

  /**
   * tanh x within 8 ulp: its continued fraction at x/32, then five times tanh 2t = 2t/(1 + t²),
   * whose relative condition (1 − t²)/(1 + t²) never amplifies an error. No branches, so that loops
   * over it vectorise.
   */
  static double tanh(double x) {
    double y = Math.max(-TANH_LIMIT, Math.min(TANH_LIMIT, x)) * (1.0 / 32);
    double s = y * y;
    double t =
        y
            * (2027025 + s * (270270 + s * (6930 + s * 36)))
            / (2027025 + s * (945945 + s * (51975 + s * (630 + s))));
    t = 2 * t / (1 + t * t);
    t = 2 * t / (1 + t * t);
    t = 2 * t / (1 + t * t);
    t = 2 * t / (1 + t * t);
    return 2 * t / (1 + t * t);
  }

  /** Gaussian density. */
  static double density(double z) {
    return INV_SQRT_TWO_PI * Math.exp(-0.5 * z * z);
  }

  /**
   * Gaussian distribution function: ½ + density·Σ z^(2k+1)/(2k+1)!! in the middle, the continued
   * fraction of Mills' ratio in the tails (Abramowitz and Stegun 26.2.11 and 26.2.14).
   */
  static double normal(double z) {
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
