package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DISTINCT_UNITS_MIN;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_STEP;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.F_REACH;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.INITIAL_BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_LIVING_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.INPUT_MEAN_MAX;
import static org.saddlemap.verdict.Measure.INPUT_RMS_MAX;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.PEAK;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.Optional;

/**
 * What most likely kept a trial from training, by what its evidence shows: the first cause of
 * docs/verdict.md's table that does. What lies in data, loss and model comes before what happened
 * to units and signals, and that before what the steps did, since each can bring about the next.
 */
final class Diagnosis {
  /** A feature is unscaled from this size or mean on; scaled features have mean 0 and size 1. */
  private static final double UNSCALED = 10;

  /** The output's bounds are the cause where they cost more than this share of the loss range. */
  private static final double OUT_OF_REACH = 0.01;

  /** The L2 penalty is the cause where it is more than this share of the objective. */
  private static final double DOMINANT = 0.3;

  /** Above this gap the loss counts as high. */
  private static final double HIGH = 0.1;

  /** A signal vanishes or explodes where it changes by more than so many decades. */
  static final double DECADES = 3;

  /** The loss jumped where it was once so many times its start and the best constant's. */
  private static final double JUMP = 2;

  /** The same for losses of single mini-batches, which may be high by chance. */
  private static final double NOISY_JUMP = 20;

  /** A layer with a smaller share of its units on is as good as off. */
  private static final double NEARLY_OFF = 0.01;

  private static final double MAJORITY = 0.5;

  /**
   * A layer was alive at the start where a smaller share of its units was off: half of them are
   * where all inputs are positive.
   */
  private static final double BARELY_ALIVE = 0.75;

  /** At or below this gap a network counts as trained. */
  private static final double TRAINED = 0.01;

  /** A trend is significant from this t-statistic on. */
  private static final double SIGNIFICANT = 3;

  /** A loss bounces where more than this share of its variation goes upward; a half is the most. */
  private static final double BOUNCING = 0.4;

  /** A budget that gains less of the gap than this was spent on steps that are too small. */
  private static final double LITTLE = 0.05;

  /** A fall of the loss, in G, that is none. */
  private static final double NOTHING = 1e-3;

  private final Category category;
  private final String subCategory;
  private final Evidence e;

  private Diagnosis(Category category, String subCategory, Evidence e) {
    this.category = category;
    this.subCategory = subCategory;
    this.e = e;
  }

  /**
   * Empty where a verdict without a category says nothing about the data either, and where weights
   * from elsewhere are not finite, as no one saw what made them so.
   */
  static Optional<Cause> of(Verdict verdict, Evidence e) {
    if (verdict.category().isEmpty()) {
      return verdict.subCategory().equals(VerdictRule.NO_RANGE)
          ? Optional.of(Cause.NOTHING_TO_LEARN)
          : Optional.empty();
    }
    if (verdict.subCategory().equals("nonfinite") && !e.has(FIRST_NONFINITE_STEP)) {
      return Optional.empty();
    }
    return Optional.of(new Diagnosis(verdict.category().get(), verdict.subCategory(), e).cause());
  }

  private Cause cause() {
    if (subCategory.startsWith("global") || subCategory.startsWith("near-global")) {
      return noisy() ? fromNoise() : Cause.NONE;
    }
    if (category == Category.DESCENDING && e.getOr(GAP, 1) <= TRAINED) {
      return Cause.NONE;
    }
    if (reachGap() > OUT_OF_REACH && category != Category.DIVERGED) {
      return Cause.TARGETS_OUT_OF_REACH;
    }
    boolean high = e.getOr(GAP, 0) > HIGH;
    if (Math.max(e.getOr(PENALTY_SHARE, 0), e.getOr(INITIAL_PENALTY_SHARE, 0)) > DOMINANT
        && high
        && category != Category.DIVERGED) {
      return Cause.PENALTY;
    }
    if (penaltyAboveConstant()) {
      return Cause.PENALTY;
    }
    if (Math.max(e.getOr(INPUT_RMS_MAX, 0), e.getOr(INPUT_MEAN_MAX, 0)) > UNSCALED) {
      return Cause.UNSCALED_INPUTS;
    }
    if (category == Category.DIVERGED) {
      return explodes() || overflowsBeforeAnyStep(e)
          ? Cause.EXPLODING_SIGNAL
          : Cause.RATE_TOO_LARGE;
    }
    if (!goesOn()) {
      return fromUnits().orElseGet(this::fromTheSteps);
    }
    if (e.getOr(DEAD_SHARE, 0) == 1) {
      return fromDeadUnits();
    }
    if (high && equalUnits()) {
      return Cause.EQUAL_UNITS;
    }
    if (e.getOr(GAP, 0) > MAJORITY && saturatedFromTheStart()) {
      return Cause.SATURATED_UNITS;
    }
    if (worseThanConstant() && explodes()) {
      return Cause.EXPLODING_SIGNAL;
    }
    return fromTheSteps();
  }

