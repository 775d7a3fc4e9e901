package org.saddlemap.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.Share;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Verdict;

/**
 * What a sweep has found, in five sentences made from its tables: what trains; what does not, where
 * and why; which single change rescues most; what matters most; how sure that is. A trial trains
 * where its cause is {@code none}.
 */
final class Findings {
  /** Fewer trials, or fewer of those that train and those that do not, carry no such claim. */
  private static final int FEW = 10;

  private static final int FEWEST_OF_BOTH = 5;

  /** Causes that are said one by one. */
  private static final int CAUSES = 3;

  /** A place is said where so much more of a cause's trials than of all others are there. */
  private static final double LIFT = 0.25;

  private final Function<String, QueryResult> sql;
  private final List<SweptAxis> axes;
  private final String sweep;
  private final String judged;

  private Findings(Function<String, QueryResult> sql, List<SweptAxis> axes, String id) {
    this.sql = sql;
    this.axes = axes;
    this.sweep = "sweep = '%s'".formatted(id);
    this.judged = sweep + " AND cause IS NOT NULL";
  }

  /**
   * A sentence.
   *
   * @param key what it answers
   * @param text plain
   * @param sql answers the numbers that it says, on all of a warehouse's tables
   */
  record Finding(String key, String text, String sql) {}

  /**
   * The sentences about a sweep.
   *
   * @param sql answers queries over the views, in what Spark and DuckDB have in common
   * @param axes that the sweep's trials vary
   */
  static List<Finding> of(Function<String, QueryResult> sql, List<SweptAxis> axes, String sweep) {
    return new Findings(sql, axes, sweep).sentences();
  }

  private List<Finding> sentences() {
    Certainty certainty = Certainty.of(sql, sweep);
    if (certainty.judged() == 0) {
      return List.of(new Finding("sure", certainty.words(), Certainty.sql(sweep)));
    }
    Map<String, Long> causes = new TreeMap<>();
    sql.apply("SELECT cause, count(*) FROM trials WHERE %s GROUP BY cause".formatted(judged))
        .rows()
        .forEachRemaining(r -> causes.put((String) r.get(0), ((Number) r.get(1)).longValue()));
    long trained = causes.getOrDefault(Cause.NONE.text(), 0L);
    Share share = new Share(trained, certainty.judged());
    List<Tally> tallies = axes.stream().map(axis -> Tally.of(sql, axis, judged)).toList();
    boolean enough =
        share.whole() >= FEW
            && Math.min(trained, share.whole() - trained) >= FEWEST_OF_BOTH
            && !axes.isEmpty();
    List<MainEffects.Effect> effects = enough ? MainEffects.of(tallies) : List.of();
    List<Finding> found = new ArrayList<>();
    found.add(trains(share, tallies, effects));
    found.add(fails(share, causes, tallies));
    found.add(rescue(share));
    found.add(matters(share, effects));
    found.add(new Finding("sure", certainty.words(), Certainty.sql(sweep)));
    return found;
  }

  private Finding trains(Share share, List<Tally> tallies, List<MainEffects.Effect> effects) {
    String those = Words.count(share.whole(), "judged trial");
    String start =
        share.part() == 0
            ? "None of %s trains".formatted(those)
            : share.part() == share.whole()
                ? (share.whole() == 1
                    ? "The 1 judged trial trains"
                    : "All %s train".formatted(those))
                : "%s of %s %s (%s)"
                    .formatted(
                        Words.count(share.part()),
                        those,
                        share.part() == 1 ? "trains" : "train",
                        Words.sure(share));
    if (effects.isEmpty() || effects.get(0).low() <= 0) {
      return new Finding("trains", start + ".", MainEffects.counts(judged));
    }
    SweptAxis axis = effects.get(0).axis();
    Tally tally = tallies.get(axes.indexOf(axis));
    int most = extreme(tally, true);
    int fewest = extreme(tally, false);
    return new Finding(
        "trains",
        "%s: most with %s %s (%s), fewest with %s (%s)."
            .formatted(
                start,
                axis.key(),
                axis.text(most),
                partly(tally, most),
                axis.text(fewest),
                partly(tally, fewest)),
        """
        SELECT value, trials, trained, trained / CAST(trials AS DOUBLE) AS share,
          sum(trials) OVER () AS all_trials, sum(trained) OVER () AS all_trained
        FROM (
          SELECT %1$s AS value, count(*) AS trials, count(*) FILTER (WHERE cause = 'none') AS trained
          FROM trials WHERE %2$s GROUP BY %1$s
        ) AS by_value ORDER BY share DESC"""
            .formatted(axis.sql(), judged));
  }

