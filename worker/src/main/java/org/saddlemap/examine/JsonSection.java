package org.saddlemap.examine;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.saddlemap.spec.InvalidInput;

/**
 * An object of a JSON file, read strictly, with where it stands. Specs have a reader of their own,
 * whose YAML is bounded to the size of a short text; the weights of a network may be millions of
 * numbers.
 *
 * @param where the file, and the way from its root, for messages
 */
record JsonSection(String where, JsonNode node) {
  /** Squares of larger weights overflow, and so do their norms. */
  private static final double LARGEST_WEIGHT = 1e100;

  /** How an element of a list is read. */
  interface Element {
    double read(String key, JsonNode value);
  }

  InvalidInput wrong(String key, String what) {
    return new InvalidInput(where + ": " + key + ": " + what);
  }

  void only(String... known) {
    List<String> keys = Arrays.asList(known);
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!keys.contains(name)) {
        throw wrong(name, "unknown key; known are " + String.join(", ", keys));
      }
    }
  }

  JsonNode need(String key) {
    JsonNode value = node.get(key);
    if (value == null || value.isNull()) {
      throw wrong(key, "is missing");
    }
    return value;
  }

  Optional<JsonNode> find(String key) {
    return Optional.ofNullable(node.get(key)).filter(n -> !n.isNull());
  }

  JsonSection section(String key) {
    JsonNode value = need(key);
    if (!value.isObject()) {
      throw wrong(key, "needs an object");
    }
    return new JsonSection(where + ": " + key, value);
  }

  String text(String key, JsonNode value) {
    if (!value.isTextual()) {
      throw wrong(key, "needs a text, got " + value);
    }
    return value.textValue();
  }

  double number(String key, JsonNode value) {
    if (!value.isNumber()) {
      throw wrong(key, "needs a number, got " + value);
    }
    if (!Double.isFinite(value.doubleValue())) {
      throw wrong(key, "needs a finite number, got " + value.asText());
    }
    return value.doubleValue();
  }

  /** A number, finite or not: training that diverged leaves weights that are not. */
  double weight(String key, JsonNode value) {
    if (value.isNumber()) {
      double weight = value.doubleValue();
      if (Double.isFinite(weight) && Math.abs(weight) > LARGEST_WEIGHT) {
        throw wrong(
            key,
            "needs a weight of at most %s in size, where squares can be summed, got %s"
                .formatted(LARGEST_WEIGHT, value.asText()));
      }
      return weight;
    }
    return switch (value.asText()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw wrong(key, "needs a number, NaN, Infinity or -Infinity, got " + value);
    };
  }

  int whole(String key, JsonNode value) {
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(key, "needs a whole number, got " + value);
    }
    return value.intValue();
  }

  boolean flag(String key, JsonNode value) {
    if (!value.isBoolean()) {
      throw wrong(key, "needs true or false, got " + value);
    }
    return value.booleanValue();
  }

  <E extends Enum<E>> E choice(String key, JsonNode value, Class<E> type) {
    String text = text(key, value);
    List<String> names = new ArrayList<>();
    for (E constant : type.getEnumConstants()) {
      names.add(constant.name().toLowerCase(Locale.ROOT));
      if (names.get(names.size() - 1).equals(text)) {
        return constant;
      }
    }
    throw wrong(key, "'" + text + "' is not one of " + String.join(", ", names));
  }

  /** Makes a value; adds the place to the error of its constructor or parser. */
  <T> T valid(String key, Supplier<T> make) {
    try {
      return make.get();
    } catch (IllegalArgumentException e) {
      throw new InvalidInput(where + ": " + key + ": " + e.getMessage(), e);
    }
  }

  double[] vector(String key, int length) {
    return vector(key, length, this::number);
  }

  double[] vector(String key, int length, Element element) {
    JsonNode list = need(key);
    if (!list.isArray() || (length >= 0 && list.size() != length)) {
      throw wrong(
          key,
          "needs a list of "
              + (length >= 0 ? length + " numbers" : "numbers")
              + (list.isArray() ? ", got " + list.size() : ""));
    }
    double[] values = new double[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = element.read(key + "[" + i + "]", list.get(i));
    }
    return values;
  }

  /** Row-major; {@code rows} < 0 for any number. */
  double[] matrix(String key, int rows, int columns) {
    return matrix(key, rows, columns, this::number);
  }

  double[] matrix(String key, int rows, int columns, Element element) {
    JsonNode list = need(key);
    if (!list.isArray() || (rows >= 0 && list.size() != rows) || list.isEmpty()) {
      throw wrong(
          key,
          "needs a list of "
              + (rows >= 0 ? rows + " rows" : "rows")
              + (list.isArray() ? ", got " + list.size() : ""));
    }
    double[] values = new double[Math.multiplyExact(list.size(), columns)];
    int k = 0;
    for (int i = 0; i < list.size(); i++) {
      JsonNode row = list.get(i);
      if (!row.isArray() || row.size() != columns) {
        throw wrong(key + "[" + i + "]", "needs " + columns + " numbers");
      }
      for (JsonNode value : row) {
        values[k++] = element.read(key + "[" + i + "]", value);
      }
    }
    return values;
  }
}
