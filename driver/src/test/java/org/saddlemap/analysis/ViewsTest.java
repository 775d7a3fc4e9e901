package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.saddlemap.analysis.Views.Engine;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.Warehouse;

/** The views give the same answers in Spark and in DuckDB, and those that a plain count gives. */
@ExtendWith(LocalSpark.class)
class ViewsTest {
  static final List<String> NAMES = List.copyOf(Views.statements(Engine.SPARK).keySet());
  private static final long SIZE = SampleSweep.small().size();

  private static SparkSession spark;
  private static Connection duck;

  @TempDir static Path folder;

  @BeforeAll
  static void write() throws IOException, SQLException {
    String warehouse = folder.resolve("it's a warehouse").toString();
    SampleSweep.small().write(Warehouse.open(warehouse, new Configuration()));
    spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    run(spark, warehouse);
    duck = DriverManager.getConnection("jdbc:duckdb:");
    try (Statement s = duck.createStatement()) {
      s.execute(Views.script(Engine.DUCKDB, warehouse));
    }
  }

  @AfterAll
  static void close() throws SQLException {
    duck.close();
  }

  @ParameterizedTest
  @FieldSource("NAMES")
  void everyViewAnswersAlikeInSparkAndDuckDb(String view) throws SQLException {
    List<String> inSpark = spark("SELECT * FROM " + view);
    List<String> inDuck = duck("SELECT * FROM " + view);
    assertThat(inSpark).isNotEmpty().isEqualTo(inDuck);
  }

  @Test
  void verdictsByCountsEveryTrialOnceForEachSweptHyperparameter() throws SQLException {
    assertThat(
            duck(
                """
                SELECT hyperparameter, sum(trials),
                  sum(optimum + saddle + plateau + diverged + descending + without_verdict)
                FROM verdicts_by GROUP BY ALL"""))
        .hasSize(6)
        .allSatisfy(
            row -> assertThat(row).endsWith("|%d|%<d".formatted(SampleSweep.small().size())));
  }

  @Test
  void rescuedTrialsDifferInClippingAlone() throws SQLException {
    assertThat(
            duck(
                """
                SELECT count(*), count(*) FILTER (WHERE replace(a.configuration, 'clipping=none', '') = replace(b.configuration, 'clipping=norm(1)', '') AND a.replicate = b.replicate AND a.category = 'diverged')
                FROM rescued_by_clipping r JOIN trials a ON a.trial_id = r.unclipped_trial JOIN trials b ON b.trial_id = r.clipped_trial"""))
        .singleElement()
        .satisfies(
            row -> {
              String[] counts = row.split("\\|", -1);
              assertThat(counts[0]).isEqualTo(counts[1]).isNotEqualTo("0");
            });
  }

  @Test
  void boundaryIsWhereNeighbouringRatesDiffer() throws SQLException {
    // By hand: the next larger rate that this configuration was tried with.
    assertThat(duck("SELECT count(*) FROM boundary WHERE hyperparameter = 'learning_rate'"))
        .isEqualTo(
            duck(
                """
                SELECT count(*) FROM trials a JOIN trials b ON a.replicate = b.replicate
                  AND a.depth = b.depth AND a.initializer = b.initializer AND a.clipping = b.clipping
                  AND a.batch_size = b.batch_size AND a.batch_norm = b.batch_norm
                WHERE round(log10(str_split(split_part(b.configuration, 'learning_rate=', 2), ';')[1]::DOUBLE)
                    - log10(str_split(split_part(a.configuration, 'learning_rate=', 2), ';')[1]::DOUBLE)) = 1
                  AND a.category <> b.category"""));
  }

  @Test
  void causesCountEveryTrialThatHasOne() throws SQLException {
    assertThat(duck("SELECT sum(trials), round(sum(share) * %d) FROM causes".formatted(SIZE)))
        .isEqualTo(duck("SELECT count(*), count(*)::DOUBLE FROM trials WHERE cause IS NOT NULL"))
        .isNotEqualTo(duck("SELECT count(*), count(*)::DOUBLE FROM trials"));
    assertThat(
            duck(
                """
                SELECT count(*), count(*) FILTER (WHERE c.cause = t.cause AND c.category = t.category AND c.reason = t.reason)
                FROM causes c JOIN trials t ON t.trial_id = c.example"""))
        .singleElement()
        .satisfies(row -> assertThat(row).matches("(\\d+)\\|\\1"));
  }