  private static String partly(Tally tally, int value) {
    return "%s of %s"
        .formatted(
            Words.of(tally.trained()[value], tally.trials()[value]),
            Words.count(tally.trials()[value]));
  }

  /** The value with the largest share of trials that train, or the smallest. */
  private static int extreme(Tally tally, boolean largest) {
    int found = -1;
    for (int v = 0; v < tally.trials().length; v++) {
      if (tally.trials()[v] > 0) {
        double share = tally.trained()[v] / (double) tally.trials()[v];
        double best =
            found < 0 ? Double.NaN : tally.trained()[found] / (double) tally.trials()[found];
        if (found < 0 || (largest ? share > best : share < best)) {
          found = v;
        }
      }
    }
    return found;
  }

  /** What does not train, by cause, and where each of the commonest causes is found. */
  private Finding fails(Share share, Map<String, Long> causes, List<Tally> tallies) {
    long failing = share.whole() - share.part();
    List<Map.Entry<String, Long>> order =
        causes.entrySet().stream()
            .filter(e -> !e.getKey().equals(Cause.NONE.text()))
            .sorted(
                Comparator.comparing((Map.Entry<String, Long> e) -> -e.getValue())
                    .thenComparing(Map.Entry::getKey))
            .toList();
    List<String> parts = new ArrayList<>();
    List<String> tests = new ArrayList<>();
    for (Map.Entry<String, Long> cause : order.subList(0, Math.min(CAUSES, order.size()))) {
      Optional<Tally.Place> place =
          tallies.stream()
              .flatMap(t -> t.places(cause.getKey()).stream())
              .max(Comparator.comparingDouble(Tally.Place::lift))
              .filter(p -> p.lift() >= LIFT && cause.getValue() >= FEWEST_OF_BOTH);
      place.ifPresent(p -> tests.add("(cause = '%s' AND %s)".formatted(cause.getKey(), p.test())));
      parts.add(
          "%s by %s%s"
              .formatted(
                  Words.count(cause.getValue()),
                  cause.getKey().replace('_', ' '),
                  place
                      .map(
                          p ->
                              " (%s with %s)"
                                  .formatted(Words.of(p.trials(), cause.getValue()), p.words()))
                      .orElse("")));
    }
    long named = order.stream().limit(CAUSES).mapToLong(Map.Entry::getValue).sum();
    if (named < failing) {
      long others = (long) order.size() - CAUSES;
      parts.add(
          "%s by %s".formatted(Words.count(failing - named), Words.count(others, "other cause")));
    }
    String text =
        failing == 0
            ? "Nothing fails to train."
            : "%s not train: %s."
                .formatted(
                    failing == 1 ? "1 does" : Words.count(failing) + " do",
                    Words.list(parts, "and"));
    return new Finding(
        "fails",
        text,
        """
        SELECT cause, count(*) AS trials%s
        FROM trials WHERE %s AND cause <> 'none'
        GROUP BY cause ORDER BY trials DESC, cause"""
            .formatted(
                tests.isEmpty()
                    ? ""
                    : ",\n  count(*) FILTER (WHERE %s) AS there"
                        .formatted(String.join("\n    OR ", tests)),
                judged));
  }

  private Finding rescue(Share share) {
    if (axes.isEmpty()) {
      return new Finding(
          "rescue",
          "The sweep varies nothing, so it cannot say what a change would rescue.",
          MainEffects.counts(judged));
    }
    SingleChanges changes = new SingleChanges(axes, judged);
    String text =
        share.part() == share.whole()
            ? "There is nothing to rescue."
            : changes
                .best(sql)
                .map(Findings::rescued)
                .orElse(
                    "No two judged trials differ in a single value, so nothing is known of single changes.");
    return new Finding("rescue", text, changes.sql());
  }

  private static String rescued(SingleChanges.Change c) {
    if (c.rescued() == 0) {
      return "No change of a single value rescues any trial.";
    }
    String pairs =
        "of %s that %s not train with %s, %s with the other value alone"
            .formatted(
                Words.count(c.failing(), "trial"),
                c.failing() == 1 ? "does" : "do",
                c.axis().text(c.from()),
                c.rescued() == 1
                    ? "1 trains"
                    : "%s train".formatted(Words.of(c.rescued(), c.failing())));
    String sure = c.failing() < FEW ? "too few for a share" : Words.sure(c.share());
    return "The single change that rescues most is %s from %s to %s: %s (%s)%s."
        .formatted(
            c.axis().key(),
            c.axis().text(c.from()),
            c.axis().text(c.to()),
            pairs,
            sure,
            c.training() == 0
                ? ""
                : "; of %s that did, it loses %s"
                    .formatted(Words.count(c.training()), Words.of(c.lost(), c.training())));
  }

