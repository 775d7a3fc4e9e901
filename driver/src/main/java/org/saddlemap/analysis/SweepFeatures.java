package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.attribute.NumericAttribute;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * The judged trials of a sweep as models see them: each swept hyperparameter by the position of its
 * value, and a fixed part of the configurations (with all their replicates) held out. Rows are kept
 * on disk and in memory until this is closed.
 *
 * <p>At most {@value #MAX_TRAINED} trials are fitted and {@value #MAX_HELD_OUT} shuffled, a seeded
 * sample where there are more.
 */
final class SweepFeatures implements AutoCloseable {
  private static final int MAX_TRAINED = 20_000;
  static final int MAX_HELD_OUT = 5_000;

  /** Column with the vector of all features, in the order of the axes. */
  static final String FEATURES = "features";

  /** Column with what a model is to predict. */
  static final String LABEL = "label";

  /** Column that says whether no model may be fitted to a row. */
  static final String HELD_OUT = "is_held_out";

  private final List<SweptAxis> axes;
  private final long seed;
  private final Dataset<Row> judged;
  private final Dataset<Row> trained;
  private final Map<String, Long> categories;
  private final List<Row> heldOut;

  /**
   * Reads the trials.
   *
   * @param trials of one sweep, all columns
   * @param axes that they vary; at least one
   * @param seed of the part that is held out
   */
  SweepFeatures(Dataset<Row> trials, List<SweptAxis> axes, long seed) {
    this.axes = axes;
    this.seed = seed;
    judged =
        encoded(trials.where(functions.col("category").isNotNull()), axes, seed)
            .persist(StorageLevel.DISK_ONLY());
    try {
      Dataset<Row> seen =
          thinned(judged.where(functions.not(functions.col(HELD_OUT))), MAX_TRAINED);
      heldOut =
          thinned(judged.where(functions.col(HELD_OUT)), MAX_HELD_OUT)
              .select(FEATURES, "category", "final_loss", "cause")
              .orderBy("trial_id")
              .collectAsList();
      // Forests draw their samples by the order of rows. In one order, the same trials give the
      // same model whatever files they stand in.
      trained = seen.repartition(1).sortWithinPartitions("trial_id").cache();
      categories =
          trained.groupBy("category").count().collectAsList().stream()
              .collect(Collectors.toMap(row -> row.getString(0), row -> row.getLong(1)));
    } catch (Exception e) { // Scala throws checked ones without saying so
      // Spark would answer the next attempt from what it keeps of this one.
      judged.unpersist();
      throw e;
    }
  }

  List<SweptAxis> axes() {
    return axes;
  }

  long seed() {
    return seed;
  }

  /** All judged trials. */
  Dataset<Row> judged() {
    return judged;
  }

  /** The trials that models are fitted to, in one order. */
  Dataset<Row> trained() {
    return trained;
  }

  /** How many of the trained trials are of each category that occurs. */
  Map<String, Long> categories() {
    return categories;
  }

  /** How many trials models are fitted to. */
  long trainedRows() {
    return categories.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Of the trials held out: features, category, final loss and cause; the last two may be null. */
  List<Row> heldOut() {
    return heldOut;
  }

  /** How many bins a tree needs to tell all values of an axis apart. */
  int bins() {
    return Math.max(32, axes.stream().mapToInt(a -> a.values().size()).max().orElse(0));
  }

  /** Features and a label, whose metadata give its number of classes: Spark need not count them. */
  Dataset<Row> labelled(Column label, int classes) {
    return trained
        .withColumn(LABEL, label)
        .select(FEATURES, LABEL)
        .withMetadata(
            LABEL,
            NominalAttribute.defaultAttr().withName(LABEL).withNumValues(classes).toMetadata());
  }

  private static Dataset<Row> encoded(Dataset<Row> trials, List<SweptAxis> axes, long seed) {
    List<Column> columns =
        new ArrayList<>(
            List.of(
                functions.col("trial_id"),
                functions.col("category"),
                functions.col("final_loss"),
                functions.col("cause"),
                // Whole configurations are held out: their replicates would give them away.
                functions
                    .pmod(
                        functions.xxhash64(functions.col("configuration"), functions.lit(seed)),
                        functions.lit(10))
                    .lt(3)
                    .as(HELD_OUT)));
    for (SweptAxis axis : axes) {
      Column index = axis.index().cast("double");
      columns.add(
          axis.ordered()
              ? index.as(
                  axis.key(), NumericAttribute.defaultAttr().withName(axis.key()).toMetadata())
              : index.as(
                  axis.key(),
                  NominalAttribute.defaultAttr()
                      .withName(axis.key())
                      .withNumValues(axis.values().size())
                      .toMetadata()));
    }
    return new VectorAssembler()
        .setInputCols(axes.stream().map(SweptAxis::key).toArray(String[]::new))
        .setOutputCol(FEATURES)
        .transform(trials.select(columns.toArray(Column[]::new)));
  }

  /** About that many rows at most, chosen by their ids. */
  private static Dataset<Row> thinned(Dataset<Row> rows, long max) {
    long count = rows.count();
    if (count <= max) {
      return rows;
    }
    return rows.where(
        functions
            .pmod(functions.xxhash64(functions.col("trial_id")), functions.lit(1_000_000L))
            .lt(1_000_000L * max / count));
  }

  @Override
  public void close() {
    trained.unpersist();
    judged.unpersist();
  }
}
