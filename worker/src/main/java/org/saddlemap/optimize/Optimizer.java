package org.saddlemap.optimize;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_isamax;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;

import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.OptimizerKind;

/**
 * Turns gradients into steps on one θ, both in native memory, and keeps the state between them.
 * Formulas: {@link OptimizerKind}.
 */
public final class Optimizer {
  /** Elements that stay in the first cache while they are worked on. */
  private static final int BLOCK = 2048;

  private final Configuration c;
  private final float eta;
  private final NativeFloats.Slice theta;
  private final NativeFloats.Slice gradient;
  private final float[] m;
  private final float[] v;
  private final float[] t = new float[BLOCK];
  private final float[] g = new float[BLOCK];
  private double power1 = 1;
  private double power2 = 1;

  /**
   * @param learningRate η
   * @param theta what {@link #step} changes
   * @param gradient what it reads
   */
  public Optimizer(
      Configuration configuration,
      double learningRate,
      NativeFloats.Slice theta,
      NativeFloats.Slice gradient) {
    this.c = configuration;
    this.eta = (float) learningRate;
    this.theta = theta;
    this.gradient = gradient;
    int n = theta.length();
    OptimizerKind kind = configuration.optimizer();
    boolean first =
        kind == OptimizerKind.MOMENTUM
            || kind == OptimizerKind.NESTEROV
            || kind == OptimizerKind.ADAM;
    boolean second = kind == OptimizerKind.ADAM || kind == OptimizerKind.RMSPROP;
    this.m = new float[first ? n : 0];
    this.v = new float[second ? n : 0];
  }

  /** Brings every component of the gradient into [−limit, limit]; whether that changed any. */
  public boolean clip(float limit) {
    int n = gradient.length();
    int largest = (int) cblas_isamax(n, gradient.pointer(), 1);
    gradient.get(largest, g, 1);
    if (Math.abs(g[0]) <= limit) {
      return false;
    }
    for (int from = 0; from < n; from += BLOCK) {
      int count = Math.min(BLOCK, n - from);
      gradient.get(from, g, count);
      for (int i = 0; i < count; i++) {
        g[i] = Math.max(-limit, Math.min(limit, g[i]));
      }
      gradient.put(from, g, count);
    }
    return true;
  }

  /** Takes one step by {@code scale} times the gradient. */
  public void step(float scale) {
    int n = theta.length();
    if (c.optimizer() == OptimizerKind.SGD) {
      cblas_saxpy(n, -eta * scale, gradient.pointer(), 1, theta.pointer(), 1);
      return;
    }
    if (c.optimizer() == OptimizerKind.ADAM) {
      power1 *= c.beta1();
      power2 *= c.beta2();
    }
    for (int from = 0; from < n; from += BLOCK) {
      int count = Math.min(BLOCK, n - from);
      theta.get(from, t, count);
      gradient.get(from, g, count);
      switch (c.optimizer()) {
        case SGD -> throw new IllegalStateException("Cannot come here");
        case MOMENTUM -> momentum(t, g, m, from, count, (float) c.momentum(), eta * scale);
        case NESTEROV -> nesterov(t, g, m, from, count, (float) c.momentum(), eta * scale);
        case ADAM -> {
          // η m̂/(√v̂ + ε) = η√c₂/c₁ · m/(√v + ε√c₂), with cᵢ = 1 − βᵢᵗ
          double root = Math.sqrt(1 - power2);
          adam(
              t,
              g,
              m,
              v,
              from,
              count,
              scale,
              (float) c.beta1(),
              (float) (1 - c.beta1()),
              (float) c.beta2(),
              (float) (1 - c.beta2()),
              (float) (eta * root / (1 - power1)),
              (float) (c.epsilon() * root));
        }
        case RMSPROP ->
            rmsprop(
                t,
                g,
                v,
                from,
                count,
                scale,
                (float) c.rho(),
                (float) (1 - c.rho()),
                eta,
                (float) c.epsilon());
      }
      theta.put(from, t, count);
    }
  }

  /**
   * Added and taken away again, flushes numbers below 2⁻¹²⁶ or so to 0 and leaves those above 2⁻⁷⁸
   * as they are: decaying state must not end among the subnormal numbers, where loops crawl on many
   * processors.
   */
  private static final float FLUSH = 0x1p-102f;

  private static void momentum(
      float[] t, float[] g, float[] m, int from, int n, float mu, float eta) {
    for (int i = 0; i < n; i++) {
      float x = (mu * m[from + i] - eta * g[i] + FLUSH) - FLUSH;
      m[from + i] = x;
      t[i] += x;
    }
  }

  private static void nesterov(
      float[] t, float[] g, float[] m, int from, int n, float mu, float eta) {
    for (int i = 0; i < n; i++) {
      float step = eta * g[i];
      float x = (mu * m[from + i] - step + FLUSH) - FLUSH;
      m[from + i] = x;
      t[i] += mu * x - step;
    }
  }

  private static void adam(
      float[] t,
      float[] g,
      float[] m,
      float[] v,
      int from,
      int n,
      float scale,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float eta,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      float x = scale * g[i];
      float a = (beta1 * m[from + i] + rest1 * x + FLUSH) - FLUSH;
      float b = (beta2 * v[from + i] + rest2 * x * x + FLUSH) - FLUSH;
      m[from + i] = a;
      v[from + i] = b;
      t[i] -= eta * a / ((float) Math.sqrt(b) + epsilon);
    }
  }

  private static void rmsprop(
      float[] t,
      float[] g,
      float[] v,
      int from,
      int n,
      float scale,
      float rho,
      float rest,
      float eta,
      float epsilon) {
    for (int i = 0; i < n; i++) {
      float x = scale * g[i];
      float b = (rho * v[from + i] + rest * x * x + FLUSH) - FLUSH;
      v[from + i] = b;
      t[i] -= eta * x / ((float) Math.sqrt(b) + epsilon);
    }
  }
}
