package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DECAYED;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_LAYER;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_STEP;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SENS_LAYER;

import java.util.stream.Stream;

/**
 * The half of a {@link Reason} that says where a trial stands, and what there is to gain from
 * there.
 */
final class VerdictClause {
  /** From this relative slope on a gradient does not vanish, as by the rule's own threshold. */
  private static final double STEEP = 1e-2;

  private VerdictClause() {}

  static String of(Category category, String sub, Evidence e) {
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
          "%s, and the surface curves down along a direction that is worth %s the loss range, which the steps do not take; %s"
              .formatted(
                  e.getOr(PHI1, 0) > STEEP
                      ? "most of the slope lies along negative curvature"
                      : "the gradient all but vanishes",
                  People.of(worth),
                  level(e));
    };
  }

  private static String plateau(String sub, Evidence e) {
    return switch (sub) {
          case "dead" ->
              OwnSteps.movesDead(e)
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
    if (e.getOr(PENALTY_SHARE, 0) > 0) {
      return "L2";
    }
    return e.getOr(DECAYED, 0) > 0 ? "weight decay" : "what mini-batches differ in";
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
                  OwnSteps.seen(e)
                      ? "was still falling at the end, and as many steps again"
                      : "falls along the gradient, and a budget of steps",
                  known(e),
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

  /** A layer is off that the next budget switches on again. */
  static boolean isReviving(String sub, Evidence e) {
    return sub.equals("in progress") && e.getOr(DEAD_SHARE, 0) == 1;
  }

  /** How the gain of the next budget is known: measured, of a part of it, or predicted. */
  private static String known(Evidence e) {
    if (!e.has(NEXT_GAIN)) {
      return "about ";
    }
    return e.is(NEXT_COMPLETE) ? "" : "at least ";
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
}
