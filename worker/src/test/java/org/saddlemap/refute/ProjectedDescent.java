package org.saddlemap.refute;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Gradient steps within the ball that never climb: preconditioned by the last steps' secants
 * (L-BFGS; Liu and Nocedal 1989) where they show positive curvature, plain and growing where they
 * do not, projected onto the ball, with backtracking.
 */
final class ProjectedDescent {
  private static final int MEMORY = 12;
  private static final int PATIENCE = 60;

  private final ScaledSurface surface;
  private final RelativeBall ball;
  private final double tolerance;

  /** A step and the change of the slope over it. */
  @SuppressWarnings("ArrayRecordComponent") // vectors; never compared
  private record Secant(double[] s, double[] y, double sy) {}

  /**
   * @param tolerance a decrease that is nothing, in units of the loss
   */
  ProjectedDescent(ScaledSurface surface, double tolerance) {
    this.surface = surface;
    this.ball = surface.ball();
    this.tolerance = tolerance;
  }

  /** Descends from d, which is overwritten, with at most so many gradients. */
  void run(double[] d, Path path, double most) {
    int n = d.length;
    double until = surface.spent() + most;
    double[] g = new double[n];
    double[] nextG = new double[n];
    double f = surface.gradient(d, g);
    path.visit(f);
    Deque<Secant> secants = new ArrayDeque<>();
    double reach = 0.01 * ball.radius();
    double before = f;
    for (int k = 1; surface.spent() < until && Double.isFinite(f); k++) {
      double[] free = tangent(g, d);
      if (ball.worth(free, 2 * ball.radius()) < 1e-3 * tolerance) {
        return;
      }
      double[] direction = Vectors.scaled(free, -1);
      precondition(direction, secants);
      if (secants.isEmpty() || !(Vectors.dot(direction, free) < 0)) {
        secants.clear();
        double size = ball.distance(free);
        direction = Vectors.scaled(free, -2 * reach / size);
      }
      double[] next = null;
      double nextF = f;
      double t = 1;
      for (int tries = 0; tries < 30 && next == null && surface.spent() < until; tries++) {
        double[] trial = Vectors.moved(d, direction, t);
        ball.project(trial);
        double[] step = Vectors.difference(trial, d);
        double expected = -Vectors.dot(g, step);
        nextF = surface.gradient(trial, nextG);
        if (expected > 0 && nextF <= f - 1e-4 * expected) {
          next = trial;
          keep(secants, step, Vectors.difference(nextG, g));
          reach = Math.max(ball.distance(step), 1e-9 * ball.radius());
        }
        t *= tries < 3 ? 0.5 : 0.2;
      }
      if (next == null) {
        if (secants.isEmpty()) {
          return;
        }
        secants.clear();
        continue;
      }
      System.arraycopy(next, 0, d, 0, n);
      double[] swap = g;
      g = nextG;
      nextG = swap;
      f = nextF;
      path.visit(f);
      if (k % PATIENCE == 0) {
        if (before - f < 1e-2 * tolerance) {
          return;
        }
        before = f;
      }
    }
  }

  /** A secant of negative curvature ends the memory: from there on plain steps grow. */
  private static void keep(Deque<Secant> secants, double[] s, double[] y) {
    double sy = Vectors.dot(s, y);
    if (sy > 1e-10 * Math.sqrt(Vectors.dot(s, s) * Vectors.dot(y, y))) {
      secants.addLast(new Secant(s, y, sy));
      if (secants.size() > MEMORY) {
        secants.removeFirst();
      }
    } else {
      secants.clear();
    }
  }

  private static void precondition(double[] q, Deque<Secant> secants) {
    if (secants.isEmpty()) {
      return;
    }
    double[] a = new double[secants.size()];
    int i = a.length;
    for (Iterator<Secant> it = secants.descendingIterator(); it.hasNext(); ) {
      Secant c = it.next();
      a[--i] = Vectors.dot(c.s(), q) / c.sy();
      Vectors.add(q, c.y(), -a[i]);
    }
    Secant last = secants.getLast();
    double first = last.sy() / Vectors.dot(last.y(), last.y());
    for (int j = 0; j < q.length; j++) {
      q[j] *= first;
    }
    for (Secant c : secants) {
      Vectors.add(q, c.s(), a[i] - Vectors.dot(c.y(), q) / c.sy());
      i++;
    }
  }

  /** The slope without what would push blocks on the boundary out of the ball. */
  private double[] tangent(double[] g, double[] d) {
    double[] free = g.clone();
    for (int[] b : ball.blocks()) {
      double size = RelativeBall.size(d, b);
      if (size < ball.radius() * (1 - 1e-9)) {
        continue;
      }
      double along = 0;
      for (int i = b[0]; i < b[1]; i++) {
        along += g[i] * d[i];
      }
      if (along < 0) {
        along /= size * size * (b[1] - b[0]);
        for (int i = b[0]; i < b[1]; i++) {
          free[i] -= along * d[i];
        }
      }
    }
    return free;
  }
}
