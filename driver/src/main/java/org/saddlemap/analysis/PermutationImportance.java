package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.apache.spark.ml.classification.RandomForestClassificationModel;
import org.apache.spark.ml.classification.RandomForestClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.RandomForestRegressor;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.saddlemap.record.ImportanceRecord;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;

/**
 * How much each hyperparameter, and each pair of them, matters to where descents end: the fall of a
 * random forest's held-out quality when the hyperparameter's values are shuffled (Breiman 2001).
 * Only given where the forest is better than chance.
 */
final class PermutationImportance {
  /** What a record about whether trials train is said to predict. */
  private static final String TRAINS = "trains";

  private static final int TREES = 30;
  private static final int FOREST_DEPTH = 8;

  private final SweepFeatures sweep;

  PermutationImportance(SweepFeatures sweep) {
    this.sweep = sweep;
  }

  /** Importance for each category that can be told from the others, and for the final loss. */
  List<ImportanceRecord> records() {
    return Stream.<Supplier<List<ImportanceRecord>>>of(
            () -> classified(TRAINS, "cause", 3, Cause.NONE.text()),
            () -> classified(Category.OPTIMUM),
            () -> classified(Category.DIVERGED),
            () -> classified(Category.PLATEAU),
            () -> classified(Category.SADDLE),
            this::loss)
        .parallel()
        .flatMap(target -> target.get().stream())
        .toList();
  }

  private List<ImportanceRecord> classified(Category target) {
    return classified(target.text(), "category", 1, target.text());
  }

  /**
   * Whether that column has that value.
   *
   * @param at the column's place in what is held out
   */
  private List<ImportanceRecord> classified(String target, String column, int at, String value) {
    Column holds = functions.coalesce(functions.col(column).equalTo(value), functions.lit(false));
    long positive = sweep.trained().where(holds).count();
    long count = sweep.trainedRows();
    List<Row> heldOut = sweep.heldOut();
    boolean[] truth = new boolean[heldOut.size()];
    Vector[] features = new Vector[heldOut.size()];
    int heldOutPositive = 0;
    for (int i = 0; i < truth.length; i++) {
      truth[i] = value.equals(heldOut.get(i).getString(at));
      features[i] = heldOut.get(i).getAs(0);
      heldOutPositive += truth[i] ? 1 : 0;
    }
    int negative = truth.length - heldOutPositive;
    if (Math.min(Math.min(positive, count - positive), Math.min(heldOutPositive, negative))
        < SweepModel.MIN_CLASS) {
      return List.of();
    }
    RandomForestClassificationModel forest =
        new RandomForestClassifier()
            .setNumTrees(TREES)
            .setMaxDepth(FOREST_DEPTH)
            .setMaxBins(sweep.bins())
            .setSeed(sweep.seed())
            .fit(sweep.labelled(holds.cast("double"), 2));
    // Two standard deviations above what a ranking at random gets (Mann and Whitney 1947).
    double chance = 0.5 + 2 * Math.sqrt((truth.length + 1.0) / (12.0 * heldOutPositive * negative));
    return permuted(
        target,
        "auc",
        features,
        x -> forest.predictProbability(x).apply(1),
        Resampling.auc(truth),
        chance,
        count);
  }

  private List<ImportanceRecord> loss() {
    Column log =
        functions.log10(functions.greatest(functions.col("final_loss"), functions.lit(1e-12)));
    Dataset<Row> labelled =
        sweep
            .trained()
            .where(functions.col("final_loss").isNotNull())
            .withColumn(SweepFeatures.LABEL, log);
    long count = labelled.count();
    List<Row> rows = sweep.heldOut().stream().filter(r -> !r.isNullAt(2)).toList();
    double[] truth =
        rows.stream().mapToDouble(r -> Math.log10(Math.max(r.getDouble(2), 1e-12))).toArray();
    if (Math.min(count, truth.length) < 4 * SweepModel.MIN_CLASS
        || Arrays.stream(truth).distinct().count() < 2) {
      return List.of();
    }
    Vector[] features = rows.stream().map(r -> r.<Vector>getAs(0)).toArray(Vector[]::new);
    var forest =
        new RandomForestRegressor()
            .setNumTrees(TREES)
            .setMaxDepth(FOREST_DEPTH)
            .setMaxBins(sweep.bins())
            .setSeed(sweep.seed())
            .fit(labelled.select(SweepFeatures.FEATURES, SweepFeatures.LABEL));
    return permuted(
        "loss",
        "r2",
        features,
        forest::predict,
        Resampling.r2(truth),
        2 / Math.sqrt(truth.length),
        count);
  }

