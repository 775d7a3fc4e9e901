package org.saddlemap.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.record.ImportanceRecord;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.verdict.Cause;

/**
 * Everything on the page of one sweep but its map: each section is the answer to a SQL query over
 * the views {@code trials}, {@code curves} and {@code layers}, which hold that sweep alone.
 */
final class Sections {
  /** Rows of signals that the page holds at most. */
  private static final long MAX_SIGNALS = 20_000;

  /** Pieces that the time of a sweep is divided into. */
  private static final int BINS = 100;

  private final Function<String, QueryResult> sql;
  private final Dataset<Row> trials;
  private final List<SweptAxis> axes;

  /**
   * @param sql answers queries over the views, in what Spark and DuckDB have in common
   * @param trials the same as the view
   */
  Sections(Function<String, QueryResult> sql, Dataset<Row> trials, List<SweptAxis> axes) {
    this.sql = sql;
    this.trials = trials;
    this.axes = axes;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("outcomes", outcomes());
    json.put("causes", causes());
    json.put("turned", changes());
    json.put("signals", signals());
    json.put("symmetry", symmetry());
    json.put("curves", curves());
    json.put("gradients", gradients());
    json.put("curvature", curvature());
    json.put(
        "best",
        rows(
            """
            SELECT place, trial_id, heldout_accuracy, heldout_loss, accuracy, final_loss, category,
              sub_category, steps, configuration, replicate
            FROM best_trials WHERE place <= 20 ORDER BY place"""));
    json.put("disagreements", disagreements());
    json.put("failures", failures());
    json.put(
        "provenance",
        rows(
            """
            SELECT version, engine, rule_version, java, platform, blas, blas_threads, host,
              count(*) AS trials
            FROM trials GROUP BY ALL ORDER BY trials DESC, host LIMIT 20"""));
    json.put("time", time());
    return json;
  }

  /** {@code outcome, trials} of the sweep. */
  private Object outcomes() {
    return rows(
        """
        SELECT %s AS outcome, count(*) AS trials
        FROM trials GROUP BY 1 ORDER BY 2 DESC, 1"""
            .formatted(RowOutcome.SQL));
  }

