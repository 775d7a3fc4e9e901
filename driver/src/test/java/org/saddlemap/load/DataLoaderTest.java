package org.saddlemap.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.DataSource;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.DataSpec.Scale;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.IdxSource;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.LibsvmSource;
import org.saddlemap.spec.ParquetSource;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.spec.SyntheticSource.Problem;

@Tag("slow")
@Tag("spark")
final class DataLoaderTest {
  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            // Small splits, so that one file is read in several pieces, longest first.
            .config("spark.sql.files.maxPartitionBytes", "2k")
            .config("spark.sql.files.openCostInBytes", "0")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static DataSpec spec(DataSource source, Task task, OptionalLong limit) {
    return new DataSpec(source, task, Scale.NONE, 0.25, 11, limit);
  }

  private static org.saddlemap.data.Dataset load(DataSource source) {
    return load(source, OptionalLong.empty());
  }

  private static org.saddlemap.data.Dataset load(DataSource source, OptionalLong limit) {
    return DataLoader.load(
        spec(source, Task.CLASSIFICATION, limit), "", new Configuration(), () -> spark);
  }

  private static org.saddlemap.data.Dataset loadWithoutSpark(DataSource source) {
    return DataLoader.load(
        spec(source, Task.CLASSIFICATION, OptionalLong.empty()),
        "",
        new Configuration(),
        () -> {
          throw new IllegalStateException("Spark was asked for");
        });
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  /** Rows (i, i², 0) with label i mod 3; as long as needed for several splits. */
  private static String csv(int rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(i).append(',').append(i * i).append(",0,").append(i % 3).append('\n');
    }
    return text.toString();
  }

