package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoublePredicate;

/** What margins are worth: how often trials got another category, by the margin they had. */
final class Margins {
  /** A share of changes that a margin is to promise. */
  static final double SELDOM = 0.01;

  private static final double[] EDGES = {0.03, 0.1, 0.3, 1};

  private static final double[] VALUES = {0, 0.01, 0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1};

  private final Map<String, List<Judged>> judgements;

  /**
   * @param judgements by trial, the first one first
   */
  Margins(Map<String, List<Judged>> judgements) {
    this.judgements = new TreeMap<>();
    judgements.forEach(
        (name, all) -> {
          if (!all.get(0).category().isEmpty()) {
            this.judgements.put(name, all);
          }
        });
  }

  /**
   * Of some trials, judged in some way.
   *
   * @param anew judgements
   * @param changed of them, those with another category
   * @param unsteady trials with at least one of those
   */
  record Count(long trials, long anew, long changed, long unsteady) {
    double share() {
      return anew == 0 ? 0 : (double) changed / anew;
    }

    /** Of trials that changed at all: judgements of the same trial are not independent. */
    Wilson interval() {
      return Wilson.of(unsteady, trials);
    }

    private String row() {
      return String.format(
          Locale.ROOT,
          "%d | %d | %d | %.1f %% | %d | %.1f %% | %s |",
          trials,
          anew,
          changed,
          100 * share(),
          unsteady,
          trials == 0 ? 0 : 100.0 * unsteady / trials,
          interval());
    }
  }

  /** Trials whose margin is such (NaN where it has none), judged anew in any of the ways. */
  Count count(Set<Judged.Way> ways, DoublePredicate margin) {
    long anew = 0;
    long changed = 0;
    Set<String> trials = new HashSet<>();
    Set<String> unsteady = new HashSet<>();
    for (Map.Entry<String, List<Judged>> trial : judgements.entrySet()) {
      Judged first = trial.getValue().get(0);
      if (!margin.test(first.margin())) {
        continue;
      }
      for (Judged j : trial.getValue()) {
        if (ways.contains(j.way())) {
          anew++;
          trials.add(trial.getKey());
          if (!j.says(first)) {
            changed++;
            unsteady.add(trial.getKey());
          }
        }
      }
    }
    return new Count(trials.size(), anew, changed, unsteady.size());
  }

  /** The ways that leave the weights as they are. */
  static Set<Judged.Way> sameWeights() {
    return Set.of(Judged.Way.SEED, Judged.Way.ROWS, Judged.Way.KERNEL);
  }

  /**
   * The smallest of the tabulated margins from which on fewer than 1 % of these judgements were
   * otherwise; empty where there is none.
   */
  OptionalDouble worth(Set<Judged.Way> ways) {
    OptionalDouble worth = OptionalDouble.empty();
    for (int i = VALUES.length - 1; i >= 0; i--) {
      double v = VALUES[i];
      Count above = count(ways, m -> m >= v);
      if (above.trials() == 0 || above.share() >= SELDOM) {
        break;
      }
      worth = OptionalDouble.of(v);
    }
    return worth;
  }

  /** What each way of judging anew leaves of margins, in sentences. */
  String sentences() {
    StringBuilder text = new StringBuilder();
    for (Judged.Way way : Judged.Way.values()) {
      Set<Judged.Way> ways = Set.of(way);
      if (used(way)) {
        text.append("- ").append(way.text()).append(": ").append(sentence(ways));
      }
    }
    text.append("- all that leave the weights as they are: ").append(sentence(sameWeights()));
    return text.toString();
  }

  private String sentence(Set<Judged.Way> ways) {
    OptionalDouble worth = worth(ways);
    if (worth.isEmpty()) {
      return "no margin was found from which on fewer than 1 % changed\n";
    }
    Count above = count(ways, m -> m >= worth.getAsDouble());
    return String.format(
        Locale.ROOT,
        "fewer than 1 %% from **%s decades** on (%d of %d judgements; of %d trials %d ever changed, 95 %%: %s)%n",
        worth.getAsDouble(),
        above.changed(),
        above.anew(),
        above.trials(),
        above.unsteady(),
        above.interval());
  }

