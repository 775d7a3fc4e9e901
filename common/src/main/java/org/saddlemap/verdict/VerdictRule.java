package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.ATTAINED;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.BOUNCE;
import static org.saddlemap.verdict.Measure.CEILING_HIT;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DESCENT_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.F_REACH;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.HO_COMPLETE;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.LATE_LOSS;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_COMPLETE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.NOT_EXAMINED;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.PLAIN_STEPS;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.RAW_AVAIL;
import static org.saddlemap.verdict.Measure.RAW_LOSS;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.SEARCH_CLIMB;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SENS_COMPLETE;
import static org.saddlemap.verdict.Measure.SENS_MIN;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.SETTLE_MOVE;
import static org.saddlemap.verdict.Measure.SPREAD;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TAIL_MEAN;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The verdict as a pure function of evidence and thresholds, in the order of docs/verdict.md. The
 * rule is lazy: where evidence is missing, or a lower bound does not yet suffice, it names the
 * probe that it needs. The examiner answers by measuring; {@code reclassify} by keeping the old
 * verdict.
 */
public final class VerdictRule {
  /** Changes whenever the same evidence could give another verdict. */
  public static final int VERSION = 3;

  /** Sub-categories of verdicts without a category. */
  static final String NO_RANGE = "no loss range";

  static final String NOT_ASKED = "not examined";

  /** A tail and a trend need so many points of history. */
  private static final int MIN_HISTORY = 24;

  /** A predicted gain is believed where it is so many times off the threshold; else it is tried. */
  private static final double BELIEVED = 10;

  /** And so many times, where the last half of the history fell by so many times eps. */
  private static final double BELIEVED_FALLING = 1.5;

  private static final double FELL = 3;

  /** A plateau is so many times eps above its bound, and its ball offers at most so much. */
  private static final double HIGH = 10;

  /** A point is an optimum where a descent in its ball gains up to so many times eps. */
  private static final double STILL_OPTIMUM = 1.5;

  /** A way down may climb by so much of its decrease, and be none over a barrier. */
  private static final double BARRIER = 0.1;

  /** Shares of a layer that make it off, but for a remainder, or at its bounds. */
  private static final double NEARLY_DEAD = 0.01;

  private static final double MOSTLY = 0.9;

  private final Thresholds t;

  public VerdictRule(Thresholds thresholds) {
    this.t = thresholds;
  }

  /** The verdict, or the probe that is missing. */
  public Decision decide(Evidence e) {
    Path path = new Path(e, Path.NONE_TURNED);
    Decision decision = path.decide();
    if (decision instanceof Decision.Missing missing) {
      return e.is(CEILING_HIT) ? cutShort(missing.probe()) : missing;
    }
    Verdict bare = (Verdict) decision;
    Optional<Cause> cause = Diagnosis.of(bare, e);
    return new Verdict(
        bare.category(),
        bare.subCategory(),
        cause,
        margin(bare, decisive(path, bare)),
        Reason.of(bare, cause, e));
  }

  /** The change of the loss, in G, below which the rule takes a layer for one without effect. */
  public double insensitive(Evidence e) {
    return new Path(e, Path.NONE_TURNED).insensitive();
  }

  /**
   * What a way down along negative curvature must be worth, in G.
   *
   * @param both whether it leads down on both sides
   */
  public double curvesDown(Evidence e, boolean both) {
    return new Path(e, Path.NONE_TURNED).curvesDown(both);
  }

  /** What a way down after a kick must be worth, in G. */
  public double kicksDown(Evidence e) {
    return new Path(e, Path.NONE_TURNED).kicksDown();
  }

  /** A decrease, in G, within the ball that leaves no optimum. */
  public double lowerGround(Evidence e) {
    return new Path(e, Path.NONE_TURNED).lowerGround();
  }

  /** Decreases, in G, that the rule would hold a descent from this point against. */
  public double[] descentMarks(Evidence e) {
    Path path = new Path(e, Path.NONE_TURNED);
    return new double[] {
      t.eps(), STILL_OPTIMUM * t.eps(), Math.max(t.eps(), path.allowedToPlateau())
    };
  }

  /**
   * What was held against which threshold on the way to the verdict, in order; empty where the
   * evidence does not suffice for one.
   */
  public List<Comparison> trace(Evidence e) {
    Path path = new Path(e, Path.NONE_TURNED);
    return path.decide() instanceof Verdict verdict ? decisive(path, verdict) : List.of();
  }