  /** What units and signals show where a trial is stuck. */
  private Optional<Cause> fromUnits() {
    if (equalUnits()) {
      return Optional.of(Cause.EQUAL_UNITS);
    }
    if (e.getOr(DEAD_SHARE, 0) == 1 || e.getOr(ACTIVE_SHARE, 1) < NEARLY_OFF) {
      return Optional.of(fromDeadUnits());
    }
    if (saturatedFromTheStart()) {
      return Optional.of(Cause.SATURATED_UNITS);
    }
    if (explodes()) {
      return Optional.of(Cause.EXPLODING_SIGNAL);
    }
    if (jumped()) {
      return Optional.of(Cause.RATE_TOO_LARGE);
    }
    if (vanishes()) {
      return Optional.of(Cause.VANISHING_SIGNAL);
    }
    if (e.getOr(SATURATED_SHARE, 0) > MAJORITY) {
      return Optional.of(Cause.SATURATED_UNITS);
    }
    return e.getOr(DEAD_SHARE, 0) > MAJORITY ? Optional.of(Cause.DEAD_UNITS) : Optional.empty();
  }

  /**
   * The steps were too large where they turned off a layer that was on at the start, unless hardly
   * any signal reached it.
   */
  private Cause fromDeadUnits() {
    if (jumped()) {
      return Cause.RATE_TOO_LARGE;
    }
    if (vanishes()) {
      return Cause.VANISHING_SIGNAL;
    }
    return e.getOr(INITIAL_DEAD_SHARE, 1) < BARELY_ALIVE ? Cause.RATE_TOO_LARGE : Cause.DEAD_UNITS;
  }

  private boolean equalUnits() {
    return e.getOr(DISTINCT_UNITS_MIN, 2) == 1;
  }

  private boolean saturatedFromTheStart() {
    return Math.min(e.getOr(INITIAL_SATURATED_SHARE, 0), e.getOr(SATURATED_SHARE, 0)) > MAJORITY;
  }

  private boolean worseThanConstant() {
    return e.getOr(GAP, 0) > 1 + OUT_OF_REACH;
  }

  private Cause fromTheSteps() {
    return switch (category) {
      case SADDLE -> Cause.SADDLE;
      case PLATEAU -> Cause.FLATNESS;
      case OPTIMUM -> noisy() && e.get(FLOOR) > MAJORITY * e.get(GAP) ? fromNoise() : Cause.MODEL;
      default ->
          switch (subCategory) {
            case "oscillating", "noise-limited" -> fromNoise();
            default -> fromTheWay();
          };
    };
  }

  /** What keeps a trial that is still descending, or whose steps are too small to. */
  private Cause fromTheWay() {
    if (!goesOn()) {
      if (subCategory.equals("shallow")) {
        return Cause.MODEL;
      }
      if (heldByDecay()) {
        return Cause.WEIGHT_DECAY;
      }
      if (OwnSteps.ended(e) && gained() > LITTLE) {
        return Cause.SCHEDULE_ENDED;
      }
      if (heldByNoise()) {
        return Cause.NOISE;
      }
      // The loss of tiny steps bounces, too, by rounding; but such steps have gained nothing.
      return (bounces() || rises()) && gained() > LITTLE
          ? Cause.RATE_TOO_LARGE_AT_END
          : Cause.RATE_TOO_SMALL;
    }
    double risen = -gained();
    if ((jumped() && risen > 0) || (worseThanConstant() && risen > HIGH)) {
      return Cause.RATE_TOO_LARGE;
    }
    if (bounces() && !falling()) {
      return Cause.RATE_TOO_LARGE_AT_END;
    }
    return crawls() ? Cause.RATE_TOO_SMALL : Cause.BUDGET;
  }

