package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.DEAD_LAYER;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_LAYER;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_STEP;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.GRADIENT_DROP_LAYER;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.INITIAL_BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.INPUT_MEAN_MAX;
import static org.saddlemap.verdict.Measure.INPUT_RMS_MAX;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.OUTPUT_MAX;
import static org.saddlemap.verdict.Measure.OUTPUT_MIN;
import static org.saddlemap.verdict.Measure.PEAK;
import static org.saddlemap.verdict.Measure.PEAK_STEP;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.SATURATED_LAYER;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SENS_LAYER;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.SIGNAL_DROP_LAYER;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TARGET_MAX;
import static org.saddlemap.verdict.Measure.TARGET_MIN;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * One sentence that tells a student why a trial ended where it did: the most likely cause with the
 * evidence for it, then what the verdict says.
 */
final class Reason {
  /** A peak worth telling, in multiples of the start and the best constant. */
  private static final double PEAK_TOLD = 2;

  private Reason() {}

  static String of(Verdict verdict, Optional<Cause> cause, Evidence e) {
    if (verdict.category().isEmpty()) {
      return verdict.subCategory().equals(VerdictRule.NO_RANGE)
          ? "The labels leave nothing to learn: the best constant is as good as any function."
          : "It was not examined, as the spec asks for the signals alone.";
    }
    String why = why(cause.orElseThrow(), e);
    String what = what(verdict.category().get(), verdict.subCategory(), e);
    if (verdict.subCategory().equals("dead") && cause.get() == Cause.RATE_TOO_LARGE) {
      what = lower(dead(e)) + ", so that " + what;
    }
    String sentence = why.isEmpty() ? capitalized(what) : why + ": " + what;
    return sentence + "." + floor(verdict, e);
  }

  private static String why(Cause cause, Evidence e) {
    return switch (cause) {
      case TARGETS_OUT_OF_REACH ->
          "The targets (%s to %s) lie outside of what the output can reach (%s to %s)"
              .formatted(
                  People.plain(e.getOr(TARGET_MIN, Double.NEGATIVE_INFINITY)),
                  People.plain(e.getOr(TARGET_MAX, Double.POSITIVE_INFINITY)),
                  People.plain(e.getOr(OUTPUT_MIN, Double.NEGATIVE_INFINITY)),
                  People.plain(e.getOr(OUTPUT_MAX, Double.POSITIVE_INFINITY)));
      case PENALTY ->
          "The L2 penalty outweighs the data (%s of the objective at the start, %s at the end)"
              .formatted(
                  People.share(e.getOr(INITIAL_PENALTY_SHARE, 0)),
                  People.share(e.getOr(PENALTY_SHARE, 0)));
      case UNSCALED_INPUTS ->
          "The inputs are not scaled (a feature has %s)%s"
              .formatted(
                  e.getOr(INPUT_MEAN_MAX, 0) > 0.7 * e.getOr(INPUT_RMS_MAX, 0)
                      ? "a mean of " + People.number(e.get(INPUT_MEAN_MAX))
                      : "a size of " + People.number(e.getOr(INPUT_RMS_MAX, 0)),
                  units(e));
      case EQUAL_UNITS -> "All units of a hidden layer are equal, so that it acts as a single unit";
      case EXPLODING_SIGNAL -> explosion(e);
      case VANISHING_SIGNAL -> vanishing(e);
      case RATE_TOO_LARGE -> "The steps are too large" + peak(e);
      case DEAD_UNITS -> dead(e);
      case SATURATED_UNITS -> saturated(e);
      case RATE_TOO_SMALL -> "The steps are too small";
      case RATE_TOO_LARGE_AT_END -> "The steps are too large for the end of the descent";
      case NOISE -> "The noise of the mini-batches keeps it from settling";
      case BUDGET -> "The budget ended too early";
      case NOTHING_TO_LEARN, SADDLE, FLATNESS, MODEL, NONE -> "";
    };
  }

  private static String units(Evidence e) {
    if (e.getOr(DEAD_SHARE, 0) == 1 || e.getOr(ACTIVE_SHARE, 1) < 0.01) {
      return ", and " + lower(dead(e));
    }
    if (e.getOr(SATURATED_SHARE, 0) > 0.5) {
      return ", and " + lower(saturated(e));
    }
    return peak(e);
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
    return "%s of layer %d's units are off on every row"
        .formatted(People.share(share), layer(e, DEAD_LAYER));
  }

  private static String saturated(Evidence e) {
    return "%s of layer %d's activations are at their bounds"
        .formatted(People.share(e.getOr(SATURATED_SHARE, 0)), layer(e, SATURATED_LAYER));
  }

