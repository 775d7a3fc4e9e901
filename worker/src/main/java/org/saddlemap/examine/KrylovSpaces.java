package org.saddlemap.examine;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.HessianOperator;
import org.saddlemap.curvature.Lanczos;

/** The Krylov spaces of the Hessian at a point, which grow from probe to probe and are shared. */
final class KrylovSpaces implements AutoCloseable {
  private Optional<Lanczos> fromSlope = Optional.empty();
  private Optional<Lanczos> fromRandom = Optional.empty();
  private Optional<Lanczos> fromGradient = Optional.empty();

  /** The space of S·H·S from the scaled gradient, ready to grow. */
  Lanczos fromSlope(Point point) {
    point.surface().moveTo(point.theta());
    if (fromSlope.isEmpty()) {
      fromSlope =
          Optional.of(
              Lanczos.from(
                  HessianOperator.scaled(point.surface(), point.scale()),
                  point.slope(),
                  Stages.GRADIENT.last()));
    }
    return fromSlope.get();
  }

  /** The space of S·H·S from a random start, ready to grow. */
  Lanczos fromRandom(Point point, RandomGenerator random) {
    point.surface().moveTo(point.theta());
    if (fromRandom.isEmpty()) {
      fromRandom =
          Optional.of(
              Lanczos.random(
                  HessianOperator.scaled(point.surface(), point.scale()),
                  random,
                  Stages.CURVATURE.last()));
    }
    return fromRandom.get();
  }

  /** The space of H from the gradient, ready to grow. */
  Lanczos fromGradient(Point point) {
    point.surface().moveTo(point.theta());
    if (fromGradient.isEmpty()) {
      fromGradient =
          Optional.of(
              Lanczos.from(
                  HessianOperator.raw(point.surface()), point.gradient(), Stages.GRADIENT.last()));
    }
    return fromGradient.get();
  }

  /** The space from a random start, which the rule has asked for before. */
  Lanczos fromRandom() {
    return fromRandom.orElseThrow();
  }

  /** The largest Ritz value of S·H·S, and 0 at least where the slope's space is not known. */
  double largest() {
    return Math.max(
        fromRandom().pairs().largest(), fromSlope.map(s -> s.pairs().largest()).orElse(0.0));
  }

  /** The largest absolute Ritz value of S·H·S; above 0. */
  double magnitude() {
    double m = Math.max(fromRandom().pairs().magnitude(), 1e-300);
    return fromSlope.map(s -> Math.max(m, s.pairs().largest())).orElse(m);
  }

  /** The space that has the smallest Ritz value of S·H·S. */
  Lanczos lowest() {
    return fromSlope
        .filter(s -> s.pairs().smallest() < fromRandom().pairs().smallest())
        .orElseGet(this::fromRandom);
  }

  /** The space of S·H·S with the most products. */
  Lanczos longest() {
    return fromRandom
        .filter(r -> fromSlope.isEmpty() || r.steps() > fromSlope.get().steps())
        .or(() -> fromSlope)
        .orElseThrow();
  }

  @Override
  public void close() {
    fromSlope.ifPresent(Lanczos::close);
    fromRandom.ifPresent(Lanczos::close);
    fromGradient.ifPresent(Lanczos::close);
  }
}
