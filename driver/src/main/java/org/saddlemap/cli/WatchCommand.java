package org.saddlemap.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import org.saddlemap.watch.LiveSweep;
import org.saddlemap.watch.WatchServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap watch}: a sweep as it fills, in a browser, whoever runs it. */
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows a sweep in a browser while it fills, whoever runs it; it only reads.",
      "Runs until Ctrl-C. 'saddlemap run --watch' does the same within a run."
    })
public final class WatchCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "SWEEP",
      description = "A sweep's id, name, or spec file (default: the latest).")
  private String sweep;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + WatchServer.DEFAULT_PORT,
      description = "0 for any that is free (default: ${DEFAULT-VALUE}).")
  private int port;

  @Mixin private WatchOptions options;

  @Mixin private WarehouseOption warehouse;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    Warehouse tables = warehouse.open();
    StoredSweep stored =
        SweepArgument.find(tables, Optional.ofNullable(sweep), WarehouseOption.hadoop());
    LiveSweep live = new LiveSweep(tables, stored.id(), stored.spec());
    try (WatchServer server = options.start(port, tables, true, command.commandLine().getErr())) {
      server.show(live);
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Saddlemap.OK;
  }
}
