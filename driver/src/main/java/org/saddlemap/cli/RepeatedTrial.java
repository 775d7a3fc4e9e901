package org.saddlemap.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;

/**
 * Compares a stored trial with the same one trained now: what differs, by how much, and why.
 *
 * @param before as it is stored
 * @param after as it came out now
 * @param obstacle why the kernel of {@code before} could not be taken; empty where it was
 */
record RepeatedTrial(TrialRecord before, TrialRecord after, Optional<String> obstacle) {
  /** Columns that say where and when a trial ran, and not what came out. */
  private static final Set<String> CIRCUMSTANCES =
      Set.of("queue_ms", "load_ms", "train_ms", "examine_ms", "host", "stack_trace");

  /** Columns that say with which tools a trial ran, which may explain why results differ. */
  private static final Set<String> TOOLS =
      Set.of("java", "platform", "blas", "blas_threads", "version", "engine", "rule_version");

  /** Columns of tools from which a trial's id is made, among others. */
  private static final Set<String> IDENTITY = Set.of("engine", "rule_version");

  private static final List<String> VERDICT = List.of("status", "category", "sub_category");

  /** A column whose values are not equal. */
  private record Difference(String column, Object was, Object is) {
    /** |was − is| by the larger of the two; NaN where they are no numbers. */
    double apart() {
      if (!(was instanceof Number a && is instanceof Number b)) {
        return Double.NaN;
      }
      double size = Math.max(Math.abs(a.doubleValue()), Math.abs(b.doubleValue()));
      return size == 0 ? 0 : Math.abs(a.doubleValue() - b.doubleValue()) / size;
    }

    String line() {
      String apart =
          Double.isNaN(apart()) ? "" : "   (%s of its size apart)".formatted(digits(apart()));
      return "  %-24s was %s, is %s%s%n".formatted(column, was, is, apart);
    }
  }

  /** Whether all that came out is the same to the last bit. */
  boolean isSame() {
    return results().isEmpty() && curvesAgree() && layersAgree();
  }

  private List<Difference> results() {
    boolean renamed = tools().stream().anyMatch(d -> IDENTITY.contains(d.column()));
    return differences().stream()
        .filter(d -> !TOOLS.contains(d.column()))
        .filter(d -> !(renamed && d.column().equals("trial_id"))) // the id follows from these tools
        .toList();
  }

  private List<Difference> tools() {
    return differences().stream().filter(d -> TOOLS.contains(d.column())).toList();
  }

  private List<Difference> differences() {
    List<Difference> differences = new ArrayList<>();
    for (Column<TrialRecord> column : Tables.TRIALS.columns()) {
      Object was = column.of(before);
      Object is = column.of(after);
      if (!CIRCUMSTANCES.contains(column.name()) && !Objects.equals(was, is)) {
        differences.add(new Difference(column.name(), was, is));
      }
    }
    return differences;
  }

  private boolean curvesAgree() {
    return before.curve().equals(after.curve());
  }

  private boolean layersAgree() {
    return before.layers().equals(after.layers());
  }

  /** The comparison in words, of lines that all end. */
  String text() {
    List<Difference> results = results();
    List<Difference> tools = tools();
    StringBuilder text = new StringBuilder();
    text.append(
        "Trial %s trained again: %s%n"
            .formatted(
                before.id().hex().substring(0, 12),
                isSame() ? "no difference." : results.size() + " columns differ."));
    if (!isSame()) {
      text.append(verdict());
      text.append(distance(results));
    }
    if (!tools.isEmpty()) {
      text.append(
          isSame()
              ? "It ran with other tools:%n".formatted()
              : "This is why: it ran with other tools, and only the same ones give the same bits.%n"
                  .formatted());
      tools.forEach(
          d -> text.append("  %-24s was %s, is %s%n".formatted(d.column(), d.was(), d.is())));
      obstacle.ifPresent(why -> text.append("  The row needs %s%n".formatted(why)));
    } else if (!isSame()) {
      text.append(
          "The tools are the same ones, so nothing should differ: please report it.%n".formatted());
    }
    if (!isSame()) {
      text.append("What differs:%n".formatted());
      results.forEach(d -> text.append(d.line()));
      if (!curvesAgree()) {
        text.append("  the curve%n".formatted());
      }
      if (!layersAgree()) {
        text.append("  the layers%n".formatted());
      }
    }
    return text.toString();
  }

  private String verdict() {
    String was = verdict(before);
    String is = verdict(after);
    return was.equals(is)
        ? "The verdict is the same: %s.%n".formatted(was)
        : "The verdict is another one: it was %s, and is %s.%n".formatted(was, is);
  }

  private static String verdict(TrialRecord record) {
    List<String> words = new ArrayList<>();
    for (Column<TrialRecord> column : Tables.TRIALS.columns()) {
      Object value = VERDICT.contains(column.name()) ? column.of(record) : null;
      if (value != null && !value.equals("completed")) {
        words.add(value.toString());
      }
    }
    return words.isEmpty() ? "none" : String.join(", ", words);
  }

  /** How far numbers are apart: the loss, the median, and the one that is furthest apart. */
  private static String distance(List<Difference> results) {
    List<Difference> numbers =
        results.stream()
            .filter(d -> !Double.isNaN(d.apart()))
            .sorted(Comparator.comparingDouble(Difference::apart))
            .toList();
    if (numbers.isEmpty()) {
      return "";
    }
    Difference middle = numbers.get(numbers.size() / 2);
    Difference most = numbers.get(numbers.size() - 1);
    String loss =
        results.stream().noneMatch(d -> d.column().equals("final_loss"))
            ? "final_loss not at all, "
            : numbers.stream()
                .filter(d -> d.column().equals("final_loss"))
                .findFirst()
                .map(d -> "final_loss by %s, ".formatted(digits(d.apart())))
                .orElse("");
    return "Numbers are apart, by their own size: %sthe median of %d columns by %s, the most by %s (%s).%n"
        .formatted(
            loss, numbers.size(), digits(middle.apart()), digits(most.apart()), most.column());
  }

  private static String digits(double share) {
    return String.format(Locale.ROOT, "%.2g", share);
  }
}
