package org.saddlemap.data;

import com.univocity.parsers.common.TextParsingException;
import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import com.univocity.parsers.csv.UnescapedQuoteHandling;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.saddlemap.spec.CsvSource;
import org.saddlemap.spec.CsvSource.Header;
import org.saddlemap.spec.CsvSource.Missing;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;

/**
 * Reads a table of numbers in one pass. RFC 4180 with spaces around cells trimmed and blank lines
 * skipped; UTF-8; gzip is recognised by its first bytes.
 */
public final class CsvReader {
  private static final int MAX_COLUMNS = 1 << 17;
  private static final int MAX_CELL = 1 << 12;

  private final String origin;
  private final CsvSource format;
  private final Task task;
  private final long limit;
  private final CsvParser parser;

  private CsvReader(CsvSource format, Task task, OptionalLong limit) {
    this.origin = format.path();
    this.format = format;
    this.task = task;
    this.limit = limit.orElse(Long.MAX_VALUE);
    CsvParserSettings settings = new CsvParserSettings();
    settings.setLineSeparatorDetectionEnabled(true);
    settings.getFormat().setDelimiter(format.separator());
    settings.getFormat().setComment('\0');
    settings.setSkipEmptyLines(false); // so that lines can be counted
    settings.setReadInputOnSeparateThread(false);
    settings.setNullValue("");
    settings.setEmptyValue("");
    settings.setMaxColumns(MAX_COLUMNS);
    settings.setMaxCharsPerColumn(MAX_CELL);
    settings.setUnescapedQuoteHandling(UnescapedQuoteHandling.RAISE_ERROR);
    settings.setErrorContentLength(0);
    this.parser = new CsvParser(settings);
  }

  /**
   * Reads at most {@code limit} rows.
   *
   * @param in the file's bytes; closed by the caller
   * @throws InvalidInput where the file is not a table of numbers with a label
   */
  public static RawTable read(InputStream in, CsvSource format, Task task, OptionalLong limit) {
    CsvReader reader = new CsvReader(format, task, limit);
    try {
      reader.parser.beginParsing(Gunzip.open(in), StandardCharsets.UTF_8);
      return reader.read();
    } catch (IOException e) {
      throw Gunzip.failure(format.path(), e);
    } catch (TextParsingException | IllegalStateException e) {
      throw reader.failure(e);
    }
  }

  /** A line that is not blank; its number counts from 1. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Line(long number, String[] cells) {}

  private Line next() {
    while (true) {
      long number = parser.getContext().currentLine() + 1;
      String[] cells = parser.parseNext();
      if (cells == null) {
        return null;
      }
      if (cells.length > 1 || !cells[0].isEmpty()) {
        return new Line(number, cells);
      }
    }
  }

  private RawTable read() {
    Line first = next();
    if (first == null) {
      throw new InvalidInput("%s is empty".formatted(origin));
    }
    int columns = first.cells.length;
    if (columns < 2) {
      throw new InvalidInput(
          ("%s, line %d has one cell (\"%s\"); a table needs a feature and a label or more,"
                  + " separated by %s%s")
              .formatted(
                  origin,
                  first.number,
                  Cell.shortened(first.cells[0]),
                  shown(format.separator()),
                  otherSeparator(first.cells[0])));
    }
    Line second = next();
    boolean named = hasHeader(first, second);
    List<String> header = named ? List.of(first.cells) : List.of();
    ColumnNames names =
        new ColumnNames(header, LabelColumn.find(origin, format.label(), header, columns));
    if (named && second == null) {
      throw new InvalidInput("%s has a header and no rows".formatted(origin));
    }
    RawTableBuilder table = new RawTableBuilder(origin, columns - 1, task);
    if (format.missing() == Missing.MEAN) {
      table.incomplete();
    }
    double[] features = new double[columns - 1];
    if (!named && limit > 0) {
      add(first, first, names, features, table);
    }
    for (Line line = second; line != null && table.rows() < limit; line = next()) {
      add(line, first, names, features, table);
    }
    if (table.rows() == 0 && limit > 0) {
      throw new InvalidInput(
          "%s: no row is left, for a value is missing in each; say missing: mean"
              .formatted(origin));
    }
    return table.build();
  }

  private static String shown(char separator) {
    return switch (separator) {
      case ',' -> "commas";
      case '\t' -> "tabs";
      default -> "'" + separator + "'";
    };
  }

  /** What else the cells of a line may have been separated by, as advice. */
  private String otherSeparator(String line) {
    return Stream.of(";", "\t", "|", ",")
        .filter(s -> s.charAt(0) != format.separator() && line.contains(s))
        .findFirst()
        .map(s -> "; say separator: " + (s.equals("\t") ? "tab" : "'" + s + "'"))
        .orElse("");
  }

