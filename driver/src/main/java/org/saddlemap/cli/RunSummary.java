package org.saddlemap.cli;

import java.io.PrintWriter;
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
    String ask = "saddlemap sql" + warehouseArgument;
    err.printf(
        """
        The tables are in %s. Go on with
          %s "SELECT %s FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY ALL"
          %s "SELECT category, sub_category, count(*) AS trials, any_value(reason) FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY trials DESC"
        """,
        tables.location(), ask, columns(axes, "category, count(*)"), input.id(), ask, input.id());
    err.flush();
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
