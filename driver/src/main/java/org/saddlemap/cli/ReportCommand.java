package org.saddlemap.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.analysis.ReadRetry;
import org.saddlemap.report.MapPicture;
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

/** {@code saddlemap report}: a sweep, two compared, or several together, as one page. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes one HTML page about a sweep; it works offline and can be mailed.",
      "With two sweeps: shows which verdicts changed from the first to the second."
    },
    footer = {
      "",
      "Examples:",
      "  saddlemap report quickstart --out quickstart.html",
      "  saddlemap report tanh relu",
      "  saddlemap report quickstart --png-map map.svg --map-facet clipping --where \"depth > 1\"",
      "  saddlemap report --together conf/studies/chapter*.yaml --out chapter.html"
    })
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "SWEEP",
      description = "A sweep's id, name, or spec file (default: the latest).")
  private List<String> references = List.of();

  @Option(
      names = "--together",
      description = "Puts any number of sweeps on one page, each with all of its own report.")
  private boolean together;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page (default: the sweep's id and .html).")
  private Path out;

  @Option(
      names = "--png-map",
      paramLabel = "FILE",
      description =
          "Writes the phase map as a picture (SVG where the name ends in .svg); without --out, only that.")
  private Path pngMap;

  @Option(
      names = "--map-x",
      paramLabel = "KEY",
      description = "The hyperparameter across that picture (default: as on the page).")
  private String mapX;

  @Option(
      names = "--map-y",
      paramLabel = "KEY",
      description = "The one up; 'nothing' for a single row.")
  private String mapY;

  @Option(
      names = "--map-facet",
      paramLabel = "KEY",
      description = "The one with a small map for each of its values; 'nothing' for one map.")
  private String mapFacet;

  @Option(
      names = "--where",
      paramLabel = "SQL",
      description = "The picture shows the trials that pass this test, such as \"depth > 2\".")
  private String where;

  @Option(names = "--dark", description = "Draws the picture on a dark ground.")
  private boolean dark;

  @Mixin private WarehouseOption warehouse;

  @Mixin private EngineOption engine;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (references.size() > 2 && !together) {
      throw new InvalidInput(
          "Two sweeps are compared, not %d; --together puts them on one page"
              .formatted(references.size()));
    }
    if (together && pngMap != null) {
      throw new InvalidInput("--png-map draws one sweep, or two compared; leave out --together");
    }
    if (pngMap == null
        && (dark || Stream.of(mapX, mapY, mapFacet, where).anyMatch(Objects::nonNull))) {
      throw new InvalidInput(
          "--map-x, --map-y, --map-facet, --where and --dark are for the picture; add --png-map FILE");
    }
    OutputFile.require(out);
    OutputFile.require(pngMap);
    // Sweeps are found before Spark takes its seconds to start, so that wrong input is said at
    // once.
    Configuration hadoop = WarehouseOption.hadoop();
    Warehouse tables = warehouse.open();
    List<StoredSweep> sweeps = new ArrayList<>();
    if (references.isEmpty()) {
      sweeps.add(SweepArgument.find(tables, Optional.empty(), hadoop));
    }
    for (String reference : references) {
      sweeps.add(SweepArgument.find(tables, Optional.of(reference), hadoop));
    }
    if (Set.copyOf(sweeps).size() < sweeps.size()) {
      throw new InvalidInput(
          "Cannot %s a sweep with itself; give different ones"
              .formatted(together ? "put together" : "compare"));
    }
    boolean wantsPage = out != null || pngMap == null;
    Path page = out != null ? out : Path.of(defaultName(sweeps));
    if (wantsPage) {
      OutputFile.require(page);
    }
    boolean embedded = engine.embedded(tables);
    // Spark starts while DuckDB reads the tables.
    CompletableFuture<SparkSession> spark = CompletableFuture.supplyAsync(Spark::session);
    Rendered rendered =
        ReadRetry.onMissingFiles(() -> render(spark, tables, sweeps, embedded, wantsPage));
    if (pngMap != null) {
      OutputFile.write(pngMap, rendered.png());
      said(pngMap);
    }
    if (wantsPage) {
      OutputFile.write(page, rendered.page().getBytes(StandardCharsets.UTF_8));
      said(page);
    }
    return Saddlemap.OK;
  }

  /** What is to be written; null where the user did not ask for it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rendered(byte[] png, String page) {}

  private Rendered render(
      CompletableFuture<SparkSession> spark,
      Warehouse tables,
      List<StoredSweep> sweeps,
      boolean embedded,
      boolean wantsPage) {
    List<SweepReport> reports = new ArrayList<>();
    for (List<StoredSweep> of :
        together ? sweeps.stream().map(List::of).toList() : List.of(sweeps)) {
      reports.add(SweepReport.of(() -> started(spark), tables, of, embedded));
    }
    return new Rendered(
        pngMap == null ? null : reports.get(0).picture(asked()),
        wantsPage ? SweepReport.page(reports) : null);
  }

  private MapPicture asked() {
    return new MapPicture(
        Optional.ofNullable(mapX),
        Optional.ofNullable(mapY),
        Optional.ofNullable(mapFacet),
        Optional.ofNullable(where),
        dark,
        MapPicture.isVector(pngMap.toString()));
  }

  private static SparkSession started(CompletableFuture<SparkSession> spark) {
    try {
      return spark.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private String defaultName(List<StoredSweep> sweeps) {
    return String.join(
            together ? "-and-" : "-against-", sweeps.stream().map(StoredSweep::id).toList())
        + ".html";
  }

  private void said(Path file) {
    spec.commandLine().getErr().println("saddlemap: wrote " + file);
  }
}
