package org.saddlemap.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Numbers in text, gzipped where the name ends in {@code .gz}.
 *
 * @param label {@code last}, {@code first}, a position from 0, or a name of the header
 * @param separator between cells; no part of a number, no quote, no blank
 * @param decimal {@code .} or {@code ,}; not the separator
 * @param missing what becomes of cells without a value
 */
public record CsvSource(
    String path, String label, Header header, char separator, char decimal, Missing missing)
    implements DataSource {
  /** Between cells, where a spec is silent. */
  public static final char SEPARATOR = ',';

  /** Between a number's whole part and its fraction, where a spec is silent. */
  public static final char DECIMAL = '.';

  static final SourceFormat FORMAT =
      new SourceFormat(
          "csv", List.of("label", "header", "separator", "decimal", "missing"), CsvSource::read);

  /** Characters that neither numbers nor names nor quoting need. */
  private static final String SEPARATORS = ",;|:!/\\&%$#@*^~=<>_";

  /** RFC 4180, and nothing is missing. */
  public CsvSource(String path, String label, Header header) {
    this(path, label, header, SEPARATOR, DECIMAL, Missing.REFUSE);
  }

  /** What becomes of cells without a value. */
  public enum Missing {
    /** They are an error. */
    REFUSE,
    /** A feature's becomes its mean over the training rows that have one; a label's is an error. */
    MEAN,
    /** Their rows are left out. */
    DROP
  }

  /** Whether a CSV file's first line holds names. */
  public enum Header {
    /**
     * It does where its feature cells are names, or its label cell is one and the next line's is a
     * number, or the label is given by name. A line of names and numbers is an error.
     */
    AUTO,
    YES,
    NO
  }

  @Override
  public Map<String, String> written() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("csv", EffectiveSpec.quoted(path));
    m.put("label", EffectiveSpec.scalar(label));
    m.put("header", EffectiveSpec.word(header));
    if (separator != SEPARATOR) {
      m.put("separator", EffectiveSpec.quoted(Character.toString(separator)));
    }
    if (decimal != DECIMAL) {
      m.put("decimal", EffectiveSpec.quoted(Character.toString(decimal)));
    }
    if (missing != Missing.REFUSE) {
      m.put("missing", EffectiveSpec.word(missing));
    }
    return m;
  }

  @Override
  public DataSource at(UnaryOperator<String> place) {
    return new CsvSource(place.apply(path), label, header, separator, decimal, missing);
  }

  private static CsvSource read(Value value, Section data) {
    String path = SourceFormat.path(value);
    char separator = data.find("separator").map(CsvSource::separator).orElse(SEPARATOR);
    char decimal = data.find("decimal").map(CsvSource::decimal).orElse(DECIMAL);
    if (decimal == separator) {
      throw data.require("decimal", "")
          .error("'%s' separates the cells already; say separator: ';' or tab".formatted(decimal));
    }
    return new CsvSource(
        path,
        SourceFormat.label(data),
        data.word("header", Header.class, Header.AUTO),
        separator,
        decimal,
        data.word("missing", Missing.class, Missing.REFUSE));
  }

  private static char separator(Value value) {
    String expected = "one character such as ';' or '^', or tab";
    String text = value.text(expected);
    if (text.equals("tab") || text.equals("\t")) {
      return '\t';
    }
    if (text.length() != 1 || !SEPARATORS.contains(text)) {
      throw value.error(
          "'%s' cannot separate cells; needs %s".formatted(Value.shown(text), expected));
    }
    return text.charAt(0);
  }

  private static char decimal(Value value) {
    String expected = "'.' or ','";
    String text = value.text(expected);
    if (!text.equals(".") && !text.equals(",")) {
      throw value.error(
          "'%s' is no decimal point; needs %s".formatted(Value.shown(text), expected));
    }
    return text.charAt(0);
  }
}
