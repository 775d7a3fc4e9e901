package org.saddlemap.refute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the commands that write docs/verdict.md share: options, and a place in that page. */
final class Command {
  private final List<String> arguments;

  Command(String[] arguments) {
    this.arguments = List.of(arguments);
  }

  /** The repository. */
  static Path root() {
    return Path.of(System.getProperty("refute.root", "."));
  }

  List<String> arguments() {
    return arguments;
  }

  boolean has(String option) {
    return arguments.contains(option);
  }

  /** The argument after an option. */
  Optional<String> option(String name) {
    int at = arguments.indexOf(name);
    if (at < 0) {
      return Optional.empty();
    }
    if (at + 1 == arguments.size()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return Optional.of(arguments.get(at + 1));
  }

  /** Replaces what stands between {@code <!-- place:begin -->} and its end in docs/verdict.md. */
  static void write(String place, String text) throws IOException {
    Path file = root().resolve("docs/verdict.md");
    String page = Files.readString(file);
    String begin = "<!-- " + place + ":begin -->";
    int from = page.indexOf(begin);
    int to = page.indexOf("<!-- " + place + ":end -->");
    if (from < 0 || to < from) {
      throw new IllegalStateException(file + " has no place for the tables: " + begin + " …");
    }
    Files.writeString(
        file, page.substring(0, from + begin.length()) + "\n" + text + page.substring(to));
  }
}
