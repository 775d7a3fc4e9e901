package org.saddlemap.examine;

import java.util.List;
import java.util.Optional;
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

  /** Attempts at a step before the Newton correction is shortened too. */
  private static final int UNDAMPED = 3;

  /**
   * A slope is negligible that offers less than this share of what is asked about. Near a saddle of
   * order k it grows like the distance to the power k − 1, and k is at most the number of layers.
   */
  private static final double NEGLIGIBLE = 0.01;

  /**
   * A walk is hopeless where even ten times its pace over so many last steps would not reach what
   * is asked about in the steps that are left.
   */
  private static final int PACE = 4;

  private static final int ACCELERATION = 10;

  /**
   * Steps after which a slope that leads out of a saddle has grown: along negative curvature, where
   * it grows with every step, and after a kick into the kernel.
   */
  private static final int LEAVING = 4;

  private static final int LEAVING_KERNEL = 12;

  /** Decides when the walk has shown enough. */
  interface Goal {
    /** Whether going on cannot change what the walk is asked about: the loss at d is low enough. */
    boolean reached(double loss, double[] d);

    /** Whether so much more decrease, at most, could not matter. */
    boolean beyondReach(double loss, double more);
  }

  /**
   * A walk from beside a point, to see what the kernel of its Hessian, or its negative curvature,
   * offers: what the stiff directions do, the point has to gain anyway.
   *
   * @param stiff empty for plain steps
   */
  static Walk besideThePoint(Point point, double[] start, Optional<StiffSpace> stiff, Goal goal) {
    return descend(point, start, stiff, false, goal);
  }

  /** A walk from the point itself, to see what all directions offer. */
  static Walk fromThePoint(Point point, StiffSpace stiff, Goal goal) {
    return descend(point, new double[point.theta().length], Optional.of(stiff), true, goal);
  }

  private static Walk descend(
      Point point, double[] start, Optional<StiffSpace> stiff, boolean whole, Goal goal) {
    LossSurface surface = point.surface();
    double[] theta = point.theta();
    double[] scale = point.scale();
    Ball ball = point.ball();
    int n = theta.length;
    double unit = FIRST_STEP * ball.radius() * Math.sqrt(n);
    double step = unit;
    double[] d = start.clone();
    double loss = point.valueAt(d);
    double[] g = new double[n];
    double[] losses = new double[STEPS];
    double[] slopes = new double[STEPS];
    Optional<StiffSpace> correcting = stiff.filter(s -> s.size() > 0 && s.size() < n);
    for (int k = 0; k < STEPS && !goal.reached(loss, d); k++) {
      losses[k] = loss;
      boolean atBoundary = ball.distance(d) >= 0.99 * ball.radius();
      double pace = k >= PACE ? (losses[k - PACE] - loss) / PACE : Double.POSITIVE_INFINITY;
      boolean hopeless = k >= PACE && goal.beyondReach(loss, ACCELERATION * (STEPS - k) * pace);
      if (hopeless && atBoundary) {
        break;
      }
      surface.gradient(Vectors.moved(theta, scale, d), g);
      for (int i = 0; i < n; i++) {
        g[i] *= scale[i];
      }
      double slope = whole ? ball.firstOrder(g) : Double.NaN;
      double[] newton = correcting.isPresent() ? correcting.get().newton(g) : new double[n];
      // The ball is 2r across.
      slopes[k] = whole ? slope : ball.firstOrder(g);
      double growth =
          whole
              ? 1
              : StrictMath.pow(reached(surface.weightBlocks(), d, ball), 1 - surface.layers());
      if (goal.beyondReach(loss, 2 * slopes[k] * growth / NEGLIGIBLE)) {
        break;
      }
      int leaving = stiff.isEmpty() ? LEAVING : LEAVING_KERNEL;
      if (hopeless && k >= leaving && slopes[k] <= slopes[k - leaving]) {
        break;
      }
      double norm = Vectors.norm(g);
      if ((norm == 0 && !whole) || !Double.isFinite(norm)) {
        break;
      }
      boolean lower = false;
      for (int attempt = 0; attempt < 10 && !lower; attempt++) {
        // A Newton step may be too long where the surface is far from quadratic.
        double damping = attempt < UNDAMPED ? 1 : StrictMath.pow(0.3, attempt - UNDAMPED + 1.0);
        double[] e = candidate(d, newton, damping, g, norm > 0 ? step / norm : 0, ball);
        double f = point.valueAt(e);
        lower = f < loss;
        if (lower) {
          d = e;
          loss = f;
        }
        step *= lower ? 1.5 : 0.3;
      }
      if (!lower) {
        double[] e = candidate(d, newton, 1, g, 0, ball);
        double f = point.valueAt(e);
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

  /** How far the weight matrix that went least is on its way to the boundary, from 0 to 1. */
  private static double reached(List<LossSurface.Block> weights, double[] d, Ball ball) {
    double least = ball.radius();
    for (LossSurface.Block w : weights) {
      double sum = 0;
      for (int i = w.from(); i < w.from() + w.length(); i++) {
        sum += d[i] * d[i];
      }
      least = Math.min(least, Math.sqrt(sum / w.length()));
    }
    return least / ball.radius();
  }

  private static double[] candidate(
      double[] d, double[] newton, double damping, double[] g, double step, Ball ball) {
    double[] e = new double[d.length];
    for (int i = 0; i < e.length; i++) {
      e[i] = d[i] - damping * newton[i] - step * g[i];
    }
    ball.clip(e);
    return e;
  }
}