  private static long layer(Evidence e, Measure measure) {
    return (long) e.getOr(measure, 1);
  }

  private static String explosion(Evidence e) {
    double forward = e.getOr(INITIAL_FORWARD_LOG10, 0);
    double backward = e.getOr(INITIAL_BACKWARD_LOG10, 0);
    return forward >= backward
        ? "The signal grows %s through the layers at the start".formatted(People.power(forward))
        : "The gradient grows %s on its way back through the layers at the start"
            .formatted(People.power(backward));
  }

  private static String vanishing(Evidence e) {
    double backward = Diagnosis.backward(e);
    double forward = Diagnosis.forward(e);
    return backward <= -3 && backward <= forward
        ? "The gradient shrinks %s on its way back through the layers%s, so that the first ones do not learn"
            .formatted(People.power(backward), most(e, GRADIENT_DROP_LAYER))
        : "The signal shrinks %s on its way through the layers%s, so that the output hardly depends on the input"
            .formatted(People.power(forward), most(e, SIGNAL_DROP_LAYER));
  }

  private static String most(Evidence e, Measure layer) {
    return e.has(layer) ? " (most at layer %d)".formatted((long) e.get(layer)) : "";
  }

  private static String peak(Evidence e) {
    if (!(e.getOr(PEAK, 1) > PEAK_TOLD)) {
      return "";
    }
    return " (the loss rose to %s times its start%s)"
        .formatted(
            People.number(e.get(PEAK)),
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
    if (sub.startsWith("global")) {
      return "the loss is within %s its range of the least that any function of the inputs could reach%s"
          .formatted(
              People.of(Math.max(e.getOr(GAP, 0), 0)),
              sub.startsWith("global, infimum") ? " (which it can only approach)" : "");
    }
    if (sub.startsWith("near-global")) {
      return "nothing is left to gain nearby, and the loss stands within %s its range of the least that any function of the inputs could reach"
          .formatted(People.of(e.get(GAP)));
    }
    if (sub.startsWith("within reach")) {
      return "the loss is at the least that such outputs allow; " + level(e);
    }
    return "nothing is left to gain nearby: the gradient vanishes and no direction leads down; "
        + level(e);
  }

  /** Where the loss stands. */
  private static String level(Evidence e) {
    double gap = e.get(GAP);
    if (gap > 1.01) {
      return "the loss is worse than the best constant's, at %s its range"
          .formatted(People.of(gap));
    }
    return gap > 0.99
        ? "the loss is that of the best constant"
        : "the loss stands at %s its range".formatted(People.of(gap));
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
          case "dead" -> "the output is the same for every input, and stays so";
          case "slow" ->
              "the derivative is small but not zero, and another budget of steps would bring only %s the loss range"
                  .formatted(People.of(gain(e)));
          default ->
              "the surface is flat: nothing leads down%s"
                  .formatted(
                      e.has(SENS_LAYER)
                          ? ", and the loss hardly changes when the whole of layer %d moves"
                              .formatted((long) e.get(SENS_LAYER))
                          : "");
        }
        + "; "
        + level(e);
  }

  private static String descending(String sub, Evidence e) {
    return switch (sub) {
      case "in progress" ->
          "the loss was still falling when it ended, with at least %s its range to gain; %s"
              .formatted(People.of(Math.max(e.getOr(AVAIL, 0), gain(e))), level(e));
      case "rate-limited" ->
          "there is a slope to go down, but another budget of such steps would bring only %s the loss range; %s"
              .formatted(People.of(gain(e)), level(e));
      case "creeping" ->
          "the ground is nearly flat but falls, and another budget of such steps would bring only %s the loss range; %s"
              .formatted(People.of(gain(e)), level(e));
      case "shallow" ->
          "it stands in a shallow dip: beyond a low barrier nearby the loss is %s its range lower; %s"
              .formatted(People.of(e.getOr(SEARCH_DEC, 0)), level(e));
      case "leaving a saddle" ->
          "it is leaving a saddle, along a direction of negative curvature; " + level(e);
      default ->
          "the loss bounces %s its range above the valley that it bounces in, and a lower rate would go on; %s"
              .formatted(People.of(e.getOr(FLOOR, 0)), level(e));
    };
  }

  /** What the next budget brings, measured or predicted. */
  private static double gain(Evidence e) {
    return e.getOr(NEXT_GAIN, e.getOr(P_ETA, 0));
  }

  private static String floor(Verdict verdict, Evidence e) {
    boolean told = verdict.category().equals(Optional.of(Category.DESCENDING));
    return e.is(SETTLED) && e.has(FLOOR) && !told && e.get(FLOOR) > 0
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
