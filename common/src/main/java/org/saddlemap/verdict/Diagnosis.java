package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DISTINCT_UNITS_MIN;
import static org.saddlemap.verdict.Measure.FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.F_REACH;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.INITIAL_BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.INPUT_MEAN_MAX;
import static org.saddlemap.verdict.Measure.INPUT_RMS_MAX;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.PEAK;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.STOCHASTIC;

import java.util.Optional;

/**
 * What most likely kept a trial from training, by what its evidence shows: the first cause of
 * docs/verdict.md's list that does. What lies in data, loss and model comes before what happened to
 * units and signals, and that before what the steps did, since each can bring about the next.
 */
final class Diagnosis {
  /** A feature of this size, or with such a mean, is not scaled: scaled ones have 0 and 1. */
  private static final double UNSCALED = 10;

  /** Share of the loss range that an output's bounds cost before they are the cause. */
  private static final double OUT_OF_REACH = 0.01;

  private static final double DOMINANT = 0.3;

  /** The gap from which on a penalty is what keeps the loss up. */
  private static final double HIGH = 0.1;

  /** Decades that a signal may change through the layers. */
  private static final double DECADES = 3;

  /** The loss jumped where it once stood so many times above its start and the best constant. */
  private static final double JUMP = 2;

  /** Where single batches may be so unlucky by chance. */
  private static final double NOISY_JUMP = 20;

  private static final double NEARLY_OFF = 0.01;
  private static final double MOST = 0.5;

  /** A budget that gains less of the gap than this was spent on steps that are too small. */
  private static final double LITTLE = 0.05;

  private final Category category;
  private final String subCategory;
  private final Evidence e;

  private Diagnosis(Category category, String subCategory, Evidence e) {
    this.category = category;
    this.subCategory = subCategory;
    this.e = e;
  }

  /** Empty where a verdict without a category says nothing about the data either. */
  static Optional<Cause> of(Verdict verdict, Evidence e) {
    if (verdict.category().isEmpty()) {
      return verdict.subCategory().equals(VerdictRule.NO_RANGE)
          ? Optional.of(Cause.NOTHING_TO_LEARN)
          : Optional.empty();
    }
    return Optional.of(new Diagnosis(verdict.category().get(), verdict.subCategory(), e).cause());
  }

  private Cause cause() {
    if (subCategory.startsWith("global") || subCategory.startsWith("near-global")) {
      return noisy() ? fromNoise() : Cause.NONE;
    }
    if (reachGap() > OUT_OF_REACH) {
      return Cause.TARGETS_OUT_OF_REACH;
    }
    if (Math.max(e.getOr(PENALTY_SHARE, 0), e.getOr(INITIAL_PENALTY_SHARE, 0)) > DOMINANT
        && e.getOr(GAP, 0) > HIGH
        && category != Category.DIVERGED) {
      return Cause.PENALTY;
    }
    if (Math.max(e.getOr(INPUT_RMS_MAX, 0), e.getOr(INPUT_MEAN_MAX, 0)) > UNSCALED) {
      return Cause.UNSCALED_INPUTS;
    }
    if (category == Category.DIVERGED) {
      return explodes() ? Cause.EXPLODING_SIGNAL : Cause.RATE_TOO_LARGE;
    }
    boolean stuck = !goesOn();
    if (stuck && e.getOr(DISTINCT_UNITS_MIN, 2) == 1) {
      return Cause.EQUAL_UNITS;
    }
    if (stuck && (e.getOr(DEAD_SHARE, 0) == 1 || e.getOr(ACTIVE_SHARE, 1) < NEARLY_OFF)) {
      return jumped() ? Cause.RATE_TOO_LARGE : Cause.DEAD_UNITS;
    }
    if (stuck && explodes()) {
      return Cause.EXPLODING_SIGNAL;
    }
    if (stuck && jumped()) {
      return Cause.RATE_TOO_LARGE;
    }
    if (stuck && vanishes()) {
      return Cause.VANISHING_SIGNAL;
    }
    if (stuck && e.getOr(SATURATED_SHARE, 0) > MOST) {
      return Cause.SATURATED_UNITS;
    }
    if (stuck && e.getOr(DEAD_SHARE, 0) > MOST) {
      return Cause.DEAD_UNITS;
    }
    return fromTheSteps();
  }

  private Cause fromTheSteps() {
    return switch (category) {
      case SADDLE -> Cause.SADDLE;
      case PLATEAU -> Cause.FLATNESS;
      case OPTIMUM -> Cause.MODEL;
      default ->
          switch (subCategory) {
            case "rate-limited", "creeping" -> Cause.RATE_TOO_SMALL;
            case "oscillating", "noise-limited" -> fromNoise();
            case "shallow" -> Cause.MODEL;
            default -> crawls() ? Cause.RATE_TOO_SMALL : Cause.BUDGET;
          };
    };
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

  /** Falling, but by so little in a budget that larger steps are what it needs. */
  private boolean crawls() {
    if (!subCategory.equals("in progress")) {
      return false;
    }
    boolean measured = e.has(NEXT_GAIN);
    double gain = measured ? e.get(NEXT_GAIN) : e.getOr(P_ETA, Double.POSITIVE_INFINITY);
    return e.is(measured ? NEXT_COMPLETE : P_COMPLETE) && gain < LITTLE * e.get(GAP);
  }

  /** What the output's range costs of the loss range. */
  private double reachGap() {
    return e.has(F_REACH) ? (e.get(F_REACH) - e.get(F_LB)) / e.get(LOSS_RANGE) : 0;
  }

  private boolean jumped() {
    return e.getOr(PEAK, 1) > (e.is(STOCHASTIC) ? NOISY_JUMP : JUMP);
  }

  private boolean explodes() {
    return e.getOr(INITIAL_FORWARD_LOG10, 0) > DECADES
        || e.getOr(INITIAL_BACKWARD_LOG10, 0) > DECADES;
  }

  private boolean vanishes() {
    return forward(e) <= -DECADES || backward(e) <= -DECADES;
  }

  static double forward(Evidence e) {
    return Math.min(e.getOr(FORWARD_LOG10, 0), e.getOr(INITIAL_FORWARD_LOG10, 0));
  }

  static double backward(Evidence e) {
    return Math.min(e.getOr(BACKWARD_LOG10, 0), e.getOr(INITIAL_BACKWARD_LOG10, 0));
  }
}
