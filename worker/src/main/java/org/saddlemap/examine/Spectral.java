package org.saddlemap.examine;

/** What a local quadratic promises, from the spectral measure (θ_i, w_i) of its gradient. */
final class Spectral {
  private Spectral() {}

  /** ½ Σ w_i/|θ_i|: what a saddle-free Newton step gains. */
  static double newtonDecrement(double[] values, double[] weights) {
    double largest = 0;
    for (double v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += weights[i] / Math.max(Math.abs(values[i]), 1e-14 * largest + 1e-300);
    }
    return 0.5 * sum;
  }

  /**
   * Σ w_i [1 − (1 − ηθ_i)^(2T)]/(2θ_i): what T plain gradient steps of size η gain, at most {@code
   * cap}. Along negative curvature the slope is taken to stay as it is, which is a lower bound: in
   * the quadratic it would grow exponentially, from rounding errors even.
   */
  static double gradientDescent(
      double[] values, double[] weights, double eta, int steps, double cap) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double x = values[i];
      double w = weights[i];
      if (x * eta * steps < 1e-9) {
        sum += eta * steps * w;
      } else {
        double z = Math.min(Math.abs(1 - eta * x), 1);
        sum += w * (1 - StrictMath.pow(z, 2.0 * steps)) / (2 * x);
      }
    }
    return Math.min(sum, cap);
  }
}
