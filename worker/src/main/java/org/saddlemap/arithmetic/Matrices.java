package org.saddlemap.arithmetic;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas;

/** Products of row-major matrices off the heap, by BLAS; ld is the distance between rows. */
final class Matrices {
  private Matrices() {}

  /** c = a·b + beta·c with a [m][k], b [k][n]. */
  static void multiply(
      int m,
      int n,
      int k,
      DoublePointer a,
      int lda,
      DoublePointer b,
      int ldb,
      double beta,
      DoublePointer c,
      int ldc) {
    gemm(openblas.CblasNoTrans, openblas.CblasNoTrans, m, n, k, a, lda, b, ldb, beta, c, ldc);
  }

  /** c = a·bᵀ + beta·c with a [m][k], b [n][k]. */
  static void multiplyTransposed(
      int m,
      int n,
      int k,
      DoublePointer a,
      int lda,
      DoublePointer b,
      int ldb,
      double beta,
      DoublePointer c,
      int ldc) {
    gemm(openblas.CblasNoTrans, openblas.CblasTrans, m, n, k, a, lda, b, ldb, beta, c, ldc);
  }

  /** c = aᵀ·b + beta·c with a [k][m], b [k][n]. */
  static void transposedMultiply(
      int m,
      int n,
      int k,
      DoublePointer a,
      int lda,
      DoublePointer b,
      int ldb,
      double beta,
      DoublePointer c,
      int ldc) {
    gemm(openblas.CblasTrans, openblas.CblasNoTrans, m, n, k, a, lda, b, ldb, beta, c, ldc);
  }

  private static void gemm(
      int transposeA,
      int transposeB,
      int m,
      int n,
      int k,
      DoublePointer a,
      int lda,
      DoublePointer b,
      int ldb,
      double beta,
      DoublePointer c,
      int ldc) {
    openblas.cblas_dgemm(
        openblas.CblasRowMajor, transposeA, transposeB, m, n, k, 1, a, lda, b, ldb, beta, c, ldc);
  }
}
