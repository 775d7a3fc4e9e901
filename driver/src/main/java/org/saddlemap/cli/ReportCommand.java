package org.saddlemap.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
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

/** {@code saddlemap report}: a sweep, or two compared, as one page. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes one HTML page about a sweep; it works offline and can be mailed.",
      "With two sweeps: shows which verdicts changed from the first to the second."
    },
    footer = {"", "Example:", "  saddlemap report quickstart --out quickstart.html"})
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..2",
      paramLabel = "SWEEP",
      description = "A sweep's id, name, or spec file (default: the latest).")
  private List<String> references = List.of();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page (default: the sweep's id and .html).")
  private Path out;

  @Option(
      names = "--png-map",
      paramLabel = "FILE",
      description = "Writes the phase map as a picture; without --out, only that.")
  private Path pngMap;

  @Mixin private WarehouseOption warehouse;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    for (Path file : new Path[] {out, pngMap}) {
      if (file != null
          && file.toAbsolutePath().getParent() != null
          && !Files.isDirectory(file.toAbsolutePath().getParent())) {
        throw new InvalidInput(
            "Cannot write %s: there is no folder %s"
                .formatted(file, file.toAbsolutePath().getParent()));
      }
    }
    // Wrong input is said before Spark takes its seconds to start.
    Configuration hadoop = WarehouseOption.hadoop();
    Warehouse tables = warehouse.open();
    List<StoredSweep> sweeps = new ArrayList<>();
    if (references.isEmpty()) {
      sweeps.add(SweepArgument.find(tables, Optional.empty(), hadoop));
    }
    for (String reference : references) {
      sweeps.add(SweepArgument.find(tables, Optional.of(reference), hadoop));
    }
    if (sweeps.size() == 2 && sweeps.get(0).id().equals(sweeps.get(1).id())) {
      throw new InvalidInput("Cannot compare %s with itself".formatted(sweeps.get(0).id()));
    }
    SparkSession spark = SparkSession.builder().getOrCreate();
    try (SweepReport report = SweepReport.of(spark, tables, sweeps)) {
      if (pngMap != null) {
        Files.write(pngMap, report.png());
        said(pngMap);
      }
      if (out != null || pngMap == null) {
        Path page = out != null ? out : Path.of(defaultName(sweeps));
        Files.writeString(page, report.page(), StandardCharsets.UTF_8);
        said(page);
      }
    }
    return Saddlemap.OK;
  }

  private static String defaultName(List<StoredSweep> sweeps) {
    return String.join("-against-", sweeps.stream().map(StoredSweep::id).toList()) + ".html";
  }

  private void said(Path file) {
    spec.commandLine().getErr().println("saddlemap: wrote " + file);
  }
}