  /** Weight decay alone would have left the ball, and the loss stood still. */
  private boolean heldByDecay() {
    boolean fell = falling() && -e.getOr(TREND, 0) > NOTHING;
    return OwnSteps.decays(e) && !fell;
  }

  /** Steps that see a sample of the rows, or of the units, came down as far as they do. */
  private boolean heldByNoise() {
    return e.is(STOCHASTIC) && gained() > LITTLE && (!falling() || e.is(NEXT_COMPLETE));
  }

  /** An optimum that is worse than the best constant has a penalty to thank for it. */
  private boolean penaltyAboveConstant() {
    return category == Category.OPTIMUM
        && e.getOr(PENALTY_SHARE, 0) > 0
        && e.getOr(GAP, 0) > 1 + NOTHING;
  }

  private boolean falling() {
    return e.getOr(TREND_T, 0) < -SIGNIFICANT;
  }

  private boolean bounces() {
    return !e.is(STOCHASTIC) && e.getOr(OSCILLATION, 0) > BOUNCING;
  }

  /** Whether all of the next budget was taken, and led up. */
  private boolean rises() {
    return e.is(NEXT_COMPLETE) && e.getOr(NEXT_OUTLOOK, 0) < -NOTHING;
  }

  /** What the whole budget brought, in G. */
  private double gained() {
    return e.has(START_LOSS) ? (e.get(START_LOSS) - e.get(LOSS)) / e.get(LOSS_RANGE) : 0;
  }

  private Cause fromNoise() {
    return e.is(STOCHASTIC) ? Cause.NOISE : Cause.RATE_TOO_LARGE_AT_END;
  }

  private boolean noisy() {
    return subCategory.endsWith("noisy");
  }

  /** Whether its own next budget, or a lower rate, is all that it needs. */
  private boolean goesOn() {
    return category == Category.DESCENDING
        && !subCategory.equals("rate-limited")
        && !subCategory.equals("creeping")
        && !subCategory.equals("shallow");
  }

  /** Falling, but the budget brought so little that larger steps, or many more, are needed. */
  private boolean crawls() {
    double little = LITTLE * e.get(GAP);
    boolean slows = !e.is(NEXT_COMPLETE) || e.get(NEXT_GAIN) < little;
    // Of weights from elsewhere no step was seen, hence nothing that it brought.
    boolean stepped = OwnSteps.seen(e);
    boolean crawled = stepped && e.has(START_LOSS) && gained() >= 0 && gained() < little;
    return subCategory.equals("in progress") && crawled && slows;
  }

  /** Share of the loss range that the bounds of the output cost. */
  private double reachGap() {
    return e.has(F_REACH) ? (e.get(F_REACH) - e.get(F_LB)) / e.get(LOSS_RANGE) : 0;
  }

  private boolean jumped() {
    return jumped(e);
  }

  /** Whether the loss once stood far above its start, by more than single mini-batches do. */
  static boolean jumped(Evidence e) {
    return e.getOr(PEAK, 1) > (e.is(STOCHASTIC) ? NOISY_JUMP : JUMP);
  }

  /** Whether the initial weights alone are too much for their numbers. */
  static boolean overflowsBeforeAnyStep(Evidence e) {
    return e.getOr(FIRST_NONFINITE_STEP, 1) == 0;
  }

  private boolean explodes() {
    return e.getOr(INITIAL_FORWARD_LOG10, 0) > DECADES
        || e.getOr(INITIAL_BACKWARD_LOG10, 0) > DECADES;
  }

  private boolean vanishes() {
    return Math.min(forward(e), backward(e)) <= -DECADES;
  }

  /**
   * How much of the signal the initial weights let through, as log10, up to a layer that is off. At
   * the end a constant output may be the point's and not the layers' doing.
   */
  static double forward(Evidence e) {
    return e.getOr(INITIAL_LIVING_LOG10, finite(e, INITIAL_FORWARD_LOG10));
  }

  /** How much of the gradient comes back through them, as log10; 0 where a layer is off. */
  static double backward(Evidence e) {
    return finite(e, INITIAL_BACKWARD_LOG10);
  }

  private static double finite(Evidence e, Measure log10) {
    double value = e.getOr(log10, 0);
    return Double.isFinite(value) ? value : 0;
  }
}
