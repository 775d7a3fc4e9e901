package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.BATCH_STATISTICS;
import static org.saddlemap.verdict.Measure.DECAYED;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.NEXT_RATE;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.RADIUS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import org.saddlemap.verdict.LazyEvidence.Needed;

/** What the trial's own steps did at the end, and what another budget of them would bring. */
final class OwnSteps {
  /** A tail and a trend need so many points of history. */
  private static final int MIN_HISTORY = 24;

  /** A predicted gain is believed where it is so many times off the threshold; else it is tried. */
  private static final double BELIEVED = 10;

  /** And so many times, where the last half of the history fell by so many times eps. */
  private static final double BELIEVED_FALLING = 1.5;

  private static final double FELL = 3;

  private final LazyEvidence e;
  private final Thresholds t;

  OwnSteps(LazyEvidence e, Thresholds t) {
    this.e = e;
    this.t = t;
  }

  /** Whether steps were seen that led here; of weights from elsewhere none were. */
  static boolean seen(Evidence e) {
    return e.getOr(HISTORY_POINTS, 1) > 0;
  }

  /** The schedule has taken the rate to 0: the steps stand still where they are, for ever. */
  static boolean ended(Evidence e) {
    return e.getOr(NEXT_RATE, 1) == 0;
  }

  /** Whether something other than the gradient of the loss moves the weights of a dead layer. */
  static boolean movesDead(Evidence e) {
    return e.getOr(PENALTY_SHARE, 0) > 0 || e.getOr(DECAYED, 0) > 0 || e.is(BATCH_STATISTICS);
  }

  /** Whether weight decay alone would have taken the weights out of the ball. */
  static boolean decays(Evidence e) {
    return e.getOr(DECAYED, 0) > e.getOr(RADIUS, 1);
  }

  /** Noisy or bouncing, with enough history to say so, and no downward trend. */
  boolean wobble() {
    return !ended(e.evidence())
        && (e.is(STOCHASTIC) || e.getOr(OSCILLATION, 0) > t.upward())
        && e.getOr(HISTORY_POINTS, 0) >= MIN_HISTORY
        && !fell(t.eps());
  }

  /**
   * Whether steps without noise go up and down all the same, where no quadratic tells what they do:
   * what they gain by a part of the next budget the rest may take away again.
   */
  private boolean bounces() {
    return !e.is(STOCHASTIC) && e.getOr(OSCILLATION, 0) > t.upward();
  }

  /** Whether the last half of the history fell, significantly and by more than so much. */
  private boolean fell(double much) {
    return e.getOr(TREND_T, 0) < -t.tStatistic() && -e.getOr(TREND, 0) > much;
  }

  /**
   * Whether another budget gains more than eps.
   *
   * <p>A prediction is believed where it is far from eps: above, where no noise is about that could
   * eat it up, and nearer where the loss has been falling; below, where neither negative curvature
   * nor a falling trend say otherwise. Else the steps are taken, until they gain enough or lead
   * nowhere.
   *
   * @throws Needed where it must be looked at further
   */
  boolean goOn() {
    if (ended(e.evidence())) {
      return false;
    }
    if (e.has(NEXT_GAIN)) {
      if ((e.get(NEXT_GAIN) > t.eps() && !bounces()) || e.is(NEXT_COMPLETE)) {
        return e.above(NEXT_GAIN, t.eps());
      }
      if (leadNowhere()) {
        return e.above(NEXT_OUTLOOK, t.eps());
      }
      throw further();
    }
    if (isBelieved()) {
      return e.above(P_ETA, t.eps());
    }
    throw further();
  }

  /**
   * The same, where a next budget of which some was taken is taken to its end: what promises
   * nothing at its pace may yet come later.
   *
   * @throws Needed where it must be
   */
  boolean goOnAtLast() {
    if (e.has(NEXT_GAIN)) {
      e.needAll(Probe.CONTINUATION);
    }
    return goOn();
  }

  /**
   * Whether the next budget switches a dead layer on again and gains more than eps. Only L2, weight
   * decay and statistics of mini-batches move the weights there, and what they bring comes all at
   * once, so that no pace of a part of the budget tells of the rest.
   *
   * @throws Needed where the budget must be taken
   */
  boolean revive() {
    if (!movesDead(e.evidence()) || ended(e.evidence())) {
      return false;
    }
    if (!e.is(NEXT_COMPLETE) || !e.has(NEXT_DEAD_SHARE)) {
      throw new Needed(Probe.CONTINUATION);
    }
    return e.get(NEXT_DEAD_SHARE) < 1 && e.above(NEXT_GAIN, t.eps());
  }

  private boolean isBelieved() {
    if (!e.has(P_ETA)) {
      return false;
    }
    double gain = e.get(P_ETA);
    if (gain > (fell(FELL * t.eps()) ? BELIEVED_FALLING : BELIEVED) * t.eps()) {
      return !wobble() && !bounces();
    }
    return !curvesDown()
        && e.getOr(NC_DEC, 0) <= 0
        && e.getOr(HO_DEC, 0) <= t.eps()
        && e.getOr(TREND, 0) > -t.eps()
        && e.is(P_COMPLETE)
        && gain < t.eps() / BELIEVED;
  }

  /**
   * Whether the steps of the next budget that were taken promise nothing of the others: at their
   * pace it would not gain eps, and the history had no trend, or they even lead up.
   */
  private boolean leadNowhere() {
    double outlook = e.getOr(NEXT_OUTLOOK, Double.POSITIVE_INFINITY);
    boolean level = Math.abs(e.getOr(TREND_T, 0)) <= t.tStatistic();
    return outlook <= (level ? t.eps() : -t.eps());
  }

  /** What has to be seen before more can be said of the next budget. */
  Needed further() {
    // Of steps that wobble no prediction is believed but that they bring nothing.
    boolean moot = wobble() && e.getOr(P_ETA, 0) >= t.eps() / BELIEVED;
    return new Needed(
        e.has(NEXT_GAIN) || e.is(P_COMPLETE) || moot ? Probe.CONTINUATION : Probe.PROGRESS);
  }

  /** Steps that bounce above the ground that they are on. */
  Verdict bouncing() {
    return Verdict.of(Category.DESCENDING, e.is(STOCHASTIC) ? "noise-limited" : "oscillating");
  }

  /** Steps that another budget takes further down. */
  Verdict onTheirWay() {
    return Verdict.of(Category.DESCENDING, curvesDown() ? "leaving a saddle" : "in progress");
  }

  /**
   * Whether most of the slope lies along negative curvature. Of a settled point that is not known
   * yet where other thresholds would end here before it is judged.
   */
  private boolean curvesDown() {
    e.need(Probe.AVAILABLE_DECREASE);
    return e.get(NEG_G) > 0.5;
  }
}
