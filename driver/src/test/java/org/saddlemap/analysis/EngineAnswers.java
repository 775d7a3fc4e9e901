package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;

/** What Spark and DuckDB answer, as rows that can be held against each other. */
final class EngineAnswers {
  private EngineAnswers() {}

  static List<List<Object>> rows(SqlSession session, String query) {
    return rows(session.run(query));
  }

  static List<List<Object>> rows(QueryResult result) {
    List<List<Object>> rows = new ArrayList<>();
    result.rows().forEachRemaining(rows::add);
    return rows;
  }

  /** The same query where the tables are what any engine would read. */
  static List<List<Object>> duckDb(String query, Path location) throws SQLException {
    String with =
        Tables.ALL.stream()
            .map(Table::name)
            .filter(t -> Files.exists(location.resolve(t)))
            .map(
                t ->
                    "%s AS (FROM read_parquet('%s/%s/*/*.parquet', hive_partitioning=true, union_by_name=true))"
                        .formatted(t, location, t))
            .collect(Collectors.joining(", ", "WITH ", " "));
    return jdbc(with + query);
  }

  static List<List<Object>> jdbc(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      List<List<Object>> rows = new ArrayList<>();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          Object value = result.getObject(i);
          row.add(value instanceof java.math.BigInteger b ? (Object) b.longValueExact() : value);
        }
        rows.add(row);
      }
      return rows;
    }
  }

  /** Equal, but for the order in which an engine adds doubles. */
  static void assertSame(List<List<Object>> spark, List<List<Object>> other) {
    assertThat(other).hasSameSizeAs(spark);
    for (int i = 0; i < spark.size(); i++) {
      for (int j = 0; j < spark.get(i).size(); j++) {
        Object expected = spark.get(i).get(j);
        Object actual = other.get(i).get(j);
        String where = "seed %d, row %d, column %d".formatted(SqlSessionTest.SEED, i, j);
        if (expected instanceof Double d && actual instanceof Double a) {
          assertThat(a).as(where).isCloseTo(d, within(1e-9 * Math.abs(d)));
        } else {
          assertThat(actual).as(where).isEqualTo(expected);
        }
      }
    }
  }
}
