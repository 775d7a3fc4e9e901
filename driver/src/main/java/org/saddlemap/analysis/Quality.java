package org.saddlemap.analysis;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How well predictions fit the truth. */
final class Quality {
  private Quality() {}

  /**
   * Area under the ROC curve: how often a positive is ranked above a negative, ties counting half
   * (Mann and Whitney 1947). 0.5 for a model that knows nothing; NaN without either class.
   */
  static double auc(double[] scores, boolean[] truth) {
    Integer[] order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> scores[i]))
            .toArray(Integer[]::new);
    double rankSum = 0;
    long positive = 0;
    for (int i = 0; i < order.length; ) {
      int j = i;
      int positiveHere = 0;
      while (j < order.length && scores[order[j]] == scores[order[i]]) {
        positiveHere += truth[order[j]] ? 1 : 0;
        j++;
      }
      rankSum += positiveHere * (i + j + 1) / 2.0;
      positive += positiveHere;
      i = j;
    }
    long negative = scores.length - positive;
    return (rankSum - positive * (positive + 1) / 2.0) / ((double) positive * negative);
  }

  /** 1 − residual over total sum of squares; 0 for the mean, NaN where the truth is constant. */
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
