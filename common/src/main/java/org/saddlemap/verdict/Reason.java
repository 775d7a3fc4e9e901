package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.DEAD_LAYER;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DECAYED;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_LAYER;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_STEP;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.INITIAL_BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_GRADIENT_DROP_LAYER;
import static org.saddlemap.verdict.Measure.INITIAL_PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_SIGNAL_DROP_LAYER;
import static org.saddlemap.verdict.Measure.INPUT_MEAN_MAX;
import static org.saddlemap.verdict.Measure.INPUT_RMS_MAX;
import static org.saddlemap.verdict.Measure.MASKED;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.OUTPUT_MAX;
import static org.saddlemap.verdict.Measure.OUTPUT_MIN;
import static org.saddlemap.verdict.Measure.PEAK;
import static org.saddlemap.verdict.Measure.PEAK_STEP;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.SATURATED_LAYER;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SENS_LAYER;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TARGET_MAX;
import static org.saddlemap.verdict.Measure.TARGET_MIN;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One sentence that tells a student why a trial ended where it did: the most likely cause with the
 * evidence for it, then what the verdict says.
 */
final class Reason {
  /** A peak worth telling, in multiples of the start and the best constant. */
  private static final double PEAK_TOLD = 2;

  /** Causes whose own sentence does not name the layer that is off. */
  private static final Set<Cause> TOLD_WITH_DEAD =
      EnumSet.of(
          Cause.RATE_TOO_LARGE,
          Cause.UNSCALED_INPUTS,
          Cause.VANISHING_SIGNAL,
          Cause.EXPLODING_SIGNAL,
          Cause.TARGETS_OUT_OF_REACH);

  private Reason() {}

  static String of(Verdict verdict, Optional<Cause> cause, Evidence e) {
    if (verdict.category().isEmpty()) {
      return verdict.subCategory().equals(VerdictRule.NO_RANGE)
          ? "The labels leave nothing to learn: the best constant is as good as any function."
          : "It was not examined, as the spec asks for the signals alone.";
    }
    String why = why(verdict.category().get(), verdict.subCategory(), cause.orElseThrow(), e);
    String what = what(verdict.category().get(), verdict.subCategory(), e);
    boolean reviving = isReviving(verdict.subCategory(), e);
    if ((verdict.subCategory().equals("dead") || reviving)
        && TOLD_WITH_DEAD.contains(cause.get())) {
      boolean wasOn = cause.get() == Cause.RATE_TOO_LARGE && e.getOr(INITIAL_DEAD_SHARE, 1) < 1;
      String off =
          wasOn
              ? "they switched every unit of layer %d off".formatted(layer(e, DEAD_LAYER))
              : lower(dead(e));
      what = off + (reviving ? ", and " : ", so that ") + what;
    }
    String sentence = why.isEmpty() ? capitalized(what) : why + ": " + what;
    return sentence + "." + floor(verdict, e);
  }

  /** A layer is off that the next budget switches on again. */
  private static boolean isReviving(String sub, Evidence e) {
    return sub.equals("in progress") && e.getOr(DEAD_SHARE, 0) == 1;
  }

  private static String why(Category category, String sub, Cause cause, Evidence e) {
    return switch (cause) {
      case TARGETS_OUT_OF_REACH ->
          "The targets%s lie outside of what the output can reach%s"
              .formatted(between(e, TARGET_MIN, TARGET_MAX), between(e, OUTPUT_MIN, OUTPUT_MAX));
      case PENALTY ->
          "The L2 penalty outweighs the data (%s of the objective at the %s)"
              .formatted(
                  People.share(
                      Math.max(e.getOr(INITIAL_PENALTY_SHARE, 0), e.getOr(PENALTY_SHARE, 0))),
                  e.getOr(INITIAL_PENALTY_SHARE, 0) > e.getOr(PENALTY_SHARE, 0) ? "start" : "end");
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
      case RATE_TOO_LARGE -> "The steps are too large" + rise(e);
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
      case BUDGET -> stepped(e) ? "The budget ended too early" : "It is on its way down";
      case SADDLE -> "A saddle holds it";
      case MODEL -> "The network itself is the limit, too small or at a local optimum";
      case NONE -> category == Category.DESCENDING ? "It has all but trained" : "Nothing is wrong";
      case NOTHING_TO_LEARN, FLATNESS -> "";
    };
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
    String start = stepped(e) ? " at the start" : "";
    return forward >= backward
        ? "The signal grows %s through the layers%s".formatted(People.power(forward), start)
        : "The gradient grows %s on its way back through the layers%s"
            .formatted(People.power(backward), start);
  }