  private Finding matters(Share share, List<MainEffects.Effect> effects) {
    if (effects.isEmpty()) {
      String why =
          axes.isEmpty()
              ? "nothing is varied"
              : "of %s, %s"
                  .formatted(
                      Words.count(share.whole(), "judged trial"),
                      share.part() == 0
                          ? "none trains"
                          : share.part() == share.whole()
                              ? "all train"
                              : share.part() + (share.part() == 1 ? " trains" : " train"));
      return new Finding(
          "matters",
          "What matters most cannot be told: %s.".formatted(why),
          MainEffects.counts(judged));
    }
    MainEffects.Effect first = effects.get(0);
    String query = MainEffects.sql(axes, judged);
    if (first.low() <= 0) {
      return new Finding(
          "matters",
          "No hyperparameter by itself decides what trains: what little the largest, %s, accounts for may be chance."
              .formatted(first.axis().key()),
          query);
    }
    String rest =
        effects.stream()
            .skip(1)
            .filter(e -> e.low() > 0)
            .limit(3)
            .map(e -> "%s %s".formatted(e.axis().key(), Words.percent(e.share())))
            .collect(Collectors.joining(", "));
    boolean close = effects.size() > 1 && effects.get(1).high() >= first.low();
    return new Finding(
        "matters",
        "What matters most is %s: by itself it accounts for %s of what decides whether a trial trains (%s)%s%s."
            .formatted(
                first.axis().key(),
                Words.percent(first.share()),
                Words.interval(Math.max(0, first.low()), first.high()),
                rest.isEmpty() ? "" : "; then " + rest,
                close ? " (the first two are too close to tell apart)" : ""),
        query);
  }

  /** How far the numbers carry: knife edges, seeds, and trials without a verdict. */
  record Certainty(
      long trials,
      long judged,
      long edges,
      long failed,
      long timedOut,
      long repeated,
      long disagree) {
    static Certainty of(Function<String, QueryResult> sql, String sweep) {
      List<Object> row = sql.apply(sql(sweep)).rows().next();
      long[] n = row.stream().flatMapToLong(v -> LongStream.of(((Number) v).longValue())).toArray();
      return new Certainty(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
    }

    static String sql(String sweep) {
      return """
          SELECT count(*) AS trials, count(cause) AS judged,
            count(*) FILTER (WHERE cause IS NOT NULL AND margin < %1$s) AS knife_edges,
            count(*) FILTER (WHERE status = 'failed') AS failed, count(*) FILTER (WHERE status = 'timed_out') AS timed_out,
            (SELECT count(*) FROM (SELECT configuration FROM trials WHERE %2$s AND cause IS NOT NULL GROUP BY configuration HAVING count(*) > 1) AS r) AS repeated,
            (SELECT count(*) FROM (SELECT configuration FROM trials WHERE %2$s AND cause IS NOT NULL GROUP BY configuration HAVING count(DISTINCT category) > 1) AS d) AS disagree
          FROM trials WHERE %2$s"""
          .formatted(Verdict.KNIFE_EDGE, sweep);
    }

    String words() {
      List<String> parts = new ArrayList<>();
      if (judged > 0) {
        Share edge = new Share(edges, judged);
        parts.add(
            edges == 0
                ? "no verdict rests on a knife edge"
                : "%s of %s %s on a knife edge (%s)"
                    .formatted(
                        Words.count(edges),
                        Words.count(judged, "verdict"),
                        edges == 1 ? "rests" : "rest",
                        Words.percent(edge.value())));
        parts.add(
            repeated == 0
                ? "every configuration was trained with one seed, so that luck is not told from cause"
                : "of %s with several seeds, %s differently by the seed alone (%s)"
                    .formatted(
                        Words.count(repeated, "configuration"),
                        disagree == 1 ? "1 ended" : Words.of(disagree, repeated) + " ended",
                        Words.sure(new Share(disagree, repeated))));
      }
      long without = trials - judged;
      if (without > 0) {
        List<String> kinds = new ArrayList<>();
        if (failed > 0) {
          kinds.add(Words.count(failed) + " failed");
        }
        if (timedOut > 0) {
          kinds.add(Words.count(timedOut) + " timed out");
        }
        if (without > failed + timedOut) {
          kinds.add(
              Words.count(without - failed - timedOut)
                  + " without a cause, not examined or judged by an older version");
        }
        parts.add(
            "%s no verdict to count (%s)"
                .formatted(
                    Words.count(without, "trial") + (without == 1 ? " has" : " have"),
                    Words.list(kinds, "and")));
      }
      return "How sure: " + String.join("; ", parts) + ".";
    }
  }
}
