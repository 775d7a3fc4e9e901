package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command of the README and of docs/ works as it stands there, by a shell, in a folder that
 * looks like a checkout after the quickstart. What would take minutes is called for what it costs.
 */
class DocumentedCommandsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** A line of code that calls the launcher, without what follows in a comment. */
  private static final Pattern LINE =
      Pattern.compile("(?m)^ *\\./scripts/saddlemap ((?:\"[^\"]*\"|'[^']*'|[^#'\"\\n])+)");

  /** Words in capitals stand for something of the reader's own. */
  private static final Map<String, String> OWN =
      Map.of(
          "SPEC", "own.yaml",
          "BIG.yaml", "own.yaml",
          "SMALL", "quickstart",
          "DIR", "warehouse",
          "FILE.png", "picture.png",
          "cases.json", "docs/examples/saddle.json",
          "A=1,B=2", "own=1");

  /** What other tests run: minutes of training, or a cluster, or what never ends by itself. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "run conf/",
          "spark://",
          "report remedies",
          "report chapter-map",
          "report --together",
          "watch [SWEEP]");

  @TempDir private static Path home;
  private static String trial;

  static List<String> commands() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
      for (Path page :
          Stream.concat(Stream.of(ROOT.resolve("README.md")), pages.sorted())
              .filter(f -> f.toString().endsWith(".md"))
              .toList()) {
        LINE.matcher(Files.readString(page))
            .results()
            .map(m -> m.group(1).strip())
            .forEach(found::add);
      }
    }
    return found.stream().distinct().toList();
  }

  /** A checkout whose warehouse holds the shipped quickstart. */
  @BeforeAll
  static void prepare() throws IOException {
    for (String name : List.of("conf", "data", "docs")) {
      Files.createSymbolicLink(home.resolve(name), ROOT.resolve(name));
    }
    Path launcher = Files.createDirectory(home.resolve("scripts")).resolve("saddlemap");
    Files.writeString(
        launcher, "#!/usr/bin/env bash\nexec '%s/scripts/saddlemap' \"$@\"\n".formatted(ROOT));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Path tables = ROOT.resolve("docs/sample/tables");
    try (Stream<Path> files = Files.walk(tables)) {
      for (Path file : files.toList()) {
        Files.copy(file, home.resolve("warehouse").resolve(tables.relativize(file).toString()));
      }
    }
    Files.writeString(
        home.resolve("own.yaml"),
        """
        name: own
        data: {synthetic: {problem: xor, rows: 100, features: 2, classes: 2, noise: 0.1}}
        network: {width: 4}
        train: {max_steps: 20}
        grid: {depth: [1, 2], learning_rate: [0.1, 1]}
        """);
  }

  private static int shell(String line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("bash", "-c", line)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("said").toFile())
            .start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).as(line).isTrue();
    return process.exitValue();
  }

  private static String said() throws IOException {
    return Files.readString(home.resolve("said"));
  }

  /** Without the brackets of what may be left out, and with what the reader would put in. */
  private static String concrete(String command) {
    String plain = command.replaceAll("\\[(--[^\\]]*)\\]", "");
    for (Map.Entry<String, String> own : OWN.entrySet()) {
      plain =
          plain.replaceAll(
              "(?<![\\w./])" + Pattern.quote(own.getKey()) + "(?![\\w.])",
              Matcher.quoteReplacement(own.getValue()));
    }
    return plain;
  }

  @Test
  void thereAreCommands() throws IOException {
    assertThat(commands())
        .hasSizeGreaterThan(20)
        .contains("run conf/quickstart.yaml", "explain TRIAL_ID", "report --out report.html");
    // What is said to be run elsewhere is there.
    for (String part : ELSEWHERE) {
      assertThat(commands()).anyMatch(c -> c.contains(part));
    }
  }

  /** Also of those that are too long to be run here: every option is one. */
  @ParameterizedTest
  @MethodSource("commands")
  void everyWordIsUnderstood(String command) {
    List<String> words =
        new ArrayList<>(
            Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)")
                .matcher(command.replaceAll("\\[(--[^\\]]*)\\]", "$1"))
                .results()
                .map(DocumentedCommandsTest::word)
                .toList());
    for (String spark : List.of("--master", "--driver-memory", "--executor-memory", "--conf")) {
      int at = words.indexOf(spark);
      if (at >= 0) { // the launcher gives it to Spark
        words.subList(at, at + 2).clear();
      }
    }
    words.replaceAll(w -> w.matches("N|SMALL") ? "1" : w);
    Saddlemap.commandLine().parseArgs(words.toArray(String[]::new));
  }

  private static String word(MatchResult m) {
    return Stream.of(1, 2, 3)
        .map(m::group)
        .map(Optional::ofNullable)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("commands")
  @Tag("slow")
  @Tag("process")
  void everyCommandWorks(String command) throws IOException, InterruptedException {
    if (ELSEWHERE.stream().anyMatch(command::contains)) {
      Matcher spec = Pattern.compile("run (conf/\\S+)").matcher(command);
      if (spec.find()) {
        assertThat(
                shell(
                    "set -e; for spec in %s; do ./scripts/saddlemap plan $spec; done"
                        .formatted(spec.group(1))))
            .as(said())
            .isZero();
      }
      return;
    }
    String line = concrete(command);
    if (line.contains("TRIAL_ID")) {
      if (trial == null) {
        shell(
            "./scripts/saddlemap sql --format csv \"SELECT trial_id FROM trials WHERE depth = 1 ORDER BY trial_id LIMIT 1\"");
        trial = said().lines().skip(1).findFirst().orElseThrow();
      }
      line = line.replace("TRIAL_ID", trial);
    }
    if (line.startsWith("simulate")
        && Files.notExists(home.resolve("warehouse/sweeps/sweep=own"))) {
      assertThat(shell("./scripts/saddlemap run own.yaml")).as(said()).isZero();
    }
    int code = shell("./scripts/saddlemap " + line);
    if (line.startsWith("export")) { // no server is there
      assertThat(code).as(said()).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(said()).contains("http://127.0.0.1:5000");
    } else {
      assertThat(code).as("%s%n%s", line, said()).isZero();
    }
  }
}
