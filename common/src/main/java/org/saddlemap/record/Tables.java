package org.saddlemap.record;

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
import org.saddlemap.space.ValueType;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/**
 * The registry of tables and columns. Parquet schemas, {@code docs/schema.md} and the readers come
 * from here. Columns are only ever added; {@link #SCHEMA_VERSION} counts the additions.
 */
public final class Tables {
  public static final int SCHEMA_VERSION = 3;

  /** A trial, its latest attempt. */
  public static final Table<TrialRecord> TRIALS = new Table<>("trials", "a trial", trialColumns());

  /** A logged step of a trial. */
  public static final Table<Logged<CurvePoint>> CURVES =
      new Table<>(
          "curves",
          "a logged step of a trial",
          List.of(
              required("trial_id", STRING, "", "the trial", l -> l.record().id().hex()),
              required(
                  "step",
                  LONG,
                  "steps",
                  "steps taken before this one",
                  l -> (long) l.point().step()),
              column(
                  "loss",
                  DOUBLE,
                  "loss",
                  "objective on the rows of this step, before it",
                  l -> l.point().loss()),
              required(
                  "loss_kind",
                  STRING,
                  "",
                  "finite, nan, +inf or -inf",
                  l -> kind(l.point().loss())),
              column(
                  "gradient_norm",
                  DOUBLE,
                  "",
                  "norm of its gradient before clipping",
                  l -> l.point().gradientNorm()),
              required(
                  "clipped",
                  BOOLEAN,
                  "",
                  "clipping changed the gradient",
                  l -> l.point().clipped()),
              column(
                  "step_size",
                  DOUBLE,
                  "",
                  "norm of the parameters' change",
                  l -> l.point().stepNorm())));

  /** A layer of a trial, at the initial weights and at the end. */
  public static final Table<Logged<LayerPoint>> LAYERS =
      new Table<>(
          "layers",
          "a layer of a trial, at its initial weights or at its end",
          List.of(
              required("trial_id", STRING, "", "the trial", l -> l.record().id().hex()),
              required(
                  "layer",
                  LONG,
                  "",
                  "number of the layer, from 1 at the input",
                  l -> (long) l.point().layer()),
              required("moment", STRING, "", "initial or final", l -> l.point().moment().text()),
              required(
                  "units", LONG, "units", "outputs of the layer", l -> (long) l.point().units()),
              column(
                  "forward_norm",
                  DOUBLE,
                  "",
                  "centred norm of its output over the rows",
                  l -> l.point().forwardNorm()),
              column(
                  "backward_norm",
                  DOUBLE,
                  "",
                  "norm of the loss's derivative by its pre-activations",
                  l -> l.point().backwardNorm()),
              column(
                  "gradient_norm",
                  DOUBLE,
                  "",
                  "norm of the gradient of its parameters",
                  l -> l.point().gradientNorm()),
              column(
                  "gradient_share",
                  DOUBLE,
                  "",
                  "its share of the squared gradient",
                  l -> l.point().gradientShare()),
              column(
                  "weight_norm", DOUBLE, "", "norm of its parameters", l -> l.point().weightNorm()),
              column(
                  "dead",
                  DOUBLE,
                  "",
                  "share of ReLU units off on every row",
                  l -> l.point().dead()),
              column(
                  "saturated",
                  DOUBLE,
                  "",
                  "share of tanh or sigmoid activations within 5 % of their range of a bound",
                  l -> l.point().saturated()),
              required(
                  "distinct_units",
                  LONG,
                  "units",
                  "units that differ in their weights",
                  l -> (long) l.point().distinctUnits()),
              column(
                  "active",
                  DOUBLE,
                  "",
                  "share of (row, unit) pairs of a ReLU layer that are on; 1 for other layers",
                  l -> l.point().active())));

  /** A sweep. */
  public static final Table<SweepRecord> SWEEPS =
      new Table<>(
          "sweeps",
          "a sweep",
          List.of(
              required("name", STRING, "", "name in the spec", SweepRecord::name),
              required(
                  "spec",
                  STRING,
                  "",
                  "effective spec in YAML, defaults filled in",
                  SweepRecord::spec),
              required("spec_path", STRING, "", "spec file as it was given", SweepRecord::specPath),
              required(
                  "plan_digest",
                  STRING,
                  "",
                  "SHA-256 over everything that the sweep's trials and their results depend on",
                  SweepRecord::planDigest),
              required(
                  "data_fingerprint",
                  STRING,
                  "",
                  "SHA-256 of the prepared data",
                  SweepRecord::dataFingerprint),
              required(
                  "data_summary",
                  STRING,
                  "",
                  "rows, features and classes in words",
                  SweepRecord::dataSummary),
              column(
                  "training_rows",
                  LONG,
                  "rows",
                  "rows that are trained on; NULL before schema version 3",
                  SweepRecord::trainingRows),
              required(
                  "planned_trials",
                  LONG,
                  "trials",
                  "trials of the plan",
                  SweepRecord::plannedTrials),
              required("version", STRING, "", "version of Saddlemap", SweepRecord::version),
              required("spark_version", STRING, "", "version of Spark", SweepRecord::sparkVersion),
              required("started", STRING, "ISO 8601", "first start, UTC", SweepRecord::started),
              column(
                  "finished",
                  STRING,
                  "ISO 8601",
                  "completion, UTC; NULL while incomplete",
                  SweepRecord::finished),
              column(
                  "tags",
                  STRING,
                  "",
                  "given with run --tag: words and key=value, in order, between them a comma and a blank",
                  SweepRecord::tags),
              column("note", STRING, "", "given with run --note", SweepRecord::note),
              required(
                  "schema_version",
                  LONG,
                  "",
                  "version of the tables' schema",
                  r -> (long) SCHEMA_VERSION)));

