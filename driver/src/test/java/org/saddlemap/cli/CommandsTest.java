package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of the commands, and what they count and refuse before anything is trained. */
@Tag("slow")
@Tag("spark")
class CommandsTest extends OnTrainedSweep {
  @Test
  void readmeListsEveryCommand() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String table = readme.split("(?m)^## Commands$", -1)[1].split("(?m)^## ", -1)[0];
    Set<String> listed =
        Pattern.compile("(?<=[|,] `)[a-z]+")
            .matcher(table.replaceAll("(?m)^(\\| .*?) \\| .*$", "$1"))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet());
    Set<String> commands = new HashSet<>(Saddlemap.commandLine().getSubcommands().keySet());
    commands.remove("help");
    assertThat(listed).isEqualTo(commands);
  }

  /** The list of commands shows the first line of each alone. */
  @Test
  void theFirstLineOfEveryCommandIsASentence() {
    Saddlemap.commandLine()
        .getSubcommands()
        .forEach(
            (name, command) -> {
              if (!name.equals("help")) {
                assertThat(command.getCommandSpec().usageMessage().description()[0])
                    .as(name)
                    .endsWith(".");
              }
            });
  }

  @Test
  void planCountsAndTrainsNothing() throws IOException {
    Path none = work.resolve("none");
    assertThat(command("plan", spec.toString(), "--cores", "4", "--format", "json")).isZero();
    assertThat(out.toString())
        .contains("\"trials\":12", "\"configurations\":12", "\"replicates\":1", "\"cores\":4");
    assertThat(command("plan", spec.toString())).isZero();
    assertThat(out.toString()).contains("peak trial bytes").contains(sweep().id());
    assertThat(command("plan", spec.toString(), "--cores", "0")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("--cores needs at least 1");
    assertThat(none).doesNotExist();
  }

  @Test
  void planWarnsOfTrialsThatTheirMemoryLimitWouldEnd() throws IOException {
    Path file = work.resolve("large.yaml");
    String text =
        "name: large\ndata: {synthetic: spirals}\ngrid: {width: [8, 2000]}\nnetwork: {depth: 3}\n";
    Files.writeString(file, text);
    assertThat(command("plan", file.toString())).isZero();
    assertThat(err.toString()).contains("limits.trial_megabytes: 4096").contains("would need");
    Files.writeString(file, text + "limits: {trial_megabytes: 100000}\n");
    assertThat(command("plan", file.toString())).isZero();
    assertThat(err.toString()).doesNotContain("trial_megabytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"local;1", "local[1];1", "local[3];3", "local[6, 2];6", "spark://x:7077;0"})
  void planCountsTheCoresOfALocalMaster(String master, int cores) throws IOException {
    String before = System.setProperty("spark.master", master);
    try {
      int expected = cores > 0 ? cores : Runtime.getRuntime().availableProcessors();
      assertThat(json("plan", spec.toString(), "--format", "json").findValue("cores").asInt())
          .isEqualTo(expected);
      System.setProperty("spark.task.cpus", "3");
      assertThat(Spark.cores()).isEqualTo(Math.max(1, expected / 3));
    } finally {
      System.clearProperty("spark.task.cpus");
      System.setProperty("spark.master", before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plan", "run"})
  void stepsBeyondCountingAreNamedWithTheirLine(String name) throws IOException {
    Path file =
        Files.writeString(
            work.resolve("long.yaml"),
            TrainedSweep.YAML.replace("max_steps: 20", "epochs: 100000000, batch_size: 1"));
    String[] arguments =
        name.equals("run")
            ? new String[] {name, file.toString(), "--warehouse", work.resolve("x").toString()}
            : new String[] {name, file.toString()};
    assertThat(command(arguments)).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString())
        .contains(
            "long.yaml:4:17: key 'train.epochs': 100000000 epochs of 80 batches are 8000000000 steps");
    assertThat(work.resolve("x")).doesNotExist();
  }

  @Test
  void aLossThatDoesNotFitTheDataIsNamedWithItsLine() throws IOException {
    Path data = Files.writeString(work.resolve("data.csv"), "1,2,a\n3,4,b\n5,7,c\n".repeat(9));
    Path file =
        Files.writeString(
            work.resolve("loss.yaml"),
            """
            name: loss
            data: {csv: %s}
            network:
              loss: binary_cross_entropy
            """
                .formatted(data));
    assertThat(command("plan", file.toString())).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("loss.yaml:4:9: key 'network.loss': ", "exactly 2 classes");
  }

  @Test
  void aFolderIsNoSpec() {
    for (String verb : List.of("run", "plan")) {
      assertThat(onWarehouse(verb, work.toString())).isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString())
          .contains("Cannot read the spec " + work + ": it is a folder; give a spec file");
    }
  }

  @Test
  void placesThatCannotBeWrittenAreTheUsersErrorBeforeAnyWork() throws IOException {
    Path file = Files.writeString(work.resolve("file"), "");
    assertThat(command("run", spec.toString(), "--warehouse", file + "/w"))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString())
        .contains("Cannot write to the warehouse file:" + file + "/w: ")
        .satisfies(said -> assertThat(said.lines()).hasSize(1));
    for (String[] report :
        new String[][] {
          {"report", "small", "--out", "/proc/x.html"},
          {"report", "small", "--png-map", "/proc/x.png"},
          {"calibrate", "--out", "/proc/speed"}
        }) {
      assertThat(onWarehouse(report)).isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString()).startsWith("saddlemap: Cannot write /proc/");
      assertThat(err.toString().lines()).hasSize(1);
    }
    Path kept = Files.writeString(work.resolve("page.html"), "mine");
    OutputFile.require(kept);
    assertThat(kept).hasContent("mine");
    OutputFile.require(work.resolve("new.html"));
    assertThat(work.resolve("new.html")).doesNotExist();
  }

  @Test
  void calibrateKnowsBeforeItReadsThatItCannotWrite() {
    assertThat(onWarehouse("calibrate", "--out", work.resolve("missing/speed").toString()))
        .isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("there is no folder");
    assertThat(onWarehouse("calibrate", "--out", work.toString())).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("it is a folder");
  }
}
