package org.saddlemap.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.saddlemap.spec.InvalidInput;

/** A file that a command is to write. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Says before the work what would make its result unwritable.
   *
   * @param file null where none is to be written
   * @throws InvalidInput where its folder does not exist, or it is a folder itself
   */
  static void require(Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new InvalidInput("Cannot write %s: there is no folder %s".formatted(file, folder));
    }
    if (Files.isDirectory(file)) {
      throw new InvalidInput("Cannot write %s: it is a folder; give a file".formatted(file));
    }
  }
}
