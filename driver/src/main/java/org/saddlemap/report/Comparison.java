package org.saddlemap.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.spec.InvalidInput;

/**
 * Two sweeps lined up. Trials are paired that agree in replicate and in every hyperparameter whose
 * values the sweeps share; a hyperparameter without a common value is what changed between them.
 */
final class Comparison {
  private final SparkSession spark;
  private final String before;
  private final String after;
  private final List<String> shared;
  private final Map<String, List<String>> changed;

  private Comparison(
      SparkSession spark,
      String before,
      String after,
      List<String> shared,
      Map<String, List<String>> changed) {
    this.spark = spark;
    this.before = before;
    this.after = after;
    this.shared = shared;
    this.changed = changed;
  }

  /**
   * Registers the view {@code changes}: a row for each pair.
   *
   * @param trials of both sweeps, registered as {@code trials} too
   * @throws InvalidInput where no trial of one sweep has a partner in the other
   */
  static Comparison of(SparkSession spark, Dataset<Row> trials, String before, String after) {
    Map<String, List<SweptAxis>> axes = new LinkedHashMap<>();
    for (String sweep : List.of(before, after)) {
      axes.put(sweep, SweptAxis.allOf(trials.where(functions.col("sweep").equalTo(sweep))));
    }
    Set<String> keys = new LinkedHashSet<>();
    axes.values().forEach(list -> list.forEach(a -> keys.add(a.key())));
    List<String> shared = new ArrayList<>();
    Map<String, List<String>> changed = new LinkedHashMap<>();
    for (String key : keys) {
      List<Object> of = values(axes.get(before), key);
      List<Object> other = values(axes.get(after), key);
      if (of.stream().anyMatch(other::contains)) {
        shared.add(key);
      } else {
        changed.put(key, List.of(texts(axes.get(before), key), texts(axes.get(after), key)));
      }
    }
    String on =
        shared.stream()
            .map(k -> "a.%s <=> b.%<s".formatted(k))
            .collect(Collectors.joining(" AND ", "a.replicate = b.replicate AND ", ""));
    String columns = shared.stream().map(k -> "a." + k + ", ").collect(Collectors.joining());
    spark
        .sql(
            """
            SELECT %s a.replicate, a.trial_id AS from_trial, b.trial_id AS to_trial,
              a.category AS from_category, b.category AS to_category,
              a.final_loss AS from_loss, b.final_loss AS to_loss, b.reason AS to_reason
            FROM trials a JOIN trials b ON %s
            WHERE a.sweep = '%s' AND b.sweep = '%s'
              AND a.category IS NOT NULL AND b.category IS NOT NULL"""
                .formatted(columns, on, before, after))
        .createOrReplaceTempView("changes");
    if (spark.table("changes").isEmpty()) {
      throw new InvalidInput(
          "The sweeps %s and %s share no judged trials: pairs must agree in %s"
              .formatted(before, after, String.join(", ", shared)));
    }
    return new Comparison(spark, before, after, shared, changed);
  }

  private static Optional<SweptAxis> axis(List<SweptAxis> axes, String key) {
    return axes.stream().filter(a -> a.key().equals(key)).findFirst();
  }

  private static List<Object> values(List<SweptAxis> axes, String key) {
    return axis(axes, key).map(SweptAxis::values).orElse(List.of());
  }

  private static String texts(List<SweptAxis> axes, String key) {
    return axis(axes, key)
        .map(
            a ->
                IntStream.range(0, a.values().size())
                    .mapToObj(a::text)
                    .collect(Collectors.joining(", ")))
        .orElse("none");
  }

  /** Whether the sweeps have values of that hyperparameter in common. */
  boolean isShared(String key) {
    return shared.contains(key);
  }

  /** The trials that have a partner. */
  Dataset<Row> paired() {
    return spark.sql(
        """
        SELECT * FROM trials
        WHERE trial_id IN (SELECT from_trial FROM changes UNION SELECT to_trial FROM changes)""");
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("from", before);
    json.put("to", after);
    json.put("shared", shared);
    json.put("changed", changed);
    json.put(
        "matrix",
        Sections.rows(
            answer(
                """
                SELECT from_category, to_category, count(*) AS trials FROM changes
                GROUP BY 1, 2 ORDER BY 1, 2""")));
    List<Object> by = new ArrayList<>();
    for (String key : shared) {
      Map<String, Object> rows =
          Sections.rows(
              answer(
                  """
                  SELECT %s AS value, count(*) AS pairs, count_if(from_category <> to_category) AS turned
                  FROM changes GROUP BY 1 ORDER BY 1"""
                      .formatted(key)));
      if (((List<?>) rows.get("rows")).size() > 1) {
        by.add(Map.of("hyperparameter", key, "rows", rows.get("rows")));
      }
    }
    json.put("by", by);
    List<String> varying =
        by.stream().map(b -> String.valueOf(((Map<?, ?>) b).get("hyperparameter"))).toList();
    json.put(
        "trials",
        Sections.rows(
            answer(
                """
                SELECT %s replicate, from_category, to_category, from_loss, to_loss, from_trial, to_trial, to_reason
                FROM changes WHERE from_category <> to_category
                ORDER BY from_category, to_category, from_trial LIMIT 200"""
                    .formatted(
                        varying.stream().map(v -> v + ", ").collect(Collectors.joining())))));
    return json;
  }

  private QueryResult answer(String query) {
    return SqlSession.answer(spark.sql(query));
  }
}