  /** The tables of docs/verdict.md. */
  String tables() {
    StringBuilder text = new StringBuilder();
    text.append(
        "| judged anew with | margin, decades | trials | judgements | changed | share | trials that changed | share | 95 % |\n");
    text.append("|---|---|---|---|---|---|---|---|---|\n");
    for (Judged.Way way : Judged.Way.values()) {
      if (!used(way)) {
        continue;
      }
      for (int band = 0; band <= EDGES.length; band++) {
        text.append(
            "| %s | %s | %s%n".formatted(way.text(), name(band), band(Set.of(way), band).row()));
      }
      Count none = count(Set.of(way), Double::isNaN);
      text.append("| %s | none | %s%n".formatted(way.text(), none.row()));
    }
    text.append("\n| margin at least | trials |");
    List<Judged.Way> ways = Arrays.stream(Judged.Way.values()).filter(this::used).toList();
    ways.forEach(way -> text.append(" %s |".formatted(way.text())));
    text.append("\n|---|---|").append("---|".repeat(ways.size())).append('\n');
    for (double v : VALUES) {
      text.append(
          "| %s | %d |".formatted(v, count(EnumSet.allOf(Judged.Way.class), m -> m >= v).trials()));
      for (Judged.Way way : ways) {
        Count c = count(Set.of(way), m -> m >= v);
        text.append(
            String.format(
                Locale.ROOT, " %d of %d: %.1f %% |", c.changed(), c.anew(), 100 * c.share()));
      }
      text.append('\n');
    }
    text.append(
        "\n| of the changes, the ways part at | margin below 0.1 | 0.1 and above |\n|---|---|---|\n");
    text.append(quantities());
    return text.toString();
  }

  private boolean used(Judged.Way way) {
    return way != Judged.Way.FIRST && count(Set.of(way), m -> true).anew() > 0;
  }

  /** The band's count, from the lowest. */
  private Count band(Set<Judged.Way> ways, int band) {
    double from = band == 0 ? 0 : EDGES[band - 1];
    double to = band == EDGES.length ? Double.POSITIVE_INFINITY : EDGES[band];
    return count(ways, m -> m >= from && m < to);
  }

  private static String name(int band) {
    return band == 0
        ? "below " + EDGES[0]
        : band == EDGES.length
            ? EDGES[band - 1] + " and above"
            : EDGES[band - 1] + " to " + EDGES[band];
  }

  /** How often each comparison was where the ways parted, by whether the margin was large. */
  private String quantities() {
    Map<String, int[]> counts = new TreeMap<>();
    judgements.forEach(
        (name, all) -> {
          Judged first = all.get(0);
          for (Judged j : all) {
            if (j.way() != Judged.Way.FIRST && !j.says(first)) {
              String key = j.way() == Judged.Way.TRAINED ? "trained again: " : "";
              counts
                  .computeIfAbsent(key + first.partingQuantity(j), k -> new int[2])[
                  first.margin() < EDGES[1] ? 0 : 1]++;
            }
          }
        });
    StringBuilder text = new StringBuilder();
    counts.forEach((q, c) -> text.append("| %s | %d | %d |%n".formatted(q, c[0], c[1])));
    return text.toString();
  }

  /** A line for each change of a trial with at least such a margin, or none, the largest first. */
  String changes(double least) {
    List<Map.Entry<Double, String>> lines = new ArrayList<>();
    judgements.forEach(
        (name, all) -> {
          Judged first = all.get(0);
          for (Judged j : all) {
            if (!j.says(first) && !(first.margin() < least)) {
              lines.add(
                  Map.entry(
                      first.margin(),
                      String.format(
                          Locale.ROOT,
                          "%s [%.3f] %s: %s (%s) -> %s (%s): %s%n",
                          name,
                          first.margin(),
                          j.way().name().toLowerCase(Locale.ROOT),
                          first.category(),
                          first.subCategory(),
                          j.category(),
                          j.subCategory(),
                          first.parting(j))));
            }
          }
        });
    StringBuilder text = new StringBuilder();
    lines.stream()
        .sorted((a, b) -> Double.compare(b.getKey(), a.getKey()))
        .forEach(e -> text.append(e.getValue()));
    return text.toString();
  }
}
