package org.saddlemap.analysis;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The bootstrap over held-out trials (Efron 1979): how far a quality, or its fall, moves where
 * trials are drawn anew with replacement. Drawn by a seeded stream, the same for all, so that
 * differences are of the same draws.
 */
final class Resampling {
  private static final int RESAMPLES = 200;

  /** How often each trial is drawn, for each resample. */
  private final int[][] weights;

  Resampling(int trials, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    weights = new int[RESAMPLES][trials];
    for (int[] resample : weights) {
      for (int i = 0; i < trials; i++) {
        resample[random.nextInt(trials)]++;
      }
    }
  }

  /** A quality of predictions for each resample. */
  interface Measure {
    /** The quality of all trials, each once. */
    double of(double[] predicted);

    /** The quality with each trial counted so often, for each of the weights. */
    double[] of(double[] predicted, int[][] weights);
  }

  double[] of(Measure measure, double[] predicted) {
    return measure.of(predicted, weights);
  }

  /** Lower and upper end of the middle 95 %; what a resample could not say is left out. */
  static double[] interval(double[] values) {
    double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    if (sorted.length == 0) {
      return new double[] {Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY};
    }
    int cut = (int) Math.round(sorted.length * (1 - Share.CONFIDENCE) / 2);
    return new double[] {sorted[cut], sorted[sorted.length - 1 - cut]};
  }

  /** {@link Quality#auc}, which sorts once for all resamples. */
  static Measure auc(boolean[] truth) {
    return new Measure() {
      @Override
      public double of(double[] predicted) {
        return Quality.auc(predicted, truth);
      }

      @Override
      public double[] of(double[] predicted, int[][] weights) {
        int[] order =
            IntStream.range(0, predicted.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> predicted[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        return Arrays.stream(weights).mapToDouble(w -> weighted(predicted, order, w)).toArray();
      }

      private double weighted(double[] predicted, int[] order, int[] w) {
        double won = 0;
        long positive = 0;
        long negative = 0;
        for (int i = 0; i < order.length; ) {
          long tiedPositive = 0;
          long tiedNegative = 0;
          double score = predicted[order[i]];
          for (; i < order.length && predicted[order[i]] == score; i++) {
            if (truth[order[i]]) {
              tiedPositive += w[order[i]];
            } else {
              tiedNegative += w[order[i]];
            }
          }
          won += tiedPositive * (negative + tiedNegative / 2.0);
          positive += tiedPositive;
          negative += tiedNegative;
        }
        return won / ((double) positive * negative);
      }
    };
  }

  /** {@link Quality#r2}. */
  static Measure r2(double[] truth) {
    return new Measure() {
      @Override
      public double of(double[] predicted) {
        return Quality.r2(predicted, truth);
      }

      @Override
      public double[] of(double[] predicted, int[][] weights) {
        return Arrays.stream(weights)
            .mapToDouble(w -> Quality.r2(drawn(predicted, w), drawn(truth, w)))
            .toArray();
      }

      private double[] drawn(double[] values, int[] w) {
        return IntStream.range(0, w.length)
            .flatMap(i -> IntStream.range(0, w[i]).map(k -> i))
            .mapToDouble(i -> values[i])
            .toArray();
      }
    };
  }
}
