package org.saddlemap.curvature;

import java.util.random.RandomGeneratorFactory;

/** The sharpness λmax(H), raw: what η = c/λmax is measured in (Kalra and Barkeshli 2023). */
public final class Sharpness {
  private static final double TOLERANCE = 1e-3;
  private static final int MAX_STEPS = 100;

  private Sharpness() {}

  /**
   * The largest eigenvalue of the Hessian at θ, by Lanczos from a random start until the residual
   * is below 1e-3 of it (at most 100 products; the value converges with the square of the
   * residual). The same seed gives the same number.
   */
  public static double of(LossSurface surface, double[] theta, long seed) {
    surface.moveTo(theta);
    try (Lanczos lanczos =
        Lanczos.random(
            HessianOperator.raw(surface),
            RandomGeneratorFactory.of("L64X128MixRandom").create(seed),
            MAX_STEPS)) {
      for (int k = 4; ; k += 4) {
        lanczos.advanceTo(k);
        if (lanczos.steps() == 0) {
          return Double.NaN;
        }
        RitzPairs pairs = lanczos.pairs();
        int top = pairs.size() - 1;
        if (lanczos.complete() || pairs.residuals()[top] <= TOLERANCE * Math.abs(pairs.largest())) {
          return pairs.largest();
        }
      }
    }
  }
}
