package org.saddlemap.examine;

import java.util.List;
import java.util.Optional;
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

  private final LossSurface surface;
  private final Optional<LossSurface> full;
  private final double[] theta;
  private final double[] scale;
  private final Ball ball;
  private final double loss;
  private final double enough;
  private final int stepsOn;
  private Found best;

  /**
   * @param loss at θ
   * @param enough decrease at which the search ends, in units of the loss
   */
  Surroundings(
      LossSurface surface,
      Optional<LossSurface> full,
      double[] theta,
      double[] scale,
      Ball ball,
      double loss,
      double enough) {
    this.surface = surface;
    this.full = full;
    this.theta = theta;
    this.scale = scale;
    this.ball = ball;
    this.loss = loss;
    this.enough = enough;
    this.stepsOn = theta.length > LARGE ? FEWER : STEPS_ON;
    this.best = new Found(0, 0, new double[theta.length]);
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
    quasiNewton(new double[theta.length], STEPS);
    full.filter(all -> !found()).ifPresent(this::confirm);
    if (!found()) {
      drift(new double[theta.length], stepsOn == FEWER ? FEWER : STEPS);
    }
    for (double[] v : directions) {
      for (int side = -1; side <= 1 && !found(); side += 2) {
        along(Flat.scaled(v, side * ball.radius() / ball.distance(v)));
      }
    }
    for (int k = 0; k < KICKS.length && !found(); k++) {
      double[] d = Flat.gaussian(theta.length, random);
      quasiNewton(Flat.scaled(d, KICKS[k] * ball.radius() / ball.distance(d)), stepsOn);
    }
    return best;
  }

  private boolean found() {
    return best.decrease() > enough;
  }

  private double value(double[] d) {
    return surface.value(Flat.moved(theta, scale, d));
  }

  /** Takes what the examined rows hold for lower ground, where all rows do. */
  private void check(double low, double climb, double[] d) {
    if (loss - low > best.decrease()) {
      double real = full.isPresent() ? full.get().value(Flat.moved(theta, scale, d)) : low;
      take(loss - real, climb, d);
    }
  }

  private void take(double decrease, double climb, double[] d) {
    if (decrease > best.decrease()) {
      best = new Found(decrease, Math.max(climb, 0), d);
    }
  }

  /** A descent from the point on all rows: what the examined ones fit, the others may not. */
  private void confirm(LossSurface all) {
    QuasiNewton end =
        QuasiNewton.descend(
            all, theta, scale, ball, new double[theta.length], CONFIRMING, f -> loss - f > enough);
    take(loss - end.loss(), 0, end.d());
  }

  private void along(double[] toTheEnd) {
    double lowest = Double.POSITIVE_INFINITY;
    double[] at = null;
    double[] d = null;
    for (double reach : ALONG) {
      d = Flat.scaled(toTheEnd, reach);
      double f = value(d);
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
    double climb = value(start) - loss;
    QuasiNewton end =
        QuasiNewton.descend(surface, theta, scale, ball, start, steps, f -> loss - f > enough);
    check(end.loss(), climb, end.d());
  }

  /** Steps from d by about the same relative amount in every parameter, which may climb. */
  private void drift(double[] d, int steps) {
    int n = theta.length;
    double[] g = new double[n];
    double[] mean = new double[n];
    double[] square = new double[n];
    double climb = Math.max(value(d) - loss, 0);
    for (int k = 1; k <= steps && !found(); k++) {
      double f = surface.gradient(Flat.moved(theta, scale, d), g);
      if (!Double.isFinite(f)) {
        return;
      }
      climb = Math.max(climb, f - loss);
      check(f, climb, d.clone());
      double size = FIRST_STEP * ball.radius() * StrictMath.pow(LAST_STEP, (double) k / steps);
      for (int i = 0; i < n; i++) {
        double slope = g[i] * scale[i];
        mean[i] += (1 - MEAN_DECAY) * (slope - mean[i]);
        square[i] += (1 - SQUARE_DECAY) * (slope * slope - square[i]);
        double m = mean[i] / (1 - StrictMath.pow(MEAN_DECAY, k));
        double s = square[i] / (1 - StrictMath.pow(SQUARE_DECAY, k));
        d[i] -= s > 0 ? size * m / Math.sqrt(s) : 0;
      }
      ball.clip(d);
    }
    check(value(d), climb, d);
  }
}
