package org.saddlemap.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.saddlemap.analysis.Kernels;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.analysis.SqlEngine;
import org.saddlemap.analysis.SweepCounts;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap status}: how far sweeps are, and how they ended; also while they run. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Says of each sweep how much of it is done, and where its descents ended.")
public final class StatusCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "SWEEP",
      description = "A sweep's id, name, or spec file (default: all sweeps).")
  private String sweep;

  @Mixin private WarehouseOption warehouse;

  @Mixin private FormatOption output;

  @Mixin private EngineOption engine;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    Warehouse tables = warehouse.open();
    Catalogue.Sweeps all =
        sweep == null
            ? new Catalogue(tables).sweeps()
            : new Catalogue.Sweeps(
                List.of(SweepArgument.find(tables, Optional.of(sweep), WarehouseOption.hadoop())),
                List.of());
    List<StoredSweep> sweeps = all.readable();
    for (IOException e : all.unreadable()) {
      command.commandLine().getErr().println("saddlemap: " + e.getMessage());
    }
    if (sweeps.isEmpty() && all.unreadable().isEmpty()) {
      command
          .commandLine()
          .getErr()
          .println("saddlemap: the warehouse " + tables.location() + " holds no sweep yet");
    }
    Map<String, List<Object>> counts = sweeps.isEmpty() ? Map.of() : counts(tables, sweeps);
    List<String> columns = new ArrayList<>(List.of("sweep", "planned", "missing"));
    columns.addAll(SweepCounts.NAMES);
    columns.addAll(List.of("trials_per_second", "started", "finished", "running", "tags", "note"));
    List<List<Object>> rows = new ArrayList<>();
    for (StoredSweep stored : sweeps) {
      rows.add(
          row(
              stored,
              counts,
              SweepLock.worked(tables, stored.id()),
              SweepLock.running(tables, stored.id())));
    }
    new RowPrinter(output.format(), command.commandLine().getOut(), OptionalInt.empty())
        .print(new QueryResult(columns, rows.iterator()));
    return all.unreadable().isEmpty() ? Saddlemap.OK : Saddlemap.INCOMPLETE;
  }

  /** The values of {@link SweepCounts#NAMES} by sweep. */
  private Map<String, List<Object>> counts(Warehouse tables, List<StoredSweep> sweeps) {
    SqlEngine sql =
        engine.open(tables, sweeps.stream().map(StoredSweep::id).collect(Collectors.toSet()));
    for (String warning : Kernels.warnings(sql::run)) {
      command.commandLine().getErr().println("saddlemap: " + warning);
    }
    QueryResult result =
        sql.run("SELECT sweep, %s FROM trials GROUP BY sweep".formatted(SweepCounts.COLUMNS));
    Map<String, List<Object>> counts = new HashMap<>();
    result.rows().forEachRemaining(r -> counts.put((String) r.get(0), r.subList(1, r.size())));
    return counts;
  }

  private static List<Object> row(
      StoredSweep sweep,
      Map<String, List<Object>> counts,
      OptionalDouble worked,
      Optional<String> running) {
    SweepRecord record = sweep.record();
    List<Object> none = SweepCounts.NAMES.stream().map(name -> (Object) 0L).toList();
    List<Object> counted = counts.getOrDefault(sweep.id(), none);
    long trials = (Long) counted.get(0);
    List<Object> row = new ArrayList<>();
    row.add(sweep.id());
    row.add(record.plannedTrials());
    row.add(record.plannedTrials() - trials);
    row.addAll(counted);
    row.add(worked.isPresent() ? trials / worked.getAsDouble() : null);
    row.add(record.started());
    row.add(record.finished());
    row.add(running.orElse(null));
    row.add(record.tags());
    row.add(record.note());
    return row;
  }
}
