package org.saddlemap.arithmetic;

import org.saddlemap.space.Activation;

/** Activations in float64 by their textbook formulas. */
public final class ReferenceMath {
  /** As in Klambauer et al. 2017. */
  private static final double SELU_ALPHA = 1.6732632423543772;

  private static final double SELU_LAMBDA = 1.0507009873554805;

  private ReferenceMath() {}

  public static double value(Activation activation, double z) {
    return switch (activation) {
      case IDENTITY -> z;
      case TANH -> Math.tanh(z);
      case SIGMOID -> 1 / (1 + Math.exp(-z));
      case RELU -> Math.max(z, 0);
      case LEAKY_RELU -> z > 0 ? z : Activation.LEAKY_SLOPE * z;
      case GELU -> z * cdf(z);
      case SOFTPLUS -> Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
      case ELU -> z > 0 ? z : Math.expm1(z);
      case SELU -> SELU_LAMBDA * (z > 0 ? z : SELU_ALPHA * Math.expm1(z));
      case SILU -> z < -800 ? 0 : z / (1 + Math.exp(-z));
      case SOFTSIGN -> Double.isInfinite(z) ? Math.signum(z) : z / (1 + Math.abs(z));
      case RELU6 -> Math.min(Math.max(z, 0), 6);
      case EXPONENTIAL -> Math.exp(z);
    };
  }

  public static double slope(Activation activation, double z) {
    return switch (activation) {
      case IDENTITY -> 1;
      case TANH -> 1 - Math.tanh(z) * Math.tanh(z);
      case SIGMOID -> value(activation, z) * (1 - value(activation, z));
      case SOFTPLUS -> value(Activation.SIGMOID, z);
      case RELU -> z > 0 ? 1 : 0;
      case LEAKY_RELU -> z > 0 ? 1 : Activation.LEAKY_SLOPE;
      case GELU -> Double.isInfinite(z) ? (z > 0 ? 1 : 0) : cdf(z) + z * density(z);
      case ELU -> z > 0 ? 1 : Math.exp(z);
      case SELU -> SELU_LAMBDA * (z > 0 ? 1 : SELU_ALPHA * Math.exp(z));
      case SILU -> Math.abs(z) > 800 ? (z > 0 ? 1 : 0) : siluSlope(1 / (1 + Math.exp(-z)), z);
      case SOFTSIGN -> 1 / ((1 + Math.abs(z)) * (1 + Math.abs(z)));
      case RELU6 -> z > 0 && z < 6 ? 1 : 0;
      case EXPONENTIAL -> Math.exp(z);
    };
  }

  /** φ″, 0 where φ has a kink. */
  public static double bend(Activation activation, double z) {
    return switch (activation) {
      case IDENTITY, RELU, LEAKY_RELU, RELU6 -> 0;
      case TANH -> -2 * Math.tanh(z) * slope(activation, z);
      case SIGMOID -> slope(activation, z) * (1 - 2 * value(activation, z));
      case SOFTPLUS -> slope(Activation.SIGMOID, z);
      case GELU -> density(z) * (2 - z * z);
      case ELU -> z > 0 ? 0 : Math.exp(z);
      case SELU -> z > 0 ? 0 : SELU_LAMBDA * SELU_ALPHA * Math.exp(z);
      case SILU -> {
        double sigma = value(Activation.SIGMOID, z);
        yield sigma * (1 - sigma) * (2 + z * (1 - 2 * sigma));
      }
      case SOFTSIGN -> -2 * Math.signum(z) / Math.pow(1 + Math.abs(z), 3);
      case EXPONENTIAL -> Math.exp(z);
    };
  }

  private static double siluSlope(double sigma, double z) {
    return sigma + z * sigma * (1 - sigma);
  }

  private static double density(double z) {
    return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * Φ(z): 1/2 + φ(z) Σ z^(2k+1)/(2k+1)!! near 0, Laplace's continued fraction for Mills's ratio
   * further out (Abramowitz and Stegun 26.2.11, 26.2.14).
   */
  public static double cdf(double z) {
    double t = Math.abs(z);
    if (t > 40) {
      return z > 0 ? 1 : 0;
    }
    if (t < 3) {
      double term = t;
      double sum = t;
      for (int k = 1; term > 1e-20 * sum; k++) {
        term *= t * t / (2 * k + 1);
        sum += term;
      }
      return 0.5 + Math.signum(z) * density(t) * sum;
    }
    double fraction = t;
    for (int k = 200; k > 0; k--) {
      fraction = t + k / fraction;
    }
    double tail = density(t) / fraction;
    return z > 0 ? 1 - tail : tail;
  }
}
