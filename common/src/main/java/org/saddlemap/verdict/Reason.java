package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DISTINCT_UNITS_MIN;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_LAYER;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_STEP;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.INITIAL_BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NC_RATIO;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.SENS_LAYER;
import static org.saddlemap.verdict.Measure.SETTLED;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** One sentence that tells a student why a trial ended where it did, built from the evidence. */
final class Reason {
  private Reason() {}

  static String of(Category category, String subCategory, Evidence e) {
    String what =
        switch (category) {
          case DIVERGED -> diverged(subCategory, e);
          case OPTIMUM -> optimum(subCategory, e);
          case SADDLE -> saddle(subCategory, e);
          case PLATEAU -> plateau(subCategory, e);
          case DESCENDING -> descending(subCategory, e);
        };
    String floor =
        e.is(SETTLED) && e.has(FLOOR)
            ? " The steps' noise keeps it %s of the loss range above that point."
                .formatted(share(e.get(FLOOR)))
            : "";
    return what + floor;
  }

  private static String diverged(String sub, Evidence e) {
    return switch (sub) {
      case "nonfinite" ->
          e.has(FIRST_NONFINITE_STEP)
              ? "Numbers overflowed at step %d%s: %s"
                  .formatted(
                      (long) e.get(FIRST_NONFINITE_STEP),
                      e.has(FIRST_NONFINITE_LAYER)
                          ? ", first in layer " + (long) e.get(FIRST_NONFINITE_LAYER)
                          : "",
                      explosion(e))
              : "Loss, gradient or weights are not finite: " + explosion(e);
      case "blow-up" ->
          "The loss ended far above both its start and the best constant prediction: the steps are too large.";
      case "rising" ->
          "The loss is above both its start and the best constant prediction, and still rising: the steps are too large.";
      default ->
          "The loss bounces without end, %s of the loss range above the valley that it bounces across: the steps are too large."
              .formatted(share(e.get(FLOOR)));
    };
  }

  private static String explosion(Evidence e) {
    double forward = e.getOr(INITIAL_FORWARD_LOG10, 0);
    double backward = e.getOr(INITIAL_BACKWARD_LOG10, 0);
    if (forward > 3) {
      return "the signal grows %s through the layers at the start.".formatted(power(forward));
    }
    if (backward > 3) {
      return "the gradient grows %s through the layers at the start.".formatted(power(backward));
    }
    return "the steps are too large.";
  }

  private static String optimum(String sub, Evidence e) {
    if (sub.startsWith("global")) {
      return "The loss is within %s of its range of the least that any function of the inputs could reach%s."
          .formatted(
              share(Math.max(e.getOr(GAP, 0), 0)),
              sub.equals("global") ? "" : " (which it can only approach)");
    }
    return "Nothing is left to gain nearby: the gradient vanishes, no direction leads down, and every layer matters; the loss stands at %s of its range."
        .formatted(share(e.get(GAP)));
  }

  private static String saddle(String sub, Evidence e) {
    String symmetric =
        e.getOr(DISTINCT_UNITS_MIN, 2) == 1
            ? " A hidden layer's units are all equal, so it acts as a single unit."
            : "";
    return switch (sub) {
          case "degenerate" ->
              "The gradient and the curvature both vanish, yet a small kick opens a way down worth %s of the loss range."
                  .formatted(share(e.get(HO_DEC)));
          case "weak" ->
              "The gradient vanishes and a direction of negative curvature exists, but it is worth only %s of the loss range nearby."
                  .formatted(share(e.get(NC_DEC)));
          default ->
              "The gradient vanishes, but the surface curves down along a direction (%s of the largest curvature) worth %s of the loss range."
                  .formatted(percent(-e.getOr(NC_RATIO, 0)), share(e.get(NC_DEC)));
        }
        + symmetric;
  }

  private static String plateau(String sub, Evidence e) {
    return switch (sub) {
      case "dead" ->
          "Every unit of a ReLU layer is off on every row: the output no longer depends on the input.";
      case "slow" ->
          "The derivative is small but not zero, and another budget of steps would bring only %s of the loss range.%s"
              .formatted(share(e.get(P_ETA)), vanishing(e));
      default ->
          "The loss does not change when a whole layer moves%s.%s"
              .formatted(
                  e.has(SENS_LAYER) ? " (layer " + (long) e.get(SENS_LAYER) + ")" : "",
                  vanishing(e));
    };
  }

  private static String vanishing(Evidence e) {
    double backward = Math.min(e.getOr(BACKWARD_LOG10, 0), e.getOr(INITIAL_BACKWARD_LOG10, 0));
    double forward = Math.min(e.getOr(FORWARD_LOG10, 0), e.getOr(INITIAL_FORWARD_LOG10, 0));
    if (backward <= -3 && backward <= forward) {
      return " The gradient shrinks %s on its way back through the layers: the first layers do not learn."
          .formatted(power(backward));
    }
    if (forward <= -3) {
      return " The signal shrinks %s on its way through the layers: the output hardly depends on the input."
          .formatted(power(forward));
    }
    if (e.getOr(SATURATED_SHARE, 0) > 0.5) {
      return " %s of a layer's activations are saturated."
          .formatted(percent(e.get(SATURATED_SHARE)));
    }
    if (e.getOr(DEAD_SHARE, 0) > 0.5) {
      return " %s of a layer's units are dead.".formatted(percent(e.get(DEAD_SHARE)));
    }
    return "";
  }

  private static String descending(String sub, Evidence e) {
    return switch (sub) {
      case "in progress" ->
          "It was still going down when the budget ended, with at least %s of the loss range to gain nearby."
              .formatted(share(e.get(AVAIL)));
      case "rate-limited" ->
          "There is a slope to go down, but the steps are too small to get anywhere in this budget.";
      case "leaving a saddle" ->
          "What is left of the gradient points along negative curvature: it is leaving a saddle.";
      case "oscillating" ->
          "The loss bounces, but it is still on its way: settled, the point moves further than the bouncing.";
      case "noise-limited" ->
          "Mini-batch noise keeps it high above the valley that it moves in; a lower rate would go on.";
      default ->
          "The examination reached its ceiling before the answer was certain (%s).".formatted(sub);
    };
  }

  private static String power(double log10) {
    return Double.isInfinite(log10)
        ? (log10 < 0 ? "to nothing" : "without bound")
        : "by 10^%d".formatted(Math.round(log10));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  /** A share of the loss range, in percent with two significant digits. */
  private static String share(double value) {
    double percent = 100 * value;
    if (!Double.isFinite(percent)) {
      return percent + " %";
    }
    return percent == 0 || Math.abs(percent) >= 0.1
        ? new BigDecimal(percent).round(new MathContext(2)).stripTrailingZeros().toPlainString()
            + " %"
        : String.format(Locale.ROOT, "%.1e %%", percent);
  }
}
