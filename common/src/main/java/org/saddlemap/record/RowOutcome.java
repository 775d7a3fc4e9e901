package org.saddlemap.record;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Verdict;

/**
 * What became of a trial in one word: its category or, where it has none, {@code unjudged}, {@code
 * failed} or {@code timed_out}.
 */
public final class RowOutcome {
  /** A trial that completed without a category: nothing to learn, or not examined. */
  private static final String UNJUDGED = "unjudged";

  /** All outcomes, in the order in which they are shown. */
  public static final List<String> ALL =
      Stream.concat(
              Arrays.stream(Category.values()).map(Category::text),
              Stream.of(UNJUDGED, TrialStatus.FAILED.text(), TrialStatus.TIMED_OUT.text()))
          .toList();

  /** The outcome in SQL, on the columns of {@code trials}. */
  public static final String SQL =
      "coalesce(category, CASE WHEN status = '%s' THEN '%s' ELSE status END)"
          .formatted(TrialStatus.COMPLETED.text(), UNJUDGED);

  private RowOutcome() {}

  /** The outcome of a trial. */
  public static String of(TrialRecord record) {
    return of(
        record.status().text(), record.verdict().flatMap(Verdict::category).map(Category::text));
  }

  /**
   * The outcome of a row.
   *
   * @param status a {@link TrialStatus} as text
   * @param category as text; empty where the row has none
   */
  public static String of(String status, Optional<String> category) {
    return status.equals(TrialStatus.COMPLETED.text()) ? category.orElse(UNJUDGED) : status;
  }
}
