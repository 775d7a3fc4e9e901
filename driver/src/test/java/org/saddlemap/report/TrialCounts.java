package org.saddlemap.report;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.verdict.Verdict;

/** What the trials of a sweep say of themselves, counted one by one as no query would. */
final class TrialCounts {
  private TrialCounts() {}

  /** Over all pairs of trials that differ in one value, the most that one change makes train. */
  static long mostRescued(List<TrialRecord> judged) {
    Map<Hyperparameter, List<String>> values = new LinkedHashMap<>();
    for (Hyperparameter h : Hyperparameter.values()) {
      values.put(
          h,
          judged.stream()
              .flatMap(t -> t.trial().configuration().text(h).stream())
              .distinct()
              .sorted(TrialCounts::inOrder)
              .toList());
    }
    Map<String, Long> counts = new HashMap<>();
    values.values().removeIf(v -> v.size() < 2);
    // Every pair is looked at, as no query would.
    for (TrialRecord a : judged) {
      for (TrialRecord b : judged) {
        if (a.trial().replicate() != b.trial().replicate() || trains(a) || !trains(b)) {
          continue;
        }
        List<Hyperparameter> differ =
            values.keySet().stream().filter(h -> !text(a, h).equals(text(b, h))).toList();
        List<Hyperparameter> own =
            differ.stream()
                .filter(
                    h ->
                        !(h.governor().filter(differ::contains).isPresent()
                            && (text(a, h).isEmpty() || text(b, h).isEmpty())))
                .toList();
        if (own.size() == 1 && neighbours(values.get(own.get(0)), own.get(0), a, b)) {
          Hyperparameter h = own.get(0);
          counts.merge(h + " " + text(a, h) + " " + text(b, h), 1L, Long::sum);
        }
      }
    }
    return counts.values().stream().mapToLong(n -> n).max().orElse(0);
  }

  private static boolean neighbours(
      List<String> values, Hyperparameter h, TrialRecord a, TrialRecord b) {
    boolean words =
        h.type() == org.saddlemap.space.ValueType.STRING
            || h.type() == org.saddlemap.space.ValueType.BOOLEAN;
    return words || Math.abs(values.indexOf(text(a, h)) - values.indexOf(text(b, h))) == 1;
  }

  private static int inOrder(String a, String b) {
    try {
      return Double.compare(Double.parseDouble(a), Double.parseDouble(b));
    } catch (NumberFormatException words) {
      return a.compareTo(b);
    }
  }

  private static String text(TrialRecord t, Hyperparameter h) {
    return t.trial().configuration().text(h).orElse("");
  }

  static String cause(TrialRecord t) {
    return t.verdict().flatMap(Verdict::cause).map(c -> c.text()).orElse(null);
  }

  static boolean trains(TrialRecord t) {
    return Objects.equals(cause(t), "none");
  }

  static long count(List<TrialRecord> trials, Predicate<TrialRecord> test) {
    return trials.stream().filter(test).count();
  }
}