  /** The path's comparisons, each tried the other way: does the category hang on it? */
  private List<Comparison> decisive(Path path, Verdict verdict) {
    List<Comparison> all = new ArrayList<>();
    for (int i = 0; i < path.compared.size(); i++) {
      Comparison c = path.compared.get(i);
      boolean same =
          new Path(path.e, c).decide() instanceof Verdict otherwise
              && otherwise.category().equals(verdict.category());
      all.add(new Comparison(c.quantity(), c.value(), c.threshold(), !same));
    }
    return all;
  }

  private static OptionalDouble margin(Verdict verdict, List<Comparison> comparisons) {
    return verdict.category().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            comparisons.stream()
                .filter(Comparison::decisive)
                .mapToDouble(Comparison::decades)
                .min()
                .orElse(Comparison.FAR));
  }

  private static Verdict cutShort(Probe probe) {
    return new Verdict(
        Optional.empty(),
        "not examined: " + probe.name().toLowerCase(Locale.ROOT),
        "The examination reached its ceiling before the answer was certain, so there is none.");
  }

  /**
   * One way through the rule, which notes what it compares.
   *
   * <p>The comparison that is {@code turned} is answered the other way around, wherever it is made.
   */
  private final class Path {
    static final Comparison NONE_TURNED = new Comparison("", 0, 0, false);

    private final Evidence e;
    private final Comparison turned;
    private final List<Comparison> compared = new ArrayList<>();
    private Optional<Boolean> high = Optional.empty();

    Path(Evidence e, Comparison turned) {
      this.e = e;
      this.turned = turned;
    }

    private boolean above(String quantity, double value, double threshold) {
      boolean answer = value > threshold;
      Comparison comparison = new Comparison(quantity, value, threshold, false);
      if (!compared.contains(comparison)) {
        compared.add(comparison);
      }
      return (turned.quantity().equals(quantity) && turned.threshold() == threshold) != answer;
    }

    private boolean above(Measure measure, double threshold) {
      return above(measure.key(), e.get(measure), threshold);
    }

    Decision decide() {
      if (e.is(NONFINITE)) {
        return is(Category.DIVERGED, "nonfinite");
      }
      if (e.is(NOT_EXAMINED)) {
        return new Verdict(Optional.empty(), NOT_ASKED, "");
      }
      double range = e.get(LOSS_RANGE);
      if (range <= 1e-14 * Math.max(Math.abs(e.get(F_BASE)), 1e-300)) {
        return new Verdict(Optional.empty(), NO_RANGE, "");
      }
      boolean history = e.getOr(HISTORY_POINTS, 0) > 0;
      double stopped = e.is(SETTLED) ? e.get(RAW_LOSS) : e.get(LOSS);
      double tail = e.getOr(TAIL_MEAN, e.getOr(TAIL_MEDIAN, stopped));
      if (!above("height where it stopped", height(stopped), t.eps())
          && (!history || !above("height of the tail", height(tail), HIGH * t.eps()))) {
        return atItsBound(stopped);
      }
      if (e.getOr(DEAD_SHARE, 0) == 1) {
        return is(Category.PLATEAU, "dead");
      }
      if (history) {
        Optional<Decision> diverged = ifDiverged(stopped, tail, range);
        if (diverged.isPresent()) {
          return diverged.get();
        }
      }
      return e.is(SETTLED) ? settled() : stopped();
    }

    private double gap(double loss) {
      return (loss - e.get(F_LB)) / e.get(LOSS_RANGE);
    }

    /** Distance from the bound that an optimum must reach, within the output's range, in G. */
    private double height(double loss) {
      double bound = Math.max(e.get(F_LB), e.getOr(F_REACH, Double.NEGATIVE_INFINITY));
      return (loss - bound) / e.get(LOSS_RANGE);
    }

    /** Above where it started and the best constant, with a living gradient, and not falling. */
    private Optional<Decision> ifDiverged(double stopped, double tail, double range) {
      double reference = Math.max(e.getOr(START_LOSS, Double.NEGATIVE_INFINITY), e.get(F_BASE));
      if (!(Math.min(stopped, tail) > reference)) {
        return Optional.empty();
      }
      double size = Math.max(1, gap(stopped));
      double t0 = e.getOr(TREND_T, 0);
      double rise = e.getOr(TREND, 0);
      boolean falling = t0 < -t.tStatistic() && -rise > t.eps() * size;
      if (falling || !above(PHI1, t.epsSlope())) {
        return Optional.empty();
      }
      double excess = (tail - reference) / range;
      if (above("tail above start and best constant", excess, t.blowUp())) {
        return Optional.of(is(Category.DIVERGED, "blow-up"));
      }
      return above("trend_t", t0, t.tStatistic()) && above("trend", rise, t.eps())
          ? Optional.of(is(Category.DIVERGED, "rising"))
          : Optional.empty();
    }

    /** Judges the point where the trial stopped, unless its steps bounce about another one. */
    private Decision stopped() {
      if (!e.has(AVAIL)) {
        return new Decision.Missing(Probe.AVAILABLE_DECREASE);
      }
      return above(AVAIL, t.eps()) && wobbles() ? settling() : judged();
    }

    /** Noisy or bouncing, with enough history to say so, and no downward trend. */
    private boolean wobbles() {
      return (e.is(STOCHASTIC) || e.getOr(OSCILLATION, 0) > t.upward())
          && e.getOr(HISTORY_POINTS, 0) >= MIN_HISTORY
          && !falls(t.eps());
    }

    /** Whether the last half of the history falls, significantly and by so much. */
    private boolean falls(double much) {
      return e.getOr(TREND_T, 0) < -t.tStatistic() && -e.getOr(TREND, 0) > much;
    }

    private Decision settling() {
      if (!e.has(BOUNCE)) {
        return new Decision.Missing(Probe.BOUNCING);
      }
      if (!above(BOUNCE, t.eps())) {
        return wandering();
      }
      if (!e.has(FLOOR)) {
        return new Decision.Missing(Probe.SETTLING);
      }
      if (above(FLOOR, t.floorMax())) {
        return above("late loss, as a gap", gap(e.get(LATE_LOSS)), gap(e.get(F_BASE)))
            ? is(Category.DIVERGED, "bounded oscillation")
            : bouncing();
      }
      double spread = e.getOr(SPREAD, Double.POSITIVE_INFINITY);
      return above(SETTLE_MOVE, t.move() * spread)
          ? bouncing()
          : new Decision.Missing(Probe.SETTLED_POINT);
    }

    /**
     * It does not bounce while one looks. Noise may still keep it where it is, on a slower scale:
     * without it, the same steps would go on.
     */
    private Decision wandering() {
      Optional<Boolean> goesOn = goesOn();
      if (goesOn.isEmpty()) {
        return new Decision.Missing(progressProbe());
      }
      if (goesOn.get()) {
        return onItsWay();
      }
      if (!e.is(STOCHASTIC) || !e.has(P_ETA)) {
        return judged();
      }
      if (!(e.get(P_ETA) > t.eps())) {
        return e.is(P_COMPLETE) ? judged() : new Decision.Missing(Probe.PROGRESS);
      }
      if (!e.has(FLOOR)) {
        return new Decision.Missing(Probe.SETTLING);
      }
      if (!above(FLOOR, t.eps())) {
        return judged();
      }
      return above(FLOOR, t.floorMax()) ? bouncing() : new Decision.Missing(Probe.SETTLED_POINT);
    }

    private Verdict bouncing() {
      return is(Category.DESCENDING, e.is(STOCHASTIC) ? "noise-limited" : "oscillating");
    }

    /**
     * Judges the settled point; the rule has asked for it, so the trial wobbled where it stopped.
     */
    private Decision settled() {
      if (!above(RAW_AVAIL, t.eps()) || !wobbles()) {
        // Under these thresholds the point where the trial stopped is to be judged, and its
        // evidence was set aside.
        return new Decision.Missing(Probe.NEGATIVE_CURVATURE);
      }
      Decision before = settling();
      if (!before.equals(new Decision.Missing(Probe.SETTLED_POINT))) {
        return before;
      }
      return above("height", height(e.get(LOSS)), t.eps()) ? judged() : optimum();
    }

    /** Judges a point by what leads down from it. */
    private Decision judged() {
      if (!e.has(AVAIL)) {
        return new Decision.Missing(Probe.AVAILABLE_DECREASE);
      }
      if (above(AVAIL, t.eps())) {
        return sloping();
      }
      return e.is(AVAIL_COMPLETE) ? stationary() : new Decision.Missing(Probe.AVAILABLE_DECREASE);
    }

    /** There is something to gain along the gradient. */
    private Decision sloping() {
      Optional<Boolean> goesOn = goesOn();
      if (goesOn.isEmpty()) {
        return new Decision.Missing(progressProbe());
      }
      if (goesOn.get()) {
        return onItsWay();
      }
      if (!e.has(DESCENT_DEC)) {
        return new Decision.Missing(Probe.DESCENT);
      }
      double allowed = allowedToPlateau();
      if (high() && !above(PHI1, t.epsSlope()) && !above(DESCENT_DEC, allowed)) {
        if (!e.is(DESCENT_COMPLETE)) {
          return new Decision.Missing(Probe.DESCENT);
        }
        return waysDown().orElseGet(() -> is(Category.PLATEAU, flatness("slow")));
      }
      if (!above(DESCENT_DEC, t.eps())) {
        // The slope promises more than there is: a kink is near, or a stiff direction.
        return e.is(DESCENT_COMPLETE) ? stationary() : new Decision.Missing(Probe.DESCENT);
      }
      if (e.is(AVAIL_COMPLETE) ? above(NEG_G, 0.5) : e.get(NEG_G) > 0.5) {
        return e.is(AVAIL_COMPLETE)
            ? is(Category.SADDLE, "strict")
            : new Decision.Missing(Probe.AVAILABLE_DECREASE);
      }
      if (!high() && !above(DESCENT_DEC, STILL_OPTIMUM * t.eps())) {
        return e.is(DESCENT_COMPLETE) ? optimum() : new Decision.Missing(Probe.DESCENT);
      }
      return is(Category.DESCENDING, e.get(PHI1) < t.epsSlope() ? "creeping" : "rate-limited");
    }

    /** The gradient promises nothing. */
    private Decision stationary() {
      Optional<Decision> way = waysDown();
      if (way.isPresent()) {
        return way.get();
      }
      if (!high()) {
        return optimum();
      }
      if (!e.has(SENS_MIN)) {
        return new Decision.Missing(Probe.SENSITIVITY);
      }
      if (!above(SENS_MIN, insensitive())) {
        return flatUnlessLeft();
      }
      if (!e.is(SENS_COMPLETE)) {
        return new Decision.Missing(Probe.SENSITIVITY);
      }
      if (e.getOr(NC_BOTH, 0) > 0 && above(NC_DEC, 10 * e.get(AVAIL))) {
        return is(Category.SADDLE, "weak");
      }
      return optimum();
    }

    /** Steps that are longer than the gradient, such as Adam's, may cross what is flat. */
    private Decision flatUnlessLeft() {
      if (e.getOr(PLAIN_STEPS, 1) == 0) {
        Optional<Boolean> goesOn = goesOn();
        if (goesOn.isEmpty()) {
          return new Decision.Missing(progressProbe());
        }
        if (goesOn.get()) {
          return onItsWay();
        }
      }
      return is(Category.PLATEAU, flatness("flat"));
    }

    /**
     * A way down within the ball that the gradient does not promise: along negative curvature,
     * along the slope further than a quadratic sees, or after a kick. Empty where there is none.
     */
    private Optional<Decision> waysDown() {
      if (!e.has(NC_DEC)) {
        return Optional.of(new Decision.Missing(Probe.NEGATIVE_CURVATURE));
      }
      boolean both = e.getOr(NC_BOTH, 0) > 0;
      high();
      if (above(NC_DEC, curvesDown(both))) {
        if (!both && !high()) {
          return Optional.of(creepingUnlessLeft());
        }
        return Optional.of(saddleUnlessLeft("strict", NC_DEC));
      }
      if (!e.is(NC_COMPLETE)) {
        return Optional.of(new Decision.Missing(Probe.NEGATIVE_CURVATURE));
      }
      if (!slopes()) {
        if (!e.has(DESCENT_DEC)) {
          return Optional.of(new Decision.Missing(Probe.DESCENT));
        }
        if (above(DESCENT_DEC, t.eps())) {
          return Optional.of(downhill());
        }
        if (!e.is(DESCENT_COMPLETE)) {
          return Optional.of(new Decision.Missing(Probe.DESCENT));
        }
      }
      if (!e.has(HO_DEC)) {
        return Optional.of(new Decision.Missing(Probe.HIGHER_ORDER));
      }
      if (above(HO_DEC, kicksDown())) {
        return Optional.of(saddleUnlessLeft("degenerate", HO_DEC));
      }
      return e.is(HO_COMPLETE)
          ? Optional.empty()
          : Optional.of(new Decision.Missing(Probe.HIGHER_ORDER));
    }

    /** A descent in the ball gains what the quadratic model did not see. */
    private Decision downhill() {
      Optional<Boolean> goesOn = goesOn();
      if (goesOn.isEmpty()) {
        return new Decision.Missing(progressProbe());
      }
      if (goesOn.get()) {
        return onItsWay();
      }
      if (e.get(NEG_G) > 0.5 || e.get(NC_DEC) > 0) {
        return is(Category.SADDLE, "strict");
      }
      if (!above(PHI1, t.eps())) {
        return is(Category.SADDLE, "degenerate"); // more than the slope itself could give
      }
      if (!high()) {
        return above(DESCENT_DEC, STILL_OPTIMUM * t.eps())
            ? is(Category.DESCENDING, "creeping")
            : optimum();
      }
      return above(DESCENT_DEC, allowedToPlateau())
          ? is(Category.DESCENDING, "creeping")
          : is(Category.PLATEAU, flatness("slow"));
    }

    /** A saddle, unless the trial's own next budget gains what its way down is worth. */
    private Decision saddleUnlessLeft(String subCategory, Measure worth) {
      Optional<Boolean> goesOn = goesOn();
      if (goesOn.isEmpty()) {
        return new Decision.Missing(progressProbe());
      }
      if (!goesOn.get()) {
        return is(Category.SADDLE, subCategory);
      }
      Measure gain = e.has(NEXT_GAIN) ? NEXT_GAIN : P_ETA;
      if (above(gain.key() + " beside " + worth.key(), e.get(gain), e.get(worth))) {
        return is(Category.DESCENDING, "leaving a saddle");
      }
      return e.is(e.has(NEXT_GAIN) ? NEXT_COMPLETE : P_COMPLETE)
          ? is(Category.SADDLE, subCategory)
          : new Decision.Missing(progressProbe());
    }

    /** Whether a slope is known that a way down must be worth more than to be news. */
    private boolean slopes() {
      return e.get(AVAIL) > t.eps()
          && height(e.get(LOSS)) > HIGH * t.eps()
          && e.get(PHI1) <= t.epsSlope()
          && e.getOr(DESCENT_DEC, Double.POSITIVE_INFINITY) <= allowedToPlateau();
    }

    /** What the gradient itself offers, and three times that where it promises nothing. */
    private double noNews() {
      if (slopes()) {
        return Math.max(allowedToPlateau(), e.get(DESCENT_DEC));
      }
      return e.get(AVAIL) > t.eps() ? 0 : 3 * e.get(AVAIL);
    }

    /** What a way along negative curvature must be worth; on one side alone it may be the slope. */
    private double curvesDown(boolean both) {
      return Math.max(both ? t.epsFlat() : lowerGround(), noNews());
    }

    /** What lower ground in the ball must gain; near its bound a trial may creep a little more. */
    private double lowerGround() {
      boolean isHigh = height(e.get(LOSS)) > HIGH * t.eps();
      return isHigh ? t.eps() : STILL_OPTIMUM * t.eps();
    }

    /** What a way down after a kick must be worth. */
    private double kicksDown() {
      return Math.max(t.eps(), noNews());
    }

    private Decision creepingUnlessLeft() {
      Optional<Boolean> goesOn = goesOn();
      if (goesOn.isEmpty()) {
        return new Decision.Missing(progressProbe());
      }
      return goesOn.get() ? onItsWay() : is(Category.DESCENDING, "creeping");
    }

    private Verdict onItsWay() {
      return is(Category.DESCENDING, e.get(NEG_G) > 0.5 ? "leaving a saddle" : "in progress");
    }

    /**
     * Whether the trial's own next budget gains more than eps; empty where it must be looked at
     * further. A prediction is believed where it is far from eps: above, where no noise is about
     * that could eat it up, and nearer where the loss has been falling; below, where neither
     * negative curvature nor a falling trend say otherwise. Else the steps are taken, until they
     * gain enough or lead nowhere.
     */
    private Optional<Boolean> goesOn() {
      if (e.has(NEXT_GAIN)) {
        if (e.get(NEXT_GAIN) > t.eps() || e.is(NEXT_COMPLETE)) {
          return Optional.of(above(NEXT_GAIN, t.eps()));
        }
        return leadsNowhere() ? Optional.of(above(NEXT_OUTLOOK, t.eps())) : Optional.empty();
      }
      if (!e.has(P_ETA)) {
        return Optional.empty();
      }
      double believed = falls(FELL * t.eps()) ? BELIEVED_FALLING : BELIEVED;
      if (e.get(P_ETA) > believed * t.eps()) {
        return wobbles() ? Optional.empty() : Optional.of(above(P_ETA, t.eps()));
      }
      boolean quiet =
          e.get(NEG_G) <= 0.5
              && e.getOr(NC_DEC, 0) <= 0
              && e.getOr(HO_DEC, 0) <= t.eps()
              && e.getOr(TREND, 0) > -t.eps();
      return e.is(P_COMPLETE) && quiet && e.get(P_ETA) < t.eps() / BELIEVED
          ? Optional.of(above(P_ETA, t.eps()))
          : Optional.empty();
    }

    /**
     * Whether the steps of the next budget that were taken promise nothing of the others: at their
     * pace it would not gain eps, and the history had no trend, or they even lead up.
     */
    private boolean leadsNowhere() {
      double outlook = e.getOr(NEXT_OUTLOOK, Double.POSITIVE_INFINITY);
      boolean level = Math.abs(e.getOr(TREND_T, 0)) <= t.tStatistic();
      return outlook <= (level ? t.eps() : -t.eps());
    }

    private Probe progressProbe() {
      // Of steps that wobble no prediction is believed but that they bring nothing.
      boolean moot = wobbles() && e.getOr(P_ETA, 0) >= t.eps() / BELIEVED;
      return e.has(NEXT_GAIN) || e.is(P_COMPLETE) || moot ? Probe.CONTINUATION : Probe.PROGRESS;
    }

    private boolean high() {
      if (high.isEmpty()) {
        high = Optional.of(above("height", height(e.get(LOSS)), HIGH * t.eps()));
      }
      return high.get();
    }

    /** What a descent in the ball of a plateau may gain. */
    private double allowedToPlateau() {
      return Math.min(HIGH * t.eps(), t.slow() * height(e.get(LOSS)));
    }

    /** A layer that matters no more than this does not matter. */
    private double insensitive() {
      return t.epsFlat() * Math.min(1, height(e.get(LOSS)));
    }

    /** What makes a plateau flat, where units show it; else what the surface looks like. */
    private String flatness(String otherwise) {
      if (e.getOr(ACTIVE_SHARE, 1) < NEARLY_DEAD) {
        return "nearly dead";
      }
      return e.getOr(SATURATED_SHARE, 0) > MOSTLY ? "saturated" : otherwise;
    }

    private Decision optimum() {
      double loss = e.get(LOSS);
      if (noisy() && above(FLOOR, t.floorMax() / 3)) {
        return bouncing();
      }
      if (height(loss) <= t.eps()) {
        return atItsBound(loss);
      }
      if (!e.has(NC_DEC)) {
        return new Decision.Missing(Probe.NEGATIVE_CURVATURE);
      }
      if (!e.has(SEARCH_DEC)) {
        return new Decision.Missing(Probe.SURROUNDINGS);
      }
      if (above(SEARCH_DEC, lowerGround())) {
        return e.get(SEARCH_CLIMB) <= BARRIER * e.get(SEARCH_DEC)
            ? saddleUnlessLeft("degenerate", SEARCH_DEC)
            : is(Category.DESCENDING, "shallow");
      }
      return optimum(height(loss) < HIGH * t.eps() ? near(loss) : "local");
    }

    /** Within eps of the bound: of any function, or of those that the output can be. */
    private Verdict atItsBound(double loss) {
      if (gap(loss) > t.eps()) {
        return optimum("within reach");
      }
      return optimum(e.getOr(ATTAINED, 1) == 1 ? "global" : "global, infimum not attained");
    }

    private String near(double loss) {
      return gap(loss) < HIGH * t.eps() ? "near-global" : "within reach";
    }

    private boolean noisy() {
      return e.is(SETTLED) && e.getOr(FLOOR, 0) > t.eps();
    }

    private Verdict optimum(String kind) {
      return is(Category.OPTIMUM, noisy() ? kind + ", noisy" : kind);
    }

    private Verdict is(Category category, String subCategory) {
      return new Verdict(Optional.of(category), subCategory, "");
    }
  }
}