  private static String libsvm(int rows) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      text.append(i % 3).append(" 1:").append(i);
      text.append(" 2:").append(i * i).append(i == 0 ? " 3:0\n" : "\n");
    }
    return text.toString();
  }

  private Dataset<Row> table(int rows) {
    StructType schema =
        new StructType()
            .add("a", DataTypes.IntegerType)
            .add("kind", DataTypes.StringType)
            .add("b.c", DataTypes.createDecimalType(12, 2))
            .add("d", DataTypes.DoubleType);
    List<Row> data = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      data.add(
          RowFactory.create(
              i, Integer.toString(i % 3), java.math.BigDecimal.valueOf((long) i * i), 0.0));
    }
    return spark.createDataFrame(data, schema);
  }

  @Test
  void everyFormatGivesTheSameData() throws IOException {
    int rows = 700;
    String csvPath = file("t.csv", csv(rows));
    String libsvmPath = file("t.libsvm", libsvm(rows));
    String parquetPath = folder.resolve("t.parquet").toString();
    table(rows)
        .repartitionByRange(3, org.apache.spark.sql.functions.col("a"))
        .write()
        .parquet(parquetPath);

    String expected = loadWithoutSpark(new CsvSource(csvPath, "last", Header.AUTO)).fingerprint();

    assertThat(spark.read().format("libsvm").load(libsvmPath).rdd().getNumPartitions())
        .as("splits of the file")
        .isGreaterThan(2);
    assertThat(load(new LibsvmSource(libsvmPath)).fingerprint()).as("libsvm").isEqualTo(expected);
    assertThat(load(new ParquetSource(parquetPath, "kind")).fingerprint())
        .as("parquet")
        .isEqualTo(expected);
  }

  @Test
  void limitTakesTheFirstRowsOfEveryFormat() throws IOException {
    int rows = 700;
    String csvPath = file("t.csv", csv(rows));
    String libsvmPath = file("t.libsvm", libsvm(rows));
    String parquetPath = folder.resolve("t.parquet").toString();
    table(rows).coalesce(1).write().parquet(parquetPath);

    OptionalLong limit = OptionalLong.of(300);
    String expected =
        loadWithoutSpark(new CsvSource(file("short.csv", csv(300)), "last", Header.NO))
            .fingerprint();

    assertThat(load(new CsvSource(csvPath, "3", Header.AUTO), limit).fingerprint())
        .isEqualTo(expected);
    assertThat(load(new LibsvmSource(libsvmPath), limit).fingerprint()).isEqualTo(expected);
    assertThat(load(new ParquetSource(parquetPath, "kind"), limit).fingerprint())
        .isEqualTo(expected);
  }

  @Test
  void syntheticProblemsNeedNoFile() {
    SyntheticSource spirals = new SyntheticSource(Problem.SPIRALS, 90, 2, 3, 0.01);

    assertThat(loadWithoutSpark(spirals).classes()).isEqualTo(3);
  }

  @Test
  void aSchemeNamesTheFileSystem() throws IOException {
    String path = file("t.csv", csv(20));

    assertThat(loadWithoutSpark(new CsvSource("file://" + path, "last", Header.NO)).fingerprint())
        .isEqualTo(loadWithoutSpark(new CsvSource(path, "last", Header.NO)).fingerprint());
  }

  @Test
  void aPlainPathIsALocalFileWhereverTheDefaultFileSystemIs() throws IOException {
    String path = file("t.csv", csv(20));
    CsvSource source = new CsvSource(path, "last", Header.NO);
    Configuration elsewhere = new Configuration();
    elsewhere.set("fs.defaultFS", "nowhere://host");

    assertThat(
            DataLoader.load(
                    spec(source, Task.CLASSIFICATION, OptionalLong.empty()),
                    "",
                    elsewhere,
                    () -> spark)
                .fingerprint())
        .isEqualTo(loadWithoutSpark(source).fingerprint());
  }

  @Test
  void aRelativePathIsLookedForInTheSpecsFolderFirst() throws IOException {
    Files.createDirectories(folder.resolve("specs/data"));
    file("specs/data/t.csv", csv(20));
    file("specs/data/t.svm", "0 1:1 2:1\n1 1:2 2:3\n0 1:0.5 2:1\n1 1:2 2:2.5\n");
    String spec = folder.resolve("specs/s.yaml").toString();

    assertThat(loadOf(spec, new CsvSource("data/t.csv", "last", Header.NO)).fingerprint())
        .isEqualTo(
            loadWithoutSpark(new CsvSource(folder + "/specs/data/t.csv", "last", Header.NO))
                .fingerprint());
    assertThat(loadOf(spec, new LibsvmSource("data/t.svm")).fingerprint())
        .isEqualTo(load(new LibsvmSource(folder + "/specs/data/t.svm")).fingerprint());
    // As every spec has it that is run from the folder above its own.
    assertThat(
            loadOf("conf/s.yaml", new CsvSource("../data/digits.csv.gz", "last", Header.NO))
                .features())
        .isEqualTo(64);
    assertThatThrownBy(() -> loadOf(spec, new CsvSource("data/no.csv", "last", Header.NO)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith(
            "Cannot read data/no.csv: there is no such file or folder (looked for %s/specs/data/no.csv, and in file:"
                .formatted(folder));
  }

  private static org.saddlemap.data.Dataset loadOf(String file, DataSource source) {
    return DataLoader.load(
        spec(source, Task.CLASSIFICATION, OptionalLong.empty()),
        file,
        new Configuration(),
        () -> spark);
  }

  @Test
  void aMissingFileIsTheUsersError() {
    assertInvalid(new CsvSource("no/such.csv", "last", Header.AUTO))
        .hasMessageStartingWith(
            "Cannot read no/such.csv: there is no such file or folder (looked in file:");
    assertInvalid(new CsvSource("/no/such.csv", "last", Header.AUTO))
        .hasMessage("Cannot read /no/such.csv: there is no such file or folder");
    assertInvalid(new LibsvmSource("/no/such"))
        .hasMessage("Cannot read /no/such: there is no such file or folder");
    assertInvalid(new ParquetSource("/no/such", "y"))
        .hasMessage("Cannot read /no/such: there is no such file or folder");
    assertInvalid(new IdxSource("/no/images", "/no/labels"))
        .hasMessage("Cannot read /no/images: there is no such file or folder");
  }

  @Test
  void whatIsNoFileIsTheUsersError() throws IOException {
    assertInvalid(new CsvSource(folder.toString(), "last", Header.AUTO))
        .hasMessage("Cannot read %s: it is a folder; give a file".formatted(folder));
    assertInvalid(new CsvSource("nowhere://host/t.csv", "last", Header.AUTO))
        .hasMessage("Cannot read nowhere://host/t.csv: No FileSystem for scheme \"nowhere\"");
    assertInvalid(new CsvSource("", "last", Header.AUTO)).hasMessageStartingWith("Cannot read : ");
    assertInvalid(new ParquetSource(folder.toString(), "y"))
        .hasMessageStartingWith("Cannot read %s as Parquet: ".formatted(folder));
  }

  @Test
  void damagedLibsvmIsTheUsersError() throws IOException {
    for (String text :
        List.of("1 1:2\nx 1:3\n", "1 0:2\n", "1 2:1 1:1\n", "1 1\n", "1 1:NaN\n0 1:1\n")) {
      String path = file("bad.libsvm", text);
      assertInvalid(new LibsvmSource(path)).hasMessageContaining(path);
    }
    assertInvalid(
            new LibsvmSource(file("line.libsvm", "# a comment\n1 1:2\n\n0 1:1 3:4\n1 2:1 1:1\n")))
        .hasMessageContaining("line.libsvm, line 5: ")
        .hasMessageContaining("ascending order")
        .hasMessageContaining("index:value");
    assertInvalid(new LibsvmSource(file("word.libsvm", "1 1:2\nx 1:3\n")))
        .hasMessageContaining("word.libsvm, line 2: ");
    assertInvalid(new LibsvmSource(file("nan.libsvm", "1 1:2\n0 1:NaN\n")))
        .hasMessageContaining("nan.libsvm, row 2");
    assertInvalid(new LibsvmSource(file("empty.libsvm", "")))
        .hasMessageEndingWith("empty.libsvm has no rows");
  }

  @Test
  void parquetsColumnsMustBeNumbers() throws IOException {
    String path = folder.resolve("t.parquet").toString();
    table(9).write().parquet(path);

    assertInvalid(new ParquetSource(path, "d"))
        .hasMessage(
            "%s, column \"kind\" holds values of type string; every feature must be a number"
                .formatted(path));
    assertInvalid(new ParquetSource(path, "kinds"))
        .hasMessage(
            "%s has no column \"kinds\" for the label; did you mean \"kind\"?".formatted(path));

    String text = file("text.parquet", "this is not Parquet");
    assertInvalid(new ParquetSource(text, "y")).hasMessageContaining("is not a Parquet file");
  }

  @Test
  void parquetsMissingValuesAreNamed() {
    String path = folder.resolve("t.parquet").toString();
    table(9).coalesce(1).selectExpr("a", "kind", "if(a = 4, null, d) as d").write().parquet(path);

    assertInvalid(new ParquetSource(path, "kind"))
        .hasMessage("%s, row 5, column \"d\" is missing; every feature must be a number", path);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(
      DataSource source) {
    return assertThatThrownBy(() -> load(source)).isInstanceOf(InvalidInput.class);
  }
}
