package org.saddlemap.network;

import org.saddlemap.space.Activation;

/**
 * Element loops over the first n elements of heap arrays, written so that the compiler turns them
 * into vector instructions.
 */
final class FloatFunctions {
  private FloatFunctions() {}

  /** x ← φ(x); for GELU also φ′ into {@code slope}. */
  static void activate(Activation activation, float[] x, float[] slope, int n) {
    switch (activation) {
      case IDENTITY -> {}
      case TANH -> {
        for (int i = 0; i < n; i++) {
          x[i] = (float) Math.tanh(x[i]);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          x[i] = (float) (1 / (1 + Math.exp(-x[i])));
        }
      }
      case RELU -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.max(0f, x[i]);
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.max((float) Activation.LEAKY_SLOPE * x[i], x[i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          double z = x[i];
          double cdf = 0.5 * org.apache.commons.math3.special.Erf.erfc(-z / Math.sqrt(2));
          x[i] = (float) (z * cdf);
          slope[i] = (float) (cdf + z * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI));
        }
      }
    }
  }

  /** d ← d ⊙ φ′, by φ's value a (for GELU by {@code slope}). */
  static void backward(Activation activation, float[] a, float[] slope, float[] d, int n) {
    switch (activation) {
      case IDENTITY -> {}
      case TANH -> {
        for (int i = 0; i < n; i++) {
          d[i] *= 1 - a[i] * a[i];
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < n; i++) {
          d[i] *= a[i] * (1 - a[i]);
        }
      }
      // A product with a large number and a minimum instead of a comparison: those are vectorised.
      case RELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= Math.min(1f, a[i] * LARGE);
        }
      }
      case LEAKY_RELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= Math.max((float) Activation.LEAKY_SLOPE, Math.min(1f, a[i] * LARGE));
        }
      }
      case GELU -> {
        for (int i = 0; i < n; i++) {
          d[i] *= slope[i];
        }
      }
    }
  }

  /** Times any normal float at least 1. */
  private static final float LARGE = 0x1p126f;
}
