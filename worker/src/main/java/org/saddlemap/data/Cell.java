package org.saddlemap.data;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What the text of one cell means. */
final class Cell {
  private static final Set<String> NOT_FINITE = Set.of("nan", "inf", "infinity");
  private static final Set<String> MISSING = Set.of("", "?", "na", "n/a", "null", "none");

  private Cell() {}

  /**
   * The number that a cell holds in decimal notation, or NaN where it holds none. May be infinite
   * where it is out of a double's range.
   */
  static double parse(String cell) {
    if (cell.isEmpty()) {
      return Double.NaN;
    }
    // Java also takes 1d, 0x1p3, NaN and Infinity for numbers; tables do not.
    char last = cell.charAt(cell.length() - 1);
    boolean decimal = (last >= '0' && last <= '9') || last == '.';
    if (!decimal || cell.indexOf('x') >= 0 || cell.indexOf('X') >= 0) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  static boolean isNumber(String cell) {
    return !Double.isNaN(parse(cell));
  }

  /** Neither a number nor one of the words for a missing or non-finite one. */
  static boolean isName(String cell) {
    return !isNumber(cell) && !isNotFinite(cell) && !isMissing(cell);
  }

  static boolean isNotFinite(String cell) {
    String word = cell.toLowerCase(Locale.ROOT);
    return NOT_FINITE.contains(
        word.startsWith("-") || word.startsWith("+") ? word.substring(1) : word);
  }

  static boolean isNaN(String cell) {
    return cell.equalsIgnoreCase("nan");
  }

  /** Empty, or one of the words that tables have for no value. */
  static boolean isMissing(String cell) {
    return MISSING.contains(cell.toLowerCase(Locale.ROOT));
  }

  /** Why a cell is not a number. */
  static String problem(String cell) {
    if (cell.isEmpty()) {
      return "is missing";
    }
    if (isMissing(cell)) {
      return "is missing (\"%s\")".formatted(cell);
    }
    return isNotFinite(cell)
        ? "is not finite (\"%s\")".formatted(cell)
        : "is not a number (\"%s\")".formatted(shortened(cell));
  }

  /** Why a number cannot be used. */
  static Optional<String> problem(double value) {
    if (Math.abs(value) <= Float.MAX_VALUE) {
      return Optional.empty();
    }
    return Optional.of(
        Double.isNaN(value) || Double.isInfinite(value)
            ? "the number is not finite (%s)".formatted(value)
            : "%s is too large; training runs in 32-bit floats, up to 3.4e38".formatted(value));
  }

  /** One spelling for each number, so that 1 and 1.0 are one class; other text as it is. */
  static String canonical(String cell) {
    double value = parse(cell);
    if (Double.isNaN(value)) {
      return cell;
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  static String shortened(String cell) {
    return cell.length() <= 40 ? cell : cell.substring(0, 40) + "…";
  }
}
