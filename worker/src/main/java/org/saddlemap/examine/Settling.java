package org.saddlemap.examine;

import java.util.Optional;
import org.saddlemap.curvature.HessianOperator;
import org.saddlemap.curvature.Lanczos;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.RitzPairs;

/**
 * Where noise and oscillation settle: up to {@value #ROUNDS} Krylov–Newton steps, and as many
 * radii, on positive Ritz values alone, which take them off the stiff directions without travelling
 * along flat or negatively curved ones. Loss and gradient are those of all rows, so that no step
 * leads up.
 */
final class Settling {
  /** Number of steps, and of radii that they may travel together. */
  private static final int ROUNDS = 6;

  /** A step goes along Ritz values above so much of the largest. */
  private static final double POSITIVE = 1e-6;

  /** Products end when another stage changes what the step promises by no more than this share. */
  private static final double CONVERGED = 1e-3;

  /** Share of eps that is not worth another step. */
  private static final double NOT_WORTH = 0.01;

  private final Point point;
  private final double nothing;

  /**
   * @param eps decrease, in G, that is nothing
   */
  Settling(Point point, double eps) {
    this.point = point;
    this.nothing = NOT_WORTH * eps;
  }

  /** The parameters of the settled point. */
  double[] settle() {
    LossSurface all = point.all();
    double[] scale = point.scale();
    double[] t = point.theta().clone();
    double f = point.loss();
    double[] s = point.slope().clone();
    double left = ROUNDS * point.ball().radius();
    for (int round = 0; round < ROUNDS && left > 0; round++) {
      if (round > 0) {
        all.gradient(t, s);
        for (int i = 0; i < s.length; i++) {
          s[i] *= scale[i];
        }
      }
      if (Vectors.norm(s) == 0) {
        break;
      }
      Optional<double[]> step = step(t, s);
      if (step.isEmpty()) {
        break;
      }
      double[] d = step.get();
      double reach = point.ball().distance(d);
      if (reach > left) {
        d = Vectors.scaled(d, left / reach);
      }
      double descent = Vectors.dot(d, s);
      double[] to = null;
      double low = f;
      double taken = 0;
      double a = 1;
      for (int attempt = 0; attempt < 12; attempt++) {
        double[] candidate = Vectors.moved(t, scale, Vectors.scaled(d, a));
        double fn = all.value(candidate);
        if (to != null && !(fn < low)) {
          break; // The longer step was better.
        }
        if (Double.isFinite(fn) && fn <= f + 1e-4 * a * descent) {
          to = candidate;
          low = fn;
          taken = a;
        }
        a *= 0.5;
      }
      if (to == null) {
        break;
      }
      left -= taken * Math.min(reach, left);
      boolean settled = f - low <= nothing * point.range();
      t = to;
      f = low;
      if (settled) {
        break;
      }
    }
    return t;
  }

  /** −Σ over positive Ritz values of v (vᵀs)/θ; empty where settled, or where there are none. */
  private Optional<double[]> step(double[] t, double[] s) {
    point.surface().moveTo(t);
    try (Lanczos lanczos =
        Lanczos.from(
            HessianOperator.scaled(point.surface(), point.scale()), s, Stages.GRADIENT.last())) {
      double promise = Double.NaN;
      boolean converged = false;
      while (!converged) {
        lanczos.advanceTo(Stages.GRADIENT.after(lanczos.steps()));
        if (lanczos.steps() == 0) {
          return Optional.empty();
        }
        double before = promise;
        promise = promise(lanczos);
        converged =
            lanczos.complete()
                || (lanczos.steps() >= 12 && Math.abs(promise - before) <= CONVERGED * promise);
      }
      RitzPairs pairs = lanczos.pairs();
      double[] w = pairs.weights(lanczos.startNorm());
      if (Spectral.newtonDecrement(pairs.values(), w) / point.range() <= nothing) {
        return Optional.empty();
      }
      int m = pairs.size();
      double[] c = new double[m];
      boolean any = false;
      for (int i = 0; i < m; i++) {
        double value = pairs.values()[i];
        if (value > POSITIVE * pairs.magnitude()) {
          any = true;
          double along = -lanczos.startNorm() * pairs.first(i) / value;
          double[] y = pairs.coefficients(i);
          for (int j = 0; j < m; j++) {
            c[j] += along * y[j];
          }
        }
      }
      return any ? Optional.of(lanczos.combine(c)) : Optional.empty();
    }
  }

  /** What a step on the positive Ritz values gains in the quadratic model. */
  private static double promise(Lanczos lanczos) {
    RitzPairs pairs = lanczos.pairs();
    double[] w = pairs.weights(lanczos.startNorm());
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      if (pairs.values()[i] > POSITIVE * pairs.magnitude()) {
        sum += 0.5 * w[i] / pairs.values()[i];
      }
    }
    return sum;
  }
}
