package org.saddlemap.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.forall;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.functions.zip_with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.space.Hyperparameter;

/**
 * How many verdicts change where one hyperparameter alone does: what the view {@code turned}
 * answers, for one axis of one sweep. The view joins every trial with every other by text, which
 * takes minutes for a million; here each group of trials that agree in all else is brought together
 * by one shuffle of hashes, and there are few kinds of groups.
 */
final class VerdictChanges {
  private static final String SHARPNESS = "learning_rate_sharpness";

  private VerdictChanges() {}

  /**
   * Rows of {@code from_value, to_value, from_category, to_category, pairs}, in the order of the
   * axis' values.
   *
   * @param trials of one sweep
   */
  static List<List<Object>> of(Dataset<Row> trials, SweptAxis axis) {
    Dataset<Row> groups =
        trials
            .where(col("category").isNotNull().and(axis.index().isNotNull()))
            .groupBy(col("replicate"), xxhash64(others(axis)))
            .agg(
                array_sort(
                        collect_list(
                            struct(
                                axis.index().as("at"),
                                col("category"),
                                governed(axis.hyperparameter()).as("governed"))))
                    .as("members"))
            .where(size(col("members")).gt(1))
            .groupBy("members")
            .agg(count(lit(1)).as("groups"));
    Dataset<Row> pairs =
        groups
            .select(explode(col("members")).as("a"), col("members"), col("groups"))
            .select(col("a"), explode(col("members")).as("b"), col("groups"))
            .where(col("a.at").lt(col("b.at")).and(differOnlyWhereOneApplies()))
            .groupBy("a.at", "b.at", "a.category", "b.category")
            .agg(sum("groups"));
    return pairs.collectAsList().stream()
        .sorted(
            Comparator.<Row>comparingInt(pair -> pair.getInt(0))
                .thenComparingInt(pair -> pair.getInt(1))
                .thenComparing(pair -> pair.getString(2))
                .thenComparing(pair -> pair.getString(3)))
        .map(
            pair ->
                List.<Object>of(
                    axis.values().get(pair.getInt(0)).toString(),
                    axis.values().get(pair.getInt(1)).toString(),
                    pair.getString(2),
                    pair.getString(3),
                    pair.getLong(4)))
        .toList();
  }

  /** Values of what applies at some of the axis' values only, as texts; NULL where it does not. */
  private static Column governed(Hyperparameter governor) {
    return array(
        Arrays.stream(Hyperparameter.values())
            .filter(h -> h.governor().equals(Optional.of(governor)))
            .map(h -> col(h.key()).cast("string"))
            .toArray(Column[]::new));
  }

  private static Column differOnlyWhereOneApplies() {
    return forall(
        zip_with(col("a.governed"), col("b.governed"), (a, b) -> coalesce(a.equalTo(b), lit(true))),
        same -> same);
  }

  /**
   * All other hyperparameters that the axis does not govern. A hash skips NULLs, so that for each
   * column it is said as well whether it is NULL.
   */
  private static Column[] others(SweptAxis axis) {
    List<Column> others = new ArrayList<>();
    for (Hyperparameter h : Hyperparameter.values()) {
      if (h != axis.hyperparameter()
          && h != Hyperparameter.BATCH_NORM // an older name of normalization
          && !h.governor().equals(Optional.of(axis.hyperparameter()))) {
        Column value =
            h == Hyperparameter.LEARNING_RATE
                // A rate that was given by the sharpness is another for each network.
                ? when(col(SHARPNESS).isNull(), col(h.key()))
                : col(h.key());
        others.add(value);
        others.add(value.isNull());
      }
    }
    if (axis.hyperparameter() != Hyperparameter.LEARNING_RATE) {
      others.add(col(SHARPNESS));
    }
    return others.toArray(Column[]::new);
  }
}
