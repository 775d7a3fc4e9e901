package org.saddlemap.examine;

import java.util.List;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.LossSurface;

/**
 * A search of the ball around a stationary point for lower ground that neither its derivatives nor
 * small kicks show: behind a low barrier, at the end of a long flat stretch, or beyond the kink of
 * a ReLU. At most some 2,500 gradients, and a third of that in networks of more than {@value
 * #LARGE} parameters; usually far fewer.
 */
final class Surroundings {
  /** Steps of a quasi-Newton descent, and relative ones (Adam; Kingma and Ba 2015). */
  private static final int STEPS = 300;

  /** Steps from another start, and in networks of more than {@link #LARGE} parameters. */
  private static final int STEPS_ON = 120;

  private static final int FEWER = 40;

  /** Steps of the descent on all rows that confirms what a subset of them says. */
  private static final int CONFIRMING = 60;

  private static final int LARGE = 2000;

  private static final double FIRST_STEP = 0.05;
  private static final double LAST_STEP = 1e-2;
  private static final double MEAN_DECAY = 0.9;
  private static final double SQUARE_DECAY = 0.99;

  /** Where descents along a direction start, in units of r. */
  private static final double[] ALONG = {1 / 16.0, 1 / 4.0, 1 / 2.0, 1};

  /** Sizes of random kicks, in units of r. */
  private static final double[] KICKS = {0.1, 0.1, 1, 1};

  private final Point point;
  private final double enough;
  private final int stepsOn;
  private Found best;

  /**
   * @param enough decrease at which the search ends, in units of the loss
   */
  Surroundings(Point point, double enough) {
    this.point = point;
    this.enough = enough;
    this.stepsOn = size() > LARGE ? FEWER : STEPS_ON;
    this.best = new Found(0, 0, new double[size()]);
  }

  private int size() {
    return point.theta().length;
  }

  /**
   * Lower ground.
   *
   * @param decrease of the loss to it, on all rows
   * @param climb of the loss before it
   * @param d displacement
   */
  @SuppressWarnings("ArrayRecordComponent") // a parameter vector; never compared
  record Found(double decrease, double climb, double[] d) {}

  /** The lowest ground that is found, or the first that is low enough. */
  Found search(List<double[]> directions, RandomGenerator random) {
    quasiNewton(new double[size()], STEPS);
    point.full().filter(all -> !found()).ifPresent(this::confirm);
    if (!found()) {
      drift(new double[size()], stepsOn == FEWER ? FEWER : STEPS);
    }
    for (double[] v : directions) {
      for (int side = -1; side <= 1 && !found(); side += 2) {
        along(Vectors.scaled(v, side * point.ball().radius() / point.ball().distance(v)));
      }
    }
    for (int k = 0; k < KICKS.length && !found(); k++) {
      double[] d = Vectors.gaussian(size(), random);
      quasiNewton(
          Vectors.scaled(d, KICKS[k] * point.ball().radius() / point.ball().distance(d)), stepsOn);
    }
    return best;
  }

  private boolean found() {
    return best.decrease() > enough;
  }

  /** Keeps lower ground of the examined rows if it is lower on all rows, too. */
  private void check(double low, double climb, double[] d) {
    if (point.loss() - low > best.decrease()) {
      double real = point.full().isPresent() ? point.fullValueAt(d) : low;
      take(point.loss() - real, climb, d);
    }
  }

  private void take(double decrease, double climb, double[] d) {
    if (decrease > best.decrease()) {
      best = new Found(decrease, Math.max(climb, 0), d);
    }
  }

  /** Descends on all rows, which may lead down where the examined ones do not. */
  private void confirm(LossSurface all) {
    QuasiNewton end =
        QuasiNewton.descend(
            all, point, new double[size()], CONFIRMING, f -> point.loss() - f > enough);
    take(point.loss() - end.loss(), 0, end.d());
  }

  private void along(double[] toTheEnd) {
    double lowest = Double.POSITIVE_INFINITY;
    double[] at = null;
    double[] d = null;
    for (double reach : ALONG) {
      d = Vectors.scaled(toTheEnd, reach);
      double f = point.valueAt(d);
      if (f < lowest) {
        lowest = f;
        at = d;
      }
    }
    if (at == null) {
      return;
    }
    quasiNewton(at, stepsOn);
    if (at != d && !found()) {
      quasiNewton(d, stepsOn);
    }
  }

  private void quasiNewton(double[] start, int steps) {
    double climb = point.valueAt(start) - point.loss();
    QuasiNewton end =
        QuasiNewton.descend(point.surface(), point, start, steps, f -> point.loss() - f > enough);
    check(end.loss(), climb, end.d());
  }

  /** Takes steps from d, of about the same relative size in every parameter, that may climb. */
  private void drift(double[] d, int steps) {
    int n = size();
    double[] g = new double[n];
    double[] mean = new double[n];
    double[] square = new double[n];
    double climb = Math.max(point.valueAt(d) - point.loss(), 0);
    for (int k = 1; k <= steps && !found(); k++) {
      double f = point.surface().gradient(Vectors.moved(point.theta(), point.scale(), d), g);
      if (!Double.isFinite(f)) {
        return;
      }
      climb = Math.max(climb, f - point.loss());
      check(f, climb, d.clone());
      double size =
          FIRST_STEP * point.ball().radius() * StrictMath.pow(LAST_STEP, (double) k / steps);
      double meanOfOnes = 1 - StrictMath.pow(MEAN_DECAY, k);
      double squareOfOnes = 1 - StrictMath.pow(SQUARE_DECAY, k);
      for (int i = 0; i < n; i++) {
        double slope = g[i] * point.scale()[i];
        mean[i] += (1 - MEAN_DECAY) * (slope - mean[i]);
        square[i] += (1 - SQUARE_DECAY) * (slope * slope - square[i]);
        double m = mean[i] / meanOfOnes;
        double s = square[i] / squareOfOnes;
        d[i] -= s > 0 ? size * m / Math.sqrt(s) : 0;
      }
      point.ball().clip(d);
    }
    check(point.valueAt(d), climb, d);
  }
}
