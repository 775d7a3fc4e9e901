package org.saddlemap.refute;

import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Looks for a way down within the ball around a point by every means at hand, and stops where one
 * is good enough.
 */
final class BallSearch {
  /** Of r. */
  /** Where descents start. */
  enum Starts {
    /** At the point, and small perturbations of it. */
    NEAR,
    /** Along the lowest directions of curvature too, up to the ball's boundary. */
    BALL,
    /** And at large perturbations. */
    FAR
  }

  private static final double[] PERTURBATIONS = {
    1e-3, 1e-3, 1e-3, 1e-2, 1e-2, 1e-2, 0.1, 0.1, 0.1, 0.1
  };

  private static final double[] LARGE = {0.5, 0.5, 1, 1};

  /** Up to it, of r, a perturbation's own climb does not count. */
  private static final double SMALL = 1e-2;

  private final ScaledSurface surface;
  private final double loss;
  private final Predicate<Found> enough;
  private final ProjectedDescent descent;
  private Found best = new Found(0, 0, 0, "nothing");

  /**
   * The largest decreases found.
   *
   * @param gain by any path
   * @param climb that path's highest rise before
   * @param freeGain by a path that climbs by no more than a tenth of it, or from a small
   *     perturbation
   * @param means that path's start; of the free one where there is one
   */
  record Found(double gain, double climb, double freeGain, String means) {
    /** The same in other units. */
    Found in(double unit) {
      return new Found(gain / unit, climb / unit, freeGain / unit, means);
    }

    Found and(Path path, boolean free, String how) {
      double freely = free ? path.gain() : path.freeGain();
      boolean more = path.gain() > gain;
      return new Found(
          more ? path.gain() : gain,
          more ? path.climb() : climb,
          Math.max(freeGain, freely),
          more ? how : means);
    }
  }

  private BallSearch(
      Surface surface,
      double[] theta,
      RelativeBall ball,
      double tolerance,
      Predicate<Found> enough) {
    this.surface = new ScaledSurface(surface, theta, ball);
    this.loss = surface.value(theta);
    this.enough = enough;
    this.descent = new ProjectedDescent(this.surface, tolerance);
  }

  /**
   * @param tolerance a decrease that is nothing, in units of the loss
   * @param work gradients that it may take
   * @param starts where descents start
   * @param enough says where to stop
   */
  static Found search(
      Surface surface,
      double[] theta,
      RelativeBall ball,
      double tolerance,
      int work,
      Starts starts,
      RandomGenerator random,
      Predicate<Found> enough) {
    BallSearch search = new BallSearch(surface, theta, ball, tolerance, enough);
    search.run(work, starts, random);
    return search.best;
  }

  private void run(int work, Starts starts, RandomGenerator random) {
    int n = surface.parameters();
    if (fromThePoint(work)) {
      return;
    }
    if (starts != Starts.NEAR && curvature(work, random)) {
      return;
    }
    for (double size : PERTURBATIONS) {
      if (perturbed(size, 0.035 * work, Vectors.gaussian(n, random))) {
        return;
      }
    }
    for (double size : starts == Starts.FAR ? LARGE : new double[0]) {
      if (perturbed(size, 0.035 * work, Vectors.gaussian(n, random))) {
        return;
      }
    }
  }

  private boolean curvature(int work, RandomGenerator random) {
    List<double[]> directions = new LowestCurvature(surface).directions(2, 0.15 * work, random);
    for (int i = 0; i < 2 * directions.size(); i++) {
      double side = i % 2 == 0 ? 1 : -1;
      if (alongCurvature(Vectors.scaled(directions.get(i / 2), side), i / 2, 0.05 * work)) {
        return true;
      }
    }
    return false;
  }

  private boolean fromThePoint(int work) {
    int n = surface.parameters();
    Path projected = new Path(loss);
    descent.run(new double[n], projected, 0.15 * work);
    if (take(projected, true, "projected steps from the point")) {
      return true;
    }
    Path drifting = new Path(loss);
    DriftingDescent.run(surface, new double[n], drifting, (int) (0.1 * work));
    if (take(drifting, false, "drifting steps from the point")) {
      return true;
    }
    Path block = new Path(loss);
    BlockDescent.run(surface, new double[n], block, 0.05 * work);
    return take(block, true, "block steps from the point");
  }

  /** From the lowest point of a few along the direction, up to the ball's boundary. */
  private boolean alongCurvature(double[] v, int number, double most) {
    double lowest = Double.POSITIVE_INFINITY;
    int at = 0;
    double[] values = new double[7];
    for (int i = 0; i < values.length; i++) {
      values[i] = surface.value(Vectors.scaled(v, reach(i)));
      if (values[i] < lowest) {
        lowest = values[i];
        at = i;
      }
    }
    String how = "direction of lowest curvature " + (number + 1);
    return from(v, values, at, most, how + " from its lowest")
        || (at < values.length - 1
            && from(v, values, values.length - 1, most, how + " from its end"));
  }

  private boolean from(double[] v, double[] values, int at, double most, String how) {
    Path path = new Path(loss);
    for (int i = 0; i <= at; i++) {
      path.visit(values[i]);
    }
    double[] d = Vectors.scaled(v, reach(at));
    descent.run(d, path, most);
    return take(path, false, how);
  }

  /** r/64, r/32 … r. */
  private double reach(int i) {
    return surface.ball().radius() * Math.pow(2, i - 6);
  }

  private boolean perturbed(double size, double most, double[] direction) {
    double[] d =
        Vectors.scaled(
            direction, size * surface.ball().radius() / surface.ball().distance(direction));
    Path path = new Path(loss);
    for (double t : new double[] {0.33, 0.67}) {
      path.visit(surface.value(Vectors.scaled(d, t)));
    }
    descent.run(d, path, most);
    return take(path, size <= SMALL, "a perturbation by %s of r".formatted(size));
  }

  private boolean take(Path path, boolean free, String how) {
    best = best.and(path, free, how);
    return enough.test(best);
  }
}
