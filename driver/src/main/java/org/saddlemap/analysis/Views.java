package org.saddlemap.analysis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.ValueType;
import org.saddlemap.verdict.Verdict;

/** Renders the SQL views over the tables, from one source, for each engine. */
public final class Views {
  /** Text that means itself in a regular expression. */
  private static final Pattern PLAIN = Pattern.compile("\\w+");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");
  private static final Pattern STATEMENT =
      Pattern.compile("(?ms)^CREATE OR REPLACE (?:TEMPORARY )?VIEW (\\w+) AS$.*?(?=;$)");

  private Views() {}

  /** An engine that the views can be rendered for. */
  public enum Engine {
    SPARK,
    DUCKDB
  }

  /**
   * Registers the views in a session that knows the tables as views of their own names, with the
   * partition column {@code sweep}. Nothing is computed.
   */
  public static void register(SparkSession spark) {
    statements(Engine.SPARK).values().forEach(spark::sql);
  }

  /**
   * Each view's statement, without its semicolon, in the order in which they build on each other.
   */
  static Map<String, String> statements(Engine engine) {
    Map<String, String> statements = new LinkedHashMap<>();
    STATEMENT
        .matcher(views(engine))
        .results()
        .forEach(view -> statements.put(view.group(1), view.group()));
    return statements;
  }

  /** A SQL script that makes tables and views of a warehouse, for that engine's own shell. */
  public static String script(Engine engine, String warehouse) {
    StringBuilder script = new StringBuilder();
    script.append(
        switch (engine) {
          case SPARK ->
              """
              -- The tables and views of a Saddlemap warehouse, for Spark SQL (spark-sql -i views-spark.sql).
              -- Made from the program's own views; replace the folder where yours is another.
              """;
          case DUCKDB ->
              """
              -- The tables and views of a Saddlemap warehouse, for DuckDB (duckdb -init views-duckdb.sql).
              -- Made from the program's own views; replace the folder where yours is another.
              """;
        });
    script.append('\n');
    for (Table<?> table : List.of(Tables.SWEEPS, Tables.TRIALS, Tables.CURVES, Tables.LAYERS)) {
      String folder = (warehouse + "/" + table.name()).replace("'", "''");
      // The view has all columns of the registry, NULL where no file has them, since files may be
      // older.
      script.append(
          switch (engine) {
            case SPARK ->
                "CREATE OR REPLACE TEMPORARY VIEW %s (%s, sweep STRING) USING parquet OPTIONS (path '%s');\n"
                    .formatted(stored(table), columns(table, "%s %s", "STRING"), folder);
            case DUCKDB ->
                "CREATE OR REPLACE VIEW %s AS SELECT %s WHERE false UNION ALL BY NAME SELECT * FROM read_parquet('%s/*/*.parquet', hive_partitioning = true, hive_types = {'sweep': VARCHAR}, union_by_name = true);\n"
                    .formatted(
                        stored(table),
                        columns(table, "CAST(NULL AS %2$s) AS %1$s", "VARCHAR"),
                        folder);
          });
      if (!stored(table).equals(table.name())) {
        script.append(
            "CREATE OR REPLACE %s %s AS SELECT %s, sweep FROM %s;\n"
                .formatted(
                    engine == Engine.SPARK ? "TEMPORARY VIEW" : "VIEW",
                    table.name(),
                    columns(table, "%3$s AS %1$s", ""),
                    stored(table)));
      }
    }
    return script.append('\n').append(views(engine)).toString();
  }

  /** A script's name for the files of a table, which differs where the table fills in values. */
  private static String stored(Table<?> table) {
    boolean younger = Arrays.stream(Hyperparameter.values()).anyMatch(h -> h.since() > 1);
    return table.equals(Tables.TRIALS) && younger ? "stored_trials" : table.name();
  }

  /** Each column of a table by a format of its name, SQL type and {@linkplain #value value}. */
  static String columns(Table<?> table, String form, String text) {
    return table.columns().stream()
        .map(
            c ->
                form.formatted(
                    c.name(),
                    sqlType(c.type(), text),
                    table.equals(Tables.TRIALS) ? value(c.name()) : c.name()))
        .collect(Collectors.joining(", "));
  }

  private static String sqlType(ValueType type, String text) {
    return switch (type) {
      case STRING -> text;
      case LONG -> "BIGINT";
      case DOUBLE -> "DOUBLE";
      case BOOLEAN -> "BOOLEAN";
    };
  }

  /**
   * The value of a column of {@code trials} in SQL, also in files that are older than the column: a
   * hyperparameter that a later version has added had its default wherever it applies.
   */
  static String value(String column) {
    return Hyperparameter.byKey(column).map(h -> value(h, h.since())).orElse(column);
  }