  @Test
  void uncertainTrialsAreThoseWithinATenthOfADecade() throws SQLException {
    assertThat(duck("SELECT trial_id FROM uncertain"))
        .isNotEmpty()
        .isEqualTo(duck("SELECT trial_id FROM trials WHERE margin < 0.1"));
    List<Double> margins = new ArrayList<>();
    spark
        .sql("SELECT margin FROM uncertain")
        .collectAsList()
        .forEach(r -> margins.add(r.getDouble(0)));
    assertThat(margins).isSorted();
  }

  @Test
  void descentSpeedIsTheFirstStepThatIsLowEnough() throws SQLException {
    String low =
        "FROM descent_speed d JOIN curves c ON c.trial_id = d.trial_id AND c.loss <= d.initial_loss / ";
    for (Map.Entry<String, Integer> bound :
        Map.of("half", 2, "tenth", 10, "hundredth", 100).entrySet()) {
      String steps = "steps_to_" + bound.getKey();
      assertThat(
              duck(
                  "SELECT count(*) %s%d WHERE coalesce(c.step < d.%s, true)"
                      .formatted(low, bound.getValue(), steps)))
          .as("nothing is as low before, nor where none is said")
          .containsExactly("0");
      assertThat(
              duck(
                  "SELECT count(*) %s%d WHERE c.step = d.%s"
                      .formatted(low, bound.getValue(), steps)))
          .as("the step itself is")
          .isEqualTo(duck("SELECT count(%s) FROM descent_speed".formatted(steps)))
          .isNotEqualTo(List.of("0"))
          .isNotEqualTo(duck("SELECT count(*) FROM descent_speed"));
    }
    assertThat(duck("SELECT count(*) FROM descent_speed"))
        .isEqualTo(duck("SELECT count(DISTINCT trial_id) FROM curves"));
  }

  @Test
  void scriptsKnowTheColumnsThatFilesLack() throws IOException, SQLException {
    String old = folder.resolve("old").toString();
    Warehouse warehouse = Warehouse.open(old, new Configuration());
    Replaced.asOfOld(warehouse, SampleSweep.small().write(warehouse));
    SparkSession own = spark.newSession();
    run(own, old);
    assertThat(own.sql("SELECT * FROM causes").collectAsList()).isEmpty();
    assertThat(own.sql("SELECT sum(trials) FROM verdicts_by").first().getLong(0)).isPositive();
    try (Connection other = DriverManager.getConnection("jdbc:duckdb:");
        Statement s = other.createStatement()) {
      s.execute(Views.script(Engine.DUCKDB, old));
      try (ResultSet r =
          s.executeQuery("SELECT (FROM trials SELECT count(*)), (FROM causes SELECT count(*))")) {
        assertThat(r.next()).isTrue();
        assertThat(r.getLong(1)).isEqualTo(SIZE);
        assertThat(r.getLong(2)).isZero();
      }
    }
  }

  @Test
  void scriptsInTheRepositoryAreCurrent() throws IOException {
    for (Engine engine : Engine.values()) {
      Path file =
          Path.of("..", "conf", "sql", "views-" + engine.name().toLowerCase(Locale.ROOT) + ".sql");
      String now = Views.script(engine, "warehouse");
      if (Boolean.getBoolean("saddlemap.regenerate")) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, now);
      }
      assertThat(file)
          .as("run this test with -Dsaddlemap.regenerate=true")
          .content()
          .isEqualTo(now);
    }
  }

  private static void run(SparkSession session, String warehouse) {
    for (String statement : Views.script(Engine.SPARK, warehouse).split(";\n", -1)) {
      String sql = statement.replaceAll("(?m)^--.*\n?", "").strip();
      if (!sql.isEmpty()) {
        session.sql(sql);
      }
    }
  }

  private static List<String> spark(String sql) {
    List<String> rows = new ArrayList<>();
    for (Row row : spark.sql(sql).collectAsList()) {
      List<String> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(text(row.get(i)));
      }
      rows.add(String.join("|", cells));
    }
    return rows.stream().sorted().toList();
  }

  private static List<String> duck(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement s = duck.createStatement();
        ResultSet r = s.executeQuery(sql)) {
      while (r.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
          cells.add(text(r.getObject(i)));
        }
        rows.add(String.join("|", cells));
      }
    }
    return rows.stream().sorted().toList();
  }

  private static String text(Object value) {
    return String.valueOf(value);
  }
}
