package org.saddlemap.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.duckdb.DuckDBDriver;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.store.Warehouse;

/**
 * A local warehouse's tables as views in DuckDB, which runs within this process: nothing has to
 * start. Rows are read as they are asked for.
 */
public final class DuckDbSession implements SqlEngine {
  /**
   * What makes DuckDB answer as Spark does, and keeps it to this machine and out of the folder that
   * the user stands in. The macros are Spark's names of functions that it has under others.
   */
  private static final List<String> SETTINGS =
      List.of(
          "SET default_null_order = 'nulls_first_on_asc_last_on_desc'",
          "SET autoinstall_known_extensions = false",
          "SET autoload_known_extensions = false",
          "SET temp_directory = "
              + quoted(
                  "%s/saddlemap-duckdb-%s"
                      .formatted(
                          System.getProperty("java.io.tmpdir"), System.getProperty("user.name"))),
          "CREATE MACRO percentile_approx(x, p) AS quantile_disc(x, p)",
          "CREATE MACRO percentile(x, p) AS quantile_cont(x, p)",
          "CREATE MACRO sequence(a, b) AS generate_series(a, b)",
          "CREATE MACRO explode(x) AS unnest(x)");

  /** Characters that DuckDB reads as patterns; each stands for itself within brackets. */
  private static final String PATTERN = "[\\[*?]";

  private final Warehouse warehouse;
  private final Predicate<String> wanted;
  private final Connection connection;
  private final Set<String> kept = new HashSet<>();
  private volatile Statement running;

  public DuckDbSession(Warehouse warehouse) {
    this(warehouse, sweep -> true);
  }

  /** A session on these sweeps alone, which does not list the files of others. */
  public DuckDbSession(Warehouse warehouse, Set<String> sweeps) {
    this(warehouse, Set.copyOf(sweeps)::contains);
  }

