package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.STOCHASTIC;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * One sentence that tells a student why a trial ended where it did: the most likely cause with the
 * evidence for it, then what the verdict says.
 */
final class Reason {
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
    Category category = verdict.category().get();
    String why = cause.map(c -> CauseClause.of(category, verdict.subCategory(), c, e)).orElse("");
    String what = VerdictClause.of(category, verdict.subCategory(), e);
    boolean reviving = VerdictClause.isReviving(verdict.subCategory(), e);
    if ((verdict.subCategory().equals("dead") || reviving)
        && TOLD_WITH_DEAD.contains(cause.orElseThrow())) {
      what = CauseClause.off(cause.get(), e) + (reviving ? ", and " : ", so that ") + what;
    }
    String sentence = why.isEmpty() ? capitalized(what) : why + ": " + what;
    return sentence + "." + floor(verdict, e);
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
}
