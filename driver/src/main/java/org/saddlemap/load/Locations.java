package org.saddlemap.load;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;

/**
 * Turns names of files and folders into Hadoop's paths, without taking any letter for a pattern.
 */
public final class Locations {
  /**
   * The option of Spark's readers that turns patterns off; else they take brackets, braces, {@code
   * *} and {@code ?} in a path for a pattern.
   */
  public static final String GLOB = "__globPaths__";

  /** Names that give their file system: {@code hdfs://…}, {@code file:/…}. */
  private static final Pattern WITH_SCHEME = Pattern.compile("(?s)[A-Za-z][A-Za-z0-9+.-]*:/.*");

  private Locations() {}

  /**
   * The path of a relative name in the folder of a file. Empty where the name is absolute or has a
   * scheme, or where that folder is the working folder.
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
