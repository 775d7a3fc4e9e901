package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.DEAD_LAYER;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DECAYED;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.INITIAL_BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_GRADIENT_DROP_LAYER;
import static org.saddlemap.verdict.Measure.INITIAL_PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_SIGNAL_DROP_LAYER;
import static org.saddlemap.verdict.Measure.INPUT_MEAN_MAX;
import static org.saddlemap.verdict.Measure.INPUT_RMS_MAX;
import static org.saddlemap.verdict.Measure.MASKED;
import static org.saddlemap.verdict.Measure.OUTPUT_MAX;
import static org.saddlemap.verdict.Measure.OUTPUT_MIN;
import static org.saddlemap.verdict.Measure.PEAK;
import static org.saddlemap.verdict.Measure.PEAK_STEP;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.SATURATED_LAYER;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.TARGET_MAX;
import static org.saddlemap.verdict.Measure.TARGET_MIN;

/**
 * The half of a {@link Reason} that names what most likely kept a trial from training, with the
 * evidence for it.
 */
final class CauseClause {
  private CauseClause() {}

  static String of(Category category, String sub, Cause cause, Evidence e) {
    return switch (cause) {
      case TARGETS_OUT_OF_REACH ->
          e.has(TARGET_MIN)
              ? "The targets%s lie outside of what the output can reach%s"
                  .formatted(between(e, TARGET_MIN, TARGET_MAX), between(e, OUTPUT_MIN, OUTPUT_MAX))
              : "The outputs are bounded%s, and this loss needs logits of any size"
                  .formatted(between(e, OUTPUT_MIN, OUTPUT_MAX));
      case PENALTY -> penalty(e.getOr(INITIAL_PENALTY_SHARE, 0), e.getOr(PENALTY_SHARE, 0));
      case UNSCALED_INPUTS ->
          "The inputs are not scaled (a feature %s)%s"
              .formatted(
                  e.getOr(INPUT_MEAN_MAX, 0) > 0.7 * e.getOr(INPUT_RMS_MAX, 0)
                      ? "has a mean of " + People.number(e.get(INPUT_MEAN_MAX))
                      : "is of size " + People.number(e.getOr(INPUT_RMS_MAX, 0)),
                  consequence(e));
      case EQUAL_UNITS -> "All units of a hidden layer are equal, so that it acts as a single unit";
      case EXPLODING_SIGNAL -> explosion(e);
      case VANISHING_SIGNAL -> vanishing(e);
      case RATE_TOO_LARGE -> tooLarge(category, e);
      case DEAD_UNITS -> dead(e);
      case SATURATED_UNITS -> saturated(e);
      case RATE_TOO_SMALL ->
          "The steps are too small" + (sub.equals("in progress") ? ", or too few" : "");
      case WEIGHT_DECAY ->
          "Weight decay holds the weights back, of which it alone would have taken %s away in the last half of the steps"
              .formatted(People.share(e.get(DECAYED)));
      case SCHEDULE_ENDED -> "The schedule ended before the descent did";
      case RATE_TOO_LARGE_AT_END ->
          "The steps are too large for the end of the descent, where the loss bounces";
      case NOISE ->
          e.is(MASKED)
              ? "Dropout keeps it from lower ground: its steps, of which each leaves units out, descend another mean objective"
              : "The noise of the steps keeps it from settling";
      case BUDGET -> OwnSteps.seen(e) ? "The budget ended too early" : "It is on its way down";
      case SADDLE -> "A saddle holds it";
      case MODEL -> "The network itself is the limit, too small or at a local optimum";
      case NONE -> category == Category.DESCENDING ? "It has all but trained" : "Nothing is wrong";
      case NOTHING_TO_LEARN, FLATNESS -> "";
    };
  }

  private static String penalty(double atStart, double atEnd) {
    double share = Math.max(atStart, atEnd);
    return "The L2 penalty %s (%s of the objective at the %s)"
        .formatted(
            share > 0.5 ? "outweighs the data" : "holds the weights back",
            People.share(share),
            atStart > atEnd ? "start" : "end");
  }

  /** Smaller steps, too, may switch units off; that the loss jumped is not all that tells. */
  private static String tooLarge(Category category, Evidence e) {
    boolean presumed = category != Category.DIVERGED && !Diagnosis.jumped(e);
    return presumed && e.getOr(DEAD_SHARE, 0) == 1
        ? "The steps are most likely too large"
        : "The steps are too large" + rise(e);
  }

