package org.saddlemap.examine;

import org.saddlemap.curvature.Lanczos;
import org.saddlemap.curvature.RitzPairs;

/**
 * The span of the Ritz vectors whose values are above a share of the largest, in absolute value:
 * there a Newton step corrects, and outside of it lies what passes for the kernel of H.
 */
final class StiffSpace {
  private static final double STIFF = 1e-3;

  private final Lanczos lanczos;
  private final RitzPairs pairs;
  private final boolean[] stiff;
  private final int size;

  StiffSpace(Lanczos lanczos) {
    this.lanczos = lanczos;
    this.pairs = lanczos.pairs();
    this.stiff = new boolean[pairs.size()];
    double magnitude = pairs.magnitude();
    int count = 0;
    for (int i = 0; i < stiff.length; i++) {
      stiff[i] = magnitude > 0 && Math.abs(pairs.values()[i]) > STIFF * magnitude;
      count += stiff[i] ? 1 : 0;
    }
    this.size = count;
  }

  int size() {
    return size;
  }

  /** Takes the stiff part out of {@code v}, in place. */
  void remove(double[] v) {
    if (size > 0) {
      subtract(v, filtered(lanczos.coefficients(v), false));
    }
  }

  /** Takes the stiff part out of the gradient, in place, and returns |H|⁻¹ times it. */
  double[] newton(double[] gradient) {
    if (size == 0) {
      return new double[gradient.length];
    }
    double[] c = lanczos.coefficients(gradient);
    double[] step = lanczos.combine(filtered(c, true));
    subtract(gradient, filtered(c, false));
    return step;
  }

  private void subtract(double[] v, double[] coefficients) {
    double[] part = lanczos.combine(coefficients);
    for (int i = 0; i < v.length; i++) {
      v[i] -= part[i];
    }
  }

  /** Σ over stiff pairs of y_i (y_iᵀ c), divided by |θ_i| where {@code inverse}. */
  private double[] filtered(double[] c, boolean inverse) {
    int m = c.length;
    double[] y = pairs.coordinates();
    double[] out = new double[m];
    for (int i = 0; i < m; i++) {
      if (!stiff[i]) {
        continue;
      }
      double dot = 0;
      for (int j = 0; j < m; j++) {
        dot += y[i * m + j] * c[j];
      }
      if (inverse) {
        dot /= Math.abs(pairs.values()[i]);
      }
      for (int j = 0; j < m; j++) {
        out[j] += dot * y[i * m + j];
      }
    }
    return out;
  }
}
