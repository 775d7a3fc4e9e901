package org.saddlemap.analysis;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.saddlemap.spec.InvalidInput;

/**
 * Answers SQL over a warehouse's tables {@code sweeps}, {@code trials}, {@code curves} and {@code
 * layers}, each with its partition column {@code sweep}, and the views of {@link Views} over them.
 * A table without files is empty; a column that a file lacks is NULL; NULL sorts before everything.
 */
public interface SqlEngine {
  /**
   * Runs one statement on the tables as they stand now.
   *
   * @throws InvalidInput where the statement is wrong, also while the rows are read
   */
  QueryResult run(String statement);

  /**
   * Runs one statement and writes its rows into one Parquet file.
   *
   * @param temporary a path at which nothing stands; what is left there is the caller's to delete
   * @return the file, at or below {@code temporary}
   * @throws InvalidInput where the statement is wrong
   */
  Path writeParquet(String statement, Path temporary, FileSystem fs) throws IOException;

  /** Cancels whatever runs; it ends with an error of the engine's. */
  void cancel();
}
