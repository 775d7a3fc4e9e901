package org.saddlemap.analysis;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.saddlemap.load.Locations;
import org.saddlemap.spec.InvalidInput;

/** Writes answers into files. */
public final class Export {
  private Export() {}

  /**
   * Runs one statement and writes its rows into one file, whose name says how: {@code .parquet},
   * {@code .csv} or {@code .json}. A file that is there is replaced.
   *
   * @throws InvalidInput where the statement or the name is wrong
   */
  public static void write(SqlEngine engine, String statement, String file, Configuration hadoop)
      throws IOException {
    Path given = target(file);
    FileSystem known = given.getFileSystem(hadoop);
    FileSystem fs = known instanceof LocalFileSystem local ? local.getRaw() : known;
    Path target = known.makeQualified(given);
    Path temporary = new Path(target.getParent(), "." + UUID.randomUUID() + ".tmp");
    try {
      Path whole =
          target.getName().toLowerCase(Locale.ROOT).endsWith(".parquet")
              ? engine.writeParquet(statement, temporary, fs)
              : writeText(engine, statement, target, temporary, fs);
      fs.delete(target, false);
      if (!fs.rename(whole, target)) {
        throw new IOException("Cannot rename " + whole + " to " + target);
      }
    } finally {
      fs.delete(temporary, true);
    }
  }

  private static Path writeText(
      SqlEngine engine, String statement, Path target, Path file, FileSystem fs)
      throws IOException {
    RowPrinter.Format format =
        target.getName().toLowerCase(Locale.ROOT).endsWith(".csv")
            ? RowPrinter.Format.CSV
            : RowPrinter.Format.JSON;
    QueryResult result = engine.run(statement);
    try (PrintWriter out =
        new PrintWriter(new OutputStreamWriter(fs.create(file), StandardCharsets.UTF_8))) {
      new RowPrinter(format, out, OptionalInt.empty()).print(result);
      if (out.checkError()) {
        throw new IOException("Cannot write " + file);
      }
    }
    return file;
  }

  private static Path target(String file) {
    if (!file.matches("(?is).*[^/]\\.(parquet|csv|json)")) {
      throw new InvalidInput(
          "Cannot tell the format of '%s': its name must end in .parquet, .csv or .json"
              .formatted(file));
    }
    try {
      return Locations.path(file);
    } catch (IllegalArgumentException e) {
      throw new InvalidInput("'%s' is not a path: %s".formatted(file, e.getMessage()), e);
    }
  }
}
