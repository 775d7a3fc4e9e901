package org.saddlemap.space;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How enum constants and numbers are written in specs and tables, and read back. */
final class Names {
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

  /** Shortest text that reads back as the same double; whole numbers without a fraction. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