  /** What a model of a sweep's results rests on; written by {@code analyse}. */
  public static final Table<ImportanceRecord> IMPORTANCE =
      new Table<>(
          "importance",
          "a hyperparameter, or a pair of them, for one prediction",
          List.of(
              required(
                  "target",
                  STRING,
                  "",
                  "what is predicted: diverged, plateau, saddle, or loss (log10 of final_loss)",
                  ImportanceRecord::target),
              required("hyperparameter", STRING, "", "its key", ImportanceRecord::hyperparameter),
              column(
                  "other",
                  STRING,
                  "",
                  "second hyperparameter of a pair; NULL for one alone",
                  r -> r.other().orElse(null)),
              column(
                  "importance",
                  DOUBLE,
                  "",
                  "fall of the held-out quality when its values are shuffled; NULL where the model is no better than chance",
                  r -> r.importance().isPresent() ? (Object) r.importance().getAsDouble() : null),
              column(
                  "interaction",
                  DOUBLE,
                  "",
                  "of a pair: sum of both importances less the joint one",
                  r -> r.interaction().isPresent() ? (Object) r.interaction().getAsDouble() : null),
              required("measure", STRING, "", "auc, or r2 for the loss", ImportanceRecord::measure),
              required(
                  "quality",
                  DOUBLE,
                  "",
                  "of the model on held-out configurations",
                  ImportanceRecord::quality),
              required(
                  "chance",
                  DOUBLE,
                  "",
                  "quality that a model which knows nothing rarely exceeds",
                  ImportanceRecord::chance),
              required(
                  "trained",
                  LONG,
                  "trials",
                  "trials that the model was fitted to",
                  ImportanceRecord::trained),
              required(
                  "heldout",
                  LONG,
                  "trials",
                  "trials it was judged by",
                  ImportanceRecord::heldOut)));

  /** Plain rules that a decision tree finds in a sweep's verdicts; written by {@code analyse}. */
  public static final Table<RuleRecord> RULES =
      new Table<>(
          "rules",
          "a rule that tells verdicts from hyperparameters",
          List.of(
              required(
                  "place",
                  LONG,
                  "",
                  "1 for the rule that is right about the most trials",
                  r -> (long) r.place()),
              required(
                  "condition",
                  STRING,
                  "",
                  "on the columns of trials, as SQL",
                  RuleRecord::condition),
              required(
                  "category", STRING, "", "how most of these trials ended", RuleRecord::category),
              required("trials", LONG, "trials", "judged trials that meet it", RuleRecord::trials),
              required(
                  "precision",
                  DOUBLE,
                  "",
                  "share of them that ended in that category",
                  RuleRecord::precision),
              required(
                  "heldout_trials",
                  LONG,
                  "trials",
                  "of them, those of configurations that the tree did not see",
                  RuleRecord::heldOutTrials),
              column(
                  "heldout_precision",
                  DOUBLE,
                  "",
                  "share of these that ended in that category",
                  RuleRecord::heldOutPrecision)));

  /** All tables. */
  public static final List<Table<?>> ALL =
      List.of(SWEEPS, TRIALS, CURVES, LAYERS, IMPORTANCE, RULES);

  private Tables() {}

  /** A curve's or layer's row with the record that it belongs to. */
  public record Logged<P>(TrialRecord record, P point) {}

  /** {@code finite}, {@code nan}, {@code +inf} or {@code -inf}. */
  public static String kind(double value) {
    return Double.isNaN(value)
        ? "nan"
        : Double.isFinite(value) ? "finite" : value > 0 ? "+inf" : "-inf";
  }

