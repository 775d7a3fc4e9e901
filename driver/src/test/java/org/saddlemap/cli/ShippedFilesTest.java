package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.examine.Case;
import org.saddlemap.examine.CaseJudge;
import org.saddlemap.examine.CaseReader;
import org.saddlemap.run.Engine;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.train.Interruption;

/** What is shipped to be copied works: every spec is read, every example is judged as it says. */
class ShippedFilesTest {
  @BeforeAll
  static void start() {
    Engine.start(1);
  }

  static List<Path> specs() throws IOException {
    return files(Path.of("..", "conf"), ".yaml");
  }

  static List<Path> examples() throws IOException {
    return files(Path.of("..", "docs", "examples"), ".json");
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(f -> f.toString().endsWith(ending)).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("specs")
  void specIsRead(Path file) throws IOException {
    SweepSpec spec = SpecReader.read(Files.readString(file), file.toString());
    assertThat(spec.name()).isNotBlank();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void exampleIsJudgedAsItExpects(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      for (Case c : new CaseReader().read(in, file.toString())) {
        assertThat(c.expected()).as("what %s expects", c.name()).isPresent();
        assertThat(
                new CaseJudge(ExaminationSpec.DEFAULT)
                    .judge(c, Interruption.NEVER)
                    .verdict()
                    .category())
            .as(c.name())
            .isEqualTo(c.expected());
      }
    }
  }
}
