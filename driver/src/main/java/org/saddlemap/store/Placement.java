package org.saddlemap.store;

import java.util.Locale;
import java.util.Set;

/**
 * How a whole file gets its name in one step, by the file system's scheme. Either way a reader sees
 * all of a chunk or nothing.
 */
enum Placement {
  /**
   * Written under a temporary name in the same folder and renamed: where renaming is atomic and a
   * file can be seen while it is being written.
   */
  RENAME,
  /**
   * Written under its final name at once: object stores such as {@code s3a} and {@code gs}, where
   * an object appears when its stream is closed and a rename would be a copy.
   */
  CLOSE;

  /** Azure's hierarchical stores show files while they are written, and rename atomically. */
  private static final Set<String> RENAMING =
      Set.of("file", "hdfs", "viewfs", "webhdfs", "swebhdfs", "abfs", "abfss");

  static Placement of(String scheme) {
    return RENAMING.contains(scheme.toLowerCase(Locale.ROOT)) ? RENAME : CLOSE;
  }
}
