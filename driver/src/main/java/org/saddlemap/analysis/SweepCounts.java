package org.saddlemap.analysis;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.saddlemap.record.RowOutcome;

/** The counts that summaries of a sweep show, as SQL over {@code trials}. */
public final class SweepCounts {
  /** Names of the columns of {@link #COLUMNS}. */
  public static final List<String> NAMES =
      Stream.concat(Stream.of("trials"), RowOutcome.ALL.stream()).toList();

  /** One expression a name. */
  public static final String COLUMNS =
      Stream.concat(
              Stream.of("count(*) AS trials"),
              RowOutcome.ALL.stream()
                  .map(o -> "count_if(%s = '%s') AS %s".formatted(RowOutcome.SQL, o, o)))
          .collect(Collectors.joining(", "));

  private SweepCounts() {}
}
