package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;

/** Every outcome of a trial has a mark, and categories can be told apart without colour. */
class OutcomeMarkTest {
  private static final List<String> CATEGORIES =
      Arrays.stream(Category.values()).map(Category::text).toList();

  @Test
  void everyOutcomeHasAMark() {
    Stream.concat(
            CATEGORIES.stream(),
            Stream.of("unjudged", TrialStatus.FAILED.text(), TrialStatus.TIMED_OUT.text()))
        .forEach(outcome -> assertThat(OutcomeMark.of(outcome).key()).isEqualTo(outcome));
  }

  @Test
  void categoriesDifferInLetterColourAndSymbol() {
    List<OutcomeMark> marks = CATEGORIES.stream().map(OutcomeMark::of).toList();
    assertThat(marks).extracting(OutcomeMark::letter).doesNotHaveDuplicates();
    assertThat(marks).extracting(OutcomeMark::color).doesNotHaveDuplicates();
    assertThat(OutcomeMark.json().subList(0, CATEGORIES.size()))
        .extracting(mark -> mark.get("symbol"))
        .doesNotHaveDuplicates();
  }

  @Test
  void thePageIsToldWhichOfThemAreCategories() {
    assertThat(
            OutcomeMark.json().stream()
                .filter(mark -> mark.get("category").equals(true))
                .map(mark -> String.valueOf(mark.get("key"))))
        .containsExactlyElementsOf(CATEGORIES);
    assertThat(OutcomeMark.json().get(0))
        .isEqualTo(
            Map.of(
                "key", "optimum",
                "letter", "O",
                "color", "#009E73",
                "symbol", "circle",
                "category", true));
  }
}
