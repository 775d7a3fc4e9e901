package org.saddlemap.store;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.record.Outcome;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;

/**
 * A row of {@code trials}, read back. What tables store as NULL is not measured here: an infinite
 * measure is gone from the evidence, other numbers without a {@code _kind} column are NaN.
 *
 * @param sweepId sweep that it was read from
 * @param chunk chunk that it was read from
 * @param row all columns, newer ones than this program knows too
 */
public record StoredTrial(String sweepId, ChunkRange chunk, Row row) {
  public TrialId id() {
    return new TrialId(row.text("trial_id"));
  }

  public Trial trial() {
    return new Trial(
        row.whole("plan_index"), configuration(), Math.toIntExact(row.whole("replicate")));
  }

  public Configuration configuration() {
    return Configuration.parse(row.text("configuration"));
  }

  public TrialStatus status() {
    return TrialStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT));
  }

  /**
   * The verdict; empty where there is none, as of a failure. Files of schema version 1 have neither
   * cause nor margin.
   */
  public Optional<Verdict> verdict() {
    return row.findText("sub_category")
        .map(
            sub ->
                new Verdict(
                    row.findText("category").map(c -> Category.valueOf(c.toUpperCase(Locale.ROOT))),
                    sub,
                    row.findText("cause").map(c -> Cause.valueOf(c.toUpperCase(Locale.ROOT))),
                    row.find("margin").isPresent()
                        ? OptionalDouble.of(row.number("margin"))
                        : OptionalDouble.empty(),
                    row.text("reason")));
  }

  /** Every finite measure. */
  public Evidence evidence() {
    Evidence.Builder evidence = new Evidence.Builder();
    for (Measure measure : Measure.values()) {
      row.find(measure.key()).ifPresent(value -> evidence.put(measure, number(value)));
    }
    return evidence.build();
  }

  private static double number(Object value) {
    if (value instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    return ((Number) value).doubleValue();
  }

  /** What training came to; empty where it did not end. */
  public Optional<Outcome> outcome() {
    if (row.find("steps").isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Outcome(
            row.whole("parameters"),
            Math.toIntExact(row.whole("batch_rows")),
            row.number("learning_rate"),
            Math.toIntExact(row.whole("steps")),
            Math.toIntExact(row.whole("clipped_steps")),
            row.kinded("initial_loss"),
            row.kinded("final_loss"),
            row.number("accuracy"),
            row.kinded("heldout_loss"),
            row.number("heldout_accuracy")));
  }

  public Times times() {
    return new Times(
        row.number("queue_ms"),
        row.number("load_ms"),
        row.number("train_ms"),
        row.number("examine_ms"));
  }

  /** Why the trial failed or timed out; empty where it completed. */
  public Optional<TrialRecord.Failure> failure() {
    return status() == TrialStatus.COMPLETED
        ? Optional.empty()
        : Optional.of(
            new TrialRecord.Failure(
                row.findText("reason").orElse(""), row.findText("stack_trace").orElse("")));
  }

  public Provenance provenance() {
    return new Provenance(
        row.text("version"),
        row.text("engine"),
        row.text("java"),
        row.text("platform"),
        row.text("blas"),
        Math.toIntExact(row.whole("blas_threads")),
        row.text("host"));
  }

  /** The version of the rule behind the verdict. */
  public long ruleVersion() {
    return row.whole("rule_version");
  }

  /** The record that was written, with the curve and layers that belong to it. */
  public TrialRecord record(List<CurvePoint> curve, List<LayerPoint> layers) {
    return new TrialRecord(
        id(),
        trial(),
        status(),
        verdict(),
        evidence(),
        outcome(),
        times(),
        failure(),
        curve,
        layers,
        provenance());
  }
}
