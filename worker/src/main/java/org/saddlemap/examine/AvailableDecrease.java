package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.AVAIL_PRODUCTS;
import static org.saddlemap.verdict.Measure.CURV_G;
import static org.saddlemap.verdict.Measure.FLAT_G;
import static org.saddlemap.verdict.Measure.NEG_G;

import java.util.random.RandomGenerator;
import org.saddlemap.curvature.Lanczos;
import org.saddlemap.curvature.RitzPairs;
import org.saddlemap.verdict.Evidence;

/** What a step without regard to negative curvature could gain by the local quadratic: avail. */
final class AvailableDecrease implements Measurement {
  /** Ritz values below this share of the largest are flat. */
  private static final double FLAT = 1e-4;

  private final Point point;
  private final double eps;
  private double lastQuadrature = Double.NaN;

  /**
   * @param eps decrease, in G, that is nothing
   */
  AvailableDecrease(Point point, double eps) {
    this.point = point;
    this.eps = eps;
  }

  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    if (Vectors.norm(point.slope()) == 0) {
      e.put(AVAIL, 0);
      e.put(AVAIL_PRODUCTS, 0);
      e.put(AVAIL_COMPLETE, true);
      e.put(CURV_G, 0);
      e.put(FLAT_G, 1);
      e.put(NEG_G, 0);
      return;
    }
    Lanczos space = point.spaces().fromSlope(point);
    space.advanceTo(Stages.GRADIENT.after(space.steps()));
    if (space.steps() == 0) {
      throw new ArithmeticException("Cannot examine: H·∇f is not finite where the loss is");
    }
    RitzPairs pairs = space.pairs();
    double[] w = pairs.weights(space.startNorm());
    double magnitude = pairs.magnitude();
    double total = 0;
    double curvature = 0;
    double flat = 0;
    double negative = 0;
    for (int i = 0; i < w.length; i++) {
      double value = pairs.values()[i];
      total += w[i];
      curvature += w[i] * value;
      flat += Math.abs(value) <= FLAT * magnitude ? w[i] : 0;
      negative += value < -FLAT * magnitude ? w[i] : 0;
    }
    double quadrature = Spectral.newtonDecrement(pairs.values(), w);
    boolean converged =
        space.steps() >= 8
            && quadrature <= 0.1 * eps * point.range()
            && Math.abs(quadrature - lastQuadrature) <= 0.02 * quadrature;
    lastQuadrature = quadrature;
    double decrement =
        space.complete() || converged
            ? quadrature
            : 0.5 * pairs.inverseAbsoluteBound(space.startNorm());
    e.put(AVAIL, Math.min(decrement, point.room()) / point.range());
    e.put(AVAIL_PRODUCTS, space.steps());
    e.put(AVAIL_COMPLETE, space.complete() || converged);
    e.put(CURV_G, curvature / total);
    e.put(FLAT_G, flat / total);
    e.put(NEG_G, negative / total);
  }
}
