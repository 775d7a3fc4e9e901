package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code scripts/saddlemap} starts: a Java that stands for the real one says it. */
@Tag("slow") // on the packaged application
@Tag("process")
class LauncherTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  /** Runs the launcher in an empty folder as a user of this home. */
  private Process launched(java.util.Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(ROOT + "/scripts/saddlemap"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Files.createDirectories(folder.resolve("here")).toFile());
    builder.environment().remove("SADDLEMAP_LOG");
    builder.environment().remove("XDG_STATE_HOME");
    builder.environment().put("HOME", folder.resolve("home").toString());
    builder.environment().putAll(environment);
    Process process =
        builder
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    return process;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--master foo|master 'foo' is none",
        "--master local[0]|master 'local[0]' is none",
        "--master=spark://|master 'spark://' is none",
        "--driver-memory 1x|driver memory '1x' is no size",
        "--conf spark.driver.memory=lots|driver memory 'lots' is no size",
        "--driver-memory 100m|Spark refuses its options: [INVALID_DRIVER_MEMORY] System memory",
        "--conf spark.task.cpus=8 --master local[2]|Spark refuses its options: ",
      })
  void optionsThatSparkCannotTakeAreOneLineAndTwo(String line) throws Exception {
    String[] options = line.substring(0, line.indexOf('|')).split(" ", -1);
    List<String> words = new ArrayList<>(List.of("sql", "SELECT 1", "--engine", "spark"));
    words.addAll(List.of(options));
    Files.createDirectories(folder.resolve("here/warehouse/sweeps"));
    Process process = launched(java.util.Map.of(), words.toArray(String[]::new));
    String said = Files.readString(folder.resolve("err"));
    assertThat(process.exitValue()).as(said).isEqualTo(2);
    assertThat(said.lines().toList()).as(said).hasSize(1);
    assertThat(said).startsWith("saddlemap: " + line.substring(line.indexOf('|') + 1));
    assertThat(Files.readString(folder.resolve("out"))).isEmpty();
  }

  @Test
  void theLogIsWhereProgramsKeepTheirState() throws Exception {
    assertThat(launched(java.util.Map.of(), "--version").exitValue()).isZero();
    assertThat(folder.resolve("home/.local/state/saddlemap/logs/saddlemap.log")).exists();
    String state = folder.resolve("state").toString();
    assertThat(launched(java.util.Map.of("XDG_STATE_HOME", state), "--version").exitValue())
        .isZero();
    assertThat(folder.resolve("state/saddlemap/logs/saddlemap.log")).exists();
    // A home that cannot be written.
    java.util.Map<String, String> nowhere =
        java.util.Map.of("HOME", "/proc", "TMPDIR", folder.resolve("tmp").toString());
    assertThat(launched(nowhere, "--version").exitValue()).isZero();
    assertThat(Files.readString(folder.resolve("out"))).startsWith("saddlemap ").hasLineCount(1);
    assertThat(launched(java.util.Map.of("SADDLEMAP_LOG", "/proc/x.log"), "--version").exitValue())
        .isEqualTo(2);
    assertThat(Files.readString(folder.resolve("err")))
        .contains("cannot write the log /proc/x.log");
    assertThat(folder.resolve("here")).isEmptyDirectory();
  }

  private List<String> started(String... arguments) throws Exception {
    Path bin = Files.createDirectories(folder.resolve("java/bin"));
    Path java = bin.resolve("java");
    Files.writeString(
        java,
        """
        #!/usr/bin/env bash
        case " $* " in
          *" org.apache.spark.launcher.Main "*) exec '%1$s' "$@" ;;
          *" org.apache.spark.deploy.SparkSubmit "* | *" org.saddlemap.cli.Saddlemap "*) printf '%%s\\0' "$@" ;;
          *) exec '%1$s' "$@" ;;
        esac
        """
            .formatted(ProcessHandle.current().info().command().orElseThrow()));
    assertThat(java.toFile().setExecutable(true)).isTrue();
    List<String> command = new ArrayList<>(List.of(ROOT + "/scripts/saddlemap"));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", bin.getParent().toString());
    builder.environment().remove("SPARK_DRIVER_MEMORY");
    Process process =
        builder.redirectOutput(out.toFile()).redirectError(folder.resolve("err").toFile()).start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("err"))).isZero();
    return List.of(Files.readString(out).split("\0", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--conf spark.driver.memory=3g",
        "--conf=spark.driver.memory=3g",
        "-c spark.driver.memory=3g",
        "--driver-memory 3g",
        "--driver-memory=3g",
        "--properties-file PROPERTIES",
        "--properties-file=PROPERTIES",
      })
  void theHeapIsWhatAnySpellingSays(String options) throws Exception {
    Path properties = Files.writeString(folder.resolve("spark.conf"), "spark.driver.memory 3g\n");
    List<String> words =
        new ArrayList<>(
            List.of(options.replace("PROPERTIES", properties.toString()).split(" ", -1)));
    words.add("status");
    List<String> started = started(words.toArray(String[]::new));
    assertThat(started).contains("-Xmx3g").doesNotContain("-Xmxunset");
    assertThat(started.indexOf("-Xmx3g"))
        .isLessThan(started.indexOf("org.apache.spark.deploy.SparkSubmit"));
  }

  /** Whether the application is started by Spark's own launcher or without. */
  @ParameterizedTest
  @ValueSource(strings = {"run", "sql", "plan"})
  void withoutAWordTheHeapIsJavasOwn(String command) throws Exception {
    assertThat(started(command))
        .contains("org.saddlemap.cli.Saddlemap", command)
        .noneMatch(word -> word.startsWith("-Xmx"));
  }

  @Test
  void sparksOptionsAreSparksAndAllElseIsOurs() throws Exception {
    String odd = "a new\nline [1] 'q' \"Q\" $HOME \\ *.yaml";
    List<String> started =
        started(
            "run",
            "--jars=a.jar,b.jar",
            odd,
            "--keytab",
            "k",
            "--principal=p@REALM",
            "--py-files=x.py",
            "--warehouse=w --name x",
            "--queue",
            "q",
            "--proxy-user=u",
            "--retry",
            "failed",
            "");
    int application = started.indexOf(ROOT.resolve("driver/target/saddlemap.jar").toString());
    List<String> sparks = started.subList(0, application);
    for (String option : List.of("--jars", "--keytab", "--principal", "--queue", "--proxy-user")) {
      assertThat(sparks).contains(option);
    }
    assertThat(sparks).containsSubsequence("--jars", "a.jar,b.jar");
    assertThat(sparks).containsSubsequence("--principal", "p@REALM");
    assertThat(started.subList(application + 1, started.size() - 1))
        .containsExactly("run", odd, "--warehouse=w --name x", "--retry", "failed", "");
  }
}
