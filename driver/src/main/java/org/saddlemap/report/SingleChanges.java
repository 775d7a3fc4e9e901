package org.saddlemap.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.Share;
import org.saddlemap.analysis.SweptAxis;

/**
 * Which change of one value makes trials train that did not: pairs of trials that agree in all
 * else, replicate too. Numbers are changed by one step on the grid, words into any other.
 */
final class SingleChanges {
  /** A question about one change of one hyperparameter has at most so many rows of answers. */
  private static final int LIMIT = 200;

  private final List<SweptAxis> axes;
  private final String judged;

  /**
   * @param judged a test in SQL that the sweep's judged trials pass
   */
  SingleChanges(List<SweptAxis> axes, String judged) {
    this.axes = axes;
    this.judged = judged;
  }

  /**
   * A change.
   *
   * @param failing pairs whose trial did not train before
   * @param rescued of these, those whose trial trained after
   * @param training pairs whose trial trained before
   * @param lost of these, those whose trial did not train after
   */
  record Change(
      SweptAxis axis, int from, int to, long failing, long rescued, long training, long lost) {
    Share share() {
      return new Share(rescued, failing);
    }
  }

  /** The one that rescues the most trials; of equals, the one that loses the fewest. */
  Optional<Change> best(Function<String, QueryResult> sql) {
    List<Change> changes = new ArrayList<>();
    sql.apply(sql()).rows().forEachRemaining(row -> changes.add(change(row)));
    return changes.stream()
        .min(
            Comparator.comparingLong((Change c) -> -c.rescued())
                .thenComparingLong(Change::lost)
                .thenComparingInt(c -> axes.indexOf(c.axis()))
                .thenComparingInt(Change::from)
                .thenComparingInt(Change::to));
  }

  private Change change(List<Object> row) {
    SweptAxis axis =
        axes.stream().filter(a -> a.key().equals(row.get(0))).findFirst().orElseThrow();
    return new Change(
        axis,
        axis.indexOf(row.get(1)),
        axis.indexOf(row.get(2)),
        number(row.get(3)),
        number(row.get(4)),
        number(row.get(5)),
        number(row.get(6)));
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }

  /** All changes, those that rescue the most first. */
  String sql() {
    return """
        WITH judged AS (
          SELECT replicate, cause = 'none' AS trains, %s
          FROM trials WHERE %s
        ), pairs AS (
        %s
        ), counted AS (
          SELECT hyperparameter, one, other,
            count(*) FILTER (WHERE NOT one_trains) AS one_fails, count(*) FILTER (WHERE NOT other_trains) AS other_fails,
            count(*) FILTER (WHERE other_trains AND NOT one_trains) AS gained, count(*) FILTER (WHERE one_trains AND NOT other_trains) AS lost,
            count(*) AS pairs
          FROM pairs GROUP BY hyperparameter, one, other
        )
        SELECT hyperparameter, one AS from_value, other AS to_value, one_fails AS failing, gained AS rescued, pairs - one_fails AS training, lost
        FROM counted
        UNION ALL
        SELECT hyperparameter, other, one, other_fails, lost, pairs - other_fails, gained
        FROM counted
        ORDER BY rescued DESC, lost LIMIT %d"""
        .formatted(
            axes.stream()
                .map(a -> a.sql().equals(a.key()) ? a.key() : a.sql() + " AS " + a.key())
                .collect(Collectors.joining(", ")),
            judged,
            axes.stream()
                .map(a -> a.numeric() ? steps(a) : swaps(a))
                .collect(Collectors.joining("\n  UNION ALL\n")),
            LIMIT);
  }

  /** From each number to the next that its group has. */
  private String steps(SweptAxis axis) {
    String group =
        axes.stream()
            .filter(a -> !a.equals(axis))
            .map(SweptAxis::key)
            .collect(
                Collectors.joining(
                    ", ", "PARTITION BY ", axes.size() == 1 ? "replicate" : ", replicate"));
    return """
          SELECT '%1$s' AS hyperparameter, CAST(one AS STRING) AS one, CAST(%1$s AS STRING) AS other, one_trains, trains AS other_trains
          FROM (SELECT %1$s, trains, lag(%1$s) OVER (%2$s ORDER BY %1$s) AS one, lag(trains) OVER (%2$s ORDER BY %1$s) AS one_trains
            FROM judged WHERE %1$s IS NOT NULL) WHERE one IS NOT NULL"""
        .formatted(axis.key(), group);
  }

  /** From each word to each other. */
  private String swaps(SweptAxis axis) {
    String agree =
        axes.stream()
            .filter(a -> !a.equals(axis))
            .map(a -> " AND " + agree(axis, a))
            .collect(Collectors.joining());
    return """
          SELECT '%1$s' AS hyperparameter, CAST(a.%1$s AS STRING) AS one, CAST(b.%1$s AS STRING) AS other, a.trains AS one_trains, b.trains AS other_trains
          FROM judged a JOIN judged b ON a.%1$s < b.%1$s AND a.replicate = b.replicate%2$s"""
        .formatted(axis.key(), agree);
  }

  private static String agree(SweptAxis changed, SweptAxis other) {
    if (other.hyperparameter().governor().equals(Optional.of(changed.hyperparameter()))) {
      // Applies at some values of what is changed only, such as momentum where it is the optimizer.
      return "(a.%1$s = b.%1$s OR a.%1$s IS NULL OR b.%1$s IS NULL)".formatted(other.key());
    }
    return (other.hasNone() ? "a.%1$s IS NOT DISTINCT FROM b.%1$s" : "a.%1$s = b.%1$s")
        .formatted(other.key());
  }
}
