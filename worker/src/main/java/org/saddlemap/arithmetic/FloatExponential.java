package org.saddlemap.arithmetic;

import static org.saddlemap.arithmetic.FloatFunctions.FLUSH;

/** e^x as {@link FloatFunctions} computes: loops that the compiler vectorises. */
final class FloatExponential {
  /** Beyond it e^x is above the largest float. */
  static final float OVERFLOW = 89f;

  private FloatExponential() {}

  /**
   * x ← e^x for x ≤ 20 or so (beyond, it stays at e^20); 0 below −88.
   *
   * @param low at least n elements
   */
  static void of(float[] x, float[] low, int n) {
    expSeries(x, low, 20f, n);
    expStart(x, low, n);
    normalize(x, low, n);
    expSquare(x, low, n);
    expSquare(x, low, n);
    expEnd(x, low, n);
  }

  /**
   * e^u with u = x/256 as the unevaluated sum of two floats: the rounding errors of 1 + u + u²/2
   * are kept, as the squarings to come multiply relative errors by 256. Here u into x, and u³/6 + …
   * and the rounding error of u²/2 into {@code low}. Longer loops than these three are not
   * vectorised.
   */
  private static void expSeries(float[] x, float[] low, float most, int n) {
    for (int i = 0; i < n; i++) {
      float u = Math.max(-88.5f, Math.min(most, x[i])) * 0x1p-8f;
      float square = u * u;
      float c = Math.fma(u, 1f / 40320, 1f / 5040);
      c = Math.fma(u, Math.fma(u, Math.fma(u, c, 1f / 720), 1f / 120), 1f / 24);
      c = Math.fma(u, c, 1f / 6);
      x[i] = u;
      low[i] = Math.fma(square, u * c, 0.5f * Math.fma(u, u, -square));
    }
  }

  /** 1 + u + u²/2 into x, and its rounding errors to {@code low}. */
  private static void expStart(float[] x, float[] low, int n) {
    for (int i = 0; i < n; i++) {
      float u = x[i];
      float half = 0.5f * (u * u);
      float one = 1f + u;
      float h = one + half;
      low[i] = low[i] + ((u - (one - 1f)) + (half - (h - one)));
      x[i] = h;
    }
  }

  /** The nearest float to the sum into {@code high}, the rest into {@code low}. */
  private static void normalize(float[] high, float[] low, int n) {
    for (int i = 0; i < n; i++) {
      float h = high[i];
      float l = low[i];
      float sum = h + l;
      high[i] = sum;
      low[i] = l - (sum - h);
    }
  }

  /** Four squarings: (h + l)² ≈ h² + 2hl, with the rounding error of h² made part of l. */
  private static void expSquare(float[] high, float[] low, int n) {
    for (int i = 0; i < n; i++) {
      float h = high[i];
      float l = low[i];
      float p = h * h;
      l = Math.fma(h + h, l, Math.fma(h, h, -p));
      h = p * p;
      l = Math.fma(p + p, l, Math.fma(p, p, -h));
      p = h * h;
      l = Math.fma(h + h, l, Math.fma(h, h, -p));
      h = p * p;
      l = Math.fma(p + p, l, Math.fma(p, p, -h));
      high[i] = h;
      low[i] = l;
    }
  }

  private static void expEnd(float[] high, float[] low, int n) {
    for (int i = 0; i < n; i++) {
      high[i] = (high[i] + low[i] + FLUSH) - FLUSH;
    }
  }

  /** As {@link #of(float[], float[], int)}, but over all floats: infinite above 88.73. */
  static void ofAll(float[] x, float[] low, int n) {
    expSeries(x, low, OVERFLOW, n);
    expStart(x, low, n);
    normalize(x, low, n);
    expSquare(x, low, n);
    expSquare(x, low, n);
    for (int i = 0;
        i < n;
        i++) { // the rest of an infinite square is −∞, and their sum would be NaN
      x[i] = (x[i] + Math.max(low[i], -Float.MAX_VALUE) + FLUSH) - FLUSH;
    }
  }

  /**
   * x ← e^x in float64, to a relative error of 2·10⁻⁸, for |x| ≤ 104; below, it stays at e^−104,
   * above, it is at least e^104, perhaps infinite. The series at x/256, squared eight times.
   */
  static void of(double[] x, int n) {
    for (int i = 0; i < n; i++) {
      double u = Math.max(-104, x[i]) * 0x1p-8;
      double p = Math.fma(u, Math.fma(u, 1.0 / 362880, 1.0 / 40320), 1.0 / 5040);
      p = Math.fma(u, Math.fma(u, Math.fma(u, p, 1.0 / 720), 1.0 / 120), 1.0 / 24);
      p = Math.fma(u, Math.fma(u, Math.fma(u, Math.fma(u, p, 1.0 / 6), 0.5), 1), 1);
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      x[i] = p * p;
    }
  }
}