  private static String vanishing(Evidence e) {
    double backward = Diagnosis.backward(e);
    double forward = Diagnosis.forward(e);
    String weights = stepped(e) ? "initial weights" : "weights";
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
    if (!(e.getOr(PEAK, 1) > PEAK_TOLD)) {
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

  private static String what(Category category, String sub, Evidence e) {
    return switch (category) {
      case DIVERGED -> diverged(sub, e);
      case OPTIMUM -> optimum(sub, e);
      case SADDLE -> saddle(sub, e);
      case PLATEAU -> plateau(sub, e);
      case DESCENDING -> descending(sub, e);
    };
  }

  private static String diverged(String sub, Evidence e) {
    return switch (sub) {
      case "nonfinite" ->
          e.has(FIRST_NONFINITE_STEP)
              ? "numbers overflowed at step %d%s"
                  .formatted(
                      (long) e.get(FIRST_NONFINITE_STEP),
                      e.has(FIRST_NONFINITE_LAYER)
                          ? ", first in layer " + (long) e.get(FIRST_NONFINITE_LAYER)
                          : "")
              : "loss, gradient or weights are not finite";
      case "blow-up" -> "the loss ended far above both its start and the best constant prediction";
      case "rising" ->
          "the loss is above both its start and the best constant prediction, and still rising";
      default ->
          "the loss bounces without end above the best constant prediction, %s the loss range above the valley that it bounces across"
              .formatted(People.of(e.get(FLOOR)));
    };
  }

  private static String optimum(String sub, Evidence e) {
    String subject =
        sub.endsWith("noisy") ? "the loss of the point that it bounces about" : "the loss";
    if (sub.startsWith("global")) {
      return subject
          + " is within %s its range of the least that any function of the inputs could reach%s"
              .formatted(
                  People.within(e.getOr(GAP, 0)),
                  sub.startsWith("global, infimum") ? " (which it can only approach)" : "");
    }
    if (sub.startsWith("near-global")) {
      return "nothing is left to gain nearby, and the loss stands within %s its range of the least that any function of the inputs could reach"
          .formatted(People.within(e.get(GAP)));
    }
    if (sub.startsWith("within reach")) {
      return "the loss is at the least that such outputs allow; " + level(e);
    }
    return "nothing is left to gain nearby, as the gradient vanishes and no direction leads down; "
        + level(e);
  }

  /** Where the loss stands. */
  private static String level(Evidence e) {
    double gap = e.get(GAP);
    if (gap > 1.01) {
      return "the loss is worse than the best constant prediction's, at %s its range"
          .formatted(People.of(gap));
    }
    return gap > 0.99
        ? "the loss is that of the best constant prediction"
        : "the loss stands at %s its range".formatted(People.within(gap));
  }

  private static String saddle(String sub, Evidence e) {
    double worth =
        Stream.of(NC_DEC, HO_DEC, DESCENT_DEC, SEARCH_DEC)
            .mapToDouble(m -> e.getOr(m, 0))
            .max()
            .orElseThrow();
    return switch (sub) {
      case "degenerate" ->
          "gradient and curvature both vanish, yet a small kick opens a way down worth %s the loss range; %s"
              .formatted(People.of(worth), level(e));
      case "weak" ->
          "the gradient vanishes and a direction of negative curvature exists, but nearby it is worth only %s the loss range; %s"
              .formatted(People.of(worth), level(e));
      default ->
          "the gradient all but vanishes, and the surface curves down along a direction that is worth %s the loss range, which the steps do not take; %s"
              .formatted(People.of(worth), level(e));
    };
  }

  private static String plateau(String sub, Evidence e) {
    return switch (sub) {
          case "dead" ->
              e.getOr(PENALTY_SHARE, 0) > 0 || e.getOr(DECAYED, 0) > 0
                  ? "the output is the same for every input, and the gradient of the loss is 0: only %s moves the weights"
                      .formatted(draw(e))
                  : "the output is the same for every input, and stays so";
          case "slow" ->
              "the derivative is small but not zero, and another budget of steps would bring %s"
                  .formatted(only(e));
          default ->
              "the surface is flat, %s"
                  .formatted(
                      e.has(SENS_LAYER)
                          ? "nothing leads down, and the loss hardly changes when the whole of layer %d moves"
                              .formatted((long) e.get(SENS_LAYER))
                          : "and nothing leads down");
        }
        + "; "
        + level(e);
  }

  /** What moves the weights of a layer that is off. */
  private static String draw(Evidence e) {
    return e.getOr(PENALTY_SHARE, 0) > 0 ? "L2" : "weight decay";
  }

  private static String descending(String sub, Evidence e) {
    if (isReviving(sub, e)) {
      return "%s alone moves the weights, and switches it on within as many steps again, which would gain %s its range; %s"
          .formatted(draw(e), People.within(Math.min(gain(e), e.get(GAP))), level(e));
    }
    return switch (sub) {
      case "in progress" ->
          "the loss %s would gain %s%s its range; %s"
              .formatted(
                  stepped(e)
                      ? "was still falling at the end, and as many steps again"
                      : "falls along the gradient, and a budget of steps",
                  e.is(e.has(NEXT_GAIN) ? NEXT_COMPLETE : P_COMPLETE) ? "" : "at least ",
                  People.within(Math.min(gain(e), e.get(GAP))),
                  level(e));
      case "rate-limited" ->
          "there is a slope to go down, but another budget of such steps would bring %s; %s"
              .formatted(only(e), level(e));
      case "creeping" ->
          "the ground is nearly flat but falls, and another budget of such steps would bring %s; %s"
              .formatted(only(e), level(e));
      case "shallow" ->
          "it stands in a shallow dip: beyond a low barrier nearby the loss is %s its range lower; %s"
              .formatted(People.of(e.getOr(SEARCH_DEC, 0)), level(e));
      case "leaving a saddle" ->
          "it is leaving a saddle, along a direction of negative curvature; " + level(e);
      default ->
          "the loss bounces %s its range above the valley that it bounces in, and a lower rate would bring it down; %s"
              .formatted(People.of(e.getOr(FLOOR, 0)), level(e));
    };
  }

  /** Whether steps were seen that led here; of weights from elsewhere none were. */
  private static boolean stepped(Evidence e) {
    return e.getOr(HISTORY_POINTS, 1) > 0;
  }

  /** What the next budget brings where that is little. */
  private static String only(Evidence e) {
    boolean told = !e.has(NEXT_GAIN) || e.is(NEXT_COMPLETE);
    double gain = told ? gain(e) : e.getOr(NEXT_OUTLOOK, gain(e));
    return gain < 1e-4 ? "next to nothing" : "only %s the loss range".formatted(People.of(gain));
  }

  /** What the next budget brings, measured or predicted. */
  private static double gain(Evidence e) {
    return e.getOr(NEXT_GAIN, e.getOr(P_ETA, 0));
  }

  private static String floor(Verdict verdict, Evidence e) {
    boolean told = verdict.category().equals(Optional.of(Category.DESCENDING));
    return e.is(SETTLED) && e.has(FLOOR) && !told && e.get(FLOOR) >= 1e-4
        ? " The steps' %s keeps it %s the loss range above that point."
            .formatted(e.is(STOCHASTIC) ? "noise" : "size", People.of(e.get(FLOOR)))
        : "";
  }

  private static String capitalized(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String lower(String text) {
    return Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
