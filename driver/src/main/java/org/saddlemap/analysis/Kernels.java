package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Warns of sweeps whose trials several BLAS kernels computed. */
public final class Kernels {
  /** Selects each sweep with each of its kernels and the number of trials that it computed. */
  private static final String SQL =
      """
      SELECT sweep, blas, count(*) AS trials FROM trials WHERE status = 'completed'
      GROUP BY sweep, blas ORDER BY sweep, trials DESC, blas""";

  private Kernels() {}

  /**
   * A sentence for each such sweep.
   *
   * @param sql runs a statement on the tables
   */
  public static List<String> warnings(Function<String, QueryResult> sql) {
    Map<Object, List<String>> kernels = new LinkedHashMap<>();
    sql.apply(SQL)
        .rows()
        .forEachRemaining(
            row ->
                kernels
                    .computeIfAbsent(row.get(0), sweep -> new ArrayList<>())
                    .add("%s by %s".formatted(row.get(2), row.get(1))));
    return kernels.entrySet().stream()
        .filter(sweep -> sweep.getValue().size() > 1)
        .map(
            sweep ->
                "Several BLAS kernels computed the trials of %s: %s. Their last bits differ, and now and then a verdict near a threshold with them; 'arithmetic: portable' has the same kernel everywhere."
                    .formatted(sweep.getKey(), String.join(", ", sweep.getValue())))
        .toList();
  }
}
