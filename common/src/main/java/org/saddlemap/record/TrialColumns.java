package org.saddlemap.record;

import static org.saddlemap.record.Column.optional;
import static org.saddlemap.record.Column.required;
import static org.saddlemap.space.ValueType.BOOLEAN;
import static org.saddlemap.space.ValueType.DOUBLE;
import static org.saddlemap.space.ValueType.LONG;
import static org.saddlemap.space.ValueType.STRING;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.ValueType;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/** A trial, column by column: its configuration, how it ended, and all that was measured. */
final class TrialColumns {
  private TrialColumns() {}

  static List<Column<TrialRecord>> all() {
    List<Column<TrialRecord>> c = new ArrayList<>();
    c.add(
        required(
            "trial_id",
            STRING,
            "SHA-256 over everything that result and verdict depend on, and nothing else",
            r -> r.id().hex()));
    c.add(required("plan_index", LONG, "number of the trial in the plan", r -> r.trial().index()));
    c.add(
        required(
            "replicate",
            LONG,
            "seed index of the configuration",
            r -> (long) r.trial().replicate()));
    c.add(
        required(
            "configuration",
            STRING,
            "canonical text of all hyperparameters that apply",
            r -> r.trial().configuration().canonical()));
    for (Hyperparameter h : Hyperparameter.values()) {
      c.add(optional(h.key(), h.type(), "", h.doc(), r -> hyperparameter(r, h)));
    }
    c.add(
        optional(
            "batch_norm",
            BOOLEAN,
            "whether normalization is batch; NULL at depth 0",
            r ->
                r.trial()
                    .configuration()
                    .value(Hyperparameter.NORMALIZATION)
                    .map(Normalization.BATCH::equals)
                    .orElse(null)));
    c.add(
        optional(
            "learning_rate_sharpness",
            DOUBLE,
            "c where the learning rate was given as c/λmax at initialization",
            r ->
                r.trial().configuration().learningRate() instanceof LearningRate.Sharpness s
                    ? (Object) s.c()
                    : null));
    c.add(
        outcome(
            "batch_rows", "rows", "training rows a step, as a number", o -> (long) o.batchRows()));
    c.add(outcome("parameters", "", "trainable parameters", o -> o.parameters()));
    c.add(required("status", STRING, "completed, failed or timed_out", r -> r.status().text()));
    c.add(
        optional(
            "category",
            STRING,
            "optimum, saddle, plateau, diverged or descending; NULL unless completed and examined",
            r -> r.verdict().flatMap(Verdict::category).map(Category::text).orElse(null)));
    c.add(
        optional(
            "sub_category",
            STRING,
            "what kind of it",
            r -> r.verdict().map(Verdict::subCategory).orElse(null)));
    c.add(
        optional(
            "cause",
            STRING,
            "what most likely kept it from training, of a closed list (docs/verdict.md); NULL where nothing was examined",
            r -> r.verdict().flatMap(Verdict::cause).map(Cause::text).orElse(null)));
    c.add(
        optional(
            "margin",
            DOUBLE,
            "decades",
            "smallest distance between a deciding quantity and its threshold, |log10(value/threshold)|: 0 on the edge, 16 where no single quantity would change the category; NULL without a category",
            r -> r.verdict().map(TrialColumns::margin).orElse(null)));
    c.add(
        optional(
            "reason",
            STRING,
            "why, in one sentence; the error where it failed",
            r ->
                r.verdict()
                    .map(Verdict::reason)
                    .or(() -> r.failure().map(TrialRecord.Failure::reason))
                    .orElse(null)));
    c.add(
        optional(
            "stack_trace",
            STRING,
            "of a failure",
            r -> r.failure().map(TrialRecord.Failure::stackTrace).orElse(null)));
    c.add(outcome("steps", "steps", "steps taken", o -> (long) o.steps()));
    c.add(
        outcome(
            "clipped_steps",
            "steps",
            "steps whose gradient was clipped",
            o -> (long) o.clippedSteps()));
    addKinded(c, "initial_loss", "training objective at the initial weights", Outcome::initialLoss);
    addKinded(c, "final_loss", "training objective where it stopped", Outcome::finalLoss);
    c.add(measured("accuracy", "", "share of training rows classified right", Outcome::accuracy));
    addKinded(c, "heldout_loss", "loss on the held-out rows, without L2", Outcome::heldoutLoss);
    c.add(
        measured(
            "heldout_accuracy",
            "",
            "share of held-out rows classified right",
            Outcome::heldoutAccuracy));
    for (Measure m : Measure.values()) {
      c.add(
          optional(
              m.key(),
              m.type(),
              m.unit(),
              m.doc(),
              r -> typed(m.type(), r.evidence().find(m).orElse(null))));
    }
    c.add(
        required(
            "queue_ms",
            DOUBLE,
            "ms",
            "from the start of the sweep's job to the start of the trial",
            r -> r.times().queue()));
    c.add(required("load_ms", DOUBLE, "ms", "set-up and initial weights", r -> r.times().load()));
    c.add(
        required(
            "train_ms",
            DOUBLE,
            "ms",
            "training; 0, as examination, where another trial of the process took the same steps, none of which clipping would have changed",
            r -> r.times().train()));
    c.add(required("examine_ms", DOUBLE, "ms", "examination", r -> r.times().examine()));
    c.add(required("version", STRING, "version of Saddlemap", r -> r.provenance().version()));
    c.add(
        required(
            "engine", STRING, "version of the numerical engine", r -> r.provenance().engine()));
    c.add(
        required(
            "rule_version",
            LONG,
            "version of the verdict's rule",
            r -> (long) VerdictRule.VERSION));
    c.add(required("java", STRING, "version of the virtual machine", r -> r.provenance().java()));
    c.add(
        required(
            "platform",
            STRING,
            "operating system and architecture",
            r -> r.provenance().platform()));
    c.add(required("blas", STRING, "BLAS library and kernel", r -> r.provenance().blas()));
    c.add(
        required(
            "blas_threads",
            LONG,
            "threads that BLAS ran with",
            r -> (long) r.provenance().blasThreads()));
    c.add(required("host", STRING, "machine that trained it", r -> r.provenance().host()));
    c.add(
        required(
            "schema_version",
            LONG,
            "version of the tables' schema",
            r -> (long) Tables.SCHEMA_VERSION));
    return c;
  }

