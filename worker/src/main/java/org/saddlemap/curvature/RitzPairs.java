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

  /**
   * A lower bound of Σ w/|λ| over the start's true spectral measure, on indefinite operators too.
   * 1/|λ| = u^(−1/2) is completely monotone in u = λ², so Gauss quadrature in u is a lower bound
   * (Golub and Meurant 2010, theorem 6.4); m products know λ's moments to degree 2m − 1, and with
   * them those of u that ⌊(2m+1)/4⌋ nodes need. The nodes of this Krylov space itself would not do:
   * between negative and positive curvature one can lie near 0.
   *
   * @param norm of the start
   * @return 0 where there are too few products
   */
  public double inverseAbsoluteBound(double norm) {
    int m = size();
    int nodes = (2 * m + 1) / 4;
    double[] root = new double[m];
    for (int i = 0; i < m; i++) {
      root[i] = norm * Math.abs(first(i));
    }
    if (nodes == 0) {
      return 0;
    }
    LinearOperator squares =
        new LinearOperator() {
          @Override
          public int dimension() {
            return m;
          }

          @Override
          public void apply(double[] x, double[] y) {
            for (int i = 0; i < m; i++) {
              y[i] = values[i] * values[i] * x[i];
            }
          }
        };
    double floor = 1e-14 * magnitude() + 1e-300;
    try (Lanczos lanczos = Lanczos.from(squares, root, nodes)) {
      lanczos.advanceTo(nodes);
      RitzPairs u = lanczos.pairs();
      double[] w = u.weights(lanczos.startNorm());
      double sum = 0;
      for (int i = 0; i < w.length; i++) {
        sum += w[i] / Math.max(Math.sqrt(Math.max(u.values()[i], 0)), floor);
      }
      return sum;
    }
  }
}
