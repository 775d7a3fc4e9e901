package org.saddlemap.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * A time of day that a process goes by and that can be set while it runs, by libfaketime. The
 * monotonic clock stays as it is, as it does on a machine whose clock is set.
 */
final class SetClock {
  private final Path library;
  private final Path file;

  /**
   * @param file that the process reads its offset from
   */
  SetClock(Path library, Path file) throws IOException {
    this.library = library;
    this.file = file.toAbsolutePath();
    set(0);
  }

  /** Where the library is installed. */
  static Optional<Path> library() throws IOException {
    Path libraries = Path.of("/usr/lib");
    if (Files.isDirectory(libraries)) {
      try (DirectoryStream<Path> architectures = Files.newDirectoryStream(libraries, "*-linux-*")) {
        for (Path architecture : architectures) {
          Path library = architecture.resolve("faketime/libfaketimeMT.so.1");
          if (Files.exists(library)) {
            return Optional.of(library);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Seen by running processes within a second. */
  void set(int days) throws IOException {
    Path whole = file.resolveSibling(file.getFileName() + ".new"); // never read half
    Files.writeString(whole, "%+dd%n".formatted(days));
    Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Removes what the library of a killed process left in shared memory, named by its number. */
  void forget(long process) throws IOException {
    Path shared = Path.of("/dev/shm");
    if (Files.isDirectory(shared)) {
      try (DirectoryStream<Path> left =
          Files.newDirectoryStream(shared, "*faketime_{sem,shm}_" + process)) {
        for (Path file : left) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  /**
   * For a process that goes by it. Without the last variable the library takes the monotonic
   * deadlines of this glibc's condition variables for times of day, and every timed wait returns at
   * once.
   */
  Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        file.toString(),
        "FAKETIME_CACHE_DURATION",
        "1",
        "NO_FAKE_STAT",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0");
  }
}
