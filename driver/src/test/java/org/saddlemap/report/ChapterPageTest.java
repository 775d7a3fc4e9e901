package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.ChapterSample;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.store.StoredSweep;

/** The one page of the chapter's four sweeps, as a browser shows it. */
@Tag("slow")
@Tag("browser")
@ExtendWith(LocalSpark.class)
class ChapterPageTest {
  @TempDir Path folder;

  @Test
  void everySweepOfTheChapterIsShownAndCounted() throws Exception {
    Optional<Path> program = Chromium.find();
    assumeTrue(program.isPresent(), "no Chromium on this machine: the page is not looked at");
    SparkSession spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    List<StoredSweep> sweeps = ChapterSample.sweeps();
    List<SweepReport> reports = new ArrayList<>();
    for (StoredSweep sweep : sweeps) {
      reports.add(SweepReport.of(spark, ChapterSample.open(), List.of(sweep)));
    }
    Path page = Files.createDirectories(Path.of("target", "report")).resolve("chapter.html");
    Files.writeString(page, SweepReport.page(reports));
    spark
        .read()
        .parquet(ChapterSample.FOLDER.resolve("trials").toString())
        .createOrReplaceTempView("all_trials");
    try (Chromium browser = Chromium.start(program.get(), folder.resolve("profile"))) {
      browser.open(page, 1280, 900, false);
      for (int i = 0; i < sweeps.size(); i++) {
        browser.eval("document.querySelectorAll('#reports button')[%d].click()".formatted(i));
        browser.waitFor("document.documentElement.dataset.ready === 'true'");
        Files.write(
            Path.of("target", "report", sweeps.get(i).record().name() + ".png"),
            browser.screenshot());
        spark
            .sql(
                "SELECT coalesce(category, 'unjudged'), count(*) FROM all_trials WHERE sweep = '%s' GROUP BY 1"
                    .formatted(sweeps.get(i).id()))
            .collectAsList()
            .forEach(
                row ->
                    assertThat(
                            browser
                                .eval(
                                    "document.querySelector('#legend [data-outcome=%s]').dataset.count"
                                        .formatted(row.getString(0)))
                                .asLong())
                        .as(row.toString())
                        .isEqualTo(row.getLong(1)));
      }
      assertThat(browser.problems()).isEmpty();
    }
  }
}
