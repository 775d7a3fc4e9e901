package org.saddlemap.space;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * How a hyperparameter's values are written.
 *
 * @param type of their column in the tables
 * @param parser of their stripped text, with the reason in its {@code IllegalArgumentException}, to
 *     be read after "key 'text' "
 * @param words that a value may start with
 */
record Form(ValueType type, Function<String, Object> parser, List<String> words) {
  Form {
    words = List.copyOf(words);
  }

  private Form(ValueType type, Function<String, Object> parser) {
    this(type, parser, List.of());
  }

  /** Whole numbers from min to max. */
  static Form whole(long min, long max) {
    return new Form(ValueType.LONG, t -> parseWhole(t, min, max));
  }

  /** Numbers from min to max. */
  static Form number(double min, double max) {
    return new Form(ValueType.DOUBLE, t -> parseNumber(t, min, max));
  }

  /** Such as an epsilon: else 0 is divided by 0 where a gradient has always been 0. */
  static Form positive() {
    return new Form(
        ValueType.DOUBLE,
        t -> {
          double value = parseNumber(t, 0, Double.MAX_VALUE);
          // Steps are taken in float32, in which smaller numbers are 0.
          if ((float) value == 0) {
            throw new IllegalArgumentException("is not above 0 in single precision");
          }
          return value;
        });
  }

  /** Such as a mean's decay: at 1 it ignores all gradients, and Adam divides by 0. */
  static Form belowOne() {
    return new Form(
        ValueType.DOUBLE,
        t -> {
          double value = parseNumber(t, 0, 1);
          if (value == 1) {
            throw new IllegalArgumentException("is not below 1");
          }
          return value;
        });
  }

  static Form ofRates() {
    return new Form(ValueType.DOUBLE, LearningRate::parse, List.of("sharpness"));
  }

  static Form flag() {
    return new Form(
        ValueType.BOOLEAN,
        t ->
            switch (t) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("is neither true nor false");
            },
        List.of("true", "false"));
  }

  /** The constants of an enumeration, in lower case. */
  static <E extends Enum<E>> Form oneOf(Class<E> type) {
    return new Form(
        ValueType.STRING,
        t ->
            Names.parse(type, t)
                .orElseThrow(
                    () -> new IllegalArgumentException("is not one of " + Names.choices(type))),
        Arrays.stream(type.getEnumConstants()).map(Names::text).toList());
  }

  /**
   * @param forms all of them, such as {@code constant, step(every, factor)}
   */
  static Form ofForms(String forms, Function<String, Object> parser) {
    return ofWords(parser, forms.replaceAll("\\([^)]*\\)", "").split(", "));
  }

  static Form ofWords(Function<String, Object> parser, String... words) {
    return new Form(ValueType.STRING, parser, List.of(words));
  }

  private static long parseWhole(String text, long min, long max) {
    try {
      // 4e3 and 4000.0 are whole numbers too, however YAML writes them.
      long value = new BigDecimal(text).longValueExact();
      if (value >= min && value <= max) {
        return value;
      }
      throw new ArithmeticException("out of range");
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "is not a whole number from %d to %d".formatted(min, max), e);
    }
  }

  private static double parseNumber(String text, double min, double max) {
    double value;
    try {
      value = Names.parseNumber(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is not a number", e);
    }
    if (Double.isInfinite(value)) {
      throw new IllegalArgumentException("is too large");
    }
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          max == Double.MAX_VALUE
              ? "is not at least " + Names.number(min)
              : "is not between %s and %s".formatted(Names.number(min), Names.number(max)));
    }
    return value;
  }
}
