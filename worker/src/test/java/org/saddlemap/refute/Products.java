package org.saddlemap.refute;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import java.util.Arrays;

/** Products of row-major matrices; small ones by plain loops, where a call costs more. */
final class Products {
  private static final long SMALL = 20_000;

  private Products() {}

  /** C = A·B: n × k by k × m. */
  static void ab(double[] a, double[] b, double[] c, int n, int k, int m) {
    if ((long) n * k * m > SMALL) {
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, m, k, 1, a, k, b, m, 0, c, m);
      return;
    }
    Arrays.fill(c, 0, n * m, 0);
    for (int i = 0; i < n; i++) {
      for (int l = 0; l < k; l++) {
        double x = a[i * k + l];
        for (int j = 0; j < m; j++) {
          c[i * m + j] += x * b[l * m + j];
        }
      }
    }
  }

  /** C = Aᵀ·D: n × k by n × m. */
  static void atb(double[] a, double[] d, double[] c, int n, int k, int m) {
    if ((long) n * k * m > SMALL) {
      cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, k, m, n, 1, a, k, d, m, 0, c, m);
      return;
    }
    Arrays.fill(c, 0, k * m, 0);
    for (int i = 0; i < n; i++) {
      for (int l = 0; l < k; l++) {
        double x = a[i * k + l];
        for (int j = 0; j < m; j++) {
          c[l * m + j] += x * d[i * m + j];
        }
      }
    }
  }

  /** C = D·Bᵀ: n × m by k × m. */
  static void abt(double[] d, double[] b, double[] c, int n, int k, int m) {
    if ((long) n * k * m > SMALL) {
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, k, m, 1, d, m, b, m, 0, c, k);
      return;
    }
    for (int i = 0; i < n; i++) {
      for (int l = 0; l < k; l++) {
        double sum = 0;
        for (int j = 0; j < m; j++) {
          sum += d[i * m + j] * b[l * m + j];
        }
        c[i * k + l] = sum;
      }
    }
  }
}
