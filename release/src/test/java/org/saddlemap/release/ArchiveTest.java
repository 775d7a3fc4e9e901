package org.saddlemap.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.release.Archive.Ended;

/** The archive of this platform, as its user has it: {@link Archive}. */
@Tag("slow") // on what is built
@Tag("release")
class ArchiveTest {
  @TempDir private static Path folder;

  private static Archive archive;
  private static SortedMap<String, String> unpacked;

  @BeforeAll
  static void unpack() throws Exception {
    archive = Archive.unpacked(Dist.file("-linux-x86_64.tar.gz"), folder);
    unpacked = archive.files();
  }

  @AfterAll
  static void nothingInItHasChanged() throws Exception {
    assertThat(archive.files()).isEqualTo(unpacked);
    assertThat(unpacked.keySet()).noneMatch(name -> name.endsWith(".jsa"));
  }

  @Test
  void quickstartShowsWhatTheTextbookSays() throws Exception {
    String spec = archive.home().resolve("conf/quickstart.yaml").toString();
    Ended run = archive.saddlemap("run", spec, "--warehouse", "w");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(csv("SELECT count(*), count(DISTINCT trial_id) FROM trials"))
        .containsExactly("320,320");
    assertThat(duckdb("SELECT DISTINCT category FROM trials ORDER BY 1"))
        .containsExactly("descending", "diverged", "optimum", "plateau", "saddle");
    assertThat(
            duckdb(
                "SELECT DISTINCT category FROM trials WHERE initializer = 'zeros' AND depth <= 2"))
        .containsExactly("saddle");
    assertThat(
            duckdb(
                "SELECT DISTINCT category FROM trials WHERE initializer = 'normal(0.01)' AND depth = 32 AND learning_rate < 10"))
        .containsExactly("plateau");
    assertThat(
            duckdb(
                "SELECT DISTINCT distinct_units_min FROM trials WHERE initializer = 'constant(0.1)'"))
        .containsExactly("1");
    assertThat(
            duckdb(
                "SELECT initializer FROM trials WHERE category = 'optimum' AND initializer IN ('xavier_uniform', 'he_normal') AND depth = 8 GROUP BY 1 ORDER BY 1"))
        .containsExactly("he_normal", "xavier_uniform");
    assertThat(
            duckdb(
                "SELECT initializer, depth, category, count(*) FROM trials GROUP BY ALL ORDER BY ALL"))
        .hasSizeGreaterThan(20);

    Ended again = archive.saddlemap("run", spec, "--warehouse", "w");
    assertThat(again.exit()).isZero();
    assertThat(again.err()).contains("Nothing to train");
    assertThat(archive.saddlemap("verify", "--warehouse", "w").exit()).isZero();

    String id = duckdb("SELECT min(trial_id) FROM trials WHERE category = 'saddle'").get(0);
    Ended explained = archive.saddlemap("explain", id.substring(0, 12), "--warehouse", "w");
    assertThat(explained.exit()).isZero();
    assertThat(explained.out()).contains("saddle (", "Evidence", "Layers", "nc_dec");
    Ended replayed = archive.saddlemap("replay", id.substring(0, 12), "--warehouse", "w");
    assertThat(replayed.exit()).as(replayed.err()).isZero();
    assertThat(replayed.out()).contains("no difference");

    Ended status = archive.saddlemap("status", "--warehouse", "w");
    assertThat(status.exit()).as(status.err()).isZero();
    assertThat(status.out()).contains("quickstart", "320");
    Ended report = archive.saddlemap("report", "--warehouse", "w", "--out", "report.html");
    assertThat(report.exit()).as(report.err()).isZero();
    assertThat(Files.readString(archive.desk().resolve("report.html"))).contains("quickstart");
  }

  /** Through Spark's own launcher, which has its say in where things are. */
  @Test
  void sparksOptionsReachSpark() throws Exception {
    Ended one =
        archive.saddlemap("sql", "SELECT 6 * 7 AS n", "--format", "csv", "--master", "local[1]");
    assertThat(one.exit()).as(one.err()).isZero();
    assertThat(one.out().lines()).containsExactly("n", "42");
  }

  private static List<String> csv(String query) throws Exception {
    Ended ended = archive.saddlemap("sql", query, "--format", "csv", "--warehouse", "w");
    assertThat(ended.exit()).as(ended.err()).isZero();
    return ended.out().lines().skip(1).toList();
  }

  /** Answers of an engine that knows nothing of Saddlemap. */
  private static List<String> duckdb(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE VIEW trials AS SELECT * FROM read_parquet('%s/w/trials/*/*.parquet', hive_partitioning = true)"
              .formatted(archive.desk()));
      try (ResultSet result = statement.executeQuery(query)) {
        while (result.next()) {
          rows.add(result.getString(1));
        }
      }
    }
    return rows;
  }
}
