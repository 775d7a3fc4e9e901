package org.saddlemap.refute;

import org.saddlemap.space.Activation;

/** Activations and their first derivatives, element by element, in float64. */
final class PlainActivation {
  private PlainActivation() {}

  /** φ(z) of the first {@code n} elements into {@code a}. */
  static void value(Activation kind, double[] z, double[] a, int n) {
    for (int i = 0; i < n; i++) {
      a[i] = value(kind, z[i]);
    }
  }

  static double value(Activation kind, double z) {
    return switch (kind) {
      case IDENTITY -> z;
      case TANH -> tanh(z);
      case SIGMOID -> sigmoid(z);
      case RELU -> Math.max(z, 0);
      case LEAKY_RELU -> z > 0 ? z : 0.01 * z;
      case GELU -> z * normal(z);
      case SOFTPLUS -> z > 0 ? z + Math.log1p(Math.exp(-z)) : Math.log1p(Math.exp(z));
      case ELU -> z > 0 ? z : Math.expm1(z);
      case SELU -> 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z));
      case SILU -> z * sigmoid(z);
      case SOFTSIGN -> z / (1 + Math.abs(z));
      case RELU6 -> z < 0 ? 0 : Math.min(z, 6);
      case EXPONENTIAL -> Math.exp(z);
    };
  }

  /** d ← d ⊙ φ′(z), where a = φ(z). */
  static void multiplySlope(Activation kind, double[] z, double[] a, double[] d, int n) {
    switch (kind) {
      case IDENTITY -> {}
      case TANH -> {
        for (int i = 0; i < n; i++) {
          d[i] *= (1 - a[i]) * (1 + a[i]);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          d[i] *= a[i] * (1 - a[i]);
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          d[i] = z[i] > 0 ? d[i] : 0;
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= z[i] > 0 ? 1 : 0.01;
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= normal(z[i]) + z[i] * Math.exp(-0.5 * z[i] * z[i]) / Math.sqrt(2 * Math.PI);
        }
      }
      case SOFTPLUS -> {
        for (int i = 0; i < n; i++) {
          d[i] *= sigmoid(z[i]);
        }
      }
      case ELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= z[i] > 0 ? 1 : Math.exp(z[i]);
        }
      }
      case SELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= 1.0507009873554805 * (z[i] > 0 ? 1 : 1.6732632423543772 * Math.exp(z[i]));
        }
      }
      case SILU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= sigmoid(z[i]) * (1 + z[i] * sigmoid(-z[i]));
        }
      }
      case SOFTSIGN -> {
        for (int i = 0; i < n; i++) {
          d[i] /= (1 + Math.abs(z[i])) * (1 + Math.abs(z[i]));
        }
      }
      case RELU6 -> {
        for (int i = 0; i < n; i++) {
          d[i] = z[i] > 0 && z[i] < 6 ? d[i] : 0;
        }
      }
      case EXPONENTIAL -> {
        for (int i = 0; i < n; i++) {
          d[i] *= Math.exp(z[i]);
        }
      }
    }
  }

  /** Near 0 by Lambert's continued fraction, so that tiny signals keep their digits. */
  static double tanh(double x) {
    double s = x * x;
    if (s < 0.16) {
      return x / (1 + s / (3 + s / (5 + s / (7 + s / (9 + s / 11)))));
    }
    double e = Math.exp(-2 * Math.abs(x));
    return Math.copySign((1 - e) / (1 + e), x);
  }

  static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  /** Gaussian distribution function: Marsaglia's series, and Lentz's fraction in the tails. */
  static double normal(double x) {
    double density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    double y = Math.abs(x);
    if (y < 4) {
      double sum = x;
      double term = x;
      for (int i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) {
        term *= x * x / i;
        sum += term;
      }
      return 0.5 + sum * density;
    }
    double c = y;
    double d = 0;
    double f = y;
    for (int k = 1; k < 200; k++) {
      d = 1 / (y + k * d);
      c = y + k / c;
      double change = c * d;
      f *= change;
      if (Math.abs(change - 1) < 1e-16) {
        break;
      }
    }
    double tail = density / f;
    return x > 0 ? 1 - tail : tail;
  }
}
