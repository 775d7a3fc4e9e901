package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.analysis.ReadRetry;
import org.saddlemap.report.SweepReport;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import org.saddlemap.watch.WatchServer;
import picocli.CommandLine.Option;

/** {@code --bind}, on the commands that serve a live page, and how they begin to. */
final class WatchOptions {
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--bind",
      paramLabel = "ADDRESS",
      description =
          "Serves the live page on this address of the machine (default: 127.0.0.1, which no other machine reaches); elsewhere, the page's address has a secret in it.")
  private String bind;

  boolean isGiven() {
    return bind != null;
  }

  /**
   * Begins to serve, and says where.
   *
   * @param reports whether this process makes reports: one that trains would make its own wait for
   *     all of its chunks, since Spark gives cores to the earlier job first
   * @throws InvalidInput where that cannot be
   */
  WatchServer start(int port, Warehouse tables, boolean reports, PrintWriter err)
      throws IOException {
    if (port < 0 || port > MAX_PORT) {
      throw new InvalidInput("A port is a number from 0 to %d, not %d".formatted(MAX_PORT, port));
    }
    WatchServer server =
        WatchServer.start(
            bind == null ? WatchServer.LOOPBACK : bind,
            port,
            reports ? Optional.of(sweep -> report(tables, sweep)) : Optional.empty());
    err.println("Watch it at " + server.url());
    err.flush();
    return server;
  }

  private static String report(Warehouse tables, String sweepId) throws IOException {
    StoredSweep sweep =
        new Catalogue(tables)
            .sweep(sweepId)
            .orElseThrow(() -> new InvalidInput("The sweep %s has no row yet".formatted(sweepId)));
    return ReadRetry.onMissingFiles(
        () ->
            SweepReport.page(
                List.of(
                    SweepReport.of(
                        Spark::session, tables, List.of(sweep), DuckDbSession.reads(tables)))));
  }
}
