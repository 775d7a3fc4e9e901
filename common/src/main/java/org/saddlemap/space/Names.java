package org.saddlemap.space;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** How enum constants and numbers are written in specs and tables, and read back. */
final class Names {
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d++(\\.\\d*+)?|\\.\\d++)([eE][+-]?\\d++)?");

  private Names() {}

  static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  static <E extends Enum<E>> Optional<E> parse(Class<E> type, String text) {
    return Arrays.stream(type.getEnumConstants()).filter(c -> text(c).equals(text)).findFirst();
  }

  static <E extends Enum<E>> String choices(Class<E> type) {
    return String.join(
        ", ", Arrays.stream(type.getEnumConstants()).map(Names::text).toArray(String[]::new));
  }

  /**
   * Reads a decimal number, as YAML, SQL and people write it.
   *
   * @throws NumberFormatException for anything else, such as Java's own {@code 1d}, {@code 0x1p3}
   *     and {@code NaN}
   */
  static double parseNumber(String text) {
    if (!DECIMAL.matcher(text.strip()).matches()) {
      throw new NumberFormatException("Not a decimal number: " + text);
    }
    // −0 + 0 = 0, so that equal numbers are equal values.
    return Double.parseDouble(text.strip()) + 0.0;
  }

  /** Shortest text that reads back as the same double; whole numbers without a fraction. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
