package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.ATTAINED;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.PLAIN_STEPS;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.SEARCH_CLIMB;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SENS_MIN;
import static org.saddlemap.verdict.Measure.SETTLED;

import java.util.Optional;

/** Judges a point by what leads down from it, in the order of docs/verdict.md. */
final class PointRule {
  /** A way down may climb by so much of its decrease, and be none over a barrier. */
  private static final double BARRIER = 0.1;

  /** A layer with a smaller share of its units on is off, but for a remainder. */
  private static final double NEARLY_DEAD = 0.01;

  /** A layer with a larger share of its units at their bounds is saturated. */
  private static final double MOSTLY = 0.9;

  private final LazyEvidence e;
  private final Thresholds t;
  private final Levels levels;
  private final OwnSteps steps;

  PointRule(LazyEvidence e, Thresholds t, Levels levels, OwnSteps steps) {
    this.e = e;
    this.t = t;
    this.levels = levels;
    this.steps = steps;
  }

  /**
   * The verdict on the point.
   *
   * @throws LazyEvidence.Needed where the evidence does not reach
   */
  Verdict verdict() {
    e.need(Probe.AVAILABLE_DECREASE);
    if (e.above(AVAIL, t.eps())) {
      return sloping();
    }
    e.needAll(Probe.AVAILABLE_DECREASE);
    return stationary();
  }

  /** There is something to gain along the gradient. */
  private Verdict sloping() {
    if (steps.goOn()) {
      return steps.onTheirWay();
    }
    e.need(Probe.DESCENT);
    double allowed = levels.allowedToPlateau();
    if (high() && !e.above(PHI1, t.epsSlope()) && !e.above(DESCENT_DEC, allowed)) {
      e.needAll(Probe.DESCENT);
      return wayDown().orElseGet(() -> plateau("slow"));
    }
    if (!e.above(DESCENT_DEC, t.eps())) {
      // The slope promises more than there is: a kink is near, or a stiff direction.
      e.needAll(Probe.DESCENT);
      return stationary();
    }
    boolean known = e.is(AVAIL_COMPLETE);
    if (known ? e.above(NEG_G, 0.5) : e.get(NEG_G) > 0.5) {
      e.needAll(Probe.AVAILABLE_DECREASE);
      return saddle("strict");
    }
    if (!high() && !e.above(DESCENT_DEC, levels.allowedToOptimum())) {
      e.needAll(Probe.DESCENT);
      return optimum();
    }
    return heldBack(e.get(PHI1) < t.epsSlope() ? "creeping" : "rate-limited");
  }

  /** The gradient promises nothing. */
  private Verdict stationary() {
    Optional<Verdict> way = wayDown();
    if (way.isPresent()) {
      return way.get();
    }
    if (!high()) {
      return optimum();
    }
    e.need(Probe.SENSITIVITY);
    if (!e.above(SENS_MIN, levels.insensitive())) {
      return flatUnlessLeft();
    }
    e.needAll(Probe.SENSITIVITY);
    if (e.getOr(NC_BOTH, 0) > 0 && e.above(NC_DEC, 10 * e.get(AVAIL))) {
      return saddle("weak");
    }
    return optimum();
  }

  /** Steps that are longer than the gradient, such as Adam's, may cross what is flat. */
  private Verdict flatUnlessLeft() {
    boolean longer = e.getOr(PLAIN_STEPS, 1) == 0;
    return longer && steps.goOn() ? steps.onTheirWay() : plateau("flat");
  }

  /**
   * What a way down within the ball makes of the point that the gradient does not promise: along
   * negative curvature, along the slope further than a quadratic sees, or after a kick. Empty where
   * there is none.
   */
  private Optional<Verdict> wayDown() {
    e.need(Probe.NEGATIVE_CURVATURE);
    boolean both = e.getOr(NC_BOTH, 0) > 0;
    boolean high = high();
    if (e.above(NC_DEC, levels.curvesDown(both))) {
      return Optional.of(both || high ? saddleUnlessLeft("strict", NC_DEC) : creepingUnlessLeft());
    }
    e.needAll(Probe.NEGATIVE_CURVATURE);
    if (!levels.slopes()) {
      e.need(Probe.DESCENT);
      if (e.above(DESCENT_DEC, t.eps())) {
        return Optional.of(downhill());
      }
      e.needAll(Probe.DESCENT);
    }
    e.need(Probe.HIGHER_ORDER);
    if (e.above(HO_DEC, levels.kicksDown())) {
      return Optional.of(saddleUnlessLeft("degenerate", HO_DEC));
    }
    e.needAll(Probe.HIGHER_ORDER);
    return Optional.empty();
  }

