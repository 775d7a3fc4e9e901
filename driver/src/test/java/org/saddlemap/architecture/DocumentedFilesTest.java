package org.saddlemap.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages for contributors name files and classes that are there. */
class DocumentedFilesTest {
  private static final Path ROOT = Path.of("..");

  @ParameterizedTest
  @ValueSource(strings = {"docs/extending.md", "CONTRIBUTING.md", "docs/design.md"})
  void filesThatAPageNamesExist(String page) throws IOException {
    List<String> files =
        Pattern.compile("`((?:common|worker|driver|conf|scripts|docs)/[^` ]*[^` /])/?`")
            .matcher(Files.readString(ROOT.resolve(page)))
            .results()
            .map(MatchResult::group)
            .map(name -> name.replace("`", ""))
            .toList();
    assertThat(files)
        .allSatisfy(name -> assertThat(ROOT.resolve(name)).as("%s names it", page).exists());
  }

  /** Commits that a page shows are of code that is still there; {@code […]} stands for any. */
  @Test
  void linesThatAShownCommitAddsStandInTheirFile() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/extending.md"));
    List<String> shown =
        Pattern.compile("(?s)```diff\\n(.*?)```")
            .matcher(page)
            .results()
            .flatMap(block -> block.group(1).lines())
            .toList();
    Map<String, String> sources = sources();
    String file = "";
    int added = 0;
    for (String line : shown) {
      if (line.startsWith(" ")) {
        file = line.strip().replaceAll(",.*", "");
        assertThat(sources).containsKey(file);
      } else if (line.startsWith("+")) {
        added++;
        for (String part : line.substring(1).replaceAll("  +// .*", "").split("\\[…]", -1)) {
          assertThat(sources.get(file)).as(file).contains(part.strip());
        }
      }
    }
    assertThat(added).isGreaterThan(20);
  }

  /** Text of the files of {@code src/main}, by name. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    for (String module : List.of("common", "worker", "driver")) {
      try (Stream<Path> walk = Files.walk(ROOT.resolve(module).resolve("src/main"))) {
        for (Path file : walk.filter(Files::isRegularFile).toList()) {
          sources.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return sources;
  }

  /** Of the table that follows a trial through the code. */
  @Test
  void classesThatFollowATrialExist() throws IOException {
    String page = Files.readString(ROOT.resolve("docs/design.md"));
    String table = page.substring(page.indexOf("## One trial"), page.indexOf("## Decisions"));
    List<String> classes =
        Pattern.compile("`([A-Z][A-Za-z]+)`")
            .matcher(table)
            .results()
            .map(match -> match.group(1))
            .distinct()
            .toList();
    assertThat(classes).hasSizeGreaterThan(20);
    assertThat(sources().keySet()).containsAll(classes.stream().map(c -> c + ".java").toList());
  }
}
