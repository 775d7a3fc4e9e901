package org.saddlemap.optimize;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_isamax;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;

import org.bytedeco.javacpp.FloatPointer;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.OptimizerKind;

/**
 * Turns gradients into steps on one θ, both in native memory, and keeps the state between them.
 * Formulas: {@link OptimizerKind}.
 */
final class FloatOptimizer implements Optimizer {
  /** Elements that stay in the first cache while they are worked on. */
  private static final int BLOCK = 2048;

  private final OptimizerKind kind;
  private final float eta;
  private final float mu;
  private final double beta1;
  private final double beta2;
  private final float rho;
  private final float rest;
  private final double epsilon;
  private final double decay;
  private final NativeFloats.Slice theta;
  private final NativeFloats.Slice gradient;
  private final Part[] parts;
  private final float[] m;
  private final float[] v;
  private final float[] t = new float[BLOCK];
  private final float[] g = new float[BLOCK];
  private double power1 = 1;
  private double power2 = 1;

  /**
   * Parameters with one learning rate.
   *
   * @param from where they begin in θ
   * @param length how many they are
   * @param rate factor on η
   */
  private record Part(
      int from, int length, float rate, FloatPointer theta, FloatPointer gradient) {}

  /**
   * @param network what θ is the parameters of
   * @param learningRate η
   * @param theta what {@link #step} changes
   * @param gradient what it reads
   */
  FloatOptimizer(
      Network network,
      Configuration configuration,
      double learningRate,
      NativeFloats.Slice theta,
      NativeFloats.Slice gradient) {
    this.parts =
        ParameterRates.of(network, configuration).stream()
            .map(
                r ->
                    new Part(
                        r.from(),
                        r.length(),
                        r.rate(),
                        theta.pointer(r.from()),
                        gradient.pointer(r.from())))
            .toArray(Part[]::new);
    this.kind = configuration.optimizer();
    this.eta = (float) learningRate;
    this.theta = theta;
    this.gradient = gradient;
    this.mu = (float) of(configuration, Hyperparameter.MOMENTUM);
    this.beta1 = of(configuration, Hyperparameter.BETA1);
    this.beta2 = of(configuration, Hyperparameter.BETA2);
    double kept = of(configuration, Hyperparameter.RHO);
    this.rho = (float) kept;
    this.rest = (float) (1 - kept);
    this.epsilon = of(configuration, Hyperparameter.EPSILON);
    this.decay = of(configuration, Hyperparameter.WEIGHT_DECAY);
    int n = theta.length();
    this.m =
        new float
            [switch (kind) {
              case MOMENTUM, NESTEROV, ADAM, ADAMW -> n;
              case SGD, ADAGRAD, RMSPROP -> 0;
            }];
    this.v =
        new float
            [switch (kind) {
              case ADAM, ADAMW, ADAGRAD, RMSPROP -> n;
              case SGD, MOMENTUM, NESTEROV -> 0;
            }];
  }

  @Override
  public double largestRate() {
    double largest = 0;
    for (Part part : parts) {
      largest = Math.max(largest, part.rate());
    }
    return largest;
  }

  /** A number that belongs to some optimizers; 0 where it does not to this one. */
  private static double of(Configuration c, Hyperparameter h) {
    return c.value(h).map(v -> (Double) v).orElse(0.0);
  }

  @Override
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

  @Override
  public void step(float scale, float factor) {
    if (kind == OptimizerKind.ADAM || kind == OptimizerKind.ADAMW) {
      power1 *= beta1;
      power2 *= beta2;
    }
    for (Part part : parts) {
      if (kind == OptimizerKind.SGD) {
        float rate = -eta * (factor * part.rate) * scale;
        cblas_saxpy(part.length, rate, part.gradient, 1, part.theta, 1);
      } else {
        step(part, scale, factor * part.rate);
      }
    }
  }

  private void step(Part part, float scale, float factor) {
    int end = part.from + part.length;
    for (int from = part.from; from < end; from += BLOCK) {
      int count = Math.min(BLOCK, end - from);
      theta.get(from, t, count);
      gradient.get(from, g, count);
      switch (kind) {
        case SGD -> throw new IllegalStateException("Cannot come here");
        case MOMENTUM -> momentum(t, g, m, from, count, mu, eta * scale, factor);
        case NESTEROV -> nesterov(t, g, m, from, count, mu, eta * scale, factor);
        case ADAM -> adam(from, count, scale, eta * factor);
        case ADAMW -> {
          decay(t, count, (float) (decay * eta * factor));
          adam(from, count, scale, eta * factor);
        }
        case ADAGRAD -> squares(t, g, v, from, count, scale, 1, 1, eta * factor, (float) epsilon);
        case RMSPROP ->
            squares(t, g, v, from, count, scale, rho, rest, eta * factor, (float) epsilon);
      }
      theta.put(from, t, count);
    }
  }

  /** η m̂/(√v̂ + ε) = η√c₂/c₁ · m/(√v + ε√c₂), with cᵢ = 1 − βᵢᵗ. */
  private void adam(int from, int count, float scale, float eta) {
    double root = Math.sqrt(1 - power2);
    adam(
        t,
        g,
        m,
        v,
        from,
        count,
        scale,
        (float) beta1,
        (float) (1 - beta1),
        (float) beta2,
        (float) (1 - beta2),
        (float) (eta * root / (1 - power1)),
        (float) (epsilon * root));
  }

  /**
   * Added and taken away again, flushes numbers below 2⁻¹²⁶ or so to 0 and leaves those above 2⁻⁷⁸
   * as they are: decaying state must not end among the subnormal numbers, where loops crawl on many
   * processors.
   */
  private static final float FLUSH = 0x1p-102f;

  private static void momentum(
      float[] t, float[] g, float[] m, int from, int n, float mu, float eta, float factor) {
    for (int i = 0; i < n; i++) {
      float x = (mu * m[from + i] - eta * g[i] + FLUSH) - FLUSH;
      m[from + i] = x;
      t[i] += factor * x;
    }
  }

  private static void nesterov(
      float[] t, float[] g, float[] m, int from, int n, float mu, float eta, float factor) {
    for (int i = 0; i < n; i++) {
      float step = eta * g[i];
      float x = (mu * m[from + i] - step + FLUSH) - FLUSH;
      m[from + i] = x;
      t[i] += factor * (mu * x - step);
    }
  }

  /** θ − ηλθ, in float32 nearer to it than (1 − ηλ)θ where ηλ is small. */
  private static void decay(float[] t, int n, float share) {
    for (int i = 0; i < n; i++) {
      t[i] -= share * t[i];
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

  /** v ← ρv + rest·x², θ ← θ − ηx/(√v + ε): RMSprop, and with ρ = rest = 1 AdaGrad. */
  private static void squares(
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
