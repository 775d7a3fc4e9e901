package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine;

/** {@code report} and {@code analyse} on a warehouse. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class ReportCommandTest {
  @TempDir static Path folder;

  private static String location;
  private static Warehouse warehouse;

  @BeforeAll
  static void write() throws IOException {
    location = folder.resolve("warehouse").toString();
    warehouse = Warehouse.open(location, new Configuration());
    SampleSweep.small().write(warehouse);
  }

  @Test
  void aPictureAloneNeedsNoPage() throws IOException {
    Path png = folder.resolve("map.png");
    assertThat(run(new ReportCommand(), "sample", "--png-map", png.toString())).isEqualTo("");
    assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(600);
    try (var files = Files.list(folder)) {
      assertThat(files.filter(f -> f.toString().endsWith(".html"))).isEmpty();
    }
  }

  @Test
  void thePictureShowsTheAxesAndTrialsThatAreAskedFor() throws IOException {
    Path svg = folder.resolve("map.svg");
    run(
        new ReportCommand(),
        "sample",
        "--png-map",
        svg.toString(),
        "--map-x",
        "initializer",
        "--map-facet",
        "clipping",
        "--where",
        "depth > 1 AND learning_rate = 0.1");
    String drawn = Files.readString(svg);
    long shown =
        new SqlSession(SparkSession.builder().getOrCreate(), warehouse)
            .table(Tables.TRIALS)
            .where("depth > 1 AND learning_rate = 0.1 AND category = 'optimum'")
            .count();
    assertThat(drawn)
        .contains("<svg", ">optimum %,d<".formatted(shown))
        .contains("clipping = none", "clipping = norm(1)", ">xavier_uniform<")
        .contains(
            "The trials of a cell differ in normalization (2), batch_size (2) and their seed.")
        .doesNotContain("learning_rate</text>");
    Path dark = folder.resolve("dark.png");
    run(
        new ReportCommand(),
        "sample",
        "--png-map",
        dark.toString(),
        "--dark",
        "--map-y",
        "nothing",
        "--map-facet",
        "nothing");
    assertThat(ImageIO.read(dark.toFile()).getRGB(3, 3) & 0xffffff).isEqualTo(0x14171a);
  }

  @Test
  void whatThePictureCannotShowIsSaid() {
    String map = folder.resolve("no.png").toString();
    assertThat(failure("sample", "--png-map", map, "--map-x", "width"))
        .contains("--map-x: 'width' is not varied", "depth, initializer");
    assertThat(failure("sample", "--png-map", map, "--map-x", "depth", "--map-y", "depth"))
        .contains("different hyperparameters");
    assertThat(failure("sample", "--png-map", map, "--where", "depht > 1")).contains("depht");
    assertThat(failure("sample", "--png-map", map, "--where", "depth > 99")).contains("no trial");
    assertThat(failure("sample", "--dark")).contains("--png-map");
    assertThat(Path.of(map)).doesNotExist();
  }

  @Test
  void analyseWritesTablesThatSqlCanAsk() {
    String rules = run(new AnalyseCommand(), "sample");
    assertThat(rules).contains("initializer = 'zeros' → saddle, 100 % of");
    SqlSession session = new SqlSession(SparkSession.builder().getOrCreate(), warehouse);
    assertThat(session.table(Tables.RULES).count()).isEqualTo(rules.lines().count());
    assertThat(session.table(Tables.IMPORTANCE).where("other IS NULL").count()).isEqualTo(36);
  }

  @Test
  void wrongInputIsSaidPlainly() {
    assertThat(failure("sampel")).contains("sampel").contains("sample");
    assertThat(failure("sample", "sample")).contains("with itself");
    assertThat(failure("sample", "--out", folder.resolve("no/page.html").toString()))
        .contains("there is no folder");
  }

  private static String failure(String... arguments) {
    Throwable[] thrown = new Throwable[1];
    CommandLine command = line(new ReportCommand());
    command.setExecutionExceptionHandler(
        (e, c, r) -> {
          thrown[0] = e;
          return 2;
        });
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--warehouse";
    all[arguments.length + 1] = location;
    assertThat(command.execute(all)).isEqualTo(2);
    assertThat(thrown[0]).isInstanceOf(InvalidInput.class);
    return thrown[0].getMessage();
  }

  private static CommandLine line(Object command) {
    return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** What the command prints on standard output. */
  private static String run(Object command, String... arguments) {
    StringWriter out = new StringWriter();
    String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--warehouse";
    all[arguments.length + 1] = location;
    int code =
        line(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(new StringWriter()))
            .execute(all);
    assertThat(code).isZero();
    return out.toString();
  }
}