  /** A descent in the ball gains what the quadratic model did not see. */
  private Verdict downhill() {
    if (steps.goOn()) {
      return steps.onTheirWay();
    }
    if (e.get(NEG_G) > 0.5 || e.get(NC_DEC) > 0) {
      return saddle("strict");
    }
    if (!e.above(PHI1, t.eps())) {
      return saddle("degenerate"); // it gains more than the slope itself could give
    }
    if (!high()) {
      return e.above(DESCENT_DEC, levels.allowedToOptimum()) ? heldBack("creeping") : optimum();
    }
    return e.above(DESCENT_DEC, levels.allowedToPlateau()) ? heldBack("creeping") : plateau("slow");
  }

  /** A saddle, unless the trial's own next budget gains what its way down is worth. */
  private Verdict saddleUnlessLeft(String subCategory, Measure worth) {
    if (!steps.goOn()) {
      return saddle(subCategory);
    }
    Probe next = e.has(NEXT_GAIN) ? Probe.CONTINUATION : Probe.PROGRESS;
    Measure gain = next.answer();
    if (e.above(gain.key() + " beside " + worth.key(), e.get(gain), e.get(worth))) {
      return descending("leaving a saddle");
    }
    if (!e.isComplete(next)) {
      throw steps.further();
    }
    return saddle(subCategory);
  }

  private Verdict creepingUnlessLeft() {
    return steps.goOn() ? steps.onTheirWay() : heldBack("creeping");
  }

  private boolean high() {
    return e.above("height", levels.height(), levels.high());
  }

  /** An optimum, unless noise or lower ground behind a barrier forbids the word. */
  Verdict optimum() {
    double loss = e.get(LOSS);
    if (noisy() && e.above(FLOOR, t.floorMax() / 3)) {
      return steps.bouncing();
    }
    if (levels.height(loss) <= t.eps()) {
      return atItsBound(loss);
    }
    e.need(Probe.NEGATIVE_CURVATURE);
    e.need(Probe.SURROUNDINGS);
    if (e.above(SEARCH_DEC, levels.lowerGround())) {
      return e.get(SEARCH_CLIMB) <= BARRIER * e.get(SEARCH_DEC)
          ? saddleUnlessLeft("degenerate", SEARCH_DEC)
          : heldBack("shallow");
    }
    return optimum(levels.height(loss) < levels.high() ? near(loss) : "local");
  }

  /** Within eps of the bound: of any function, or of those that the output can be. */
  Verdict atItsBound(double loss) {
    if (levels.gap(loss) > t.eps()) {
      return optimum("within reach");
    }
    return optimum(e.getOr(ATTAINED, 1) == 1 ? "global" : "global, infimum not attained");
  }

  private String near(double loss) {
    return levels.gap(loss) < levels.high() ? "near-global" : "within reach";
  }

  private boolean noisy() {
    return e.is(SETTLED) && e.getOr(FLOOR, 0) > t.eps();
  }

  private Verdict optimum(String kind) {
    return Verdict.of(Category.OPTIMUM, noisy() ? kind + ", noisy" : kind);
  }

  /** A plateau, named by what makes it flat where units show it, else by its surface. */
  private Verdict plateau(String surface) {
    String kind = e.getOr(SATURATED_SHARE, 0) > MOSTLY ? "saturated" : surface;
    return Verdict.of(
        Category.PLATEAU, e.getOr(ACTIVE_SHARE, 1) < NEARLY_DEAD ? "nearly dead" : kind);
  }

  private static Verdict saddle(String kind) {
    return Verdict.of(Category.SADDLE, kind);
  }

  /** Lower ground that the trial's own steps do not get to: said when all of them were taken. */
  private Verdict heldBack(String kind) {
    return steps.goOnAtLast() ? steps.onTheirWay() : descending(kind);
  }

  private static Verdict descending(String kind) {
    return Verdict.of(Category.DESCENDING, kind);
  }
}
