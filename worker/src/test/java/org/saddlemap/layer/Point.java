package org.saddlemap.layer;

import java.util.Random;

/** Where a layer is looked at, and along what: random numbers that float32 can hold. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Point(double[] x, double[] theta, double[] dy, double[] tx, double[] v, double[] tdy) {
  static Point of(Layer layer, int rows, long seed) {
    Random random = new Random(seed);
    int in = rows * layer.inputs();
    int out = rows * layer.outputs();
    return new Point(
        gaussian(random, in, 1),
        gaussian(random, layer.length(), 0.7),
        gaussian(random, out, 1),
        gaussian(random, in, 1),
        gaussian(random, layer.length(), 1),
        gaussian(random, out, 1));
  }

  private static double[] gaussian(Random random, int n, double deviation) {
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }

  /** So far along its directions. */
  Point along(double h) {
    return new Point(sum(x, h, tx), sum(theta, h, v), sum(dy, h, tdy), tx, v, tdy);
  }

  /** Other directions from the same place. */
  Point towards(Point other) {
    return new Point(x, theta, dy, other.tx, other.v, other.tdy);
  }

  /** a + h·b. */
  static double[] sum(double[] a, double h, double[] b) {
    double[] sum = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = a[i] + h * b[i];
    }
    return sum;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Σ |ab|, which rounding is measured by. */
  static double size(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] * b[i]);
    }
    return sum;
  }
}
