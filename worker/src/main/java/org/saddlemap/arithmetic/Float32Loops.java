package org.saddlemap.arithmetic;

import java.util.Arrays;

/** Loops over the rows and columns of heap arrays in float32; strides lie between rows. */
final class Float32Loops {
  private Float32Loops() {}

  /** o = c·a + b; b may be null. */
  static void combine(
      float c, float[] a, int sa, float[] b, int sb, float[] o, int so, int rows, int n) {
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
  static void times(float[] a, int sa, float[] b, int sb, float[] o, int so, int rows, int n) {
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
      Along along, float[] a, int sa, float[] b, int sb, float[] mean, int rows, int n) {
    if (along == Along.COLUMN) {
      Arrays.fill(mean, 0, n, 0);
      addColumnSums(a, sa, b, sb, mean, rows, n);
      float share = 1f / rows;
      for (int j = 0; j < n; j++) {
        mean[j] *= share;
      }
      return;
    }
    float share = 1f / n;
    for (int r = 0; r < rows; r++) {
      mean[r] = share * (b == null ? sum(a, r * sa, n) : dot(a, r * sa, b, r * sb, n));
    }
  }

  /** Four sums at a time, which do not wait for each other. */
  private static float sum(float[] a, int from, int n) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = from;
    for (; i < from + n - 3; i += 4) {
      s0 += a[i];
      s1 += a[i + 1];
      s2 += a[i + 2];
      s3 += a[i + 3];
    }
    for (; i < from + n; i++) {
      s0 += a[i];
    }
    return (s0 + s2) + (s1 + s3);
  }

  private static float dot(float[] a, int from, float[] b, int at, int n) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      int j = from + i;
      int k = at + i;
      s0 += a[j] * b[k];
      s1 += a[j + 1] * b[k + 1];
      s2 += a[j + 2] * b[k + 2];
      s3 += a[j + 3] * b[k + 3];
    }
    for (; i < n; i++) {
      s0 += a[from + i] * b[at + i];
    }
    return (s0 + s2) + (s1 + s3);
  }

  /** Σ (a − m)². */
  private static float squares(float[] a, int from, float m, int n) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = from;
    for (; i < from + n - 3; i += 4) {
      float e0 = a[i] - m;
      float e1 = a[i + 1] - m;
      float e2 = a[i + 2] - m;
      float e3 = a[i + 3] - m;
      s0 += e0 * e0;
      s1 += e1 * e1;
      s2 += e2 * e2;
      s3 += e3 * e3;
    }
    for (; i < from + n; i++) {
      float e = a[i] - m;
      s0 += e * e;
    }
    return (s0 + s2) + (s1 + s3);
  }

  /** s = 1/√(mean of (x − m)² + ε); m = 0 where it is null. */
  static void inverseDeviations(
      Along along, float[] x, int stride, float[] m, float epsilon, float[] s, int rows, int n) {
    if (along == Along.ROW) {
      for (int r = 0; r < rows; r++) {
        float square = squares(x, r * stride, m == null ? 0 : m[r], n);
        s[r] = 1f / (float) Math.sqrt(square / n + epsilon);
      }
      return;
    }
    Arrays.fill(s, 0, n, 0);
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      if (m == null) {
        for (int j = 0; j < n; j++) {
          s[j] += x[at + j] * x[at + j];
        }
      } else {
        for (int j = 0; j < n; j++) {
          float e = x[at + j] - m[j];
          s[j] += e * e;
        }
      }
    }
    float share = 1f / rows;
    for (int j = 0; j < n; j++) {
      s[j] = 1f / (float) Math.sqrt(s[j] * share + epsilon);
    }
  }

  /** o = s(x − m); m = 0 where it is null. */
  static void standardize(
      Along along, float[] x, int sx, float[] m, float[] s, float[] o, int so, int rows, int n) {
    for (int r = 0; r < rows; r++) {
      int k = r * sx;
      int l = r * so;
      if (along == Along.ROW) {
        float mean = m == null ? 0 : m[r];
        float inverse = s[r];
        for (int j = 0; j < n; j++) {
          o[l + j] = (x[k + j] - mean) * inverse;
        }
      } else if (m == null) {
        for (int j = 0; j < n; j++) {
          o[l + j] = x[k + j] * s[j];
        }
      } else {
        for (int j = 0; j < n; j++) {
          o[l + j] = (x[k + j] - m[j]) * s[j];
        }
      }
    }
  }

  /** o = s(u − mean − x̂c). */
  static void project(
      Along along,
      float[] u,
      int su,
      float[] x,
      int sx,
      float[] mean,
      float[] c,
      float[] s,
      float[] o,
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
        float m = mean[r];
        float slant = c[r];
        float inverse = s[r];
        for (int j = 0; j < n; j++) {
          o[l + j] = (u[i + j] - m - x[k + j] * slant) * inverse;
        }
      }
    }
  }

  /** o = γ ⊙ x + β, or added to o; β may be null. */
  static void scaleShift(
      float[] x,
      int sx,
      float[] gamma,
      float[] beta,
      boolean add,
      float[] o,
      int so,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int k = r * sx;
      int l = r * so;
      if (add) {
        for (int j = 0; j < n; j++) {
          o[l + j] += gamma[j] * x[k + j];
        }
      } else {
        for (int j = 0; j < n; j++) {
          o[l + j] = gamma[j] * x[k + j];
        }
      }
      if (beta != null) {
        for (int j = 0; j < n; j++) {
          o[l + j] += beta[j];
        }
      }
    }
  }

  /** sums += Σ over the rows of a ⊙ b; of a alone where b is null. */
  static void addColumnSums(float[] a, int sa, float[] b, int sb, float[] sums, int rows, int n) {
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
