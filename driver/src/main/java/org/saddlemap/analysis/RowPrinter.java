package org.saddlemap.analysis;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jline.utils.WCWidth;

/**
 * Prints the rows of a query while they are read.
 *
 * <ul>
 *   <li>table: aligned by the first 1000 rows, numbers to the right with six digits, NULL spelled
 *       out
 *   <li>json: an array with one object a line; numbers that JSON lacks are the strings "NaN",
 *       "Infinity", "-Infinity"
 *   <li>csv: RFC 4180 with a header; NULL is nothing, the empty string is {@code ""}; lists and
 *       structs are JSON
 * </ul>
 */
public final class RowPrinter {
  /** How rows are written. */
  public enum Format {
    TABLE,
    JSON,
    CSV
  }

  private static final int MEASURED_ROWS = 1000;
  private static final int MIN_COLUMNS = 6;
  private static final String GAP = "  ";
  private static final SignificantDigits DIGITS = new SignificantDigits(6, 1e-4, 1e9, "e%+03d");
  private static final ObjectMapper JSON_TEXT =
      JsonMapper.builder().enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  private final Format format;
  private final PrintWriter out;
  private final OptionalInt width;

  /**
   * A printer for any number of results.
   *
   * @param width of the terminal, to which a table is cut; empty where there is none
   */
  public RowPrinter(Format format, PrintWriter out, OptionalInt width) {
    this.format = format;
    this.out = out;
    this.width = width;
  }

  /**
   * Prints all rows; fewer where the reader of the output goes away, as {@code head} does.
   *
   * @return how many were printed
   */
  public long print(QueryResult result) {
    if (result.columns().isEmpty()) {
      return 0;
    }
    long rows =
        switch (format) {
          case TABLE -> table(result);
          case JSON -> json(result);
          case CSV -> csv(result);
        };
    out.flush();
    return rows;
  }

  /**
   * Whether there is another row to print, and somebody who reads it. The output is asked for an
   * error every 256 rows only, since asking flushes it.
   */
  private boolean goesOn(QueryResult result, long rows) {
    return result.rows().hasNext() && !(rows % 256 == 255 && out.checkError());
  }

  private long json(QueryResult result) {
    List<String> names = distinct(result.columns());
    long rows = 0;
    while (goesOn(result, rows)) {
      List<Object> row = result.rows().next();
      Map<String, Object> object = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        object.put(names.get(i), row.get(i));
      }
      out.print(rows == 0 ? "[\n" : ",\n");
      out.print(jsonText(object));
      rows++;
    }
    out.print(rows == 0 ? "[]\n" : "\n]\n");
    return rows;
  }

  /** Renames a second {@code x} to {@code x_2}, since an object of JSON holds a name only once. */
  private static List<String> distinct(List<String> names) {
    Set<String> taken = new HashSet<>(names);
    Set<String> seen = new HashSet<>();
    List<String> distinct = new ArrayList<>();
    for (String name : names) {
      String free = name;
      if (!seen.add(name)) {
        int i = 2;
        while (!taken.add(name + "_" + i)) {
          i++;
        }
        free = name + "_" + i;
      }
      distinct.add(free);
    }
    return distinct;
  }

  private long csv(QueryResult result) {
    csvLine(result.columns());
    long rows = 0;
    while (goesOn(result, rows)) {
      csvLine(result.rows().next());
      rows++;
    }
    return rows;
  }

  private void csvLine(List<?> values) {
    out.print(values.stream().map(RowPrinter::csvField).collect(Collectors.joining(",")));
    out.print("\r\n");
  }

  private static String csvField(Object value) {
    if (value == null) {
      return "";
    }
    String text = text(value);
    boolean quoted =
        text.isEmpty()
            || text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return quoted ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }

  private long table(QueryResult result) {
    List<List<Object>> measured = new ArrayList<>();
    while (result.rows().hasNext() && measured.size() < MEASURED_ROWS) {
      measured.add(result.rows().next());
    }
    int[] widths = widths(result.columns(), measured);
    boolean[] right = new boolean[widths.length];
    for (int i = 0; i < right.length; i++) {
      int column = i;
      right[i] =
          measured.stream().anyMatch(r -> r.get(column) instanceof Number)
              && measured.stream()
                  .allMatch(r -> r.get(column) == null || r.get(column) instanceof Number);
    }
    line(result.columns(), widths, right);
    line(Arrays.stream(widths).mapToObj("-"::repeat).toList(), widths, right);
    measured.forEach(row -> line(row, widths, right));
    long rows = measured.size();
    while (goesOn(result, rows)) {
      line(result.rows().next(), widths, right);
      rows++;
    }
    return rows;
  }

  /**
   * The width of each column: that of its widest cell. On a terminal the widest columns are cut
   * until a line fits.
   */
  private int[] widths(List<String> columns, List<List<Object>> rows) {
    int[] widths = columns.stream().mapToInt(c -> columns(cell(c))).toArray();
    for (List<Object> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], columns(cell(row.get(i))));
      }
    }
    if (width.isPresent()) {
      int excess =
          Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - width.getAsInt();
      for (; excess > 0; excess--) {
        int widest = 0;
        for (int i = 1; i < widths.length; i++) {
          if (widths[i] > widths[widest]) {
            widest = i;
          }
        }
        if (widths[widest] <= MIN_COLUMNS) {
          break; // too many columns: the terminal wraps
        }
        widths[widest]--;
      }
    }
    return widths;
  }

  private void line(List<?> values, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String whole = cell(values.get(i));
      String cell = width.isPresent() ? cut(whole, widths[i]) : whole;
      String padding = " ".repeat(Math.max(0, widths[i] - columns(cell)));
      line.append(i == 0 ? "" : GAP).append(right[i] ? padding + cell : cell + padding);
    }
    out.println(line.toString().stripTrailing());
  }

  private static String cut(String cell, int width) {
    if (columns(cell) <= width) {
      return cell;
    }
    StringBuilder kept = new StringBuilder();
    int used = 1; // the ellipsis
    for (int c : cell.codePoints().toArray()) {
      used += Math.max(0, WCWidth.wcwidth(c));
      if (used > width) {
        break;
      }
      kept.appendCodePoint(c);
    }
    return kept.append('…').toString();
  }

  /** Columns of a terminal that the text takes. */
  private static int columns(String text) {
    return text.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
  }

  /** The text of a value in a table, on one line; what could steer a terminal is shown as �. */
  private static String cell(Object value) {
    if (value == null) {
      return "NULL";
    }
    String text = value instanceof Double d ? sixDigits(d) : text(value);
    return text.replaceAll("\r\n|[\r\n]", "↵").replace('\t', ' ').replaceAll("\\p{Cntrl}", "�");
  }

  private static String sixDigits(double value) {
    return Double.isFinite(value) ? DIGITS.text(value) : Double.toString(value);
  }

  private static String text(Object value) {
    if (value instanceof BigDecimal d) {
      return d.toPlainString();
    }
    return value instanceof Map || value instanceof Collection ? jsonText(value) : value.toString();
  }

  private static String jsonText(Object value) {
    try {
      return JSON_TEXT.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write as JSON: " + value, e);
    }
  }
}
