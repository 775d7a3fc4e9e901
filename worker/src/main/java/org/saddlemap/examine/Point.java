package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.EIGENVALUE_MAX;
import static org.saddlemap.verdict.Measure.EIGENVALUE_MIN;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.GRADIENT_NORM;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.NEGATIVE_EIGENVALUES;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.RADIUS;
import static org.saddlemap.verdict.Measure.ZERO_EIGENVALUES;

import java.util.Optional;
import org.saddlemap.curvature.ExactSpectrum;
import org.saddlemap.curvature.HessianOperator;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.verdict.Evidence;

/**
 * A point of a loss surface under examination, and what lies within relative displacements d of it,
 * at θ + S·d.
 *
 * @param surface whose value and gradient at the point are those on all rows
 * @param full all rows, where the surface's curvature is that of a subset
 * @param theta the point
 * @param scale S
 * @param gradient at the point
 * @param slope the gradient by d, S·∇f
 * @param loss at the point
 * @param range G, in units of the loss
 * @param ball of the displacements that count as near
 * @param spaces Krylov spaces of the Hessian at the point
 */
@SuppressWarnings("ArrayRecordComponent") // parameter vectors; never compared
record Point(
    LossSurface surface,
    Optional<LossSurface> full,
    double[] theta,
    double[] scale,
    double[] gradient,
    double[] slope,
    double loss,
    double range,
    Ball ball,
    KrylovSpaces spaces)
    implements AutoCloseable {
  /** r is no larger, however few layers there are. */
  private static final double MAX_RADIUS = 0.3;

  /**
   * A point that nothing is known of yet.
   *
   * @param surface whose value and gradient at {@code theta} are {@code loss} and {@code gradient}
   * @param full all rows, where the surface's curvature is that of a subset
   */
  static Point of(
      LossSurface surface,
      Optional<LossSurface> full,
      double[] theta,
      double loss,
      double[] gradient) {
    double[] scale = new double[theta.length];
    surface.scale(theta, scale);
    return new Point(
        surface,
        full,
        theta,
        scale,
        gradient,
        Vectors.times(scale, gradient),
        loss,
        surface.base() - surface.lowerBound(),
        new Ball(surface.blocks(), Math.min(MAX_RADIUS, surface.doubling())),
        new KrylovSpaces());
  }

  /** The surface of all rows. */
  LossSurface all() {
    return full.orElse(surface);
  }

  /** Relative distance to other parameters. */
  double distance(double[] other) {
    return ball.distance(Vectors.relative(other, theta, scale));
  }

  /** The loss beside the point. */
  double valueAt(double[] d) {
    return surface.value(Vectors.moved(theta, scale, d));
  }

  /** The same on all rows. */
  double fullValueAt(double[] d) {
    return all().value(Vectors.moved(theta, scale, d));
  }

  /** What a walk gained, on all rows; below 0 where it ended above the point. */
  double gain(Walk walk) {
    return loss - (full.isPresent() ? fullValueAt(walk.d()) : walk.loss());
  }

  /** A decrease that is more than such a share of the range, whichever way it rounds. */
  double above(double share) {
    return share * range * (1 + 1e-9);
  }

  /** What the loss can fall by at most. */
  double room() {
    return Math.max(loss - surface.lowerBound(), 0);
  }

  /** Puts what follows from loss and gradient alone. */
  void describe(Evidence.Builder e) {
    e.put(LOSS, loss);
    e.put(GAP, (loss - surface.lowerBound()) / range);
    e.put(PENALTY_SHARE, loss > 0 ? surface.penalty(theta) / loss : 0);
    e.put(GRADIENT_NORM, Vectors.norm(gradient));
    e.put(RADIUS, ball.radius());
    e.put(PHI1, ball.firstOrder(slope) / range);
  }

  /** Puts the extremes and signs of all eigenvalues of H; costs one product a parameter. */
  void exactSpectrum(Evidence.Builder e) {
    surface.moveTo(theta);
    ExactSpectrum s = ExactSpectrum.of(HessianOperator.raw(surface));
    e.put(EIGENVALUE_MIN, s.smallest());
    e.put(EIGENVALUE_MAX, s.largest());
    e.put(NEGATIVE_EIGENVALUES, s.negative());
    e.put(ZERO_EIGENVALUES, s.zero());
  }

  @Override
  public void close() {
    spaces.close();
  }
}
