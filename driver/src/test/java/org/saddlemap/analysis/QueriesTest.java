package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.saddlemap.analysis.Views.Engine;
import org.saddlemap.store.Warehouse;

/** The answers in docs/queries.md are those of the shipped sweep, in Spark and in DuckDB. */
@ExtendWith(LocalSpark.class)
class QueriesTest {
  private static final Path DOC = Path.of("..", "docs", "queries.md");
  private static final Path WAREHOUSE = Path.of("..", "docs", "sample", "tables");

  private static SqlSession session;

  @BeforeAll
  static void open() throws IOException {
    assumeTrue(Files.isDirectory(WAREHOUSE), "no sweep is shipped in " + WAREHOUSE);
    SparkSession spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    session = new SqlSession(spark, Warehouse.open(WAREHOUSE.toString(), new Configuration()));
  }

  @Test
  void everyAnswerIsTheOnePrinted() throws IOException {
    String now = Answers.regenerated(DOC, session);
    assertThat(Answers.queries(now)).hasSizeGreaterThanOrEqualTo(15);
    assertThat(DOC).as("run this test with -Dsaddlemap.regenerate=true").content().isEqualTo(now);
  }

  @Test
  void duckDbAnswersAlike() throws IOException, SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(Views.script(Engine.DUCKDB, WAREHOUSE.toString()));
      for (String query : Answers.queries(Files.readString(DOC))) {
        List<String> here = new ArrayList<>();
        for (Iterator<List<Object>> rows = session.run(query).rows(); rows.hasNext(); ) {
          here.add(rows.next().stream().map(QueriesTest::plain).toList().toString());
        }
        List<String> there = new ArrayList<>();
        try (ResultSet r = statement.executeQuery(query)) {
          while (r.next()) {
            List<String> cells = new ArrayList<>();
            for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
              cells.add(plain(r.getObject(i)));
            }
            there.add(cells.toString());
          }
        }
        assertThat(here).as(query).isEqualTo(there);
      }
    }
  }

  @Test
  void theEmbeddedEngineAnswersToTheLetter() throws IOException {
    Warehouse warehouse = Warehouse.open(WAREHOUSE.toString(), new Configuration());
    assertThat(DOC)
        .content()
        .isEqualTo(Answers.answered(Files.readString(DOC), new DuckDbSession(warehouse)));
  }

  /** A number as a number, whatever type an engine gives it. */
  private static String plain(Object value) {
    return value instanceof Number n ? Double.toString(n.doubleValue()) : String.valueOf(value);
  }
}
