package org.saddlemap.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.CsvSource.Missing;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;

final class CsvReaderTest {
  private static final CsvSource PLAIN = new CsvSource("t.csv", "last", Header.AUTO);

  private static RawTable read(byte[] bytes, CsvSource format, Task task, long limit) {
    return CsvReader.read(new ByteArrayInputStream(bytes), format, task, OptionalLong.of(limit));
  }

  private static RawTable read(String text, CsvSource format) {
    return read(text.getBytes(StandardCharsets.UTF_8), format, Task.CLASSIFICATION, 1_000_000);
  }

  private static RawTable read(String text) {
    return read(text, PLAIN);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(String text) {
    return assertInvalid(text, PLAIN);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertInvalid(
      String text, CsvSource format) {
    return assertThatThrownBy(() -> read(text, format)).isInstanceOf(InvalidInput.class);
  }

  private static CsvSource labelled(String label) {
    return new CsvSource("t.csv", label, Header.AUTO);
  }

  private static CsvSource header(Header header) {
    return new CsvSource("t.csv", "last", header);
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  static double[][] rows(RawTable table) {
    double[][] rows = new double[table.features().rows()][table.features().columns()];
    for (int i = 0; i < rows.length; i++) {
      table.features().copyRow(i, rows[i]);
    }
    return rows;
  }

  private static String[] labels(RawTable table) {
    RawTable.Classes classes = (RawTable.Classes) table.target();
    return Arrays.stream(classes.codes()).mapToObj(classes.names()::get).toArray(String[]::new);
  }

  private static CsvSource dialect(char separator, char decimal, Missing missing) {
    return new CsvSource("t.csv", "last", Header.AUTO, separator, decimal, missing);
  }

  @Test
  void separatorAndDecimalAreTheFilesOwn() {
    RawTable german =
        read("x;y;label\n1,5;-2e-1;a\n\"2,25\";3;b\n", dialect(';', ',', Missing.REFUSE));
    assertThat(rows(german)).isDeepEqualTo(new double[][] {{1.5, -0.2}, {2.25, 3}});
    assertThat(labels(german)).containsExactly("a", "b");

    RawTable tabs = read("1.5\t2\t1\n2\t3\t1.0\n", dialect('\t', '.', Missing.REFUSE));
    assertThat(rows(tabs)).isDeepEqualTo(new double[][] {{1.5, 2}, {2, 3}});

    assertThat(labels(read("1;1,0\n2;1\n3;2,5\n", dialect(';', ',', Missing.REFUSE))))
        .as("one spelling of a number")
        .containsExactly("1", "1", "2.5");
    RawTable target =
        read(
            "1;1,5\n2;2,5\n".getBytes(StandardCharsets.UTF_8),
            dialect(';', ',', Missing.REFUSE),
            Task.REGRESSION,
            9);
    assertThat(((RawTable.Values) target.target()).values()).containsExactly(1.5, 2.5);
  }

  @Test
  void theWrongSeparatorOrDecimalIsNamed() {
    assertInvalid("1;2;3\n").hasMessageEndingWith("separated by commas; say separator: ';'");
    assertInvalid("1\t2\n").hasMessageEndingWith("separated by commas; say separator: tab");
    assertInvalid("1,2\n", dialect(';', '.', Missing.REFUSE))
        .hasMessageEndingWith("separated by ';'; say separator: ','");
    assertInvalid("1;2;0\n1,5;2;1\n", dialect(';', '.', Missing.REFUSE))
        .hasMessage(
            "t.csv, line 2, column 1 is not a number (\"1,5\"); if that is a decimal comma, say decimal: ','");
    // 1.234 may be a thousand and more.
    assertInvalid("1;2;0\n1.234;2;1\n", dialect(';', ',', Missing.REFUSE))
        .hasMessage(
            "t.csv, line 2, column 1 has a decimal point (\"1.234\"); the spec says decimal: ','");
    assertThatThrownBy(
            () ->
                read(
                    "1;1.5\n".getBytes(StandardCharsets.UTF_8),
                    dialect(';', ',', Missing.REFUSE),
                    Task.REGRESSION,
                    9))
        .hasMessage(
            "t.csv, line 1: the label has a decimal point (\"1.5\"); the spec says decimal: ','");
  }

  @Test
  void rowsWithoutAValueAreDroppedOnDemand() {
    CsvSource drop = dialect(',', '.', Missing.DROP);
    RawTable table = read("x,y,c\n1,2,a\n,3,b\n4,NaN,a\n5,?,b\n6,n/a,a\n7,8,\n9,10,none\n", drop);
    assertThat(rows(table)).isDeepEqualTo(new double[][] {{1, 2}, {9, 10}});
    assertThat(labels(table)).containsExactly("a", "none");
    assertThat(
            read(
                    "1,,0\n2,3,0\n,4,0\n5,6,1\n7,8,1\n".getBytes(StandardCharsets.UTF_8),
                    drop,
                    Task.REGRESSION,
                    2)
                .rows())
        .as("the limit counts rows that are kept")
        .isEqualTo(2);
    assertInvalid("1,,0\n,2,0\n", drop)
        .hasMessage("t.csv: no row is left, for a value is missing in each; say missing: mean");
    assertInvalid("1,2,0\n1,x,0\n", drop)
        .hasMessage(
            "t.csv, line 2, column 2 is not a number (\"x\"); every feature must be a number");
    assertInvalid("1,2,0\n1,inf,0\n", drop)
        .hasMessageStartingWith("t.csv, line 2, column 2 is not finite (\"inf\")");
  }

  @Test
  void whatIsMissingIsNaNWhereAMeanIsToStandForIt() {
    CsvSource mean = dialect(',', '.', Missing.MEAN);
    assertThat(Arrays.deepToString(rows(read("1,2,0\n,3,1\n4,na,1\n", mean))))
        .isEqualTo("[[1.0, 2.0], [NaN, 3.0], [4.0, NaN]]");
    assertInvalid("1,2,0\n3,4,\n", mean)
        .hasMessage("t.csv, line 2: the label is missing (\"\"); every row needs one");
    assertInvalid("1,2,0\n,4,0\n")
        .hasMessage(
            "t.csv, line 2, column 1 is missing; say missing: mean or missing: drop, or fill it in");
  }

  @Test
  void numbersComeBackAsTheyWereWritten() {
    long seed = 20260101;
    Random random = new Random(seed);
    // More than one block of rows.
    double[][] features = new double[9001][11];
    double[] values = new double[features.length];
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < features.length; i++) {
      for (int j = 0; j < features[i].length; j++) {
        features[i][j] = random.nextGaussian() * Math.pow(10, random.nextInt(-30, 30));
        text.append(features[i][j]).append(',');
      }
      values[i] = random.nextGaussian();
      text.append(values[i]).append('\n');
    }
    byte[] plain = text.toString().getBytes(StandardCharsets.UTF_8);

    for (byte[] bytes : new byte[][] {plain, gzip(plain)}) {
      RawTable table = read(bytes, PLAIN, Task.REGRESSION, Long.MAX_VALUE);

      assertThat(rows(table)).as("seed %d", seed).isDeepEqualTo(features);
      assertThat(((RawTable.Values) table.target()).values()).containsExactly(values);
    }
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.CsvSource({
    "last,2,5",
    "first,0,3",
    "1,1,4",
    "0,0,3",
    "b,1,4",
    "c,2,5"
  })
  void theLabelIsWhereTheSpecSays(String label, int position, String expected) {
    RawTable table = read("a,b,c\n3,4,5\n6,7,8\n", labelled(label));

    assertThat(labels(table)[0]).isEqualTo(expected);
    double[] others = {3, 4, 5};
    double[] left =
        java.util.stream.IntStream.range(0, 3)
            .filter(j -> j != position)
            .mapToDouble(j -> others[j])
            .toArray();
    assertThat(rows(table)[0]).containsExactly(left);
  }

  @Test
  void aHeaderIsToldFromTheFirstLines() {
    assertThat(read("a,b,y\n1,2,0\n3,4,1\n").rows()).as("names").isEqualTo(2);
    assertThat(read("1,2,0\n3,4,1\n").rows()).as("numbers").isEqualTo(2);
    assertThat(read("1,2,cat\n3,4,dog\n").rows()).as("class names").isEqualTo(2);
    assertThat(read("0,1,label\n3,4,1\n5,6,0\n").rows()).as("numbers for names").isEqualTo(2);
    assertThat(read("x\" y,b,y\n1,2,0\n").rows()).as("quote in a name").isEqualTo(1);
    assertThat(read("1,2,0\n3,4,1\n", header(Header.YES)).rows()).as("yes").isEqualTo(1);
    assertThat(read("\uFEFFa,b,y\n1,2,0\n", labelled("a")).rows()).as("byte order").isEqualTo(1);

    assertInvalid("a,2,0\n3,4,1\n")
        .hasMessage(
            "t.csv, line 1 holds names and numbers, so it may be a header or a faulty row; say"
                + " header: yes or header: no");
    assertThat(read("a,2,0\n3,4,1\n", header(Header.YES)).rows()).isEqualTo(1);
    assertInvalid("a,2,0\n3,4,1\n", header(Header.NO))
        .hasMessage(
            "t.csv, line 1, column 1 is not a number (\"a\"); every feature must be a number");
  }

  @Test
  void spacesBlankLinesQuotesAndLineEndsDoNotMatter() {
    double[][] expected = {{1, 2}, {3, -4e-1}};

    assertThat(rows(read("1,2,0\n3,-.4,1\n"))).isDeepEqualTo(expected);
    assertThat(rows(read("1,2,0\r\n3,-.4,1\r\n"))).isDeepEqualTo(expected);
    assertThat(rows(read("\n 1 ,\t2,0\n\n\n3., -4e-1,1"))).isDeepEqualTo(expected);
    assertThat(rows(read("\"1\",2,\"0\"\n3,\"-0.4\",1\n\n"))).isDeepEqualTo(expected);
    assertThat(labels(read("1,2,\"a, \"\"b\"\"\"\n3,4,#c\n"))).containsExactly("a, \"b\"", "#c");
  }

  @Test
  void oneNumberIsOneClassInEverySpelling() {
    RawTable table = read("1,1\n2,1.0\n3,-0\n4,0\n5,1e0\n6,0.5\n");

    assertThat(labels(table)).containsExactly("1", "1", "0", "0", "1", "0.5");
  }

  @Test
  void limitReadsNoFurther() {
    byte[] bytes = "1,0\n2,1\nfaulty\n".getBytes(StandardCharsets.UTF_8);

    assertThat(read(bytes, PLAIN, Task.CLASSIFICATION, 2).rows()).isEqualTo(2);
    assertThat(read(bytes, PLAIN, Task.CLASSIFICATION, 1).rows()).isEqualTo(1);
  }

  @Test
  void everyFaultyCellIsNamed() {
    String after = "; every feature must be a number";
    String missing = "; say missing: mean or missing: drop, or fill it in";
    assertInvalid("1,2,0\n\n3,,1\n").hasMessage("t.csv, line 3, column 2 is missing" + missing);
    assertInvalid("1,2,0\n3,\"\",1\n").hasMessage("t.csv, line 2, column 2 is missing" + missing);
    assertInvalid("a,b,y\n1,2,0\n3,?,1\n")
        .hasMessage("t.csv, line 3, column 2 (\"b\") is missing (\"?\")" + missing);
    assertInvalid("y,b,a\n1,2,x\n", labelled("y"))
        .hasMessage("t.csv, line 2, column 3 (\"a\") is not a number (\"x\")" + after);
    assertInvalid("1,2,0\nNaN,4,1\n")
        .hasMessage("t.csv, line 2, column 1 is not finite (\"NaN\")" + missing);
    assertInvalid("1,2,0\n3,-inf,1\n")
        .hasMessage("t.csv, line 2, column 2 is not finite (\"-inf\")" + after);
    assertInvalid("1,2,0\n3,1e39,1\n")
        .hasMessage(
            "t.csv, line 2, column 2: 1.0E39 is too large; training runs in 32-bit floats, up to"
                + " 3.4e38");
    assertInvalid("1,2,0\n3,1e999,1\n")
        .hasMessage("t.csv, line 2, column 2: the number is not finite (Infinity)");
    for (String cell : new String[] {"0x1p3", "1d", "1f", "1 2", "1_000", "--1", "1e", "\u0661"}) {
      assertInvalid("1,2,0\n3," + cell + ",1\n")
          .hasMessage("t.csv, line 2, column 2 is not a number (\"" + cell + "\")" + after);
    }
  }

  @Test
  void aLineOfAQuotedCellCountsAllOfItsLines() {
    assertInvalid("1,2,\"a\nb\"\n3,4,c\n5,x,d\n")
        .hasMessageStartingWith("t.csv, line 4, column 2 is not a number (\"x\")");
  }

  @Test
  void labelsMustBeThere() {
    assertInvalid("1,2,0\n3,4,\n")
        .hasMessage("t.csv, line 2: the label is missing (\"\"); every row needs one");
    assertInvalid("1,2,0\n3,4,nan\n")
        .hasMessage("t.csv, line 2: the label is missing (\"nan\"); every row needs one");
  }

  @Test
  void aRegressionsLabelsMustBeNumbers() {
    byte[] names = "1,2,0.5\n3,4,high\n".getBytes(StandardCharsets.UTF_8);
    byte[] missing = "1,2,0.5\n3,4,\n".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> read(names, PLAIN, Task.REGRESSION, 9))
        .isInstanceOf(InvalidInput.class)
        .hasMessage(
            "t.csv, line 2: the label is not a number (\"high\"); a regression needs a number");
    assertThatThrownBy(() -> read(missing, PLAIN, Task.REGRESSION, 9))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("t.csv, line 2: the label is missing; a regression needs a number");
  }

  @Test
  void manyClassesAreARegression() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= 10_000; i++) {
      text.append("1,").append(i).append(".25\n");
    }
    assertInvalid(text.toString())
        .hasMessage(
            "t.csv, line 10001: more than 10000 classes; the label column is probably a number to"
                + " predict: say task: regression");
  }

