package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.data.Dataset;
import org.saddlemap.load.DataLoader;
import org.saddlemap.load.Locations;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.DataSource;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.IdxSource;
import org.saddlemap.spec.LibsvmSource;
import org.saddlemap.spec.ParquetSource;

/**
 * A path is a path: no name of a file, a folder, a warehouse or a column is read as a pattern, an
 * escape or a format.
 */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public class PathsTest {
  private static final int ROWS = 40;

  @TempDir private Path folder;

  /** Among them, names that are patterns of other names. */
  public static List<String> names() {
    return List.of(
        "s[1]",
        "fcnet=[256, 256]",
        "lr{0.1,*}?",
        "100%25 %d %s #1 & it's",
        "\"quoted\" $HOME ${x} `y` \\n \\",
        "line\nbreak\ttab",
        "lr:0.1",
        "größe-尺寸-גודל-\u202Ezyx",
        "@args",
        " before and after ",
        "x".repeat(200));
  }

  /** The same rows in every format: two features, and whether the first is below half. */
  private static double[] row(int i) {
    return new double[] {i, (i * 7) % 13, i < ROWS / 2 ? 0 : 1};
  }

  @ParameterizedTest
  @MethodSource("names")
  void dataAreReadFromTheFileOfThatName(String name) throws IOException {
    Path home = Files.createDirectory(folder.resolve(name));
    StringBuilder csv = new StringBuilder("a,b,\"" + name.replace("\"", "\"\"") + "\"\n");
    StringBuilder libsvm = new StringBuilder();
    ByteArrayOutputStream images = new ByteArrayOutputStream();
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    DataOutputStream pixels = new DataOutputStream(images);
    DataOutputStream classes = new DataOutputStream(labels);
    for (int n : new int[] {0x803, ROWS, 1, 2}) {
      pixels.writeInt(n);
    }
    classes.writeInt(0x801);
    classes.writeInt(ROWS);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      double[] r = row(i);
      csv.append(r[0]).append(',').append(r[1]).append(',').append((int) r[2]).append('\n');
      libsvm.append((int) r[2]).append(" 1:").append(r[0]).append(" 2:").append(r[1]).append('\n');
      pixels.write((int) r[0]);
      pixels.write((int) r[1]);
      classes.write((int) r[2]);
      rows.add(RowFactory.create(r[0], r[1], (int) r[2]));
    }
    Files.writeString(home.resolve(name + ".csv"), csv);
    Files.writeString(home.resolve(name + ".svm"), libsvm);
    Files.write(home.resolve(name + ".images"), images.toByteArray());
    Files.write(home.resolve(name + ".labels"), labels.toByteArray());
    // What the name would be as a pattern, with fewer rows.
    String decoy = name.replace("[", "").replace("]", "");
    if (!decoy.equals(name)) {
      Files.writeString(home.resolve(decoy + ".svm"), "0 1:1\n1 2:1\n0 1:2\n1 2:2\n");
    }
    SparkSession spark = SparkSession.builder().getOrCreate();
    // Columns that are called as Spark's own, too.
    StructType schema =
        new StructType()
            .add("_metadata", DataTypes.DoubleType)
            .add("place0", DataTypes.DoubleType)
            .add(name, DataTypes.IntegerType);
    Path parquet = home.resolve(name + ".parquet");
    // Spark may write what it cannot read back: the folder is given its name afterwards.
    Path written = folder.resolve("written.parquet");
    spark.createDataFrame(rows, schema).coalesce(1).write().parquet(written.toString());
    Files.move(written, parquet);

    String expected =
        load(new CsvSource(home.resolve(name + ".csv").toString(), name, CsvSource.Header.YES))
            .fingerprint();
    assertThat(load(new LibsvmSource(home.resolve(name + ".svm").toString())).fingerprint())
        .as("libsvm")
        .isEqualTo(expected);
    assertThat(load(new ParquetSource(parquet.toString(), name)).fingerprint())
        .as("parquet")
        .isEqualTo(expected);
    Dataset pictures =
        load(
            new IdxSource(
                home.resolve(name + ".images").toString(),
                home.resolve(name + ".labels").toString()));
    assertThat(pictures.train().rows() + pictures.heldout().rows()).as("idx").isEqualTo(ROWS);
  }

  private static Dataset load(DataSource source) {
    return DataLoader.load(
        new DataSpec(
            source,
            DataSpec.Task.CLASSIFICATION,
            DataSpec.Scale.NONE,
            0.25,
            11,
            OptionalLong.empty()),
        "",
        new Configuration(),
        () -> SparkSession.builder().getOrCreate());
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyCommandFindsItsFilesAndItsWarehouse(String name) throws IOException {
    Path data = Files.writeString(folder.resolve(name + ".csv"), csv());
    assertEveryCommandFinds(folder, name, data.toString(), folder.resolve(name).toString());
  }

  static String csv() {
    StringBuilder csv = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      double[] r = row(i);
      csv.append(r[0]).append(',').append(r[1]).append(',').append((int) r[2]).append('\n');
    }
    return csv.toString();
  }

  /**
   * @param folder where specs and pages are written, under that name
   * @param data a file with the rows of {@link #csv}
   */
  static void assertEveryCommandFinds(Path folder, String name, String data, String warehouse)
      throws IOException {
    // One trial completes, one fails: it would need too much memory.
    Path spec =
        Files.writeString(
            folder.resolve(name + ".yaml"),
            Json.text(
                Map.of(
                    "name", "paths",
                    "data", Map.of("csv", data),
                    "network", Map.of("depth", 1),
                    "train", Map.of("max_steps", 10),
                    "limits", Map.of("trial_megabytes", 4),
                    "grid", Map.of("width", List.of(2, 60000)))));
    Ended run = ended("run", spec.toString(), "--warehouse", warehouse);
    assertThat(run.err()).contains("1 failed");
    assertThat(suggestions(run.err()))
        .hasSize(4)
        .allSatisfy(
            words -> {
              int out = words.indexOf("report.html");
              if (out >= 0) {
                words.set(out, folder.resolve("suggested.html").toString());
              }
              ended(words.toArray(String[]::new));
            });
    assertThat(ended("plan", spec.toString()).out()).contains("32 training rows");
    assertThat(csv("status", spec.toString(), warehouse)).contains("paths-").contains(",2,0,2,");
    assertThat(csv("sql", "SELECT width, status FROM trials ORDER BY 1", warehouse))
        .isEqualToIgnoringNewLines("width,status\n2,completed\n60000,failed\n");
    assertThat(ended("verify", "--warehouse", warehouse).err()).contains("Nothing is amiss");
    Path page = folder.resolve(name + ".html");
    ended("report", "--warehouse", warehouse, "--out", page.toString());
    assertThat(page).isNotEmptyFile();
    Ended again = ended("run", spec.toString(), "--warehouse", warehouse, "--retry", "failed");
    assertThat(again.err()).contains("1 of 2 trials to run");
    Path table = folder.resolve(name + ".parquet");
    ended("sql", "SELECT * FROM trials", "--warehouse", warehouse, "--out", table.toString());
    assertThat(table).isNotEmptyFile();
    assertThat(ended("run", spec.toString(), "--warehouse", warehouse).err())
        .contains("Nothing to train");
  }

  /** Words of the commands that a run names at its end, as a shell reads them. */
  private static List<List<String>> suggestions(String err) throws IOException {
    String script =
        "saddlemap() { printf '%s\\0' \"$@\"; printf '\\1\\0'; }\n"
            + err.substring(err.indexOf('\n', err.indexOf("Go on with")));
    Process shell = new ProcessBuilder("bash", "-c", script).start();
    String words = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Stream.of(words.split("\1\0"))
        .map(command -> new ArrayList<>(List.of(command.split("\0"))))
        .collect(Collectors.toList());
  }

  @Test
  void aColonIsASchemesOnlyWhereASlashFollows() {
    assertThat(Locations.path("hdfs://host/x").toUri().getScheme()).isEqualTo("hdfs");
    assertThat(Locations.path("file:/x").toUri().getScheme()).isEqualTo("file");
    for (String name : List.of("lr:0.1", "a:b/c", "12:30", "x/y:z", "/x/y:z")) {
      org.apache.hadoop.fs.Path path = Locations.path(name);
      assertThat(path.toUri().getScheme()).as(name).isNull();
      assertThat(new org.apache.hadoop.fs.Path("/root", path).toUri().getPath())
          .isEqualTo(name.startsWith("/") ? name : "/root/" + name);
    }
  }

  /** What a command printed; it succeeded. */
  private record Ended(String out, String err) {}

  private static String csv(String command, String argument, String warehouse) {
    return ended(command, argument, "--warehouse", warehouse, "--format", "csv").out();
  }

  private static Ended ended(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Saddlemap.run(
            Saddlemap.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true)),
            arguments);
    assertThat(code).as("%s: %s", List.of(arguments), err).isZero();
    return new Ended(out.toString(), err.toString());
  }
}
