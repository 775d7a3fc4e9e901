package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowPrinterTest {
  @Test
  void aTableIsAlignedWithNumbersToTheRight() {
    assertThat(
            print(
                RowPrinter.Format.TABLE,
                OptionalInt.empty(),
                List.of("category", "n", "loss"),
                row("saddle", 12L, 0.30000000000000004),
                row(null, 3L, null),
                row("日本\nx", 100L, 1.5e-9),
                row("a\u001b[31m", -1L, Double.NaN)))
        .isEqualTo(
            """
            category    n     loss
            --------  ---  -------
            saddle     12      0.3
            NULL        3     NULL
            日本↵x    100  1.5e-09
            a�[31m     -1      NaN
            """);
  }

  @Test
  void aTableIsCutToTheTerminalWhereItIsWidest() {
    String text =
        print(
            RowPrinter.Format.TABLE,
            OptionalInt.of(24),
            List.of("n", "reason"),
            row(1L, "short"),
            row(2L, "long and longer and longest"));
    assertThat(text.lines())
        .containsExactly(
            "n  reason", "-  ---------------------", "1  short", "2  long and longer and …");
  }

  @Test
  void rowsBeyondTheMeasuredOnesAreNotLost() {
    List<List<Object>> rows = new ArrayList<>();
    for (long i = 0; i < 2500; i++) {
      rows.add(List.of(i));
    }
    StringWriter text = new StringWriter();
    long printed =
        new RowPrinter(RowPrinter.Format.TABLE, new PrintWriter(text), OptionalInt.empty())
            .print(new QueryResult(List.of("i"), rows.iterator()));
    assertThat(printed).isEqualTo(2500);
    assertThat(text.toString().lines()).hasSize(2502).endsWith("2499");
  }

  @Test
  void csvIsThatOfRfc4180() {
    assertThat(
            print(
                RowPrinter.Format.CSV,
                OptionalInt.of(10),
                List.of("a", "b,c"),
                row("say \"no\"", null),
                row("", "x\ny"),
                row(1L, 0.30000000000000004),
                row(true, new BigDecimal("1E+3")),
                row(List.of(1, 2), Map.of("k", "v"))))
        .isEqualTo(
            "a,\"b,c\"\r\n"
                + "\"say \"\"no\"\"\",\r\n"
                + "\"\",\"x\ny\"\r\n"
                + "1,0.30000000000000004\r\n"
                + "true,1000\r\n"
                + "\"[1,2]\",\"{\"\"k\"\":\"\"v\"\"}\"\r\n");
  }

  @Test
  void jsonIsAnArrayThatReadsBackAsTheRows() throws Exception {
    long seed = 99;
    Random random = new Random(seed);
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      rows.add(
          row(
              random.nextBoolean() ? null : random.nextGaussian(),
              random.nextLong(),
              random.nextBoolean(),
              "naïve \"quoted\"\n\t🙂 " + random.nextInt()));
    }
    StringWriter text = new StringWriter();
    new RowPrinter(RowPrinter.Format.JSON, new PrintWriter(text), OptionalInt.empty())
        .print(new QueryResult(List.of("d", "l", "b", "s"), rows.iterator()));
    JsonNode array = new ObjectMapper().readTree(text.toString());
    List<List<Object>> back = new ArrayList<>();
    for (JsonNode object : array) {
      back.add(
          row(
              object.get("d").isNull() ? null : object.get("d").doubleValue(),
              object.get("l").longValue(),
              object.get("b").booleanValue(),
              object.get("s").textValue()));
    }
    assertThat(back).as("seed %d", seed).isEqualTo(rows);
  }

  @Test
  void jsonNamesAreDistinctAndNothingIsAnEmptyArray() {
    assertThat(
            print(
                RowPrinter.Format.JSON,
                OptionalInt.empty(),
                List.of("x", "x", "x_2", "x"),
                row(1L, 2L, 3L, Double.POSITIVE_INFINITY)))
        .isEqualTo("[\n{\"x\":1,\"x_3\":2,\"x_2\":3,\"x_4\":\"Infinity\"}\n]\n");
    assertThat(print(RowPrinter.Format.JSON, OptionalInt.empty(), List.of("x"))).isEqualTo("[]\n");
  }

  @Test
  void aStatementWithoutColumnsPrintsNothing() {
    assertThat(print(RowPrinter.Format.JSON, OptionalInt.empty(), List.of())).isEmpty();
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  private static String print(
      RowPrinter.Format format, OptionalInt width, List<String> columns, List<?>... rows) {
    List<List<Object>> copies = new ArrayList<>();
    for (List<?> row : rows) {
      copies.add(new ArrayList<>(row));
    }
    StringWriter text = new StringWriter();
    new RowPrinter(format, new PrintWriter(text), width)
        .print(new QueryResult(columns, copies.iterator()));
    return text.toString();
  }
}
