package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.CEILING_HIT;

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
  public static final int VERSION = 6;

  /** Sub-categories of verdicts without a category. */
  static final String NO_RANGE = "no loss range";

  static final String NOT_ASKED = "not examined";

  private final Thresholds t;

  public VerdictRule(Thresholds thresholds) {
    this.t = thresholds;
  }

  /** The verdict, or the probe that is missing. */
  public Decision decide(Evidence e) {
    LazyEvidence lazy = new LazyEvidence(e);
    Verdict bare;
    try {
      bare = new DescentRule(lazy, t).verdict();
    } catch (LazyEvidence.Needed needed) {
      return e.is(CEILING_HIT) ? cutShort(needed.probe()) : new Decision.Missing(needed.probe());
    }
    Optional<Cause> cause = Diagnosis.of(bare, e);
    return new Verdict(
        bare.category(),
        bare.subCategory(),
        cause,
        margin(bare, decisive(lazy, bare)),
        Reason.of(bare, cause, e));
  }

  /** The change of the loss, in G, below which the rule takes a layer for one without effect. */
  public double insensitive(Evidence e) {
    return new Levels(e, t).insensitive();
  }

  /**
   * What a way down along negative curvature must be worth, in G.
   *
   * @param both whether it leads down on both sides
   */
  public double curvesDown(Evidence e, boolean both) {
    return new Levels(e, t).curvesDown(both);
  }

  /** What a way down after a kick must be worth, in G. */
  public double kicksDown(Evidence e) {
    return new Levels(e, t).kicksDown();
  }

  /** A decrease, in G, within the ball that leaves no optimum. */
  public double lowerGround(Evidence e) {
    return new Levels(e, t).lowerGround();
  }

  /** Decreases, in G, that the rule would hold a descent from this point against. */
  public double[] descentMarks(Evidence e) {
    Levels levels = new Levels(e, t);
    return new double[] {
      t.eps(), levels.allowedToOptimum(), Math.max(t.eps(), levels.allowedToPlateau())
    };
  }

  /**
   * What was held against which threshold on the way to the verdict, in order; empty where the
   * evidence does not suffice for one.
   */
  public List<Comparison> trace(Evidence e) {
    LazyEvidence lazy = new LazyEvidence(e);
    return verdict(lazy).map(verdict -> decisive(lazy, verdict)).orElse(List.of());
  }

  private Optional<Verdict> verdict(LazyEvidence lazy) {
    try {
      return Optional.of(new DescentRule(lazy, t).verdict());
    } catch (LazyEvidence.Needed needed) {
      return Optional.empty();
    }
  }

  /** What was compared, each tried the other way: does the category hang on it? */
  private List<Comparison> decisive(LazyEvidence lazy, Verdict verdict) {
    List<Comparison> all = new ArrayList<>();
    for (Comparison c : lazy.compared()) {
      boolean same =
          verdict(new LazyEvidence(lazy.evidence(), Optional.of(c)))
              .filter(otherwise -> otherwise.category().equals(verdict.category()))
              .isPresent();
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
}