  private List<ImportanceRecord> permuted(
      String target,
      String measure,
      Vector[] features,
      ToDoubleFunction<Vector> model,
      Resampling.Measure score,
      double chance,
      long trainedRows) {
    double[] predicted = Arrays.stream(features).mapToDouble(model).toArray();
    double quality = score.of(predicted);
    boolean better = quality > chance;
    // Few rows are shuffled several times, to the same work as many rows once.
    int repeats = Math.max(1, Math.min(10, SweepFeatures.MAX_HELD_OUT / 2 / features.length));
    SplittableRandom random = new SplittableRandom(sweep.seed());
    Resampling resampling = new Resampling(features.length, sweep.seed());
    double[] drawn = better ? resampling.of(score, predicted) : new double[0];
    List<SweptAxis> axes = sweep.axes();
    Fall[] alone = new Fall[axes.size()];
    List<ImportanceRecord> records = new ArrayList<>();
    for (int a = 0; a < axes.size(); a++) {
      if (better) {
        alone[a] = fall(features, model, score, random, repeats, quality, resampling, drawn, a);
      }
      records.add(
          record(target, axes.get(a).key(), Optional.empty(), Optional.ofNullable(alone[a]))
              .of(OptionalDouble.empty(), measure, quality, chance, trainedRows, features.length));
    }
    for (int a = 0; better && a < axes.size(); a++) {
      for (int b = a + 1; b < axes.size(); b++) {
        Fall joint =
            fall(features, model, score, random, repeats, quality, resampling, drawn, a, b);
        records.add(
            record(target, axes.get(a).key(), Optional.of(axes.get(b).key()), Optional.of(joint))
                .of(
                    OptionalDouble.of(alone[a].mean() + alone[b].mean() - joint.mean()),
                    measure,
                    quality,
                    chance,
                    trainedRows,
                    features.length));
      }
    }
    return records;
  }

  /** What a record still lacks: the model that it is about. */
  private interface Judged {
    ImportanceRecord of(
        OptionalDouble interaction,
        String measure,
        double quality,
        double chance,
        long trained,
        long heldOut);
  }

  private static Judged record(
      String target, String hyperparameter, Optional<String> other, Optional<Fall> fall) {
    return (interaction, measure, quality, chance, trained, heldOut) ->
        new ImportanceRecord(
            target,
            hyperparameter,
            other,
            optional(fall.map(Fall::mean)),
            optional(fall.map(Fall::low)),
            optional(fall.map(Fall::high)),
            interaction,
            measure,
            quality,
            chance,
            trained,
            heldOut);
  }

  private static OptionalDouble optional(Optional<Double> value) {
    return value.map(OptionalDouble::of).orElse(OptionalDouble.empty());
  }

  /** A mean fall of the quality, and the ends of its interval. */
  private record Fall(double mean, double low, double high) {}

  /** The fall of the quality with those features' values shuffled, each on its own. */
  private static Fall fall(
      Vector[] features,
      ToDoubleFunction<Vector> model,
      Resampling.Measure score,
      SplittableRandom random,
      int repeats,
      double quality,
      Resampling resampling,
      double[] drawn,
      int... which) {
    double sum = 0;
    double[] falls = drawn.clone();
    for (int repeat = 0; repeat < repeats; repeat++) {
      double[][] rows =
          Arrays.stream(features)
              .map(Vector::toArray)
              .map(double[]::clone)
              .toArray(double[][]::new);
      for (int feature : which) {
        for (int i = rows.length - 1; i > 0; i--) {
          int j = random.nextInt(i + 1);
          double value = rows[i][feature];
          rows[i][feature] = rows[j][feature];
          rows[j][feature] = value;
        }
      }
      double[] predicted =
          Arrays.stream(rows).mapToDouble(r -> model.applyAsDouble(Vectors.dense(r))).toArray();
      sum += score.of(predicted);
      double[] again = resampling.of(score, predicted);
      for (int i = 0; i < falls.length; i++) {
        falls[i] -= again[i] / repeats;
      }
    }
    double mean = quality - sum / repeats;
    double[] interval = Resampling.interval(falls);
    return new Fall(mean, Math.min(mean, interval[0]), Math.max(mean, interval[1]));
  }
}
