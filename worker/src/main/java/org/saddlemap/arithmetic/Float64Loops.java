package org.saddlemap.arithmetic;

import java.util.Arrays;

/** Loops over the rows and columns of heap arrays in float64; strides lie between rows. */
final class Float64Loops {
  private Float64Loops() {}

  /** o = c·a + b; b may be null. */
  static void combine(
      double c, double[] a, int sa, double[] b, int sb, double[] o, int so, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int i = r * sa;
      int j = r * sb;
      int k = r * so;
      if (b == null) {
        for (int l = 0; l < n; l++) {
          o[k + l] = c * a[i + l];
        }
      } else {
        for (int l = 0; l < n; l++) {
          o[k + l] = c * a[i + l] + b[j + l];
        }
      }
    }
  }

  /** o = a ⊙ b. */
  static void times(double[] a, int sa, double[] b, int sb, double[] o, int so, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int i = r * sa;
      int j = r * sb;
      int k = r * so;
      for (int l = 0; l < n; l++) {
        o[k + l] = a[i + l] * b[j + l];
      }
    }
  }

  /** Means of a, or of a ⊙ b where b is not null. */
  static void means(
      Along along, double[] a, int sa, double[] b, int sb, double[] mean, int rows, int n) {
    if (along == Along.COLUMN) {
      Arrays.fill(mean, 0, n, 0);
      addColumnSums(a, sa, b, sb, mean, rows, n);
      for (int j = 0; j < n; j++) {
        mean[j] /= rows;
      }
      return;
    }
    for (int r = 0; r < rows; r++) {
      int i = r * sa;
      int j = r * sb;
      double sum = 0;
      if (b == null) {
        for (int l = 0; l < n; l++) {
          sum += a[i + l];
        }
      } else {
        for (int l = 0; l < n; l++) {
          sum += a[i + l] * b[j + l];
        }
      }
      mean[r] = sum / n;
    }
  }

  /** s = 1/√(mean of (x − m)² + ε); m = 0 where it is null. */
  static void inverseDeviations(
      Along along,
      double[] x,
      int stride,
      double[] m,
      double epsilon,
      double[] s,
      int rows,
      int n) {
    int strips = along == Along.COLUMN ? n : rows;
    int count = along == Along.COLUMN ? rows : n;
    Arrays.fill(s, 0, strips, 0);
    for (int r = 0; r < rows; r++) {
      for (int j = 0, k = r * stride; j < n; j++, k++) {
        int at = along == Along.COLUMN ? j : r;
        double c = m == null ? x[k] : x[k] - m[at];
        s[at] += c * c;
      }
    }
    for (int j = 0; j < strips; j++) {
      s[j] = 1 / Math.sqrt(s[j] / count + epsilon);
    }
  }

  /** o = s(x − m); m = 0 where it is null. */
  static void standardize(
      Along along,
      double[] x,
      int sx,
      double[] m,
      double[] s,
      double[] o,
      int so,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0, k = r * sx, l = r * so; j < n; j++, k++, l++) {
        int at = along == Along.COLUMN ? j : r;
        o[l] = (m == null ? x[k] : x[k] - m[at]) * s[at];
      }
    }
  }

  /** o = s(u − mean − x̂c). */
  static void project(
      Along along,
      double[] u,
      int su,
      double[] x,
      int sx,
      double[] mean,
      double[] c,
      double[] s,
      double[] o,
      int so,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int i = r * su;
      int k = r * sx;
      int l = r * so;
      if (along == Along.COLUMN) {
        for (int j = 0; j < n; j++) {
          o[l + j] = (u[i + j] - mean[j] - x[k + j] * c[j]) * s[j];
        }
      } else {
        double m = mean[r];
        double slant = c[r];
        double inverse = s[r];
        for (int j = 0; j < n; j++) {
          o[l + j] = (u[i + j] - m - x[k + j] * slant) * inverse;
        }
      }
    }
  }

  /** o ← o − s·e·a. */
  static void subtract(
      Along along,
      double[] s,
      double[] e,
      double[] a,
      int sa,
      double[] o,
      int so,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0, k = r * sa, l = r * so; j < n; j++, k++, l++) {
        int at = along == Along.COLUMN ? j : r;
        o[l] -= s[at] * e[at] * a[k];
      }
    }
  }

  /** o = γ ⊙ x + β, or added to o; β may be null. */
  static void scaleShift(
      double[] x,
      int sx,
      double[] gamma,
      double[] beta,
      boolean add,
      double[] o,
      int so,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      for (int j = 0, k = r * sx, l = r * so; j < n; j++, k++, l++) {
        double y = beta == null ? gamma[j] * x[k] : gamma[j] * x[k] + beta[j];
        o[l] = add ? o[l] + y : y;
      }
    }
  }

  /** sums += Σ over the rows of a ⊙ b; of a alone where b is null. */
  static void addColumnSums(
      double[] a, int sa, double[] b, int sb, double[] sums, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int i = r * sa;
      int j = r * sb;
      if (b == null) {
        for (int l = 0; l < n; l++) {
          sums[l] += a[i + l];
        }
      } else {
        for (int l = 0; l < n; l++) {
          sums[l] += a[i + l] * b[j + l];
        }
      }
    }
  }
}
