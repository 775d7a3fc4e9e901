package org.saddlemap.refute;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.saddlemap.space.Hyperparameter;

/** What a campaign found, as tables for people and rows for programs. */
final class Report {
  private static final List<String> BANDS =
      List.of("below 0.1", "0.1 to 0.3", "0.3 to 1", "above 1", "unknown");

  private final List<Attempt> attempts;

  Report(Collection<Attempt> attempts) {
    this.attempts = attempts.stream().filter(Attempt::claims).toList();
  }

  /** How many of a group were refuted. */
  record Count(long trials, long refuted, long undecided) {
    static Count of(List<Attempt> group) {
      return new Count(
          group.size(),
          group.stream().filter(a -> a.outcome() == Finding.Outcome.REFUTED).count(),
          group.stream().filter(a -> a.outcome() == Finding.Outcome.UNDECIDED).count());
    }

    String row() {
      return String.format(
          Locale.ROOT,
          "%d | %d | %d | %.1f %% | %s |",
          trials,
          undecided,
          refuted,
          trials == 0 ? 0 : 100.0 * refuted / trials,
          Wilson.of(refuted, trials));
    }
  }

  Count count(String category) {
    return Count.of(attempts.stream().filter(a -> a.category().equals(category)).toList());
  }

  /** The tables of docs/verdict.md. */
  String tables() {
    StringBuilder text = new StringBuilder();
    text.append("| category | sub-category | trials | undecided | refuted | share | 95 % |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    Map<String, List<Attempt>> categories =
        attempts.stream()
            .collect(Collectors.groupingBy(Attempt::category, TreeMap::new, Collectors.toList()));
    categories.forEach(
        (category, all) -> {
          text.append("| **%s** | all | %s%n".formatted(category, Count.of(all).row()));
          group(all, a -> a.verdict().subCategory())
              .forEach(
                  (sub, some) ->
                      text.append(
                          "| %s | %s | %s%n".formatted(category, sub, Count.of(some).row())));
        });
    text.append("\n| category | margin, decades | trials | undecided | refuted | share | 95 % |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    categories.forEach(
        (category, all) -> {
          Map<String, List<Attempt>> bands = group(all, a -> band(a.verdict().margin()));
          for (String band : BANDS) {
            if (bands.containsKey(band)) {
              text.append(
                  "| %s | %s | %s%n".formatted(category, band, Count.of(bands.get(band)).row()));
            }
          }
        });
    return text.toString();
  }

  private static Map<String, List<Attempt>> group(List<Attempt> of, Function<Attempt, String> by) {
    return of.stream().collect(Collectors.groupingBy(by, TreeMap::new, Collectors.toList()));
  }

  private static String band(OptionalDouble margin) {
    if (margin.isEmpty()) {
      return BANDS.get(4);
    }
    double m = margin.getAsDouble();
    return BANDS.get(m < 0.1 ? 0 : m < 0.3 ? 1 : m <= 1 ? 2 : 3);
  }

  /** A line for each refuted trial: what was claimed, and what refuted it. */
  String refuted() {
    return attempts.stream()
        .filter(a -> a.outcome() == Finding.Outcome.REFUTED)
        .map(
            a ->
                "%s %s (%s) [%s]: %s; %s%n"
                    .formatted(
                        a.subject().name(),
                        a.category(),
                        a.verdict().subCategory(),
                        a.verdict().margin().isPresent()
                            ? "%.2f".formatted(a.verdict().margin().getAsDouble())
                            : "-",
                        a.decisive(),
                        a.subject().configuration()))
        .collect(Collectors.joining());
  }

  /** All trials as CSV, with all that is needed to repeat each. */
  String csv() {
    StringBuilder text =
        new StringBuilder(
            "source,index,seed,replicate,category,sub_category,margin,outcome,means,amount,limit,noise,"
                + "ball_gain,ball_climb,ball_free_gain,ball_means,parameters,steps,data");
    for (Hyperparameter h : Hyperparameter.values()) {
      text.append(',').append(h.key());
    }
    text.append('\n');
    for (Attempt a : attempts) {
      Finding f = a.decisive();
      Subject s = a.subject();
      text.append(
          String.format(
              Locale.ROOT,
              "%s,%d,%d,%d,%s,%s,%s,%s,%s,%.6g,%.6g,%.6g,",
              s.source(),
              s.index(),
              s.seed(),
              s.replicate(),
              a.category(),
              quoted(a.verdict().subCategory()),
              a.verdict().margin().isPresent() ? a.verdict().margin().getAsDouble() : "",
              a.outcome().name().toLowerCase(Locale.ROOT),
              quoted(f.means()),
              f.amount(),
              f.limit(),
              f.noise()));
      text.append(
          a.search()
              .map(
                  b ->
                      String.format(
                          Locale.ROOT,
                          "%.6g,%.6g,%.6g,%s",
                          b.gain(),
                          b.climb(),
                          b.freeGain(),
                          quoted(b.means())))
              .orElse(",,,"));
      text.append(",%d,%d,%s".formatted(a.parameters(), a.steps(), quoted(s.data().toString())));
      for (Hyperparameter h : Hyperparameter.values()) {
        text.append(',').append(quoted(s.configuration().text(h).orElse("")));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return text.matches("[\\w .()-]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
