package org.saddlemap.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.Removal;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap remove}: takes a sweep out of the warehouse, for good. */
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Deletes a sweep and all of its rows; says what goes, and asks.")
final class RemoveCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "SWEEP",
      description = "The sweep's id, name (the newest), or spec file.")
  private String sweep;

  @Option(names = "--yes", description = "Does not ask.")
  private boolean yes;

  @Mixin private WarehouseOption warehouseOption;
  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = command.commandLine().getErr();
    Warehouse warehouse = warehouseOption.open();
    boolean done = false;
    for (String id : Removal.pending(warehouse)) {
      try (SweepLock lock = SweepLock.take(warehouse, id)) {
        Removal.finish(warehouse, id);
        lock.forget();
      }
      err.printf("The removal of %s, which was interrupted, is finished.%n", id);
      done |= sweep.equals(id) || sweep.equals(SweepId.name(id));
    }
    if (done) {
      return Saddlemap.OK;
    }
    String id = SweepArgument.find(warehouse, Optional.of(sweep), WarehouseOption.hadoop()).id();
    warehouse.requireWritable();
    try (SweepLock lock = SweepLock.take(warehouse, id)) {
      Compaction.finish(warehouse, id);
      Removal.Inventory goes = Removal.inventory(warehouse, id);
      if (!goes.foreign().isEmpty()) {
        throw new InvalidInput(
            "In the folders of %s lies what is none of its files; move it away first: %s"
                .formatted(
                    id,
                    goes.foreign().stream()
                        .limit(5)
                        .map(Path::toString)
                        .collect(Collectors.joining(", "))));
      }
      String what =
          String.format(
              Locale.ROOT,
              "%s of %s: %d trials, %d files, %.1f MB",
              id,
              warehouse.location(),
              goes.trials(),
              goes.files(),
              goes.bytes() / 1e6);
      if (!yes && !agreed(what)) {
        err.println("Nothing is removed.");
        return Saddlemap.OK;
      }
      Removal.commit(warehouse, id);
      Removal.finish(warehouse, id);
      lock.forget();
      err.printf("Removed %s.%n", what);
    }
    return Saddlemap.OK;
  }

  /** Asks the user. From Java 22 on the console may be a pipe, whose end agrees to nothing. */
  @SuppressWarnings("SystemConsoleNull")
  private boolean agreed(String what) {
    Console terminal = System.console();
    if (terminal == null) {
      throw new InvalidInput("There is no terminal to ask at; --yes removes %s".formatted(what));
    }
    String answer = terminal.readLine("Remove %s? It cannot be brought back. [y/N] ", what);
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }
}