  /** What unscaled inputs did; a layer that is off on every row is told by the verdict. */
  private static String consequence(Evidence e) {
    if (e.getOr(DEAD_SHARE, 0) < 1 && e.getOr(ACTIVE_SHARE, 1) < 0.01) {
      return ", and " + lower(dead(e));
    }
    return e.getOr(SATURATED_SHARE, 0) > 0.5 ? ", and " + lower(saturated(e)) : rise(e);
  }

  /** A range that may be open on a side, in parentheses. */
  private static String between(Evidence e, Measure from, Measure to) {
    if (!e.has(from) && !e.has(to)) {
      return "";
    }
    String range =
        !e.has(from)
            ? "at most " + People.plain(e.get(to))
            : !e.has(to)
                ? "at least " + People.plain(e.get(from))
                : People.plain(e.get(from)) + " to " + People.plain(e.get(to));
    return " (" + range + ")";
  }

  private static String dead(Evidence e) {
    double share = e.getOr(DEAD_SHARE, 0);
    if (share == 1) {
      return "Every unit of layer %d is off on every row".formatted(layer(e, DEAD_LAYER));
    }
    if (e.getOr(ACTIVE_SHARE, 1) < 0.01) {
      return "A ReLU layer is all but off (its units are on for %s of the rows)"
          .formatted(People.share(e.get(ACTIVE_SHARE)));
    }
    return "Layer %d has %s of its units off on every row"
        .formatted(layer(e, DEAD_LAYER), People.share(share));
  }

  /** What is off, where another cause is told first; too large steps may have done it. */
  static String off(Cause cause, Evidence e) {
    boolean wasOn = cause == Cause.RATE_TOO_LARGE && e.getOr(INITIAL_DEAD_SHARE, 1) < 1;
    return wasOn
        ? "they switched every unit of layer %d off".formatted(layer(e, DEAD_LAYER))
        : lower(dead(e));
  }

  private static String saturated(Evidence e) {
    return "Layer %d is saturated, with %s of its activations at their bounds"
        .formatted(layer(e, SATURATED_LAYER), People.share(e.getOr(SATURATED_SHARE, 0)));
  }

  private static long layer(Evidence e, Measure measure) {
    return (long) e.getOr(measure, 1);
  }

  private static String explosion(Evidence e) {
    double forward = e.getOr(INITIAL_FORWARD_LOG10, 0);
    double backward = e.getOr(INITIAL_BACKWARD_LOG10, 0);
    String start = OwnSteps.seen(e) ? " at the start" : "";
    if (Diagnosis.overflowsBeforeAnyStep(e)) {
      return "The initial weights are too large: before any step the signal outgrows what a number can hold";
    }
    return forward >= backward
        ? "The signal grows %s through the layers%s".formatted(People.power(forward), start)
        : "The gradient grows %s on its way back through the layers%s"
            .formatted(People.power(backward), start);
  }

  private static String vanishing(Evidence e) {
    double backward = Diagnosis.backward(e);
    double forward = Diagnosis.forward(e);
    String weights = OwnSteps.seen(e) ? "initial weights" : "weights";
    return backward <= -Diagnosis.DECADES && backward <= forward
        ? "The %s shrink the gradient %s on its way back through the layers%s%s"
            .formatted(
                weights,
                People.power(backward),
                most(e, INITIAL_GRADIENT_DROP_LAYER),
                unlessDead(e, ", so that the first ones do not learn"))
        : "The %s shrink the signal %s on its way through the layers%s%s"
            .formatted(
                weights,
                People.power(forward),
                most(e, INITIAL_SIGNAL_DROP_LAYER),
                unlessDead(e, ", so that the output hardly depends on the input"));
  }

  /** What follows from the cause; empty where the dead layer that is told next says more. */
  private static String unlessDead(Evidence e, String consequence) {
    return e.getOr(DEAD_SHARE, 0) == 1 ? "" : consequence;
  }

  private static String most(Evidence e, Measure layer) {
    return e.has(layer) ? " (most at layer %d)".formatted((long) e.get(layer)) : "";
  }

  /** How far the loss rose on the way, where it is worth telling. */
  private static String rise(Evidence e) {
    if (!Diagnosis.jumped(e)) {
      return "";
    }
    return ", and the loss rose to %s times %s%s"
        .formatted(
            People.number(e.get(PEAK)),
            e.getOr(START_LOSS, Double.POSITIVE_INFINITY) >= e.getOr(F_BASE, 0)
                ? "its start"
                : "the best constant prediction's",
            e.has(PEAK_STEP) ? " at step " + (long) e.get(PEAK_STEP) : "");
  }

  private static String lower(String text) {
    return Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