  /**
   * The value of a hyperparameter that came with a version of the schema. One of the first version
   * is the column itself, which lets engines skip files and pages by it.
   */
  static String value(Hyperparameter h, int since) {
    if (since <= 1 || h.defaultText().isEmpty()) {
      return h.key();
    }
    String text = h.defaultText().get();
    String before = // what rows of earlier versions had there
        h == Hyperparameter.NORMALIZATION
            ? "CASE WHEN batch_norm THEN 'batch' ELSE 'none' END"
            : h.type() == ValueType.STRING
                ? "'" + text + "'"
                : "CAST(%s AS %s)".formatted(text, sqlType(h.type(), ""));
    return "CASE WHEN schema_version < %d%s THEN %s ELSE %s END"
        .formatted(
            since, h.appliesInSql().map(applies -> " AND " + applies).orElse(""), before, h.key());
  }

  private static String views(Engine engine) {
    String source = resource("views.sql");
    String body = source.substring(source.indexOf("\n\n") + 2);
    String rendered =
        PLACEHOLDER
            .matcher(body)
            .replaceAll(m -> Matcher.quoteReplacement(PARTS.get(m.group(1)).get()));
    return engine == Engine.SPARK
        ? rendered.replace("CREATE OR REPLACE VIEW", "CREATE OR REPLACE TEMPORARY VIEW")
        : rendered;
  }

  private static final Map<String, java.util.function.Supplier<String>> PARTS =
      Map.of(
          "names",
              () ->
                  Arrays.stream(Hyperparameter.values())
                      .map(h -> "('" + h.key() + "')")
                      .collect(Collectors.joining(", ")),
          "outcome", () -> RowOutcome.SQL,
          "value", () -> byHyperparameter(h -> valueOf(h, "t")),
          "rest", () -> byHyperparameter(h -> restOf(h, "t")),
          "wider", () -> byHyperparameter(h -> widerRestOf(h, "t")),
          "governed", () -> governed("%1$s", ", "),
          "compatible", () -> governed("coalesce(a.%1$s = b.%1$s, true)", " AND "),
          "hyperparameters",
              () ->
                  Arrays.stream(Hyperparameter.values())
                      .map(Hyperparameter::key)
                      .collect(Collectors.joining(", ")),
          "knife_edge", () -> Double.toString(Verdict.KNIFE_EDGE),
          "clipping_rest",
              () ->
                  restOf(Hyperparameter.CLIPPING, "a")
                      + " = "
                      + restOf(Hyperparameter.CLIPPING, "b"));

  /** Each hyperparameter that does not apply everywhere, by a format of its name. */
  private static String governed(String form, String separator) {
    return Arrays.stream(Hyperparameter.values())
        .filter(h -> h.governor().isPresent())
        .map(h -> form.formatted(h.key()))
        .collect(Collectors.joining(separator));
  }

  private static String byHyperparameter(Function<Hyperparameter, String> sql) {
    return Arrays.stream(Hyperparameter.values())
        .map(h -> "      WHEN '" + h.key() + "' THEN " + sql.apply(h))
        .collect(Collectors.joining("\n", "CASE h.hyperparameter\n", "\n    END"));
  }

  /** The hyperparameter's text in {@code configuration}, in SQL; empty where it does not apply. */
  static String valueOf(Hyperparameter h, String table) {
    return "regexp_extract(%s.configuration, '(^|;)%s=([^;]*)', 2)".formatted(table, keys(h));
  }

  /**
   * {@code configuration} without the hyperparameter, in SQL: equal where all others are. Those
   * that it governs are no difference where one trial has them at their default and the other not
   * at all.
   */
  static String restOf(Hyperparameter h, String table) {
    String rest = "regexp_replace(%s.configuration, '(^|;)%s=[^;]*', '')".formatted(table, keys(h));
    for (Hyperparameter other : governedBy(h)) {
      Optional<String> plain = other.defaultText().filter(t -> PLAIN.matcher(t).matches());
      if (plain.isPresent()) {
        rest =
            "regexp_replace(%s, '(^|;)%s=%s(;|$)', ';')".formatted(rest, other.key(), plain.get());
      }
    }
    return rest;
  }

  private static List<Hyperparameter> governedBy(Hyperparameter h) {
    return Arrays.stream(Hyperparameter.values())
        .filter(other -> other.governor().equals(Optional.of(h)))
        .toList();
  }

  /** All names that it had, as old rows have them. */
  private static String keys(Hyperparameter h) {
    return h.olderKeys().isEmpty()
        ? h.key()
        : "(?:" + h.key() + "|" + String.join("|", h.olderKeys()) + ")";
  }

  /** The same without the hyperparameters that it governs. */
  private static String widerRestOf(Hyperparameter h, String table) {
    String rest = restOf(h, table);
    for (Hyperparameter other : governedBy(h)) {
      rest = "regexp_replace(%s, '(^|;)%s=[^;]*', '')".formatted(rest, other.key());
    }
    return rest;
  }

  private static String resource(String name) {
    try (InputStream in = Views.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + name, e);
    }
  }
}
