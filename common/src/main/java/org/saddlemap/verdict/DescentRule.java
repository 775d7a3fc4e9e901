package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.BOUNCE;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.LATE_LOSS;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.NOT_EXAMINED;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.RAW_AVAIL;
import static org.saddlemap.verdict.Measure.RAW_LOSS;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.SETTLE_MOVE;
import static org.saddlemap.verdict.Measure.SPREAD;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TAIL_MEAN;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.Optional;

/**
 * Follows a descent to its end: whether it diverged, and otherwise at which point its verdict is to
 * be found. The order is that of docs/verdict.md.
 */
final class DescentRule {
  /** Steps that bounce by a smaller share of what they stay above are kept up by something else. */
  private static final double PULLED = 0.1;

  private final LazyEvidence e;
  private final Thresholds t;
  private final Levels levels;
  private final OwnSteps steps;
  private final PointRule point;

  DescentRule(LazyEvidence e, Thresholds t) {
    this.e = e;
    this.t = t;
    this.levels = new Levels(e.evidence(), t);
    this.steps = new OwnSteps(e, t);
    this.point = new PointRule(e, t, levels, steps);
  }

  /**
   * The verdict, without cause, margin and reason.
   *
   * @throws LazyEvidence.Needed where the evidence does not reach
   */
  Verdict verdict() {
    if (e.is(NONFINITE)) {
      return Verdict.of(Category.DIVERGED, "nonfinite");
    }
    if (e.is(NOT_EXAMINED)) {
      return new Verdict(Optional.empty(), VerdictRule.NOT_ASKED, "");
    }
    double range = e.get(LOSS_RANGE);
    if (range <= 1e-14 * Math.max(Math.abs(e.get(F_BASE)), 1e-300)) {
      return new Verdict(Optional.empty(), VerdictRule.NO_RANGE, "");
    }
    boolean history = e.getOr(HISTORY_POINTS, 0) > 0;
    double stopped = e.is(SETTLED) ? e.get(RAW_LOSS) : e.get(LOSS);
    double tail = e.getOr(TAIL_MEAN, e.getOr(TAIL_MEDIAN, stopped));
    if (!e.above("height where it stopped", levels.height(stopped), t.eps())
        && (!history || !e.above("height of the tail", levels.height(tail), levels.high()))) {
      return point.atItsBound(stopped);
    }
    if (e.getOr(DEAD_SHARE, 0) == 1) {
      return steps.revive()
          ? Verdict.of(Category.DESCENDING, "in progress")
          : Verdict.of(Category.PLATEAU, "dead");
    }
    if (history) {
      Optional<Verdict> diverged = ifDiverged(stopped, tail, range);
      if (diverged.isPresent()) {
        return diverged.get();
      }
    }
    return e.is(SETTLED) ? settled() : stopped();
  }

  /** Above where it started and the best constant, with a living gradient, and not falling. */
  private Optional<Verdict> ifDiverged(double stopped, double tail, double range) {
    double reference = Math.max(e.getOr(START_LOSS, Double.NEGATIVE_INFINITY), e.get(F_BASE));
    if (!(Math.min(stopped, tail) > reference)) {
      return Optional.empty();
    }
    double size = Math.max(1, levels.gap(stopped));
    double significance = e.getOr(TREND_T, 0);
    double rise = e.getOr(TREND, 0);
    boolean falling = significance < -t.tStatistic() && -rise > t.eps() * size;
    if (falling || !e.above(PHI1, t.epsSlope())) {
      return Optional.empty();
    }
    double excess = (tail - reference) / range;
    if (e.above("tail above start and best constant", excess, t.blowUp())) {
      return Optional.of(Verdict.of(Category.DIVERGED, "blow-up"));
    }
    return e.above("trend_t", significance, t.tStatistic()) && e.above("trend", rise, t.eps())
        ? Optional.of(Verdict.of(Category.DIVERGED, "rising"))
        : Optional.empty();
  }

  /** Judges the point where the trial stopped, unless its steps bounce about another one. */
  private Verdict stopped() {
    e.need(Probe.AVAILABLE_DECREASE);
    if (e.above(AVAIL, t.eps()) && steps.wobble()) {
      return wobbling().orElseThrow(() -> new LazyEvidence.Needed(Probe.SETTLED_POINT));
    }
    return point.verdict();
  }

  /** Judges the settled point; the rule has asked for it, so the trial wobbled where it stopped. */
  private Verdict settled() {
    if (!e.above(RAW_AVAIL, t.eps()) || !steps.wobble()) {
      // Under these thresholds the point where the trial stopped is to be judged, and its
      // evidence was set aside.
      throw new LazyEvidence.Needed(Probe.NEGATIVE_CURVATURE);
    }
    Optional<Verdict> before = wobbling();
    if (before.isPresent()) {
      return before.get();
    }
    return e.above("height", levels.height(), t.eps()) ? point.verdict() : point.optimum();
  }

  /** Judges steps that wobble; empty where the point decides on which they would settle. */
  private Optional<Verdict> wobbling() {
    e.need(Probe.BOUNCING);
    if (!e.above(BOUNCE, t.eps())) {
      return wandering();
    }
    e.need(Probe.SETTLING);
    if (pulled()) {
      return Optional.of(point.verdict());
    }
    if (e.above(FLOOR, t.floorMax())) {
      return Optional.of(
          e.above("late loss, as a gap", levels.gap(e.get(LATE_LOSS)), levels.gap(e.get(F_BASE)))
              ? Verdict.of(Category.DIVERGED, "bounded oscillation")
              : steps.bouncing());
    }
    double spread = e.getOr(SPREAD, Double.POSITIVE_INFINITY);
    return e.above(SETTLE_MOVE, t.move() * spread)
        ? Optional.of(steps.bouncing())
        : Optional.empty();
  }

  /**
   * Whether weight decay keeps the steps from where they would settle without it, and not their
   * bouncing, of which a lower rate would make less.
   */
  private boolean pulled() {
    return OwnSteps.decays(e.evidence()) && e.get(BOUNCE) < PULLED * e.get(FLOOR);
  }

  /**
   * Judges steps that do not bounce while one looks. Noise may still keep them where they are, on a
   * slower scale: without it, the same steps would go on.
   */
  private Optional<Verdict> wandering() {
    if (steps.goOn()) {
      return Optional.of(steps.onTheirWay());
    }
    if (!e.is(STOCHASTIC) || !e.has(P_ETA)) {
      return Optional.of(point.verdict());
    }
    if (!(e.get(P_ETA) > t.eps())) {
      e.needAll(Probe.PROGRESS);
      return Optional.of(point.verdict());
    }
    e.need(Probe.SETTLING);
    if (!e.above(FLOOR, t.eps())) {
      return Optional.of(point.verdict());
    }
    return e.above(FLOOR, t.floorMax()) ? Optional.of(steps.bouncing()) : Optional.empty();
  }
}
