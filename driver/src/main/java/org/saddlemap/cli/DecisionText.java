package org.saddlemap.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Comparison;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.People;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/** A verdict and how the rule came to it, for people and as JSON. */
final class DecisionText {
  private DecisionText() {}

  /**
   * What the rule compares on the way to its verdict; empty where the evidence does not suffice.
   */
  static List<Comparison> trace(VerdictRule rule, Evidence evidence) {
    try {
      return rule.trace(evidence);
    } catch (IllegalStateException e) {
      return List.of(); // stored by an older version, or a measure was infinite and is NULL
    }
  }

  /** Category, cause, margin and reason, a line each. */
  static void printVerdict(PrintWriter out, String title, Verdict verdict, Evidence evidence) {
    out.printf(
        "%s%s%s%n",
        title, verdict.name(), evidence.is(Measure.SETTLED) ? ", at its noise floor" : "");
    verdict
        .cause()
        .ifPresent(c -> out.printf("  cause   %s: %s%n", c.text().replace('_', ' '), c.doc()));
    if (verdict.margin().isPresent()) {
      out.printf("  margin  %s%n", margin(verdict.margin().getAsDouble()));
    }
    out.printf("  %s%n", verdict.reason());
  }

  private static String margin(double decades) {
    return distance(decades)
        + (decades < Verdict.KNIFE_EDGE
            ? ": a knife edge, a deciding quantity is all but at its threshold"
            : decades < Comparison.FAR
                ? ": the nearest deciding quantity is a factor of %s from its threshold"
                    .formatted(People.number(Math.pow(10, decades)))
                : ": no deciding quantity is near its threshold");
  }

  private static String distance(double decades) {
    return decades >= Comparison.FAR
        ? "far"
        : decades > 0 && decades < 0.01
            ? "under 0.01 decades"
            : decades == 1
                ? "1 decade"
                : Numbers.text(Math.round(100 * decades) / 100.0) + " decades";
  }

  /** The comparisons in the order of the rule, each once, the decisive ones first. */
  static void printDecided(PrintWriter out, List<Comparison> comparisons) {
    List<Comparison> decisive =
        comparisons.stream().filter(Comparison::decisive).distinct().toList();
    List<Comparison> others =
        comparisons.stream()
            .filter(c -> !c.decisive())
            .filter(c -> decisive.stream().noneMatch(d -> isSame(c, d)))
            .distinct()
            .toList();
    int width = comparisons.stream().mapToInt(c -> c.quantity().length()).max().orElse(0);
    print(out, "What decided, against its threshold", decisive, width, true);
    print(out, "Compared as well, without deciding anything", others, width, false);
  }

  private static boolean isSame(Comparison a, Comparison b) {
    return a.quantity().equals(b.quantity())
        && a.value() == b.value()
        && a.threshold() == b.threshold();
  }

  private static void print(
      PrintWriter out, String title, List<Comparison> comparisons, int width, boolean decisive) {
    if (comparisons.isEmpty()) {
      return;
    }
    Comparison nearest =
        Collections.min(comparisons, Comparator.comparingDouble(Comparison::decades));
    out.printf("%n%s%n", title);
    for (Comparison c : comparisons) {
      boolean marked = decisive && c.equals(nearest);
      String line =
          "%s %s  %12s %-5s %-12s %-20s %-12s %s"
              .formatted(
                  marked ? " >" : "  ",
                  c.quantity() + " ".repeat(width - c.quantity().length()),
                  Numbers.text(c.value()),
                  c.value() > c.threshold() ? "above" : c.value() < c.threshold() ? "below" : "at",
                  Numbers.text(c.threshold()),
                  distance(c.decades()),
                  marked ? "the margin" : "",
                  meaning(c.quantity()));
      out.println(line.stripTrailing());
    }
  }

  /** Of a quantity that is a measure; others are named in words. */
  private static String meaning(String quantity) {
    return Arrays.stream(Measure.values())
        .filter(m -> m.key().equals(quantity))
        .findFirst()
        .map(m -> m.doc() + (m.unit().isEmpty() ? "" : " [" + m.unit() + "]"))
        .orElse("");
  }

  /** {@code cause} and {@code margin}, null where there is none. */
  static void putVerdict(Map<String, Object> json, Optional<Verdict> verdict) {
    json.put("category", verdict.flatMap(Verdict::category).map(Category::text).orElse(null));
    json.put("sub_category", verdict.map(Verdict::subCategory).orElse(null));
    json.put("cause", verdict.flatMap(Verdict::cause).map(c -> c.text()).orElse(null));
    json.put(
        "margin",
        verdict
            .map(Verdict::margin)
            .filter(m -> m.isPresent())
            .map(m -> m.getAsDouble())
            .orElse(null));
  }

  /** The comparisons in the order of the rule. */
  static List<Map<String, Object>> json(List<Comparison> comparisons) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Comparison c : comparisons) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("quantity", c.quantity());
      one.put("value", Double.isFinite(c.value()) ? c.value() : null);
      one.put("threshold", Double.isFinite(c.threshold()) ? c.threshold() : null);
      one.put("decades", c.decades());
      one.put("decisive", c.decisive());
      all.add(one);
    }
    return all;
  }
}
