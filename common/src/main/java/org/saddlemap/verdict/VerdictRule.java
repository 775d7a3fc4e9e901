package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ATTAINED;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.CEILING_HIT;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.HO_COMPLETE;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_COMPLETE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.NOT_EXAMINED;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.RAW_AVAIL;
import static org.saddlemap.verdict.Measure.RAW_LOSS;
import static org.saddlemap.verdict.Measure.SENS_COMPLETE;
import static org.saddlemap.verdict.Measure.SENS_MIN;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.SETTLED_LOSS;
import static org.saddlemap.verdict.Measure.SETTLE_MOVE;
import static org.saddlemap.verdict.Measure.SPREAD;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.Optional;

/**
 * The verdict as a pure function of evidence and thresholds, in the order of docs/verdict.md. The
 * rule is lazy: where evidence is missing, or a lower bound does not yet suffice, it names the
 * probe that it needs. The examiner answers by measuring; {@code reclassify} by keeping the old
 * verdict.
 */
public final class VerdictRule {
  /** Changes whenever the same evidence could give another verdict. */
  public static final int VERSION = 1;

  /** A tail and a trend need so many points of history. */
  private static final int MIN_HISTORY = 24;

  private final Thresholds t;

  public VerdictRule(Thresholds thresholds) {
    this.t = thresholds;
  }

  public Decision decide(Evidence e) {
    Decision decision = decideOnEvidence(e);
    if (decision instanceof Decision.Missing missing && e.is(CEILING_HIT)) {
      String probe = missing.probe().name().toLowerCase(java.util.Locale.ROOT);
      return new Verdict(
          Optional.empty(),
          "not examined: " + probe,
          "The examination reached its ceiling before the answer was certain (%s)."
              .formatted(probe.replace('_', ' ')));
    }
    return decision;
  }

  private Decision decideOnEvidence(Evidence e) {
    if (e.is(NONFINITE)) {
      return verdict(e, Category.DIVERGED, "nonfinite");
    }
    if (e.is(NOT_EXAMINED)) {
      return new Verdict(
          Optional.empty(), "not examined", "The spec asked for signals only; nothing was judged.");
    }
    double range = e.get(LOSS_RANGE);
    if (range <= 1e-14 * Math.max(Math.abs(e.get(F_BASE)), 1e-300)) {
      return new Verdict(
          Optional.empty(),
          "no loss range",
          "The labels leave nothing to learn: the best constant is as good as any function.");
    }
    boolean history = e.getOr(HISTORY_POINTS, 0) > 0;
    double stoppedLoss = e.is(SETTLED) ? e.get(RAW_LOSS) : e.get(LOSS);
    double reference = Math.max(e.getOr(START_LOSS, Double.NEGATIVE_INFINITY), e.get(F_BASE));
    double tail = e.getOr(TAIL_MEDIAN, stoppedLoss);
    if (history && stoppedLoss > reference) {
      if (tail > reference + t.blowUp() * range) {
        return verdict(e, Category.DIVERGED, "blow-up");
      }
      if (e.getOr(TREND_T, 0) > t.tStatistic() && tail > reference) {
        return verdict(e, Category.DIVERGED, "rising");
      }
    }
    double stoppedGap = (stoppedLoss - e.get(F_LB)) / range;
    double tailGap = (tail - e.get(F_LB)) / range;
    if (stoppedGap <= t.eps() && (!history || tailGap <= 10 * t.eps())) {
      return global(e);
    }
    return e.is(SETTLED) ? settled(e) : stopped(e);
  }

  /** Judges the point where the trial stopped. */
  private Decision stopped(Evidence e) {
    Optional<Decision> stationary = ifStationary(e);
    if (stationary.isPresent()) {
      return stationary.get();
    }
    return wobbles(e) ? settling(e) : moving(e);
  }

  /**
   * The stationary verdict where avail says that the point is stationary; empty where it is not.
   */
  private Optional<Decision> ifStationary(Evidence e) {
    if (!e.has(AVAIL)) {
      return missing(Probe.AVAILABLE_DECREASE);
    }
    if (e.get(AVAIL) > t.eps()) {
      return Optional.empty();
    }
    return e.is(AVAIL_COMPLETE) ? Optional.of(stationary(e)) : missing(Probe.AVAILABLE_DECREASE);
  }

  private Decision stationary(Evidence e) {
    double avail = e.get(AVAIL);
    if (!e.has(NC_DEC)) {
      return new Decision.Missing(Probe.NEGATIVE_CURVATURE);
    }
    boolean proven = e.getOr(NC_BOTH, 0) > 0;
    double ncDec = e.get(NC_DEC);
    if (proven && ncDec > Math.max(t.epsFlat(), 3 * avail)) {
      return verdict(e, Category.SADDLE, "strict");
    }
    if (!e.is(NC_COMPLETE)) {
      return new Decision.Missing(Probe.NEGATIVE_CURVATURE);
    }
    if (e.getOr(DEAD_SHARE, 0) == 1) {
      return verdict(e, Category.PLATEAU, "dead");
    }
    if (!e.has(HO_DEC)) {
      return new Decision.Missing(Probe.HIGHER_ORDER);
    }
    if (e.get(HO_DEC) > Math.max(t.eps(), 3 * avail)) {
      return verdict(e, Category.SADDLE, "degenerate");
    }
    if (!e.is(HO_COMPLETE)) {
      return new Decision.Missing(Probe.HIGHER_ORDER);
    }
    if (!e.has(SENS_MIN)) {
      return new Decision.Missing(Probe.SENSITIVITY);
    }
    if (e.get(SENS_MIN) < t.epsFlat()) {
      return verdict(e, Category.PLATEAU, "flat");
    }
    if (!e.is(SENS_COMPLETE)) {
      return new Decision.Missing(Probe.SENSITIVITY);
    }
    if (proven && ncDec > 10 * avail) {
      return verdict(e, Category.SADDLE, "weak");
    }
    return verdict(e, Category.OPTIMUM, "local");
  }

