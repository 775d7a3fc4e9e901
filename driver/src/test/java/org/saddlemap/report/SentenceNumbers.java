package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.report.TrialCounts.cause;
import static org.saddlemap.report.TrialCounts.count;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds the numbers that a finding's sentence says against the answer of the finding's own SQL. */
final class SentenceNumbers {
  private SentenceNumbers() {}

  /** Every number of a sentence is one of the answer, or follows from two that stand together. */
  static void says(Findings.Finding finding, List<Map<String, Object>> answer) {
    String text = finding.text();
    Map<String, Object> first = answer.isEmpty() ? Map.of() : answer.get(0);
    switch (finding.key()) {
      case "trains" -> {
        boolean each = first.containsKey("all_trials");
        long all = number(first, each ? "all_trials" : "trials");
        long part = number(first, each ? "all_trained" : "trained");
        if (part > 0 && part < all) {
          assertThat(text).startsWith("%,d of %,d judged trial".formatted(part, all));
          wilson(text, part, all);
        } else {
          assertThat(text).contains("%,d judged trial".formatted(all));
        }
        for (Matcher m =
                matcher("(?:most|fewest) with (\\S+ )?\\S+ \\((\\S+) of ([0-9,]+)\\)", text);
            m.find(); ) {
          long whole = parse(m.group(3));
          long trained =
              m.group(2).equals("none") ? 0 : m.group(2).equals("all") ? whole : parse(m.group(2));
          assertThat(answer)
              .anySatisfy(
                  row -> {
                    assertThat(number(row, "trials")).isEqualTo(whole);
                    assertThat(number(row, "trained")).isEqualTo(trained);
                  });
        }
      }
      case "fails" -> {
        long sum = answer.stream().mapToLong(row -> number(row, "trials")).sum();
        assertThat(text).startsWith(sum == 0 ? "Nothing" : "%,d do".formatted(sum));
        for (Map<String, Object> row : answer.subList(0, Math.min(3, answer.size()))) {
          String cause =
              "%,d by %s".formatted(number(row, "trials"), row.get("cause")).replace('_', ' ');
          assertThat(text).contains(cause);
          Matcher m = matcher(Pattern.quote(cause) + " \\((\\S+) with ", text);
          if (m.find()) {
            assertThat(m.group(1).equals("all") ? number(row, "trials") : parse(m.group(1)))
                .isEqualTo(number(row, "there"));
          }
        }
      }
      case "rescue" -> {
        Matcher m =
            matcher(
                "from (\\S+) to (\\S+): of ([0-9,]+) trials? that do(?:es)? not train with \\S+, (\\S+) train",
                text);
        if (m.find()) {
          long failing = parse(m.group(3));
          long rescued = m.group(4).equals("all") ? failing : parse(m.group(4));
          assertThat(number(first, "rescued")).as("no change rescues more").isEqualTo(rescued);
          assertThat(answer)
              .anySatisfy(
                  row -> {
                    assertThat(number(row, "failing")).isEqualTo(failing);
                    assertThat(number(row, "rescued")).isEqualTo(rescued);
                    assertThat(text)
                        .contains(
                            number(row, "training") == 0
                                ? ")."
                                : "of %s that did, it loses"
                                    .formatted(Words.count(number(row, "training"))));
                  });
          if (failing >= 10) {
            wilson(text, rescued, failing);
          }
        } else {
          assertThat(answer.stream().filter(r -> r.containsKey("rescued")))
              .allSatisfy(row -> assertThat(number(row, "rescued")).isZero());
        }
      }
      case "matters" -> {
        for (Matcher m =
                matcher(
                    "(?:matters most is|; then|,) (\\w+)(?:: by itself it accounts for)? ([0-9.]+) %",
                    text);
            m.find(); ) {
          double said = Double.parseDouble(m.group(2)) / 100;
          String key = m.group(1);
          assertThat(answer.stream().filter(r -> key.equals(r.get("hyperparameter"))).toList())
              .singleElement()
              .satisfies(
                  r -> assertThat((Double) r.get("accounts_for")).isCloseTo(said, within(0.0051)));
        }
      }
      case "sure" -> {
        for (String column : List.of("knife_edges", "failed", "timed_out", "repeated")) {
          long n = number(first, column);
          assertThat(n == 0 || text.contains(Words.count(n) + " ")).as(text + column).isTrue();
        }
      }
      default -> throw new AssertionError(finding.key());
    }
  }

  private static void wilson(String text, long part, long whole) {
    double z = 1.959964;
    double p = part / (double) whole;
    double middle = (p + z * z / (2 * whole)) / (1 + z * z / whole);
    double half =
        z / (1 + z * z / whole) * Math.sqrt(p * (1 - p) / whole + z * z / (4.0 * whole * whole));
    Matcher m = matcher("\\(([0-9.]+) %, 95 % interval ([0-9.]+) to ([0-9.]+) %\\)", text);
    assertThat(m.find()).as(text).isTrue();
    assertThat(parseDouble(m.group(1))).isCloseTo(100 * p, within(0.51));
    assertThat(parseDouble(m.group(2))).isCloseTo(100 * (middle - half), within(0.51));
    assertThat(parseDouble(m.group(3))).isCloseTo(100 * (middle + half), within(0.51));
  }

  static long number(Map<String, Object> row, String column) {
    return ((Number) row.get(column)).longValue();
  }

  private static Matcher matcher(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text);
  }

  private static long parse(String count) {
    return Long.parseLong(count.replace(",", ""));
  }

  private static double parseDouble(String number) {
    return Double.parseDouble(number);
  }
}
