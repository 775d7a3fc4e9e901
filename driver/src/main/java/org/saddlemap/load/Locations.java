package org.saddlemap.load;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/** What a user calls a place, as Hadoop's path; no letter of a name has a meaning of its own. */
public final class Locations {
  /**
   * Option of Spark's readers; without it, they take brackets, braces, {@code *} and {@code ?} in a
   * path for a pattern.
   */
  public static final String GLOB = "__globPaths__";

  /** What comes with a file system: {@code hdfs://…}, {@code file:/…}. */
  private static final Pattern WITH_SCHEME = Pattern.compile("(?s)[A-Za-z][A-Za-z0-9+.-]*:/.*");

  private Locations() {}

  /**
   * A relative name, seen from the folder that a file is in; empty where it is absolute, has a
   * scheme, or that folder is the working folder anyway.
   *
   * @param file path of a file, as its user gave it
   */
  static Optional<String> beside(String file, String name) {
    String folder = file.substring(0, file.lastIndexOf('/') + 1);
    return folder.isEmpty()
            || name.isEmpty()
            || path(name).isAbsolute()
            || path(name).toUri().getScheme() != null
        ? Optional.empty()
        : Optional.of(folder + name);
  }

  /**
   * The path of a name. One with a colon, such as {@code lr:0.1}, is a scheme's only where a slash
   * follows.
   *
   * @throws IllegalArgumentException where it is empty, or its file system's name is none
   */
  public static Path path(String name) {
    boolean colon = name.indexOf(':') >= 0 && !name.substring(0, name.indexOf(':')).contains("/");
    return new Path(colon && !WITH_SCHEME.matcher(name).matches() ? "./" + name : name);
  }
}
