package org.saddlemap.report;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.analysis.Shared;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/**
 * Pages about two made-up sweeps, one by one, compared and together, and a browser to open them.
 */
final class ReportPages implements Closeable {
  private static final String HOSTILE =
      " </script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
          + " \" ' & <!-- \u2028 {a|b}";

  private final Path folder;
  private final Warehouse warehouse;
  private final Path page;
  private final Path comparison;
  private final Path together;
  private final Optional<Chromium> browser;

  private ReportPages(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    warehouse = Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
    SampleSweep.small().withReasonSuffix(HOSTILE).write(warehouse);
    SampleSweep.small().with("relu", Hyperparameter.ACTIVATION, "relu").write(warehouse);
    SparkSession spark = session();
    SweepReport sample = report(spark, "sample");
    page = written("sample", List.of(sample));
    comparison = written("sample-relu", List.of(report(spark, "sample", "relu")));
    together = written("together", List.of(sample, report(spark, "relu")));
    Optional<Path> program = Chromium.find();
    browser =
        program.isPresent()
            ? Optional.of(Chromium.start(program.get(), folder.resolve("profile")))
            : Optional.empty();
  }

  static SparkSession session() {
    SparkSession spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    return spark;
  }

  /** Writes a page; a copy is left where people look at it. */
  Path written(String name, List<SweepReport> reports) throws IOException {
    Path file = folder.resolve(name + ".html");
    Files.writeString(file, SweepReport.page(reports));
    Path shots = Path.of("target", "report");
    Files.createDirectories(shots);
    Files.copy(file, shots.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    return file;
  }

  SweepReport report(SparkSession spark, String... sweeps) {
    return SweepReport.of(spark, warehouse, Stream.of(sweeps).map(this::found).toList());
  }

  StoredSweep found(String sweep) {
    try {
      return new Catalogue(warehouse).find(Optional.of(sweep));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For what tests write themselves. */
  Path folder() {
    return folder;
  }

  Warehouse warehouse() {
    return warehouse;
  }

  Path page() {
    return page;
  }

  Path comparison() {
    return comparison;
  }

  Path together() {
    return together;
  }

  /** Empty where the machine has none. */
  Optional<Chromium> browser() {
    return browser;
  }

  @Override
  public void close() {
    browser.ifPresent(Chromium::close);
  }

  /** Gives tests the pages. */
  static final class Once extends Shared<ReportPages> {
    Once() {
      super(ReportPages.class);
    }

    @Override
    protected ReportPages make(Path folder) throws IOException, InterruptedException {
      return new ReportPages(folder);
    }
  }
}
