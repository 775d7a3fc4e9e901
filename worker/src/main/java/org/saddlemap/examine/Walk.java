package org.saddlemap.examine;

import org.saddlemap.curvature.LossSurface;

/**
 * Monotone descent from θ + S·d inside the ball: normalised gradient steps, plus a Newton
 * correction in the stiff Ritz space (so that a stiff output bias cannot mask a flat way down).
 * About 4/3 gradients a step.
 *
 * @param loss where it ended
 * @param d displacement where it ended
 */
@SuppressWarnings("ArrayRecordComponent") // a parameter vector; never compared
record Walk(double loss, double[] d) {
  private static final int STEPS = 40;
  private static final double FIRST_STEP = 0.15;

  /**
   * At the boundary, a slope that offers less than this share of what is asked about is nothing.
   */
  private static final double NEGLIGIBLE = 0.01;

  /**
   * Within the ball a slope may still grow, like the distance to the power k − 1 near a saddle of
   * order k: from a kick of 0.3 r by a factor of 10⁴ for k = 8.
   */
  private static final double NEGLIGIBLE_INSIDE = 1e-4;

  /**
   * So is a pace, over so many last steps, that ten times as fast would not get there in what is
   * left.
   */
  private static final int PACE = 4;

  private static final int ACCELERATION = 10;

  /** Decides when the walk has shown enough. */
  interface Goal {
    /** Whether going on cannot change what the walk is asked about: the loss is low enough. */
    boolean reached(double loss);

    /** Whether so much more decrease, at most, could not matter. */
    boolean beyondReach(double loss, double more);
  }

  /**
   * @param stiff null for plain steps
   */
  static Walk descend(
      LossSurface surface,
      double[] theta,
      double[] scale,
      double[] start,
      Ball ball,
      StiffSpace stiff,
      Goal goal) {
    int n = theta.length;
    double unit = FIRST_STEP * ball.radius() * Math.sqrt(n);
    double step = unit;
    double[] d = start.clone();
    double loss = surface.value(Flat.moved(theta, scale, d));
    double[] g = new double[n];
    double[] losses = new double[STEPS + 1];
    boolean corrects = stiff != null && stiff.size() > 0 && stiff.size() < n;
    for (int k = 0; k < STEPS && !goal.reached(loss); k++) {
      losses[k] = loss;
      boolean atBoundary = ball.distance(d) >= 0.99 * ball.radius();
      if (atBoundary && k >= PACE) {
        double pace = (losses[k - PACE] - loss) / PACE;
        if (goal.beyondReach(loss, ACCELERATION * (STEPS - k) * pace)) {
          break;
        }
      }
      surface.gradient(Flat.moved(theta, scale, d), g);
      for (int i = 0; i < n; i++) {
        g[i] *= scale[i];
      }
      double[] newton = corrects ? stiff.newton(g) : new double[n];
      // The ball is 2r across; what the stiff directions offer, the point has to gain anyway.
      double share = atBoundary ? NEGLIGIBLE : NEGLIGIBLE_INSIDE;
      if (goal.beyondReach(loss, 2 * ball.firstOrder(g) / share)) {
        break;
      }
      double norm = Flat.norm(g);
      if (norm == 0 || !Double.isFinite(norm)) {
        break;
      }
      boolean lower = false;
      for (int attempt = 0; attempt < 10 && !lower; attempt++) {
        double[] e = candidate(d, newton, g, step / norm, ball);
        double f = surface.value(Flat.moved(theta, scale, e));
        lower = f < loss;
        if (lower) {
          d = e;
          loss = f;
        }
        step *= lower ? 1.5 : 0.3;
      }
      if (!lower) {
        double[] e = candidate(d, newton, g, 0, ball);
        double f = surface.value(Flat.moved(theta, scale, e));
        if (!(f < loss)) {
          break;
        }
        d = e;
        loss = f;
        step = 0.1 * unit;
      }
    }
    return new Walk(loss, d);
  }

  private static double[] candidate(
      double[] d, double[] newton, double[] g, double step, Ball ball) {
    double[] e = new double[d.length];
    for (int i = 0; i < e.length; i++) {
      e[i] = d[i] - newton[i] - step * g[i];
    }
    ball.clip(e);
    return e;
  }
}
