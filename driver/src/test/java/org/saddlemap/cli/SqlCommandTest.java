package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.jline.reader.EOFError;
import org.jline.reader.Parser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.RandomRecords;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialId;
import picocli.CommandLine;

@ExtendWith(LocalSpark.class)
class SqlCommandTest {
  @TempDir static Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void fill() throws IOException {
    ChunkRange chunk = new ChunkRange(0, 7);
    new Chunks(Warehouse.open(folder.resolve("w").toString(), new Configuration()))
        .write(SweepId.of("s", TrialId.sha256("s")), chunk, new RandomRecords(1).of(chunk));
  }

  @Test
  void printsTheRowsOfEachStatement() {
    assertThat(sql("select count(*) as n from trials; select 'ä' as a", "--format", "csv"))
        .isZero();
    assertThat(out).hasToString("n\r\n7\r\na\r\nä\r\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void readsAFileOrStandardInput() throws IOException {
    Path file =
        Files.writeString(folder.resolve("q.sql"), "-- count\nselect count(*) n from trials;");
    assertThat(sql("--file", file.toString(), "--format", "JSON")).isZero();
    assertThat(out).hasToString("[\n{\"n\":7}\n]\n");
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("select 'ö' as o".getBytes(StandardCharsets.UTF_8)));
    try {
      assertThat(sql("--file", "-")).isZero();
    } finally {
      System.setIn(before);
    }
    assertThat(out.toString()).endsWith("o\n-\nö\n");
  }

  @Test
  void writesAFile() throws IOException {
    Path file = folder.resolve("out.csv");
    assertThat(sql("select max(plan_index) as m from trials", "--out", file.toString())).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(file).hasContent("m\r\n6\r\n");
  }

  @Test
  void anEmptyWarehouseIsSaidToBeSo() {
    assertThat(
            execute(
                "select count(*) n from trials",
                "--warehouse",
                folder.resolve("none").toString(),
                "--format",
                "csv"))
        .isZero();
    assertThat(out).hasToString("n\r\n0\r\n");
    assertThat(err.toString()).contains("none is empty");
  }

  @Test
  void usersErrorsAreInvalidInput() {
    assertInvalid("The query is wrong", "selec 1");
    assertInvalid("There is no query", " ; ");
    assertInvalid("not both", "select 1", "--file", "x");
    assertInvalid("There is no file 'nowhere.sql'", "--file", "nowhere.sql");
    assertInvalid("single query, not 2", "select 1; select 2", "--out", "x.csv");
    assertInvalid("must end in", "select 1", "--out", "x.txt");
  }

  @Test
  void thePromptWaitsForTheSemicolon() {
    SqlPrompt.UntilSemicolon parser = new SqlPrompt.UntilSemicolon();
    for (String line : List.of("select 1;", "", "exit", "select 'a;b' -- c\n;")) {
      parser.parse(line, line.length(), Parser.ParseContext.ACCEPT_LINE);
    }
    for (String line : List.of("select 1", "select ';", "select 1; select")) {
      assertThatThrownBy(() -> parser.parse(line, line.length(), Parser.ParseContext.ACCEPT_LINE))
          .isInstanceOf(EOFError.class);
    }
    String line = "select max(dep";
    assertThat(parser.parse(line, line.length(), Parser.ParseContext.COMPLETE).word())
        .isEqualTo("dep");
  }

  private void assertInvalid(String message, String... args) {
    assertThat(sql(args)).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString().lines().reduce("", (before, line) -> line)).contains(message);
  }

  private int sql(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--warehouse");
    all.add(folder.resolve("w").toString());
    return execute(all.toArray(String[]::new));
  }

  private int execute(String... args) {
    return new CommandLine(new SqlCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err, true))
        .setExecutionExceptionHandler(
            (e, command, result) -> {
              command.getErr().println(e.getMessage());
              return e instanceof InvalidInput ? Saddlemap.INVALID : Saddlemap.INCOMPLETE;
            })
        .execute(args);
  }
}
