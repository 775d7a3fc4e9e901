package org.saddlemap.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.verdict.Cause;

/**
 * The judged trials of a sweep by the value of one of its axes and by cause.
 *
 * @param axis the hyperparameter
 * @param trials by the position of the value
 * @param causes for each cause that occurs, its trials by the position of the value
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Tally(SweptAxis axis, long[] trials, Map<String, long[]> causes) {
  /** Asks for it. */
  static Tally of(Function<String, QueryResult> sql, SweptAxis axis, String judged) {
    long[] trials = new long[axis.values().size()];
    Map<String, long[]> causes = new TreeMap<>();
    sql.apply(
            "SELECT %s AS value, cause, count(*) AS trials FROM trials WHERE %s GROUP BY 1, 2"
                .formatted(axis.sql(), judged))
        .rows()
        .forEachRemaining(
            row -> {
              int at = axis.indexOf(row.get(0));
              long n = ((Number) row.get(2)).longValue();
              trials[at] += n;
              causes.computeIfAbsent((String) row.get(1), c -> new long[trials.length])[at] += n;
            });
    return new Tally(axis, trials, causes);
  }

  /** The trials that trained, by the position of the value. */
  long[] trained() {
    return causes.getOrDefault(Cause.NONE.text(), new long[trials.length]);
  }

  /**
   * Values of an axis at which a cause is found.
   *
   * @param words for people: {@code depth 8 or more}
   * @param test the same in SQL
   * @param trials of the cause, there
   * @param lift the share of the cause's trials that are there, less that of all others
   */
  record Place(String words, String test, long trials, double lift) {}

  /** Where a cause is found most of all: a run of numbers from either end, or one value. */
  List<Place> places(String cause) {
    long[] own = causes.get(cause);
    int n = axis.values().size();
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      places.add(place(own, i, i + 1, axis.text(i), axis.test(i)));
    }
    if (axis.numeric()) {
      int real = axis.hasNone() ? n - 1 : n;
      for (int i = 1; i < real - 1; i++) {
        places.add(
            place(
                own,
                0,
                i + 1,
                axis.text(i) + " or less",
                axis.sql() + " <= " + axis.values().get(i)));
        places.add(
            place(
                own,
                i,
                real,
                axis.text(i) + " or more",
                axis.sql() + " >= " + axis.values().get(i)));
      }
    }
    return places;
  }

  private Place place(long[] own, int from, int to, String words, String test) {
    long here = LongStream.of(own).skip(from).limit(to - from).sum();
    long all = LongStream.of(own).sum();
    long elsewhere = LongStream.of(trials).skip(from).limit(to - from).sum() - here;
    long others = LongStream.of(trials).sum() - all;
    return new Place(
        axis.key() + " " + words,
        test,
        here,
        here / (double) all - (others == 0 ? 1 : elsewhere / (double) others));
  }
}
