package org.saddlemap.network;

import java.util.random.RandomGenerator;
import org.saddlemap.layer.Parameter;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.Parametrization;
import org.saddlemap.trial.Seeds;

/**
 * Initial parameters. Layer l draws from its own stream, weights in the order of θ; all normal
 * initializers scale the same standard normal draws, all truncated ones these with what lies beyond
 * ±2 drawn again afterwards, all uniform ones the same draws from (−1, 1) (common random numbers),
 * so that neighbouring initializers differ by scale alone. Biases are drawn after the layer's
 * weights; γ is 1. Values are rounded to float32, the precision that training works in.
 */
public final class Initialization {
  private Initialization() {}

  /**
   * Draws θ.
   *
   * <p>Cost: one draw a weight; orthogonal layers O(a·b·min(a, b)).
   */
  public static double[] draw(Network network, Initializer initializer, Seeds seeds) {
    return draw(network, initializer, new Parametrization.Standard(), seeds);
  }

  /** The same in another parametrization. */
  public static double[] draw(
      Network network, Initializer initializer, Parametrization parametrization, Seeds seeds) {
    double[] theta = new double[network.parameters()];
    for (Stage s : network.stages()) {
      RandomGenerator random = seeds.stream(Seeds.Stream.WEIGHTS, s.number());
      fill(theta, s.from(), s.in() * s.out(), s.in(), s.out(), initializer.weights(), random);
      double factor =
          parametrization.initial(Parametrization.Place.of(s.number(), network.layers()), s.in());
      for (int i = s.from(); i < s.from() + s.in() * s.out(); i++) {
        theta[i] *= factor;
      }
      s.block("b")
          .or(() -> s.block("beta"))
          .ifPresent(
              b -> fill(theta, b.from(), s.out(), s.in(), s.out(), initializer.biases(), random));
      for (Stage.Block strip : s.strips()) {
        if (strip.parameter().role() == Parameter.Role.SCALE) {
          java.util.Arrays.fill(theta, strip.from(), strip.from() + s.out(), 1);
        }
      }
    }
    for (int i = 0; i < theta.length; i++) {
      theta[i] = (float) theta[i];
    }
    return theta;
  }

  /** n weights or biases of a layer with fan-in a and fan-out b. */
  private static void fill(
      double[] theta,
      int at,
      int n,
      int a,
      int b,
      Initializer initializer,
      RandomGenerator random) {
    if (initializer instanceof Initializer.Zeros) {
      return;
    } else if (initializer instanceof Initializer.Constant c) {
      java.util.Arrays.fill(theta, at, at + n, c.c());
    } else if (initializer instanceof Initializer.Normal i) {
      normal(theta, at, n, i.std(), random);
    } else if (initializer instanceof Initializer.Uniform i) {
      uniform(theta, at, n, i.bound(), random);
    } else if (initializer instanceof Initializer.TruncatedNormal i) {
      truncated(theta, at, n, i.std(), random);
    } else if (initializer instanceof Initializer.VarianceScaling i) {
      double scale = i.scale(a, b);
      switch (i.shape()) {
        case UNIFORM -> uniform(theta, at, n, scale, random);
        case NORMAL -> normal(theta, at, n, scale, random);
        case TRUNCATED -> truncated(theta, at, n, scale, random);
      }
    } else if (initializer instanceof Initializer.ScaledNormal i) {
      normal(theta, at, n, i.sigmaW() / Math.sqrt(a), random);
    } else if (initializer instanceof Initializer.Orthogonal i) {
      orthogonal(theta, at, a, b, i.gain(), random);
    } else {
      throw new IllegalStateException("Cannot draw weights for " + initializer.text());
    }
  }

  private static void normal(double[] theta, int at, int n, double std, RandomGenerator random) {
    for (int i = 0; i < n; i++) {
      theta[at + i] = std * random.nextGaussian();
    }
  }

  private static void truncated(double[] theta, int at, int n, double std, RandomGenerator random) {
    normal(theta, at, n, 1, random);
    for (int i = at; i < at + n; i++) {
      while (Math.abs(theta[i]) > 2) {
        theta[i] = random.nextGaussian();
      }
      theta[i] *= std;
    }
  }

  private static void uniform(double[] theta, int at, int n, double bound, RandomGenerator random) {
    for (int i = 0; i < n; i++) {
      theta[at + i] = bound * (2 * random.nextDouble() - 1);
    }
  }

  /**
   * A semi-orthogonal W: the Q of a normal matrix whose R has a positive diagonal (Mezzadri 2007,
   * "How to generate random matrices from the classical compact groups"), by Gram-Schmidt applied
   * twice to each vector (Giraud et al. 2005: twice is enough). The vectors are W's columns where
   * they are at most as many as the rows, else its rows.
   */
  private static void orthogonal(
      double[] theta, int at, int a, int b, double gain, RandomGenerator random) {
    normal(theta, at, a * b, 1, random);
    int count = Math.min(a, b);
    int length = Math.max(a, b);
    int step = a >= b ? b : 1; // between a vector's elements
    int next = a >= b ? 1 : b; // between vectors
    double[][] q = new double[count][length];
    for (int i = 0; i < count; i++) {
      double[] v = q[i];
      for (int k = 0; k < length; k++) {
        v[k] = theta[at + i * next + k * step];
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int j = 0; j < i; j++) {
          double dot = 0;
          for (int k = 0; k < length; k++) {
            dot += v[k] * q[j][k];
          }
          for (int k = 0; k < length; k++) {
            v[k] -= dot * q[j][k];
          }
        }
      }
      double norm = 0;
      for (double x : v) {
        norm += x * x;
      }
      norm = Math.sqrt(norm);
      for (int k = 0; k < length; k++) {
        v[k] /= norm;
        theta[at + i * next + k * step] = gain * v[k];
      }
    }
  }
}
