package org.saddlemap.analysis;

import java.io.FileNotFoundException;
import java.sql.SQLException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a reading of the tables that found a file missing which it had just listed: a compaction
 * ({@link org.saddlemap.store.Compaction}) has put larger files in its place, with the same rows.
 */
public final class ReadRetry {
  private static final Logger LOG = LoggerFactory.getLogger(ReadRetry.class);

  private static final int MAX_ATTEMPTS = 4;

  /** DuckDB's words for a missing file, which has no error class of its own. */
  private static final Pattern NO_FILE =
      Pattern.compile(
          "^IO Error: (No files found|Cannot open file .*No such file)", Pattern.DOTALL);

  private ReadRetry() {}

  /**
   * The answer of a reading.
   *
   * @param reading changes nothing, and lists its files anew whenever it is called
   */
  public static <T> T onMissingFiles(Supplier<T> reading) {
    for (int attempt = 1; ; attempt++) {
      try {
        return reading.get();
      } catch (Exception e) { // Scala throws checked ones without saying so
        if (attempt == MAX_ATTEMPTS || !isMissingFile(e)) {
          throw e;
        }
        LOG.info("A listed file is missing, as after a compaction; the tables are listed anew", e);
      }
    }
  }

  private static boolean isMissingFile(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String condition = t instanceof SparkThrowable s ? String.valueOf(s.getCondition()) : "";
      if (t instanceof FileNotFoundException
          || condition.equals("PATH_NOT_FOUND")
          || condition.startsWith("FAILED_READ_FILE.FILE_NOT_EXIST")
          || (t instanceof SQLException s && NO_FILE.matcher(SqlError.duckDbMessage(s)).find())) {
        return true;
      }
    }
    return false;
  }
}
