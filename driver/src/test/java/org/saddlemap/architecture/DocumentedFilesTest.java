package org.saddlemap.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
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

  /** Of the table that follows a trial through the code. */
  @org.junit.jupiter.api.Test
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
    List<String> names = new java.util.ArrayList<>();
    for (String module : List.of("common", "worker", "driver")) {
      try (var walk = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        walk.map(file -> file.getFileName().toString().replace(".java", "")).forEach(names::add);
      }
    }
    assertThat(names).containsAll(classes);
  }
}
