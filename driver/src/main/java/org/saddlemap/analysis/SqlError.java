package org.saddlemap.analysis;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.saddlemap.spec.InvalidInput;

/** Tells errors in a user's SQL from the engine's own, and puts them into one line. */
public final class SqlError {
  /**
   * Classes of SQLSTATE that a statement is to blame for: unsupported features, cardinality, data,
   * syntax and names, limits.
   */
  private static final Set<String> USERS = Set.of("07", "0A", "21", "22", "23", "42", "54");

  private static final Pattern POSITION =
      Pattern.compile("line (\\d+),? pos (\\d+)", Pattern.CASE_INSENSITIVE);

  /** The kinds of DuckDB's errors for which a statement is to blame. */
  private static final Set<String> DUCKDB_USERS =
      Set.of(
          "Binder Error",
          "Catalog Error",
          "Constraint Error",
          "Conversion Error",
          "Invalid Input Error",
          "Invalid type Error",
          "Mismatch Type Error",
          "Not implemented Error",
          "Out of Range Error",
          "Parser Error",
          "Permission Error",
          "Syntax Error");

  private static final Pattern DUCKDB_KIND = Pattern.compile("^([A-Z][A-Za-z ]+ Error): ");
  private static final Pattern DUCKDB_PENDING =
      Pattern.compile(
          "^Invalid Input Error: Attempting to execute an unsuccessful or closed pending query result\\s*Error: ");
  private static final Pattern DUCKDB_LINE = Pattern.compile("\\nLINE (\\d+):");

  private static final Pattern CONDITION = Pattern.compile("^\\[([A-Z0-9_.]+)]\\s*");

  private SqlError() {}

  /**
   * Runs something of Spark's.
   *
   * @throws InvalidInput where the user's SQL is to blame
   */
  public static <T> T translated(Supplier<T> work) {
    try {
      return work.get();
    } catch (Exception e) { // Scala throws checked ones without saying so
      throw users(e).orElseGet(() -> unchecked(e));
    }
  }

  /** Work of DuckDB's. */
  @FunctionalInterface
  interface DuckDbWork<T> {
    T get() throws SQLException;
  }

  /**
   * Runs something of DuckDB's.
   *
   * @throws InvalidInput where the user's SQL is to blame
   */
  static <T> T ofDuckDb(DuckDbWork<T> work) {
    try {
      return work.get();
    } catch (SQLException e) {
      // "Binder Error: what is wrong", the line in question, and a mark below it.
      String message = duckDbMessage(e);
      Matcher kind = DUCKDB_KIND.matcher(message);
      if (!kind.find() || !DUCKDB_USERS.contains(kind.group(1))) {
        throw unchecked(e);
      }
      Matcher line = DUCKDB_LINE.matcher(message);
      throw new InvalidInput(
          "The query is wrong%s: %s [%s in DuckDB; --engine spark asks in Spark SQL]"
              .formatted(
                  line.find() ? " (line " + line.group(1) + ")" : "",
                  message
                      .substring(kind.end())
                      .replaceFirst("(?s)\\n\\s*LINE \\d+:.*", "")
                      .replaceAll("\\s+", " ")
                      .strip(),
                  kind.group(1)),
          e);
    }
  }

  /** DuckDB's message, without the prefix that its driver adds where rows are streamed. */
  static String duckDbMessage(SQLException e) {
    return DUCKDB_PENDING.matcher(String.valueOf(e.getMessage())).replaceFirst("");
  }

  private static RuntimeException unchecked(Exception e) {
    return e instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("Cannot run the query: " + e.getMessage(), e);
  }

  private static Optional<RuntimeException> users(Exception e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof AnalysisException || (t instanceof SparkThrowable s && isUsers(s))) {
        return Optional.of(new InvalidInput(message(t), e));
      }
    }
    return Optional.empty();
  }

  private static boolean isUsers(SparkThrowable t) {
    String state = t.getSqlState();
    return state != null && state.length() == 5 && USERS.contains(state.substring(0, 2));
  }

  /** One line, "what is wrong (line, column) [CONDITION]", without plans and query context. */
  private static String message(Throwable t) {
    String full = String.valueOf(t.getMessage()).strip();
    Matcher condition = CONDITION.matcher(full);
    String name = condition.find() ? condition.group(1) : "";
    String text = condition.replaceFirst("");
    int end = text.indexOf("SQLSTATE:");
    text = end < 0 ? text.lines().findFirst().orElse("") : text.substring(0, end);
    // Spark gives advice on catalogs and schemas, of which there are none here.
    text = text.replaceFirst("(?s) Verify the spelling and correctness of the schema.*", "");
    text = text.replaceAll("\\s+", " ").strip().replaceAll("[.;,]+$", "");
    Matcher position = POSITION.matcher(full);
    String where =
        position.find()
            ? " (line %s, column %d)"
                .formatted(position.group(1), Integer.parseInt(position.group(2)) + 1)
            : "";
    String hint =
        name.startsWith("TABLE_OR_VIEW_NOT_FOUND")
            ? ". The tables are sweeps, trials, curves and layers"
            : "";
    return "The query is wrong%s: %s%s%s"
        .formatted(where, text, hint, name.isEmpty() ? "" : " [" + name + "]");
  }
}
