package org.saddlemap.curvature;

import java.util.Arrays;

/**
 * Approximate eigenpairs from a Krylov space. An exact eigenvalue lies within {@code residuals[i]}
 * of {@code values[i]}.
 *
 * @param values ascending
 * @param residuals ‖A·v − θ·v‖ of each
 * @param coordinates of Ritz vector i in the Lanczos basis, at [i·m, (i+1)·m)
 */
@SuppressWarnings("ArrayRecordComponent") // numbers in bulk; never compared
public record RitzPairs(double[] values, double[] residuals, double[] coordinates) {
  public int size() {
    return values.length;
  }

  public double smallest() {
    return values[0];
  }

  public double largest() {
    return values[values.length - 1];
  }

  /** Largest absolute value. */
  public double magnitude() {
    return Math.max(Math.abs(smallest()), Math.abs(largest()));
  }

  /** Whether pair i is an eigenpair to {@code tolerance} of the largest absolute value. */
  public boolean converged(int i, double tolerance) {
    return residuals[i] <= tolerance * magnitude();
  }

  /** Coordinates of Ritz vector i in the Lanczos basis. */
  public double[] coefficients(int i) {
    return Arrays.copyOfRange(coordinates, i * size(), (i + 1) * size());
  }

  /** Component of Ritz vector i along the start. */
  public double first(int i) {
    return coordinates[i * size()];
  }

  /** Weights of the start's spectral measure (Gauss quadrature); they sum to {@code norm}². */
  public double[] weights(double norm) {
    double[] w = new double[size()];
    for (int i = 0; i < w.length; i++) {
      double c = norm * first(i);
      w[i] = c * c;
    }
    return w;
  }
}
