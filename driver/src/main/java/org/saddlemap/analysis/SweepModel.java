package org.saddlemap.analysis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.saddlemap.record.ImportanceRecord;
import org.saddlemap.record.RuleRecord;

/**
 * Models of one sweep's results by its hyperparameters: random forests for how much each
 * hyperparameter matters, and a shallow decision tree for plain rules.
 */
public final class SweepModel {
  /** Trials of the smaller class, in each part, below which nothing is fitted. */
  static final int MIN_CLASS = 5;

  private SweepModel() {}

  /** What the models say. */
  public record Result(List<ImportanceRecord> importance, List<RuleRecord> rules) {
    public Result {
      importance = List.copyOf(importance);
      rules = List.copyOf(rules);
    }
  }

  /**
   * Fits everything; a few seconds of Spark jobs.
   *
   * @param trials of one sweep
   */
  public static Result of(Dataset<Row> trials, long seed) {
    return of(trials, SweptAxis.of(trials), seed);
  }

  /**
   * The same, where the axes are known.
   *
   * @param axes as {@link SweptAxis#of(Dataset)} found them
   */
  public static Result of(Dataset<Row> trials, List<SweptAxis> axes, long seed) {
    if (axes.isEmpty()) {
      return new Result(List.of(), List.of());
    }
    try (SweepFeatures sweep = new SweepFeatures(trials, axes, seed)) {
      // Both at the same time, since each is many small jobs that leave cores idle.
      CompletableFuture<List<RuleRecord>> rules =
          CompletableFuture.supplyAsync(new RuleTree(sweep)::rules);
      return new Result(new PermutationImportance(sweep).records(), rules.join());
    }
  }
}
