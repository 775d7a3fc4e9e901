package org.saddlemap.store;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.VerificationReport.Kind;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Decision;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/** Checks that a stored trial is the plan's, and that its verdict follows from its evidence. */
final class TrialCheck {
  /** Causes rest on these measures, which may be infinite: then the tables lack them. */
  private static final Set<Measure> SIGNALS =
      EnumSet.of(
          Measure.FORWARD_LOG10,
          Measure.BACKWARD_LOG10,
          Measure.INITIAL_FORWARD_LOG10,
          Measure.INITIAL_BACKWARD_LOG10);

  private final StoredSweep sweep;
  private final SweepSpec spec;
  private final SweepPlan plan;
  private final VerdictRule rule;
  private final Map<Versions, Boolean> known = new ConcurrentHashMap<>();

  /** Versions by which a row's numbers and verdict were made. */
  private record Versions(String engine, long rule) {}

  TrialCheck(StoredSweep sweep, SweepSpec spec, SweepPlan plan) {
    this.sweep = sweep;
    this.spec = spec;
    this.plan = plan;
    this.rule = new VerdictRule(spec.examination().thresholds());
  }

  /**
   * Requires that a row is the plan's trial of its number, by the sweep's engine and rule.
   *
   * @throws UnsoundChunk where it is not
   */
  void requireIdentity(String where, StoredTrial stored) throws UnsoundChunk {
    long index = stored.row().whole("plan_index");
    Optional<Trial> trial = plan.trial(index);
    try {
      String engine = stored.row().text("engine");
      long rule = stored.ruleVersion();
      boolean ofTheSweep =
          known.computeIfAbsent(
              new Versions(engine, rule),
              v ->
                  SweepPlan.digest(spec, sweep.record().dataFingerprint(), v.engine, v.rule)
                      .equals(sweep.record().planDigest()));
      boolean same =
          ofTheSweep
              && trial.isPresent()
              && trial.get().equals(stored.trial())
              && stored
                  .id()
                  .equals(
                      new TrialContext(
                              spec.seed(),
                              sweep.record().dataFingerprint(),
                              spec.examination(),
                              engine,
                              rule)
                          .id(trial.get().configuration(), trial.get().replicate()));
      if (!same) {
        throw new UnsoundChunk(
            Kind.FOREIGN_TRIAL,
            where,
            ofTheSweep
                ? "its trial %d is not that of the plan".formatted(index)
                : "its trial %d was trained by engine %s and judged by rule %d, which are not the sweep's"
                    .formatted(index, engine, rule));
      }
    } catch (IllegalArgumentException | IllegalStateException | ClassCastException e) {
      throw UnsoundChunk.unreadable(where, e);
    }
  }

  /**
   * Whether the verdict is known to follow from the evidence; false where it cannot be told.
   *
   * @throws UnsoundChunk where it does not
   */
  boolean followsFromEvidence(String where, StoredTrial stored) throws UnsoundChunk {
    Optional<Verdict> verdict = stored.verdict();
    if ((stored.status() == TrialStatus.COMPLETED) != verdict.isPresent()) {
      throw new UnsoundChunk(
          Kind.VERDICT,
          where,
          "its trial %d is %s and has %s verdict"
              .formatted(
                  stored.trial().index(),
                  stored.status().text(),
                  verdict.isPresent() ? "a" : "no"));
    }
    if (verdict.isEmpty()) {
      return true;
    }
    if (stored.ruleVersion() != VerdictRule.VERSION) {
      return false;
    }
    Decision decision;
    try {
      decision = rule.decide(stored.evidence());
    } catch (IllegalStateException e) {
      return false; // A measure that was infinite is NULL in the tables.
    }
    if (!(decision instanceof Verdict decided)) {
      return false;
    }
    boolean same =
        decided.category().equals(verdict.get().category())
            && decided.subCategory().equals(verdict.get().subCategory());
    if (same && decided.cause().equals(verdict.get().cause())) {
      return true;
    }
    if (same && !SIGNALS.stream().allMatch(stored.evidence()::has)) {
      return false; // One was infinite perhaps, and its cause does not show any more.
    }
    throw new UnsoundChunk(
        Kind.VERDICT,
        where,
        "its trial %d is called %s, and its evidence says %s"
            .formatted(stored.trial().index(), name(verdict.get()), name(decided)));
  }

  private static String name(Verdict verdict) {
    return verdict.name() + verdict.cause().map(c -> " by " + c.text()).orElse("");
  }
}
