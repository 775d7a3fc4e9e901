package org.saddlemap.curvature;

import org.saddlemap.trial.RandomStream;

/**
 * The sharpness λmax(H), raw: what η = c/λmax and the edge of stability 2/η are measured in (Kalra
 * and Barkeshli 2023; Cohen et al. 2021).
 *
 * @param value the largest Ritz value; NaN where the function or its curvature is not finite
 * @param residual ‖Hv − λv‖/|λ| of it: an eigenvalue lies within that share of it
 * @param products Hessian-vector products that were taken
 */
public record Sharpness(double value, double residual, int products) {
  /** At most so many products. */
  public static final int MAX_PRODUCTS = 60;

  private static final double TOLERANCE = 1e-2;

  /** Products between two looks at the residual. */
  private static final int STAGE = 4;

  /**
   * The largest eigenvalue of the Hessian at θ, by Lanczos from a random start until the residual
   * is at most 1 % of it (the value is then off by some 0.01 %: the square of that over the
   * relative distance to the next eigenvalue), or after {@link #MAX_PRODUCTS}. The same seed gives
   * the same number.
   */
  public static Sharpness of(LossSurface surface, double[] theta, long seed) {
    if (!Double.isFinite(surface.value(theta))) {
      return new Sharpness(Double.NaN, Double.NaN, 0);
    }
    surface.moveTo(theta);
    try (Lanczos lanczos =
        Lanczos.random(HessianOperator.raw(surface), new RandomStream(seed), MAX_PRODUCTS)) {
      while (true) {
        lanczos.advanceTo(lanczos.steps() + STAGE);
        if (lanczos.steps() == 0) {
          return new Sharpness(Double.NaN, Double.NaN, 0);
        }
        RitzPairs pairs = lanczos.pairs();
        double value = pairs.largest();
        double residual = pairs.residuals()[pairs.size() - 1];
        double relative = residual == 0 ? 0 : residual / Math.abs(value);
        if (relative <= TOLERANCE || lanczos.complete()) {
          return new Sharpness(value, relative, lanczos.steps());
        }
      }
    }
  }
}
