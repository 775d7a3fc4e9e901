package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import scala.jdk.javaapi.CollectionConverters;

/** Reports on so many trials that they are handed from engine to engine as a file. */
@Tag("slow")
@ExtendWith(LocalSpark.class)
class ManyTrialsTest {
  private static final SampleSweep SWEEP = SampleSweep.large(1);

  @TempDir static Path folder;
  private static Warehouse warehouse;
  private static List<StoredSweep> sweeps;

  @BeforeAll
  static void write() throws Exception {
    warehouse = Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
    String id = SWEEP.write(warehouse);
    sweeps = List.of(new Catalogue(warehouse).find(Optional.of(id)));
  }

  private static SweepReport report() {
    return SweepReport.of(() -> SparkSession.builder().getOrCreate(), warehouse, sweeps, true);
  }

  private static MapPicture where(String test) {
    return new MapPicture(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(test), false, true);
  }

  @Test
  void bothEnginesAskOneCopy() throws Exception {
    ReportSession session =
        ReportSession.open(() -> SparkSession.builder().getOrCreate(), warehouse, sweeps, true);
    SweepReport report = report();
    Path trials = folder.resolve("warehouse").resolve("trials");
    Path away = folder.resolve("away");
    Files.move(trials, away); // whatever a sweep that is running makes of its files
    try {
      String question =
          "SELECT depth, category, count(*) AS n, min(loss) AS least, max(margin) AS widest FROM trials"
              + " GROUP BY depth, category ORDER BY depth, category";
      List<List<Object>> answer = new ArrayList<>();
      session.sql().apply(question).rows().forEachRemaining(answer::add);
      List<List<Object>> spark =
          session.spark().sql(question).collectAsList().stream()
              .map(row -> CollectionConverters.asJava(row.toSeq()))
              .toList();
      assertThat(answer).hasSizeGreaterThan(20).isEqualTo(spark);
      assertThat(report.cells().trials()).isEqualTo(SWEEP.size());
      String picture =
          new String(report.picture(where("depth > 8 AND margin > 0")), StandardCharsets.UTF_8);
      assertThat(picture).contains("where depth &gt; 8").contains(">32<").doesNotContain(">6<");
    } finally {
      Files.move(away, trials);
    }
  }

  @Test
  void aTestThatNoTrialPassesIsSaid() {
    SweepReport report = report();
    assertThatThrownBy(() -> report.picture(where("depth > 99")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no trial of large passes depth > 99");
    assertThatThrownBy(() -> report.picture(where("dept > 9"))).hasMessageContaining("dept");
  }
}
