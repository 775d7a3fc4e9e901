package org.saddlemap.curvature;

import java.util.random.RandomGeneratorFactory;

/** The sharpness λmax(H), raw: what η = c/λmax is measured in (Kalra and Barkeshli 2023). */
public final class Sharpness {
  private static final double TOLERANCE = 0.03;
  private static final int MAX_STEPS = 100;

  private Sharpness() {}

  /**
   * The largest eigenvalue of the Hessian at θ, by Lanczos from a random start until the residual
   * is below 3 % of it, which leaves some 0.1 % (the value converges with the square of the
   * residual; at most 100 products). NaN where f is not finite. The same seed gives the same
   * number.
   */
  public static double of(LossSurface surface, double[] theta, long seed) {
    if (!Double.isFinite(surface.value(theta))) {
      return Double.NaN;
    }
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