  /** What kept trials from training, by cause and category, with what each cause means. */
  private Object causes() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(
        "rows",
        rows(
            "SELECT cause, category, trials, share, example, reason FROM causes ORDER BY cause, category"));
    Map<String, String> meaning = new LinkedHashMap<>();
    for (Cause cause : Cause.values()) {
      meaning.put(cause.text(), cause.doc());
    }
    json.put("meaning", meaning);
    json.put("without", count("SELECT count(*) FROM trials WHERE cause IS NULL"));
    return json;
  }

  /** How verdicts change with each hyperparameter whose values are words, pair by pair. */
  private Object changes() {
    List<List<Object>> rows = new ArrayList<>();
    for (SweptAxis axis : axes) {
      if (!axis.numeric()) {
        for (List<Object> change : VerdictChanges.of(trials, axis)) {
          List<Object> row = new ArrayList<>(change);
          row.add(0, axis.key());
          rows.add(row);
        }
      }
    }
    return table(
        List.of(
            "hyperparameter", "from_value", "to_value", "from_category", "to_category", "pairs"),
        rows);
  }

  /**
   * Signals by layer, by initializer and by what else of the network is varied, as far as that
   * makes no more than some {@value #MAX_SIGNALS} rows: their median, and between which values the
   * middle four fifths are.
   */
  private Object signals() {
    long rows =
        MAX_SIGNALS
            / Math.max(
                1,
                count(
                    "SELECT count(*) FROM (SELECT DISTINCT t.initializer, t.depth, l.moment, l.layer FROM layers l JOIN trials t ON l.trial_id = t.trial_id) AS s"));
    List<SweptAxis> by = new ArrayList<>();
    for (SweptAxis axis : axes) {
      boolean asked = axis.key().equals("depth") || axis.key().equals("initializer");
      if (!asked
          && axis.hyperparameter().section() == Hyperparameter.Section.NETWORK
          && axis.values().size() <= rows) {
        rows /= axis.values().size();
        by.add(axis);
      }
    }
    List<List<Object>> read =
        values(
            sql.apply(
                """
                SELECT t.initializer, t.depth, l.moment, l.layer,
                  percentile_approx(l.forward_norm, 0.5) AS forward,
                  percentile_approx(l.forward_norm, 0.1) AS forward_low, percentile_approx(l.forward_norm, 0.9) AS forward_high,
                  percentile_approx(l.backward_norm, 0.5) AS backward,
                  percentile_approx(l.backward_norm, 0.1) AS backward_low, percentile_approx(l.backward_norm, 0.9) AS backward_high,
                  count(*) AS trials%s
                FROM layers l JOIN trials t ON l.trial_id = t.trial_id
                GROUP BY ALL ORDER BY ALL"""
                    .formatted(
                        by.stream().map(a -> ", " + a.sql()).collect(Collectors.joining()))));
    List<String> columns =
        new ArrayList<>(
            List.of(
                "initializer",
                "depth",
                "moment",
                "layer",
                "forward",
                "forward_low",
                "forward_high",
                "backward",
                "backward_low",
                "backward_high",
                "trials"));
    int fixed = columns.size();
    List<List<Object>> named = new ArrayList<>();
    for (List<Object> row : read) {
      List<Object> texts = new ArrayList<>(row);
      for (int a = 0; a < by.size(); a++) {
        int at = by.get(a).indexOf(row.get(fixed + a));
        texts.set(fixed + a, at < 0 ? "none" : by.get(a).text(at));
      }
      named.add(texts);
    }
    by.forEach(axis -> columns.add(axis.key()));
    return table(columns, named);
  }

  /** How many hidden layers keep units apart, by initializer. */
  private Object symmetry() {
    return rows(
        """
        SELECT t.initializer, l.moment, count(*) AS hidden_layers,
          count_if(l.distinct_units = 1 AND l.units > 1) AS all_equal,
          avg(l.distinct_units / l.units) AS distinct_share,
          avg(l.dead) AS dead, avg(l.saturated) AS saturated
        FROM layers l JOIN trials t ON l.trial_id = t.trial_id
        WHERE l.layer <= t.depth
        GROUP BY ALL ORDER BY ALL""");
  }

  /** The curves of the three trials nearest to the middle of each category's commonest kind. */
  private Object curves() {
    List<Map<String, Object>> typical =
        objects(
            """
            WITH kinds AS (
              SELECT category, sub_category, row_number() OVER (PARTITION BY category ORDER BY count(*) DESC, sub_category) AS place
              FROM trials WHERE category IS NOT NULL GROUP BY category, sub_category
            ), middle AS (
              SELECT t.category, t.sub_category, percentile_approx(t.final_loss, 0.5) AS loss
              FROM trials t JOIN kinds k ON t.category = k.category AND t.sub_category = k.sub_category AND k.place = 1
              GROUP BY t.category, t.sub_category
            ), placed AS (
              SELECT t.trial_id, t.category, t.sub_category, t.configuration, t.replicate, t.reason,
                row_number() OVER (PARTITION BY t.category ORDER BY abs(t.final_loss - m.loss) NULLS LAST, t.trial_id) AS place
              FROM trials t JOIN middle m ON t.category = m.category AND t.sub_category = m.sub_category
            )
            SELECT trial_id, category, sub_category, configuration, replicate, reason FROM placed
            WHERE place <= 3 ORDER BY category, place""");
    if (typical.isEmpty()) {
      return List.of();
    }
    String in =
        String.join(", ", typical.stream().map(t -> "'" + t.get("trial_id") + "'").toList());
    Map<Object, List<Object>> points = new LinkedHashMap<>();
    for (List<Object> row :
        values(
            sql.apply(
                """
                SELECT trial_id, step, loss, gradient_norm FROM curves
                WHERE trial_id IN (%s) ORDER BY trial_id, step"""
                    .formatted(in)))) {
      points.computeIfAbsent(row.get(0), k -> new ArrayList<>()).add(row.subList(1, row.size()));
    }
    for (Map<String, Object> trial : typical) {
      trial.put("points", points.getOrDefault(trial.get("trial_id"), List.of()));
    }
    return typical;
  }

  /** At most 2,500 trials, chosen by their ids. */
  private Object gradients() {
    return rows(
        """
        SELECT category, gradient_norm, gap, substr(trial_id, 1, 10) AS trial
        FROM trials WHERE category IS NOT NULL AND gradient_norm IS NOT NULL AND gap IS NOT NULL
        ORDER BY trial_id LIMIT 2500""");
  }

  /** At most 2,500 trials, chosen by their ids. */
  private Object curvature() {
    return rows(
        """
        SELECT category, lambda_min, lambda_max, negative_eigenvalues, gap, substr(trial_id, 1, 10) AS trial
        FROM trials WHERE lambda_max IS NOT NULL OR negative_eigenvalues IS NOT NULL
        ORDER BY trial_id LIMIT 2500""");
  }

  private Object disagreements() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(
        "configurations",
        count(
            "SELECT count(*) FROM (SELECT 1 FROM trials WHERE category IS NOT NULL GROUP BY configuration HAVING count(*) > 1)"));
    json.put("total", count("SELECT count(*) FROM disagreements"));
    json.put(
        "rows",
        rows(
            """
            SELECT configuration, replicates, optimum, saddle, plateau, diverged, descending
            FROM disagreements ORDER BY categories DESC, configuration LIMIT 60"""));
    return json;
  }

  private Object failures() {
    return rows(
        """
        SELECT status, substr(reason, 1, 300) AS reason, count(*) AS trials,
          min(trial_id) AS example, min_by(substr(stack_trace, 1, 1500), trial_id) AS stack_trace
        FROM trials WHERE status <> 'completed'
        GROUP BY ALL ORDER BY trials DESC, reason LIMIT 40""");
  }

  private Object time() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put(
        "total",
        rows(
            """
            SELECT sum(load_ms) / 1000 AS load_s, sum(train_ms) / 1000 AS train_s,
              sum(examine_ms) / 1000 AS examine_s, max(queue_ms + load_ms + train_ms + examine_ms) / 1000 AS last_end_s,
              percentile_approx(load_ms + train_ms + examine_ms, 0.5) AS median_ms,
              percentile_approx(load_ms + train_ms + examine_ms, 0.99) AS slow_ms,
              sum(steps) AS steps
            FROM trials"""));
    json.put(
        "byDepth",
        rows(
            """
            SELECT depth, count(*) AS trials, avg(load_ms) AS load_ms, avg(train_ms) AS train_ms,
              avg(examine_ms) AS examine_ms
            FROM trials GROUP BY depth ORDER BY depth"""));
    json.put("busy", busy());
    return json;
  }

  /**
   * How many trials were in each phase at once, on average over each of at most {@value #BINS}
   * equal pieces of the time from the job's start to the last trial's end.
   */
  private Object busy() {
    return rows(
        """
        WITH ends AS (
          SELECT greatest(max(queue_ms + load_ms + train_ms + examine_ms), 1) / %d AS width FROM trials
        ), phases AS (
          SELECT 'load' AS phase, queue_ms AS start_ms, queue_ms + load_ms AS end_ms FROM trials
          UNION ALL
          SELECT 'train', queue_ms + load_ms, queue_ms + load_ms + train_ms FROM trials
          UNION ALL
          SELECT 'examine', queue_ms + load_ms + train_ms, queue_ms + load_ms + train_ms + examine_ms
          FROM trials
        ), pieces AS (
          SELECT phase, start_ms, end_ms, width,
            explode(sequence(CAST(floor(start_ms / width) AS INT), CAST(floor(end_ms / width) AS INT))) AS bin
          FROM phases CROSS JOIN ends
        )
        SELECT bin,
          sum(least(end_ms, (bin + 1) * width) - greatest(start_ms, bin * width)) FILTER (WHERE phase = 'load') / any_value(width) AS load,
          sum(least(end_ms, (bin + 1) * width) - greatest(start_ms, bin * width)) FILTER (WHERE phase = 'train') / any_value(width) AS train,
          sum(least(end_ms, (bin + 1) * width) - greatest(start_ms, bin * width)) FILTER (WHERE phase = 'examine') / any_value(width) AS examine
        FROM pieces WHERE bin < %d GROUP BY bin ORDER BY bin"""
            .formatted(BINS, BINS));
  }

  static Object importance(List<ImportanceRecord> importance) {
    return importance.stream()
        .map(
            r -> {
              Map<String, Object> row = new LinkedHashMap<>();
              row.put("target", r.target());
              row.put("a", r.hyperparameter());
              row.put("b", r.other().orElse(null));
              row.put(
                  "importance", r.importance().isPresent() ? r.importance().getAsDouble() : null);
              row.put("low", r.low().isPresent() ? r.low().getAsDouble() : null);
              row.put("high", r.high().isPresent() ? r.high().getAsDouble() : null);
              row.put(
                  "interaction",
                  r.interaction().isPresent() ? r.interaction().getAsDouble() : null);
              row.put("measure", r.measure());
              row.put("quality", r.quality());
              row.put("chance", r.chance());
              row.put("trained", r.trained());
              row.put("heldOut", r.heldOut());
              return row;
            })
        .toList();
  }

  /** A query's answer as {@code {columns, rows}}. */
  private Map<String, Object> rows(String query) {
    return rows(sql.apply(query));
  }

  static Map<String, Object> rows(QueryResult answer) {
    return table(answer.columns(), values(answer));
  }

  private static List<List<Object>> values(QueryResult answer) {
    List<List<Object>> rows = new ArrayList<>();
    answer.rows().forEachRemaining(rows::add);
    return rows;
  }

  /** The one number that a query answers. */
  private long count(String query) {
    return ((Number) sql.apply(query).rows().next().get(0)).longValue();
  }

  private static Map<String, Object> table(List<String> columns, List<List<Object>> rows) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("columns", columns);
    json.put("rows", rows);
    return json;
  }

  private List<Map<String, Object>> objects(String query) {
    QueryResult answer = sql.apply(query);
    List<Map<String, Object>> objects = new ArrayList<>();
    for (List<Object> row : values(answer)) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        object.put(answer.columns().get(i), row.get(i));
      }
      objects.add(object);
    }
    return objects;
  }
}
