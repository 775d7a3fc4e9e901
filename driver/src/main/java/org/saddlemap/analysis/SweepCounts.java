package org.saddlemap.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;

/** The counts that summaries of a sweep show, as SQL over {@code trials}. */
public final class SweepCounts {
  /** Completed without a category: nothing to learn, or not examined. */
  private static final String UNJUDGED = "unjudged";

  /** Names of the columns of {@link #COLUMNS}. */
  public static final List<String> NAMES =
      Stream.concat(
              Stream.of("trials"),
              Stream.concat(
                  Arrays.stream(Category.values()).map(Category::text),
                  Stream.of(UNJUDGED, TrialStatus.FAILED.text(), TrialStatus.TIMED_OUT.text())))
          .toList();

  /** One expression a name. */
  public static final String COLUMNS =
      Stream.concat(
              Stream.of("count(*) AS trials"),
              Stream.concat(
                  Arrays.stream(Category.values()).map(c -> count("category", c.text())),
                  Stream.of(
                      "count_if(status = '%s' AND category IS NULL) AS %s"
                          .formatted(TrialStatus.COMPLETED.text(), UNJUDGED),
                      count("status", TrialStatus.FAILED.text()),
                      count("status", TrialStatus.TIMED_OUT.text()))))
          .collect(Collectors.joining(", "));

  private SweepCounts() {}

  private static String count(String column, String value) {
    return "count_if(%s = '%s') AS %s".formatted(column, value, value);
  }
}