  private static Double margin(Verdict verdict) {
    return verdict.margin().isPresent() ? verdict.margin().getAsDouble() : null;
  }

  /**
   * The typed value of a hyperparameter; the learning rate as it was used, where training got that
   * far.
   */
  private static Object hyperparameter(TrialRecord r, Hyperparameter h) {
    if (h == Hyperparameter.LEARNING_RATE) {
      LearningRate given = r.trial().configuration().learningRate();
      return r.outcome()
          .map(Outcome::learningRate)
          .orElse(given instanceof LearningRate.Absolute a ? a.eta() : null);
    }
    return h.type() == STRING
        ? r.trial().configuration().text(h).orElse(null)
        : r.trial().configuration().value(h).orElse(null);
  }

  private static Object typed(ValueType type, Double value) {
    if (value == null || !Double.isFinite(value)) {
      return null;
    }
    return switch (type) {
      case LONG -> (Object) value.longValue();
      case BOOLEAN -> value == 1.0;
      default -> value;
    };
  }

  private static void addKinded(
      List<Column<TrialRecord>> columns, String name, String doc, ToDoubleFunction<Outcome> value) {
    columns.add(measured(name, "loss", doc, value));
    columns.add(
        optional(
            name + "_kind",
            STRING,
            "whether " + name + " is finite, nan, +inf or -inf",
            r -> r.outcome().map(o -> Tables.kind(value.applyAsDouble(o))).orElse(null)));
  }

  private static Column<TrialRecord> measured(
      String name, String unit, String doc, ToDoubleFunction<Outcome> value) {
    return optional(
        name,
        DOUBLE,
        unit,
        doc,
        r -> r.outcome().map(o -> (Object) value.applyAsDouble(o)).orElse(null));
  }

  private static Column<TrialRecord> outcome(
      String name, String unit, String doc, Function<Outcome, Long> value) {
    return optional(name, LONG, unit, doc, r -> r.outcome().map(value).orElse(null));
  }
}
