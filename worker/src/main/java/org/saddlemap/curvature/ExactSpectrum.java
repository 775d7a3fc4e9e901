package org.saddlemap.curvature;

/**
 * What the exact eigenvalues of a small operator say.
 *
 * @param smallest eigenvalue
 * @param largest eigenvalue
 * @param negative number below −1e-7 of the largest absolute one: the index
 * @param zero number within 1e-7 of the largest absolute one from 0
 */
public record ExactSpectrum(double smallest, double largest, int negative, int zero) {
  private static final double RESOLUTION = 1e-7;

  /** By one product with each unit vector; n products and 4n³/3 flops. */
  public static ExactSpectrum of(LinearOperator a) {
    double[] values = SymmetricEigen.values(dense(a), a.dimension()).values();
    double largest = 0;
    for (double v : values) {
      largest = Math.max(largest, Math.abs(v));
    }
    int negative = 0;
    int zero = 0;
    for (double v : values) {
      if (Math.abs(v) <= RESOLUTION * largest) {
        zero++;
      } else if (v < 0) {
        negative++;
      }
    }
    return new ExactSpectrum(values[0], values[values.length - 1], negative, zero);
  }

  /** The matrix itself, symmetrised, n × n. */
  static double[] dense(LinearOperator a) {
    int n = a.dimension();
    double[] matrix = new double[Math.multiplyExact(n, n)];
    double[] unit = new double[n];
    double[] column = new double[n];
    for (int j = 0; j < n; j++) {
      unit[j] = 1;
      a.apply(unit, column);
      unit[j] = 0;
      System.arraycopy(column, 0, matrix, j * n, n);
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double mean = 0.5 * (matrix[i * n + j] + matrix[j * n + i]);
        matrix[i * n + j] = mean;
        matrix[j * n + i] = mean;
      }
    }
    return matrix;
  }
}
