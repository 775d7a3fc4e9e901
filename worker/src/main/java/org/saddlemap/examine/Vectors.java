package org.saddlemap.examine;

import java.util.List;
import java.util.random.RandomGenerator;

/** Arithmetic on flat parameter vectors. */
final class Vectors {
  private Vectors() {}

  /** a·b, in four sums that the processor can take at once. */
  static double dot(double[] a, double[] b) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return (s0 + s1) + (s2 + s3);
  }

  /** a ← a + c·b. */
  static void add(double[] a, double c, double[] b) {
    for (int i = 0; i < a.length; i++) {
      a[i] += c * b[i];
    }
  }

  static double norm(double[] a) {
    return Math.sqrt(dot(a, a));
  }

  static boolean finite(double[] a) {
    double sum = 0;
    for (double x : a) {
      sum += x * 0; // The sum is NaN from the first number on that is not finite.
    }
    return sum == 0;
  }

  /** a ⊙ b. */
  static double[] times(double[] a, double[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = a[i] * b[i];
    }
    return c;
  }

  static double[] scaled(double[] a, double by) {
    double[] c = new double[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = a[i] * by;
    }
    return c;
  }

  /** The mean of some vectors. */
  static double[] mean(List<double[]> vectors) {
    double[] mean = new double[vectors.get(0).length];
    for (double[] v : vectors) {
      add(mean, 1.0 / vectors.size(), v);
    }
    return mean;
  }

  /** θ + S·d. */
  static double[] moved(double[] theta, double[] scale, double[] d) {
    double[] x = new double[theta.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = theta[i] + scale[i] * d[i];
    }
    return x;
  }

  /** (x − θ)/S. */
  static double[] relative(double[] x, double[] theta, double[] scale) {
    double[] d = new double[theta.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = (x[i] - theta[i]) / scale[i];
    }
    return d;
  }

  static double[] gaussian(int n, RandomGenerator random) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextGaussian();
    }
    return v;
  }
}
