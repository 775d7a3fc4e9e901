package org.saddlemap.curvature;

import org.bytedeco.openblas.global.openblas;

/**
 * All eigenvalues of a small symmetric matrix, ascending, and its eigenvectors where asked for; by
 * LAPACK.
 *
 * @param values ascending
 * @param vectors eigenvector i at [i·n, (i+1)·n); empty where not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // numbers in bulk; never compared
public record SymmetricEigen(double[] values, double[] vectors) {
  /**
   * Of a tridiagonal matrix, with eigenvectors (dstev).
   *
   * @param diagonal n elements
   * @param off at least n − 1 elements
   */
  static SymmetricEigen tridiagonal(double[] diagonal, double[] off) {
    int n = diagonal.length;
    double[] d = diagonal.clone();
    double[] e = java.util.Arrays.copyOf(off, Math.max(1, n));
    double[] z = new double[n * n];
    int info =
        openblas.LAPACKE_dstev(openblas.LAPACK_COL_MAJOR, (byte) 'V', n, d, e, z, Math.max(1, n));
    check(info, "dstev");
    return new SymmetricEigen(d, z);
  }

  /** Eigenvalues alone of a dense n × n matrix (dsyev); 4n³/3 flops. */
  public static SymmetricEigen values(double[] matrix, int n) {
    double[] a = matrix.clone();
    double[] w = new double[n];
    int info =
        openblas.LAPACKE_dsyev(
            openblas.LAPACK_COL_MAJOR, (byte) 'N', (byte) 'U', n, a, Math.max(1, n), w);
    check(info, "dsyev");
    return new SymmetricEigen(w, new double[0]);
  }

  private static void check(int info, String routine) {
    if (info != 0) {
      throw new ArithmeticException(
          "Cannot compute eigenvalues: LAPACK's " + routine + " returned " + info);
    }
  }
}
