package org.saddlemap.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.saddlemap.analysis.Share;
import org.saddlemap.analysis.SweptAxis;

/**
 * How much of whether a trial trains each hyperparameter accounts for by itself: the share of the
 * variance that lies between its values (on a full grid, Sobol's first-order index), adjusted for
 * the number of values, which alone would make some.
 */
final class MainEffects {
  private static final int RESAMPLES = 200;
  private static final long SEED = 1;

  private MainEffects() {}

  /**
   * An effect.
   *
   * @param share at most 1; about 0, and possibly below, where there is none
   * @param low lower end of the interval by the bootstrap, within each value
   * @param high its upper end
   */
  record Effect(SweptAxis axis, double share, double low, double high) {}

  /** The effects, the largest first. */
  static List<Effect> of(List<Tally> tallies) {
    List<Effect> effects = new ArrayList<>();
    for (Tally tally : tallies) {
      SplittableRandom random = new SplittableRandom(SEED);
      double[] again = new double[RESAMPLES];
      for (int r = 0; r < RESAMPLES; r++) {
        again[r] = share(tally.trials(), resampled(tally, random));
      }
      Arrays.sort(again);
      int cut = (int) Math.round(RESAMPLES * (1 - Share.CONFIDENCE) / 2);
      effects.add(
          new Effect(
              tally.axis(),
              share(tally.trials(), tally.trained()),
              again[cut],
              again[RESAMPLES - 1 - cut]));
    }
    effects.sort((a, b) -> Double.compare(b.share(), a.share()));
    return effects;
  }

  private static long[] resampled(Tally tally, SplittableRandom random) {
    long[] trained = new long[tally.trials().length];
    for (int v = 0; v < trained.length; v++) {
      long n = tally.trials()[v];
      for (long i = 0; i < n; i++) {
        trained[v] += random.nextLong(n) < tally.trained()[v] ? 1 : 0;
      }
    }
    return trained;
  }

  /** 0 where the trials all end alike. */
  private static double share(long[] trials, long[] trained) {
    double n = LongStream.of(trials).sum();
    double mean = LongStream.of(trained).sum() / n;
    double between = 0;
    int values = 0;
    for (int v = 0; v < trials.length; v++) {
      if (trials[v] > 0) {
        double off = trained[v] / (double) trials[v] - mean;
        between += trials[v] * off * off;
        values++;
      }
    }
    return mean == 0 || mean == 1 || n <= values
        ? 0
        : 1 - (1 - between / (n * mean * (1 - mean))) * (n - 1) / (n - values);
  }

  /** How many trials there are, and how many of them train. */
  static String counts(String judged) {
    return "SELECT count(*) AS trials, count(*) FILTER (WHERE cause = 'none') AS trained\nFROM trials WHERE "
        + judged;
  }

  /** The same in SQL, without intervals. */
  static String sql(List<SweptAxis> axes, String judged) {
    return """
        WITH judged AS (
          SELECT *, CASE WHEN cause = 'none' THEN CAST(1 AS DOUBLE) ELSE CAST(0 AS DOUBLE) END AS trains
          FROM trials WHERE %s
        ), by_value AS (
        %s
        ), overall AS (
          SELECT count(*) AS trials, avg(trains) AS share FROM judged
        )
        SELECT v.hyperparameter, count(*) AS value_count,
          1 - (1 - sum(v.trials * power(v.share - o.share, 2)) / (o.trials * o.share * (1 - o.share))) * (o.trials - 1) / (o.trials - count(*)) AS accounts_for
        FROM by_value v CROSS JOIN overall o
        GROUP BY v.hyperparameter, o.trials, o.share ORDER BY accounts_for DESC"""
        .formatted(
            judged,
            axes.stream()
                .map(
                    a ->
                        "  SELECT '%s' AS hyperparameter, count(*) AS trials, avg(trains) AS share FROM judged GROUP BY %s"
                            .formatted(a.key(), a.sql()))
                .collect(Collectors.joining("\n  UNION ALL\n")));
  }
}