  private void add(
      Line line, Line first, ColumnNames names, double[] features, RawTableBuilder table) {
    String[] cells = line.cells;
    if (cells.length != first.cells.length) {
      throw new InvalidInput(
          "%s, line %d has %d cells, but line %d has %d"
              .formatted(origin, line.number, cells.length, first.number, first.cells.length));
    }
    for (int j = 0; j < features.length; j++) {
      String cell = cells[names.source(j)];
      features[j] = parse(cell);
      if (!Double.isNaN(features[j])) {
        continue;
      }
      boolean missing = Cell.isMissing(cell) || Cell.isNaN(cell);
      if (missing && format.missing() == Missing.DROP) {
        return;
      }
      if (!missing || format.missing() == Missing.REFUSE) {
        throw new InvalidInput(
            "%s, line %d, %s %s; %s"
                .formatted(origin, line.number, names.of(j), problem(cell), remedy(cell, missing)));
      }
    }
    String label = cells[names.label()];
    if (format.missing() == Missing.DROP && isMissingLabel(label)) {
      return;
    }
    if (hasPoint(label) && task == Task.REGRESSION) {
      throw new InvalidInput(
          "%s, line %d: the label %s; %s"
              .formatted(origin, line.number, problem(label), remedy(label, false)));
    }
    table.add(
        features,
        Double.isNaN(parse(label)) ? label : label.replace(format.decimal(), '.'),
        "line " + line.number,
        names);
  }

  /** {@link Cell#parse} in the file's own notation. */
  private double parse(String cell) {
    return hasPoint(cell) ? Double.NaN : Cell.parse(cell.replace(format.decimal(), '.'));
  }

  /** Whether a decimal comma is said and a point found, which may separate thousands. */
  private boolean hasPoint(String cell) {
    return format.decimal() != '.' && cell.indexOf('.') >= 0;
  }

  private boolean isName(String cell) {
    return Double.isNaN(parse(cell)) && !Cell.isNumber(cell) && Cell.isName(cell);
  }

  /** A class may be called none or NA; a number may not. */
  private boolean isMissingLabel(String label) {
    return label.isEmpty()
        || Cell.isNaN(label)
        || (task == Task.REGRESSION && Cell.isMissing(label));
  }

  private String problem(String cell) {
    return hasPoint(cell) && Cell.isNumber(cell)
        ? "has a decimal point (\"%s\")".formatted(Cell.shortened(cell))
        : Cell.problem(cell);
  }

  private String remedy(String cell, boolean missing) {
    if (missing) {
      return "say missing: mean or missing: drop, or fill it in";
    }
    if (hasPoint(cell) && Cell.isNumber(cell)) {
      return "the spec says decimal: ','";
    }
    return format.decimal() == '.' && Cell.isNumber(cell.replace(',', '.'))
        ? "if that is a decimal comma, say decimal: ','"
        : "every feature must be a number";
  }

  /** {@link Header#AUTO}'s rule, where the spec leaves it open. */
  private boolean hasHeader(Line first, Line second) {
    if (format.header() != Header.AUTO) {
      return format.header() == Header.YES;
    }
    if (LabelColumn.isName(format.label())) {
      return true;
    }
    int label = LabelColumn.find(origin, format.label(), List.of(), first.cells.length);
    int names = 0;
    int numbers = 0;
    for (int j = 0; j < first.cells.length; j++) {
      if (j != label) {
        names += isName(first.cells[j]) ? 1 : 0;
        numbers += Double.isNaN(parse(first.cells[j])) ? 0 : 1;
      }
    }
    if (names > 0 && numbers > 0) {
      throw new InvalidInput(
          ("%s, line %d holds names and numbers, so it may be a header or a faulty row; say"
                  + " header: yes or header: no")
              .formatted(origin, first.number));
    }
    // Class names look like a header's cells; the next line tells.
    return names > 0
        || (isName(first.cells[label])
            && second != null
            && second.cells.length > label
            && !Double.isNaN(parse(second.cells[label])));
  }

  private InvalidInput failure(RuntimeException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException io) {
        return Gunzip.failure(origin, io);
      }
    }
    return new InvalidInput(
        ("%s, line %d is not CSV: a quote is not closed or not doubled, a cell is longer than %d"
                + " characters, or there are more than %d columns")
            .formatted(origin, parser.getContext().currentLine() + 1, MAX_CELL, MAX_COLUMNS),
        e);
  }
}
