package org.saddlemap.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.saddlemap.analysis.Kernels;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.analysis.SqlEngine;
import org.saddlemap.analysis.SweepCounts;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.schedule.SweepRun;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Space;
import org.saddlemap.store.Warehouse;

/** What {@code run} prints of a complete sweep: a table of its outcomes, and what to ask next. */
final class RunSummary {
  private static final int MAX_ROWS = 100;

  /** An axis of more values would make the table too long to look at. */
  private static final int MAX_VALUES = 20;

  private static final int MAX_AXES = 2;

  private final PrintWriter out;
  private final PrintWriter err;

  RunSummary(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /**
   * @param warehouseArgument of a command line that asks this warehouse; empty where it is the
   *     default one
   */
  void print(
      Warehouse tables,
      SweepInput input,
      Optional<SweepRun.Spent> spent,
      String warehouseArgument) {
    List<String> axes = fewValued(input.spec().space());
    SqlEngine sql = EngineOption.automatic(tables, Set.of(input.id()));
    long rows =
        new RowPrinter(RowPrinter.Format.TABLE, out, OptionalInt.empty())
            .print(
                sql.run(
                    "SELECT %s FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY min(plan_index) LIMIT %d"
                        .formatted(columns(axes, SweepCounts.COLUMNS), input.id(), MAX_ROWS)));
    out.flush();
    if (rows == MAX_ROWS) {
      err.printf("(the first %d rows)%n", MAX_ROWS);
    }
    Kernels.warnings(sql::run).forEach(warning -> err.println("Warning: " + warning));
    spent.map(RunPrinter::spent).ifPresent(err::println);
    err.printf("The tables are in %s. Go on with%n", tables.location());
    String where = "WHERE sweep = '%s' GROUP BY ALL ORDER BY".formatted(input.id());
    List<String> next = new ArrayList<>();
    next.add("report %s --out report.html".formatted(input.id()));
    telling(sql, input.id()).ifPresent(trial -> next.add("explain " + trial));
    next.add(
        "sql \"SELECT %s FROM trials %s ALL\""
            .formatted(columns(axes, "category, count(*)"), where));
    next.add(
        "sql \"SELECT category, cause, count(*) AS trials, any_value(reason) FROM trials %s trials DESC\""
            .formatted(where));
    next.forEach(command -> err.printf("  saddlemap %s%s%n", command, warehouseArgument));
    err.flush();
  }

  /** Of the trials with a verdict one that did not reach an optimum, the surest; else any. */
  private static Optional<String> telling(SqlEngine sql, String sweep) {
    Iterator<List<Object>> rows =
        sql.run(
                """
                SELECT trial_id FROM trials WHERE sweep = '%s' AND category IS NOT NULL
                ORDER BY category = 'optimum', margin DESC NULLS LAST, trial_id LIMIT 1"""
                    .formatted(sweep))
            .rows();
    return rows.hasNext() ? Optional.of(rows.next().get(0).toString()) : Optional.empty();
  }

  /**
   * The first axes that have so few values that a row each can be looked at. A learning rate given
   * by the sharpness is left out, since its column differs from one network to the next.
   */
  private static List<String> fewValued(Space space) {
    return space.axes().stream()
        .filter(axis -> axis.values().size() > 1 && axis.values().size() <= MAX_VALUES)
        .filter(axis -> axis.values().stream().noneMatch(LearningRate.Sharpness.class::isInstance))
        .map(axis -> axis.hyperparameter().key())
        .limit(MAX_AXES)
        .toList();
  }

  private static String columns(List<String> axes, String more) {
    return Stream.concat(axes.stream(), Stream.of(more)).collect(Collectors.joining(", "));
  }
}