  /** Noisy or bouncing, with enough history to say so, and no downward trend. */
  private boolean wobbles(Evidence e) {
    boolean decreasing = e.getOr(TREND_T, 0) < -t.tStatistic() && -e.getOr(TREND, 0) > t.eps();
    return (e.is(STOCHASTIC) || e.getOr(OSCILLATION, 0) > t.upward())
        && e.getOr(HISTORY_POINTS, 0) >= MIN_HISTORY
        && !decreasing;
  }

  private Decision settling(Evidence e) {
    if (!e.has(FLOOR)) {
      return new Decision.Missing(Probe.SETTLING);
    }
    double floor = e.get(FLOOR);
    if (floor > t.eps()
        && e.get(SETTLE_MOVE) > t.move() * e.getOr(SPREAD, Double.POSITIVE_INFINITY)) {
      return verdict(e, Category.DESCENDING, "oscillating");
    }
    if (floor > t.floorMax()) {
      return e.is(STOCHASTIC) && e.get(TAIL_MEDIAN) < e.get(F_BASE)
          ? verdict(e, Category.DESCENDING, "noise-limited")
          : verdict(e, Category.DIVERGED, "bounded oscillation");
    }
    return new Decision.Missing(Probe.SETTLED_POINT);
  }

  /** Judges the settled point; the rule has asked for it, so the trial wobbled where it stopped. */
  private Decision settled(Evidence e) {
    if (!(e.get(RAW_AVAIL) > t.eps()) || !wobbles(e)) {
      // Under these thresholds the point where the trial stopped is to be judged, and its evidence
      // was set aside.
      return new Decision.Missing(Probe.NEGATIVE_CURVATURE);
    }
    Decision before = settling(e);
    if (before instanceof Verdict) {
      return before;
    }
    if ((e.get(SETTLED_LOSS) - e.get(F_LB)) / e.get(LOSS_RANGE) <= t.eps()) {
      return global(e);
    }
    Optional<Decision> stationary = ifStationary(e);
    if (stationary.isPresent()) {
      return stationary.get();
    }
    // neg_g outranks slowness here; from a short Krylov space it may still change, so it must be
    // final before it decides between categories.
    if (e.get(PHI1) < t.epsSlope()) {
      Optional<Boolean> slow = slow(e);
      if (slow.isEmpty()) {
        return new Decision.Missing(progressProbe(e));
      }
      if (slow.get()) {
        if (!e.is(AVAIL_COMPLETE)) {
          return new Decision.Missing(Probe.AVAILABLE_DECREASE);
        }
        if (e.get(NEG_G) <= 0.5) {
          return verdict(e, Category.PLATEAU, "slow");
        }
      }
    }
    return verdict(e, Category.DESCENDING, e.get(NEG_G) > 0.5 ? "leaving a saddle" : "oscillating");
  }

  private Decision moving(Evidence e) {
    Optional<Boolean> slow = slow(e);
    if (slow.isEmpty()) {
      return new Decision.Missing(progressProbe(e));
    }
    if (slow.get()) {
      return e.get(PHI1) < t.epsSlope()
          ? verdict(e, Category.PLATEAU, "slow")
          : verdict(e, Category.DESCENDING, "rate-limited");
    }
    return verdict(e, Category.DESCENDING, e.get(NEG_G) > 0.5 ? "leaving a saddle" : "in progress");
  }

  /**
   * Whether another budget brings less than its share of what is available; empty where the bounds
   * do not tell.
   */
  private Optional<Boolean> slow(Evidence e) {
    if (!e.has(P_ETA)) {
      return Optional.empty();
    }
    double gain = e.get(P_ETA);
    double gap = e.get(GAP);
    // avail only grows with more products, and never beyond the gap.
    double most = e.is(AVAIL_COMPLETE) ? Math.min(e.get(AVAIL), gap) : gap;
    if (gain >= t.slow() * most) {
      return Optional.of(false);
    }
    if (!e.is(P_COMPLETE)) {
      return Optional.empty();
    }
    if (gain < t.slow() * Math.min(e.get(AVAIL), gap)) {
      return Optional.of(true);
    }
    return e.is(AVAIL_COMPLETE) ? Optional.of(false) : Optional.empty();
  }

  private static Probe progressProbe(Evidence e) {
    return e.is(P_COMPLETE) ? Probe.AVAILABLE_DECREASE : Probe.PROGRESS;
  }

  private static Optional<Decision> missing(Probe probe) {
    return Optional.of(new Decision.Missing(probe));
  }

  private static Verdict global(Evidence e) {
    return verdict(
        e, Category.OPTIMUM, e.getOr(ATTAINED, 1) == 1 ? "global" : "global, infimum not attained");
  }

  private static Verdict verdict(Evidence e, Category category, String subCategory) {
    return new Verdict(Optional.of(category), subCategory, Reason.of(category, subCategory, e));
  }
}
