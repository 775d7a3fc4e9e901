package org.saddlemap.analysis;

import java.util.Arrays;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/** Measures how well predictions fit the truth. */
final class Quality {
  private Quality() {}

  /**
   * Area under the ROC curve: how often a positive is ranked above a negative, ties counting half
   * (Mann and Whitney 1947). 0.5 for a model that knows nothing; NaN without either class.
   *
   * <p>Commons Math's {@code MannWhitneyUTest} will not do: it answers the larger of the statistics
   * of both classes, which takes a model that ranks the wrong way round for a good one.
   */
  static double auc(double[] scores, boolean[] truth) {
    double[] ranks = new NaturalRanking(TiesStrategy.AVERAGE).rank(scores);
    double rankSum = 0;
    long positive = 0;
    for (int i = 0; i < ranks.length; i++) {
      rankSum += truth[i] ? ranks[i] : 0;
      positive += truth[i] ? 1 : 0;
    }
    long negative = scores.length - positive;
    return (rankSum - positive * (positive + 1) / 2.0) / ((double) positive * negative);
  }

  /**
   * R²: 1 − residual over total sum of squares; 0 for the mean, NaN where the truth is constant.
   */
  static double r2(double[] predicted, double[] truth) {
    double mean = Arrays.stream(truth).average().orElse(Double.NaN);
    double residual = 0;
    double total = 0;
    for (int i = 0; i < truth.length; i++) {
      residual += (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
      total += (truth[i] - mean) * (truth[i] - mean);
    }
    return total == 0 ? Double.NaN : 1 - residual / total;
  }
}
