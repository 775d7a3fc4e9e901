package org.saddlemap.analysis;

import java.io.FileNotFoundException;
import java.sql.SQLException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;

/**
 * Reads again where files were gone that had just been listed: a compaction ({@link
 * org.saddlemap.store.Compaction}) has put larger ones in their place, with the same rows.
 */
public final class ReadRetry {
  private static final int ATTEMPTS = 4;

  /** How DuckDB says it. */
  private static final Pattern NO_FILE =
      Pattern.compile(
          "^IO Error: (No files found|Cannot open file .*No such file)", Pattern.DOTALL);

  private ReadRetry() {}

  /** The answer of a reading that changes nothing, and lists its files whenever it is asked. */
  public static <T> T onMissingFiles(Supplier<T> reading) {
    for (int attempt = 1; ; attempt++) {
      try {
        return reading.get();
      } catch (Exception e) { // Scala throws checked ones without saying so
        if (attempt == ATTEMPTS || !isMissingFile(e)) {
          throw e;
        }
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
