package org.saddlemap.refute;

import java.util.random.RandomGenerator;

/** What is done to flat vectors. */
final class Vectors {
  private Vectors() {}

  static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    int i = 0;
    for (; i + 1 < a.length; i += 2) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
    }
    return i < a.length ? s0 + s1 + a[i] * b[i] : s0 + s1;
  }

  static double[] scaled(double[] a, double by) {
    double[] out = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = by * a[i];
    }
    return out;
  }

  /** a + t·b. */
  static double[] moved(double[] a, double[] b, double t) {
    double[] out = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] = a[i] + t * b[i];
    }
    return out;
  }

  static double[] difference(double[] a, double[] b) {
    return moved(a, b, -1);
  }

  /** a ← a + t·b. */
  static void add(double[] a, double[] b, double t) {
    for (int i = 0; i < a.length; i++) {
      a[i] += t * b[i];
    }
  }

  static double[] gaussian(int n, RandomGenerator random) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextGaussian();
    }
    return v;
  }

  static boolean finite(double[] a) {
    for (double x : a) {
      if (!Double.isFinite(x)) {
        return false;
      }
    }
    return true;
  }
}
