package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;

/**
 * Points of a spec that cannot differ from others, and so have no trial of their own.
 *
 * @param points how many, of each replicate
 * @param reasons why, each a clause; empty where there are none
 */
public record Repetitions(long points, List<String> reasons) {
  private static final int MAX_VALUES = 5;

  public Repetitions {
    reasons = List.copyOf(reasons);
  }

  /**
   * What of a space repeats other points.
   *
   * @param given as the user wrote it
   * @param there the same on so many training rows, {@link Space#on}
   */
  public static Repetitions of(Space given, Space there, int rows) {
    List<String> reasons = new ArrayList<>();
    there
        .idle()
        .forEach(
            (h, values) ->
                reasons.add(
                    "%s makes no difference where %s is %s"
                        .formatted(h.key(), h.governor().orElseThrow().key(), texts(values))));
    List<Object> full =
        given.values(Hyperparameter.BATCH_SIZE).stream()
            .filter(size -> ((BatchSize) size).of(rows) == rows)
            .toList();
    if (full.size() > 1) {
      reasons.add("batch_size %s are all %d training rows".formatted(texts(full), rows));
    }
    return new Repetitions(given.included() + given.repeated() - there.included(), reasons);
  }

  private static String texts(List<Object> values) {
    return values.stream()
            .limit(MAX_VALUES)
            .map(Hyperparameter::text)
            .collect(Collectors.joining(", "))
        + (values.size() > MAX_VALUES ? ", …" : "");
  }

  /** All reasons, as one part of a sentence. */
  public String why() {
    return String.join("; ", reasons);
  }
}
