package org.saddlemap.examine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.DoublePredicate;
import org.saddlemap.curvature.LossSurface;

/**
 * Descent within the ball by L-BFGS (Liu and Nocedal 1989) with a weak Wolfe search by bisection,
 * which goes on along the kinks of ReLU layers where steps along the gradient get stuck (Lewis and
 * Overton 2013, Nonsmooth optimization via quasi-Newton methods). About 1.3 gradients a step.
 *
 * @param loss where it ended
 * @param d displacement where it ended
 */
@SuppressWarnings("ArrayRecordComponent") // a parameter vector; never compared
record QuasiNewton(double loss, double[] d) {
  private static final int MEMORY = 12;
  private static final int TRIES = 25;
  private static final double DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;

  /** Length of the first step, and of one after the memory was cleared, in units of r. */
  private static final double FIRST = 0.02;

  private record Secant(double[] s, double[] y, double product) {}

  /**
   * Descends from {@code start}.
   *
   * @param enough ends it, asked of the loss
   */
  static QuasiNewton descend(
      LossSurface surface, Point point, double[] start, int steps, DoublePredicate enough) {
    Ball ball = point.ball();
    double[] d = start.clone();
    double[] g = new double[d.length];
    double f = slope(surface, point, d, g);
    Deque<Secant> memory = new ArrayDeque<>();
    for (int k = 0; k < steps && !enough.test(f); k++) {
      double[] p = direction(memory, g);
      if (!(Vectors.dot(p, g) < 0)) {
        memory.clear();
        p = direction(memory, g);
      }
      double size = ball.distance(p);
      if (!(size > 0) || !Double.isFinite(size)) {
        break;
      }
      if (memory.isEmpty()) {
        p = Vectors.scaled(p, FIRST * ball.radius() / size);
      }
      double descent = Vectors.dot(p, g);
      double low = 0;
      double high = Double.POSITIVE_INFINITY;
      double t = 1;
      double[] to = null;
      double[] next = new double[d.length];
      double value = f;
      for (int tries = 0; tries < TRIES; tries++) {
        double[] e = d.clone();
        Vectors.add(e, t, p);
        ball.clip(e);
        double[] ge = new double[d.length];
        double fe = slope(surface, point, e, ge);
        if (!(fe <= f + DECREASE * t * descent)) {
          high = t;
        } else {
          to = e;
          next = ge;
          value = fe;
          low = t;
          if (Vectors.dot(p, ge) >= CURVATURE * descent
              || ball.distance(e) >= 0.999 * ball.radius()) {
            break;
          }
        }
        t = Double.isInfinite(high) ? 2 * low : (low + high) / 2;
      }
      if (to == null) {
        if (memory.isEmpty()) {
          break;
        }
        memory.clear();
        continue;
      }
      remember(memory, d, to, g, next);
      d = to;
      g = next;
      f = value;
    }
    return new QuasiNewton(f, d);
  }

  private static double slope(LossSurface surface, Point point, double[] d, double[] g) {
    double[] scale = point.scale();
    double f = surface.gradient(Vectors.moved(point.theta(), scale, d), g);
    for (int i = 0; i < g.length; i++) {
      g[i] *= scale[i];
    }
    return f;
  }

  private static void remember(
      Deque<Secant> memory, double[] from, double[] to, double[] before, double[] after) {
    double[] s = to.clone();
    Vectors.add(s, -1, from);
    double[] y = after.clone();
    Vectors.add(y, -1, before);
    double product = Vectors.dot(s, y);
    if (product > 1e-12 * Vectors.norm(s) * Vectors.norm(y)) {
      memory.addLast(new Secant(s, y, product));
      if (memory.size() > MEMORY) {
        memory.removeFirst();
      }
    }
  }

  /** −B·g by the two-loop recursion. */
  private static double[] direction(Deque<Secant> memory, double[] g) {
    double[] q = Vectors.scaled(g, -1);
    List<Secant> secants = new ArrayList<>(memory);
    double[] a = new double[secants.size()];
    for (int i = a.length - 1; i >= 0; i--) {
      Secant c = secants.get(i);
      a[i] = Vectors.dot(c.s(), q) / c.product();
      Vectors.add(q, -a[i], c.y());
    }
    if (a.length > 0) {
      Secant last = secants.get(a.length - 1);
      q = Vectors.scaled(q, last.product() / Vectors.dot(last.y(), last.y()));
    }
    for (int i = 0; i < a.length; i++) {
      Secant c = secants.get(i);
      Vectors.add(q, a[i] - Vectors.dot(c.y(), q) / c.product(), c.s());
    }
    return q;
  }
}
