package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
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
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /** A query, and its answer where there is one yet. */
  private static final Pattern QUERY =
      Pattern.compile("```sql\\n(.*?)\\n```\\n(?:\\n```text\\n(.*?)```\\n)?", Pattern.DOTALL);

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
    String doc = Files.readString(DOC);
    Matcher m = QUERY.matcher(doc);
    StringBuilder now = new StringBuilder();
    int queries = 0;
    while (m.find()) {
      queries++;
      m.appendReplacement(
          now,
          Matcher.quoteReplacement(
              "```sql\n%s\n```\n\n```text\n%s```\n".formatted(m.group(1), printed(m.group(1)))));
    }
    m.appendTail(now);
    assertThat(queries).isGreaterThanOrEqualTo(15);
    if (Boolean.getBoolean("saddlemap.regenerate")) {
      Files.writeString(DOC, now.toString());
    }
    assertThat(DOC)
        .as("run this test with -Dsaddlemap.regenerate=true")
        .content()
        .isEqualTo(now.toString());
  }

  @Test
  void duckDbAnswersAlike() throws IOException, SQLException {
    try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duck.createStatement()) {
      statement.execute(Views.script(Engine.DUCKDB, WAREHOUSE.toString()));
      Matcher m = QUERY.matcher(Files.readString(DOC));
      while (m.find()) {
        List<String> here = new ArrayList<>();
        for (Iterator<List<Object>> rows = session.run(m.group(1)).rows(); rows.hasNext(); ) {
          here.add(rows.next().stream().map(QueriesTest::plain).toList().toString());
        }
        List<String> there = new ArrayList<>();
        try (ResultSet r = statement.executeQuery(m.group(1))) {
          while (r.next()) {
            List<String> cells = new ArrayList<>();
            for (int i = 1; i <= r.getMetaData().getColumnCount(); i++) {
              cells.add(plain(r.getObject(i)));
            }
            there.add(cells.toString());
          }
        }
        assertThat(here).as(m.group(1)).isEqualTo(there);
      }
    }
  }

  private static String printed(String query) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    new RowPrinter(RowPrinter.Format.TABLE, out, OptionalInt.empty()).print(session.run(query));
    out.flush();
    return text.toString();
  }

  /** A number as a number, whatever type an engine gives it. */
  private static String plain(Object value) {
    return value instanceof Number n ? Double.toString(n.doubleValue()) : String.valueOf(value);
  }
}