  @Test
  void theShapeMustBeATables() {
    assertInvalid("").hasMessage("t.csv is empty");
    assertInvalid("\n \n\n").hasMessage("t.csv is empty");
    assertInvalid("a,b,y\n").hasMessage("t.csv has a header and no rows");
    assertInvalid("1,2\n", header(Header.YES)).hasMessage("t.csv has a header and no rows");
    assertInvalid("1,2,0\n3,4\n").hasMessage("t.csv, line 2 has 2 cells, but line 1 has 3");
    assertInvalid("a,b,y\n1,2,0\n3,4,5,\n")
        .hasMessage("t.csv, line 3 has 4 cells, but line 1 has 3");
    assertInvalid("1;2;3\n")
        .hasMessage(
            "t.csv, line 1 has one cell (\"1;2;3\"); a table needs a feature and a label or more,"
                + " separated by commas; say separator: ';'");
    assertInvalid("1,2,0\n3,\"4,1\n5,6,1\n").hasMessageStartingWith("t.csv, line ");
    assertInvalid("1,2,0\n3," + "4".repeat(5000) + ",1\n").hasMessageStartingWith("t.csv, line ");
  }

  @Test
  void theLabelMustExist() {
    assertInvalid("age,sex,diagnosis\n1,2,0\n", labelled("diagnosys"))
        .hasMessage("t.csv has no column \"diagnosys\" for the label; did you mean \"diagnosis\"?");
    assertInvalid("age,sex,Y\n1,2,0\n", labelled("y"))
        .hasMessage("t.csv has no column \"y\" for the label; did you mean \"Y\"?");
    assertInvalid("age,sex,diagnosis\n1,2,0\n", labelled("target"))
        .hasMessage(
            "t.csv has no column \"target\" for the label; its columns are age, sex, diagnosis");
    assertInvalid("1,2,0\n", labelled("3"))
        .hasMessage("t.csv has no column 3 for the label; its columns are 0 to 2");
    assertInvalid("a,y,y\n1,2,0\n", labelled("y"))
        .hasMessage("t.csv has more than one column \"y\"; give the label's position, from 0");
    assertInvalid("1,2,0\n", new CsvSource("t.csv", "y", Header.NO))
        .hasMessage(
            "t.csv has no header, so there is no column \"y\" for the label; say last, first or a"
                + " position from 0");
  }

  @Test
  void gzipThatIsCutOrDamagedIsNamed() {
    byte[] packed = gzip("1,2,0\n3,4,1\n".repeat(100).getBytes(StandardCharsets.UTF_8));

    for (int length = 2; length < packed.length; length++) {
      byte[] cut = Arrays.copyOf(packed, length);
      assertThatThrownBy(() -> read(cut, PLAIN, Task.CLASSIFICATION, Long.MAX_VALUE))
          .as("cut to %d bytes", length)
          .isInstanceOf(InvalidInput.class)
          .hasMessage("t.csv is truncated: its gzip data end early; copy it again");
    }
    byte[] damaged = packed.clone();
    damaged[packed.length - 6] ^= 1;
    assertThatThrownBy(() -> read(damaged, PLAIN, Task.CLASSIFICATION, Long.MAX_VALUE))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith("t.csv has damaged gzip data: ");
  }
}
