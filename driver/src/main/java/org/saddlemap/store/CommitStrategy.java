package org.saddlemap.store;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * How a whole file gets its name in one step, and whether a whole folder can. Either way a reader
 * sees all of a chunk or nothing.
 */
enum CommitStrategy {
  /**
   * A file is written under a temporary name in the same folder and renamed. This is for stores
   * where renaming is atomic, of folders too, and where a file can be seen while it is being
   * written.
   */
  RENAME,
  /**
   * A file is written under its final name at once. This is for object stores such as {@code s3a}
   * and {@code gs}, where an object appears when its stream is closed and a rename would be a copy.
   */
  CLOSE,
  /**
   * Files are renamed, which gives a whole file even where it is a copy; folders stay where they
   * are, since a copy of many files can die on its way. This is for stores that nothing is known
   * of.
   */
  COPY;

  /** Azure's hierarchical stores show files while they are written, and rename atomically. */
  private static final Set<String> RENAMING =
      Set.of("file", "hdfs", "webhdfs", "swebhdfs", "abfs", "abfss");

  /** Stores that show an object once its stream is closed, whatever their connectors say. */
  private static final Set<String> CLOSING = Set.of("s3a", "s3", "gs", "oss", "cosn", "obs");

  /**
   * The strategy for a file system.
   *
   * @param root a folder on it, whether it exists or not
   */
  static CommitStrategy of(FileSystem fs, Path root) throws IOException {
    String scheme = fs.getUri().getScheme().toLowerCase(Locale.ROOT);
    if (RENAMING.contains(scheme)) {
      return RENAME;
    }
    // A stream that can be aborted shows nothing before it is closed.
    return CLOSING.contains(scheme)
            || fs.hasPathCapability(root, CommonPathCapabilities.ABORTABLE_STREAM)
        ? CLOSE
        : COPY;
  }
}
