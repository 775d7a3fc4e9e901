package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.export.MlflowExport;
import org.saddlemap.export.MlflowServer;
import org.saddlemap.report.SweepReport;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap export}: gives a sweep to another program. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Gives a sweep to an MLflow server: an experiment with a run for each trial.",
      "What is there already is not sent again, so that the same command goes on where one was interrupted."
    },
    footer = {
      "",
      "Example:",
      "  saddlemap export quickstart --mlflow http://127.0.0.1:5000 --where \"category <> 'optimum'\""
    })
final class ExportCommand implements Callable<Integer> {
  private static final int SAID_EVERY = 100;

  @Parameters(
      arity = "0..1",
      paramLabel = "SWEEP",
      description = "A sweep's id, name, or spec file (default: the latest).")
  private String reference;

  @Option(
      names = "--mlflow",
      required = true,
      paramLabel = "URI",
      description = "Address of the server, such as http://127.0.0.1:5000.")
  private String address;

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      defaultValue = "true",
      description = "Which trials, as a condition in SQL (default: all).")
  private String where;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "10000",
      description = "Refuses to make more runs than that (default: ${DEFAULT-VALUE}).")
  private long limit;

  @Mixin private WarehouseOption warehouse;

  @Mixin private EngineOption engine;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    MlflowServer server = new MlflowServer(address);
    Warehouse tables = warehouse.open();
    StoredSweep sweep =
        SweepArgument.find(tables, Optional.ofNullable(reference), WarehouseOption.hadoop());
    if (sweep.record().started() == null) {
      throw new InvalidInput("The sweep " + sweep.id() + " has not started");
    }
    PrintWriter err = spec.commandLine().getErr();
    MlflowExport export = new MlflowExport(engine.open(tables, Set.of(sweep.id())), sweep, server);
    MlflowExport.Summary done;
    try {
      done =
          export.run(
              where,
              limit,
              () -> page(tables, sweep),
              n -> {
                if (n % SAID_EVERY == 0) {
                  err.printf("%d trials exported%n", n);
                  err.flush();
                }
              });
    } catch (IOException e) {
      throw new IOException(e.getMessage() + "; the same command goes on", e);
    }
    err.printf(
        "saddlemap: %d trials of %s are exported to experiment %s of %s%s%s%n",
        done.exported(),
        sweep.id(),
        done.experiment(),
        address,
        done.present() > 0 ? "; %d were there already".formatted(done.present()) : "",
        done.page()
            ? ""
            : "; the page is not, since that server leaves files to its clients: see 'saddlemap report'");
    return Saddlemap.OK;
  }

  private static byte[] page(Warehouse tables, StoredSweep sweep) {
    SweepReport report =
        SweepReport.of(Spark::session, tables, List.of(sweep), DuckDbSession.reads(tables));
    return SweepReport.page(List.of(report)).getBytes(StandardCharsets.UTF_8);
  }
}
