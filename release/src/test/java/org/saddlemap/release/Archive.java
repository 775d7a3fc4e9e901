package org.saddlemap.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * An archive as its user has it: unpacked where nothing can be written, in a folder with an odd
 * name, reached through a symlink on a PATH that has no Maven and little else; asked from another
 * folder. Where the tests are root's, who may write everything, commands are nobody's.
 */
final class Archive {
  /** All that the launcher and Hadoop call. */
  private static final List<String> TOOLS =
      List.of("bash", "chmod", "dirname", "env", "id", "locale", "mkdir", "readlink", "sed");

  private static final int NOBODY = 65534;

  private final Path folder;
  private final Path home;

  /** How a command ended. */
  record Ended(int exit, String out, String err) {}

  private Archive(Path folder, Path home) {
    this.folder = folder;
    this.home = home;
  }

  /** Unpacks an archive into a folder of the test's own. */
  static Archive unpacked(Path archive, Path folder) throws Exception {
    Path place = Files.createDirectories(folder.resolve("Säddle map [1] 'q'"));
    run(List.of("tar", "xzf", archive.toString(), "-C", place.toString()));
    Path home;
    try (Stream<Path> inside = Files.list(place)) {
      home = inside.toList().get(0);
    }
    run(List.of("chmod", "-R", "a-w", place.toString()));
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String tool : TOOLS) {
      Files.createSymbolicLink(bin.resolve(tool), found(tool));
    }
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Files.createSymbolicLink(bin.resolve("java"), java);
    // Two links, one of them relative.
    Files.createSymbolicLink(folder.resolve("link"), home.resolve("bin/saddlemap"));
    Files.createSymbolicLink(bin.resolve("saddlemap"), Path.of("../link"));
    Archive unpacked = new Archive(folder, home);
    Files.createDirectories(unpacked.desk());
    if (isRoot()) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      run(List.of("chown", NOBODY + ":" + NOBODY, unpacked.desk().toString()));
    }
    return unpacked;
  }

  /** Where its user works: an empty folder that can be written. */
  Path desk() {
    return folder.resolve("desk");
  }

  /** The folder that was unpacked. */
  Path home() {
    return home;
  }

  /** Every file with its size and time of change. */
  SortedMap<String, String> files() throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(home)) {
      for (Path file : walk.toList()) {
        Map<String, Object> is =
            Files.readAttributes(file, "size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        files.put(file.toString(), is.toString());
      }
    }
    return files;
  }

  /** Calls {@code saddlemap} by that name alone. */
  Ended saddlemap(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      String id = Integer.toString(NOBODY);
      command.addAll(
          List.of(found("setpriv").toString(), "--reuid", id, "--regid", id, "--clear-groups"));
    }
    command.addAll(List.of(folder.resolve("bin/env").toString(), "saddlemap"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(desk().toFile());
    builder.environment().clear();
    builder.environment().put("PATH", folder.resolve("bin").toString());
    builder.environment().put("HOME", "/nonexistent");
    builder.environment().put("TMPDIR", desk().toString());
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(15, TimeUnit.MINUTES)).isTrue();
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static Path found(String tool) {
    for (String place : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(place, tool))) {
        return Path.of(place, tool);
      }
    }
    throw new IllegalStateException("There is no " + tool + " on the PATH");
  }

  private static void run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
  }
}
