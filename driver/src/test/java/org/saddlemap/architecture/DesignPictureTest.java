package org.saddlemap.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The picture of the packages in docs/design.md is made from the compiled classes. */
class DesignPictureTest {
  private static final String ROOT = "org.saddlemap.";
  private static final String BEGIN = "<!-- packages:begin -->\n";
  private static final String END = "<!-- packages:end -->\n";
  private static final Path PAGE = Path.of("..", "docs", "design.md");
  private static final List<String> MODULES = List.of("common", "worker", "driver");

  @Test
  void pictureOfThePackagesIsThatOfTheClasses() throws IOException {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.saddlemap");
    String picture = "```mermaid\n" + mermaid(arrows(classes)) + "```\n";
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN) + BEGIN.length();
    int to = page.indexOf(END);
    assertThat(to).as("the marks of the picture in " + PAGE).isGreaterThanOrEqualTo(from);
    if (Boolean.getBoolean("saddlemap.regenerate")) {
      page = page.substring(0, from) + picture + page.substring(to);
      Files.writeString(PAGE, page);
      to = page.indexOf(END);
    }
    assertThat(page.substring(from, to))
        .as("out of date; write it anew with -Dsaddlemap.regenerate=true (CONTRIBUTING.md)")
        .isEqualTo(picture);
  }

  /** Of each package those that its classes use. */
  private static Map<String, Set<String>> arrows(JavaClasses classes) {
    Map<String, Set<String>> arrows = new TreeMap<>();
    for (JavaClass from : classes) {
      Set<String> used = arrows.computeIfAbsent(name(from), p -> new TreeSet<>());
      from.getDirectDependenciesFromSelf().stream()
          .map(dependency -> dependency.getTargetClass().getBaseComponentType())
          .filter(to -> to.getPackageName().startsWith(ROOT))
          .map(DesignPictureTest::name)
          .filter(to -> !to.equals(name(from)))
          .forEach(used::add);
    }
    return arrows;
  }

  private static String name(JavaClass type) {
    String rest = type.getPackageName().substring(ROOT.length());
    return rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest;
  }

  /**
   * Only arrows that no longer way says: a package that is reached through another one is left out.
   */
  private static String mermaid(Map<String, Set<String>> arrows) {
    Map<String, Set<String>> modules = new LinkedHashMap<>();
    MODULES.forEach(module -> modules.put(module, new TreeSet<>()));
    arrows.keySet().forEach(p -> modules.get(module(p)).add(p));
    StringBuilder out = new StringBuilder("flowchart TD\n");
    List<String> topFirst = new java.util.ArrayList<>(modules.keySet());
    java.util.Collections.reverse(topFirst);
    for (String module : topFirst) {
      out.append("  subgraph ").append(module).append('\n');
      modules.get(module).forEach(p -> out.append("    ").append(p).append('\n'));
      out.append("  end\n");
    }
    arrows.forEach(
        (from, used) ->
            used.stream()
                .filter(to -> used.stream().noneMatch(other -> reaches(arrows, other, to)))
                .forEach(
                    to -> out.append("  ").append(from).append(" --> ").append(to).append('\n')));
    return out.toString();
  }

  private static boolean reaches(Map<String, Set<String>> arrows, String from, String to) {
    return arrows.get(from).stream().anyMatch(p -> p.equals(to) || reaches(arrows, p, to));
  }

  private static String module(String name) {
    return MODULES.stream()
        .filter(
            m ->
                Files.isDirectory(
                    Path.of("..", m, "src", "main", "java", "org", "saddlemap", name)))
        .findFirst()
        .orElseThrow();
  }
}
