package org.saddlemap.release;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the build has put together for others. */
final class Dist {
  private static final Path FOLDER = Path.of("target", "dist");

  private Dist() {}

  /** The one file whose name ends so. */
  static Path file(String ending) throws IOException {
    List<Path> files = files().stream().filter(f -> f.toString().endsWith(ending)).toList();
    if (files.size() != 1) {
      throw new IllegalStateException(
          "%s holds %d files that end with %s; clean and build once more"
              .formatted(FOLDER, files.size(), ending));
    }
    return files.get(0);
  }

  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.sorted().toList();
    }
  }
}