  /** A session on the sweeps whose ids are wanted; the files of others are not listed. */
  public DuckDbSession(Warehouse warehouse, Predicate<String> wanted) {
    this.warehouse = warehouse;
    this.wanted = wanted;
    Properties properties = new Properties();
    properties.setProperty(DuckDBDriver.JDBC_STREAM_RESULTS, "true");
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:", properties);
      for (String setting : SETTINGS) {
        execute(setting);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot start DuckDB: " + e.getMessage(), e);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Reads a table into memory. Statements that follow ask what was read, whatever becomes of the
   * files.
   */
  public void keep(Table<?> table) {
    ReadRetry.onMissingFiles(
        () ->
            SqlError.ofDuckDb(
                () -> {
                  execute("DROP VIEW IF EXISTS " + table.name());
                  execute("CREATE OR REPLACE TABLE %s AS %s".formatted(table.name(), rows(table)));
                  return kept.add(table.name());
                }));
  }

  /** The same, into a Parquet file, for tables that are too large for memory. */
  public void keep(Table<?> table, java.nio.file.Path file) {
    ReadRetry.onMissingFiles(
        () ->
            SqlError.ofDuckDb(
                () -> {
                  execute("COPY (%s) TO %s".formatted(rows(table), parquet(file)));
                  execute(
                      "CREATE OR REPLACE VIEW %s AS SELECT * FROM read_parquet(%s)"
                          .formatted(table.name(), path(new Path(file.toUri()))));
                  return kept.add(table.name());
                }));
  }

  private static String parquet(java.nio.file.Path file) {
    return quoted(file.toString()) + " (FORMAT parquet)";
  }

  @Override
  public QueryResult run(String statement) {
    return ReadRetry.onMissingFiles(() -> SqlError.ofDuckDb(() -> firstRows(statement)));
  }

  private QueryResult firstRows(String sql) throws SQLException {
    register(sql);
    Statement statement = connection.createStatement();
    running = statement;
    if (!statement.execute(sql)) {
      statement.close();
      return new QueryResult(List.of(), List.<List<Object>>of().iterator());
    }
    ResultSet rows = statement.getResultSet();
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
      columns.add(rows.getMetaData().getColumnLabel(i));
    }
    return new QueryResult(columns, new Rows(statement, rows, columns.size()));
  }

  /** The rows of an answer, of which one is read ahead. */
  private static final class Rows implements Iterator<List<Object>> {
    private final Statement statement;
    private final ResultSet rows;
    private final int columns;
    private boolean hasNext;

    /** Reads the first row, so that a missing file shows while the statement can be repeated. */
    Rows(Statement statement, ResultSet rows, int columns) throws SQLException {
      this.statement = statement;
      this.rows = rows;
      this.columns = columns;
      advance();
    }

    private void advance() throws SQLException {
      hasNext = rows.next();
      if (!hasNext) {
        statement.close();
      }
    }

    @Override
    public boolean hasNext() {
      return hasNext;
    }

    @Override
    public List<Object> next() {
      if (!hasNext) {
        throw new NoSuchElementException();
      }
      return SqlError.ofDuckDb(
          () -> {
            List<Object> row = new ArrayList<>(columns);
            for (int i = 1; i <= columns; i++) {
              row.add(plain(rows.getObject(i)));
            }
            advance();
            return row;
          });
    }
  }

  /**
   * Makes the tables and views that the statement names, anew for every statement, since files come
   * and go. Where it names none, it may ask for a view of the user's own, and all are made.
   */
  private void register(String sql) throws SQLException {
    Map<String, String> views = Views.statements(Views.Engine.DUCKDB);
    Set<String> needed = new HashSet<>();
    need(sql, views, needed);
    boolean all = needed.isEmpty();
    for (Table<?> table : Tables.ALL) {
      if ((all || needed.contains(table.name())) && !kept.contains(table.name())) {
        execute("CREATE OR REPLACE VIEW %s AS %s".formatted(table.name(), rows(table)));
      }
    }
    for (Map.Entry<String, String> view : views.entrySet()) {
      if (all || needed.contains(view.getKey())) {
        execute(view.getValue());
      }
    }
  }

  /** Adds the tables and views that a text names, and those that these views are made of. */
  private static void need(String sql, Map<String, String> views, Set<String> needed) {
    for (Table<?> table : Tables.ALL) {
      if (names(sql, table.name())) {
        needed.add(table.name());
      }
    }
    views.forEach(
        (name, view) -> {
          if (names(sql, name) && needed.add(name)) {
            need(view, views, needed);
          }
        });
  }

  private static boolean names(String sql, String name) {
    return Pattern.compile("\\b" + name + "\\b", Pattern.CASE_INSENSITIVE).matcher(sql).find();
  }

  /** The query for a table as it stands now, with the columns of the registry and the sweep. */
  private String rows(Table<?> table) {
    List<String> parts = new ArrayList<>();
    // This part gives every column a type where no file has it, since files may be older.
    parts.add(
        "SELECT %s, CAST(NULL AS VARCHAR) AS %s WHERE false"
            .formatted(
                Views.columns(table, "CAST(NULL AS %2$s) AS %1$s", "VARCHAR"), SqlSession.SWEEP));
    try {
      for (Map.Entry<String, List<Path>> sweep : warehouse.dataFiles(table, wanted).entrySet()) {
        parts.add(
            "SELECT *, %s AS %s FROM read_parquet([%s], union_by_name = true, hive_partitioning = false)"
                .formatted(
                    quoted(sweep.getKey()),
                    SqlSession.SWEEP,
                    sweep.getValue().stream()
                        .map(DuckDbSession::path)
                        .collect(Collectors.joining(", "))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "SELECT %s, %s FROM (%s)"
        .formatted(
            Views.columns(table, "CAST(%3$s AS %2$s) AS %1$s", "VARCHAR"),
            SqlSession.SWEEP,
            String.join(" UNION ALL BY NAME ", parts));
  }

  /** The pattern that only this file matches, since DuckDB reads names as patterns. */
  private static String path(Path file) {
    return quoted(file.toUri().getPath().replaceAll(PATTERN, "[$0]"));
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  @Override
  public Path writeParquet(String statement, Path temporary, FileSystem fs) throws IOException {
    java.nio.file.Path local = Files.createTempFile("saddlemap", ".parquet");
    try {
      ReadRetry.onMissingFiles(
          () ->
              SqlError.ofDuckDb(
                  () -> {
                    register(statement);
                    try (Statement copy = connection.createStatement()) {
                      running = copy;
                      // A line of its own, since the statement may end in a comment.
                      copy.execute("COPY (%s\n) TO %s".formatted(statement, parquet(local)));
                    }
                    return local;
                  }));
      fs.copyFromLocalFile(false, true, new Path(local.toUri()), temporary);
      return temporary;
    } finally {
      Files.deleteIfExists(local);
    }
  }

  @Override
  public void cancel() {
    Statement statement = running;
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        throw new IllegalStateException("Cannot cancel: " + e.getMessage(), e);
      }
    }
  }

  /** Turns a value of DuckDB's into one of plain Java. */
  private static Object plain(Object value) throws SQLException {
    if (value instanceof java.math.BigInteger whole && whole.bitLength() < Long.SIZE) {
      return whole.longValue(); // DuckDB's sums have 128 bits
    }
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Number) {
      return value;
    }
    if (value instanceof java.sql.Struct struct) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (Map.Entry<String, Object> field :
          ((org.duckdb.DuckDBStruct) struct).getMap().entrySet()) {
        fields.put(field.getKey(), plain(field.getValue()));
      }
      return fields;
    }
    if (value instanceof java.sql.Array array) {
      List<Object> list = new ArrayList<>();
      for (Object element : (Object[]) array.getArray()) {
        list.add(plain(element));
      }
      return list;
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> entries = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        entries.put(String.valueOf(entry.getKey()), plain(entry.getValue()));
      }
      return entries;
    }
    if (value instanceof java.sql.Blob blob) {
      return HexFormat.of().formatHex(blob.getBytes(1, Math.toIntExact(blob.length())));
    }
    return value.toString();
  }

  /**
   * Whether DuckDB can read there: it knows this machine's files alone, and takes a backslash for a
   * separator of folders where another character has to be told from a pattern.
   */
  public static boolean reads(Warehouse warehouse) {
    URI uri = new Path(warehouse.location()).toUri();
    return (uri.getScheme() == null || uri.getScheme().equalsIgnoreCase("file"))
        && !(uri.getPath().contains("\\") && uri.getPath().matches("(?s).*" + PATTERN + ".*"));
  }
}
