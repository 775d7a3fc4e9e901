package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Comparison;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;

class DecisionTextTest {
  private static final List<Comparison> COMPARISONS =
      List.of(
          new Comparison("trend_t", 1, 3, false),
          new Comparison("gap", 0.5, 0.001, false),
          new Comparison("gap", 0.5, 0.001, true),
          new Comparison("decrease along negative curvature", 0.00012, 0.0001, true),
          new Comparison("sens_min", 0, 0.0001, true));

  private static String printed(Consumer<PrintWriter> what) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    what.accept(out);
    out.flush();
    return text.toString();
  }

  @Test
  void whatDecidedComesFirstAndTheNearestIsMarked() {
    List<String> lines =
        printed(out -> DecisionText.printDecided(out, COMPARISONS)).lines().toList();
    assertThat(lines.get(1)).startsWith("What decided");
    assertThat(lines.subList(2, 5).stream().map(l -> l.replaceAll(" +", " ")))
        .containsExactly(
            " gap 0.5 above 0.001 2.7 decades (loss − f_lb)/G at the point [G]",
            " > decrease along negative curvature 0.00012 above 0.0001 0.08 decades the margin",
            " sens_min 0 below 0.0001 far " + Measure.SENS_MIN.doc() + " [G]");
    assertThat(lines.get(6)).startsWith("Compared as well");
    assertThat(lines.get(7)).contains("trend_t").contains("0.48 decades").doesNotContain("margin");
    assertThat(lines).as("each once").hasSize(8);
    assertThat(printed(out -> DecisionText.printDecided(out, List.of()))).isEmpty();
  }

  @Test
  void aVerdictHasItsCauseMarginAndReason() {
    Verdict verdict =
        new Verdict(
            Optional.of(Category.SADDLE),
            "strict",
            Optional.of(Cause.EQUAL_UNITS),
            OptionalDouble.of(0.04),
            "Because.");
    Evidence evidence = new Evidence.Builder().put(Measure.SETTLED, true).build();
    assertThat(printed(out -> DecisionText.printVerdict(out, "x: ", verdict, evidence)).lines())
        .containsExactly(
            "x: saddle (strict), at its noise floor",
            "  cause   equal units: " + Cause.EQUAL_UNITS.doc(),
            "  margin  0.04 decades: a knife edge, a deciding quantity is all but at its threshold",
            "  Because.");
    Verdict bare = new Verdict(Optional.empty(), "not examined", "Nothing was looked at.");
    assertThat(printed(out -> DecisionText.printVerdict(out, "", bare, Evidence.NONE)).lines())
        .containsExactly("no category (not examined)", "  Nothing was looked at.");
  }

  @Test
  void jsonHoldsNumbersOrNull() {
    assertThat(DecisionText.json(COMPARISONS)).hasSize(5);
    assertThat(DecisionText.json(COMPARISONS).get(3))
        .containsEntry("value", 0.00012)
        .containsEntry("threshold", 0.0001)
        .containsEntry("decisive", true);
    assertThat(
            DecisionText.json(List.of(new Comparison("q", Double.POSITIVE_INFINITY, 1, true)))
                .get(0))
        .containsEntry("value", null)
        .containsEntry("decades", Comparison.FAR);
    Map<String, Object> none = new LinkedHashMap<>();
    DecisionText.putVerdict(none, Optional.empty());
    assertThat(none)
        .containsOnlyKeys("category", "sub_category", "cause", "margin")
        .containsEntry("margin", null);
  }
}