  private static List<Column<TrialRecord>> trialColumns() {
    List<Column<TrialRecord>> c = new ArrayList<>();
    c.add(
        required(
            "trial_id",
            STRING,
            "",
            "SHA-256 over everything that result and verdict depend on, and nothing else",
            r -> r.id().hex()));
    c.add(
        required(
            "plan_index", LONG, "", "number of the trial in the plan", r -> r.trial().index()));
    c.add(
        required(
            "replicate",
            LONG,
            "",
            "seed index of the configuration",
            r -> (long) r.trial().replicate()));
    c.add(
        required(
            "configuration",
            STRING,
            "",
            "canonical text of all hyperparameters that apply",
            r -> r.trial().configuration().canonical()));
    for (Hyperparameter h : Hyperparameter.values()) {
      c.add(column(h.key(), h.type(), "", h.doc(), r -> hyperparameter(r, h)));
    }
    c.add(
        column(
            "learning_rate_sharpness",
            DOUBLE,
            "",
            "c where the learning rate was given as c/λmax at initialization",
            r ->
                r.trial().configuration().learningRate() instanceof LearningRate.Sharpness s
                    ? (Object) s.c()
                    : null));
    c.add(
        outcome(
            "batch_rows", "rows", "training rows a step, as a number", o -> (long) o.batchRows()));
    c.add(outcome("parameters", "", "trainable parameters", o -> o.parameters()));
    c.add(required("status", STRING, "", "completed, failed or timed_out", r -> r.status().text()));
    c.add(
        column(
            "category",
            STRING,
            "",
            "optimum, saddle, plateau, diverged or descending; NULL unless completed and examined",
            r -> r.verdict().flatMap(Verdict::category).map(Category::text).orElse(null)));
    c.add(
        column(
            "sub_category",
            STRING,
            "",
            "what kind of it",
            r -> r.verdict().map(Verdict::subCategory).orElse(null)));
    c.add(
        column(
            "cause",
            STRING,
            "",
            "what most likely kept it from training, of a closed list (docs/verdict.md); NULL where nothing was examined",
            r -> r.verdict().flatMap(Verdict::cause).map(Cause::text).orElse(null)));
    c.add(
        column(
            "margin",
            DOUBLE,
            "decades",
            "smallest distance between a deciding quantity and its threshold, |log10(value/threshold)|: 0 on the edge, 16 where no single quantity would change the category; NULL without a category",
            r -> r.verdict().map(Tables::margin).orElse(null)));
    c.add(
        column(
            "reason",
            STRING,
            "",
            "why, in one sentence; the error where it failed",
            r ->
                r.verdict()
                    .map(Verdict::reason)
                    .or(() -> r.failure().map(TrialRecord.Failure::reason))
                    .orElse(null)));
    c.add(
        column(
            "stack_trace",
            STRING,
            "",
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
          column(
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
    c.add(required("version", STRING, "", "version of Saddlemap", r -> r.provenance().version()));
    c.add(
        required(
            "engine", STRING, "", "version of the numerical engine", r -> r.provenance().engine()));
    c.add(
        required(
            "rule_version",
            LONG,
            "",
            "version of the verdict's rule",
            r -> (long) VerdictRule.VERSION));
    c.add(
        required("java", STRING, "", "version of the virtual machine", r -> r.provenance().java()));
    c.add(
        required(
            "platform",
            STRING,
            "",
            "operating system and architecture",
            r -> r.provenance().platform()));
    c.add(required("blas", STRING, "", "BLAS library and kernel", r -> r.provenance().blas()));
    c.add(
        required(
            "blas_threads",
            LONG,
            "",
            "threads that BLAS ran with",
            r -> (long) r.provenance().blasThreads()));
    c.add(required("host", STRING, "", "machine that trained it", r -> r.provenance().host()));
    c.add(
        required(
            "schema_version",
            LONG,
            "",
            "version of the tables' schema",
            r -> (long) SCHEMA_VERSION));
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
        column(
            name + "_kind",
            STRING,
            "",
            "whether " + name + " is finite, nan, +inf or -inf",
            r -> r.outcome().map(o -> kind(value.applyAsDouble(o))).orElse(null)));
  }

  private static Column<TrialRecord> measured(
      String name, String unit, String doc, ToDoubleFunction<Outcome> value) {
    return column(
        name,
        DOUBLE,
        unit,
        doc,
        r -> r.outcome().map(o -> (Object) value.applyAsDouble(o)).orElse(null));
  }

  private static Column<TrialRecord> outcome(
      String name, String unit, String doc, Function<Outcome, Long> value) {
    return column(name, LONG, unit, doc, r -> r.outcome().map(value).orElse(null));
  }

  private static <R> Column<R> required(
      String name, ValueType type, String unit, String doc, Function<R, Object> value) {
    return new Column<>(name, type, unit, doc, true, value);
  }

  private static <R> Column<R> column(
      String name, ValueType type, String unit, String doc, Function<R, Object> value) {
    return new Column<>(name, type, unit, doc, false, value);
  }
}
