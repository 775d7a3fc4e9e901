package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.store.Warehouse;

/** A page about a quarter of a million trials stays small and counts them all. */
@Tag("slow")
@ExtendWith(LocalSpark.class)
class LargeReportTest {
  @TempDir Path folder;

  @Test
  void aQuarterOfAMillionTrialsFitInFiveMegabytes() throws Exception {
    Warehouse warehouse =
        Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
    SampleSweep.large(12).write(warehouse);
    SparkSession spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    Path page = folder.resolve("large.html");
    SweepReport report =
        SweepReport.of(spark, warehouse, List.of(warehouse.find(Optional.of("large"))));
    assertThat(report.cells().trials()).isEqualTo(SampleSweep.large(12).size());
    Files.writeString(page, report.page());
    assertThat(Files.size(page)).isLessThan(5_000_000);

    Optional<Path> program = Chromium.find();
    assumeTrue(program.isPresent(), "no Chromium on this machine: the page is not looked at");
    try (Chromium browser = Chromium.start(program.get(), folder.resolve("profile"))) {
      browser.open(page, 1280, 900, false);
      assertThat(browser.problems()).isEmpty();
      assertThat(browser.eval("document.getElementById('status').textContent").asText())
          .startsWith("%,d trials in ".formatted(SampleSweep.large(12).size()));
    }
  }
}
