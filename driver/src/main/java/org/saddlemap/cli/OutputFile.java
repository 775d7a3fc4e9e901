package org.saddlemap.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.saddlemap.spec.InvalidInput;

/** A file that a command is to write. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Refuses a file that could not be written, before the work that would be lost.
   *
   * @param file null where none is to be written
   * @throws InvalidInput where its folder does not exist, or it is a folder itself, or may not be
   *     written
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
    // Opening the file is the one reliable test: permissions do not tell of a file system that is
    // mounted read-only.
    boolean there = Files.exists(file);
    try {
      Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      if (!there) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new InvalidInput("Cannot write %s: %s".formatted(file, reason(e)), e);
    }
  }

  /**
   * Replaces a file in one step, so that what stood there stays until the new file is complete. A
   * device, or a file in a folder that may not be written, is written in place.
   *
   * @throws IOException that names the file
   */
  static void write(Path file, byte[] bytes) throws IOException {
    try {
      Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      Path folder = target.getParent();
      boolean plain = Files.isRegularFile(target) || !Files.exists(target);
      if (!plain || folder == null || !Files.isWritable(folder)) {
        Files.write(target, bytes);
        return;
      }
      Path temporary = folder.resolve("." + UUID.randomUUID() + ".tmp");
      try {
        Files.write(temporary, bytes);
        Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new IOException("Cannot write %s: %s".formatted(file, reason(e)), e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof AccessDeniedException
        ? "permission denied"
        : e instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : String.valueOf(e.getMessage());
  }
}
