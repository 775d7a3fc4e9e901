package org.saddlemap.record;

import java.util.List;

/**
 * The registry of tables and columns. Parquet schemas, {@code docs/schema.md} and the readers come
 * from here. Columns are only ever added; {@link #SCHEMA_VERSION} counts the additions.
 */
public final class Tables {
  public static final int SCHEMA_VERSION = 5;

  /** A trial, its latest attempt. */
  public static final Table<TrialRecord> TRIALS =
      new Table<>("trials", "a trial", TrialColumns.all());

  /** A logged step of a trial. */
  public static final Table<Logged<CurvePoint>> CURVES =
      new Table<>("curves", "a logged step of a trial", CurveColumns.ALL);

  /** A layer of a trial, at the initial weights and at the end. */
  public static final Table<Logged<LayerPoint>> LAYERS =
      new Table<>(
          "layers", "a layer of a trial, at its initial weights or at its end", LayerColumns.ALL);

  /** A sweep. */
  public static final Table<SweepRecord> SWEEPS =
      new Table<>("sweeps", "a sweep", SweepColumns.ALL);

  /** What a model of a sweep's results rests on; written by {@code analyse}. */
  public static final Table<ImportanceRecord> IMPORTANCE =
      new Table<>(
          "importance",
          "a hyperparameter, or a pair of them, for one prediction",
          ImportanceColumns.ALL);

  /** Plain rules that a decision tree finds in a sweep's verdicts; written by {@code analyse}. */
  public static final Table<RuleRecord> RULES =
      new Table<>("rules", "a rule that tells verdicts from hyperparameters", RuleColumns.ALL);

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
}
