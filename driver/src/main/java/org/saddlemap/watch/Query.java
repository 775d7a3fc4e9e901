package org.saddlemap.watch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The numbers behind a {@code ?}; nothing else is read from there. */
final class Query {
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}");
  private static final int MAX_PARTS = 200;

  private final Map<String, String> values = new HashMap<>();

  /**
   * @param raw as it stands in the request, or null
   */
  Query(String raw) {
    if (raw != null) {
      for (String part : raw.split("&", MAX_PARTS)) {
        int at = part.indexOf('=');
        if (at > 0) {
          values.put(part.substring(0, at), part.substring(at + 1));
        }
      }
    }
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  /**
   * A whole number.
   *
   * @throws IllegalArgumentException where it is none
   */
  long number(String key) {
    return number(key, values.getOrDefault(key, ""));
  }

  private static long number(String key, String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(key + " needs a whole number");
    }
    return Long.parseLong(text);
  }

  /** The same, where it must fit an {@code int}. */
  int small(String key) {
    return small(key, values.getOrDefault(key, ""));
  }

  private static int small(String key, String text) {
    long number = number(key, text);
    if (number != (int) number) {
      throw new IllegalArgumentException(key + " is too large");
    }
    return (int) number;
  }

  /** Whole numbers, parted by dots; none where the value is empty. */
  List<Integer> list(String key) {
    String text = values.getOrDefault(key, "");
    List<Integer> numbers = new ArrayList<>();
    if (!text.isEmpty()) {
      for (String part : text.split("\\.", MAX_PARTS)) {
        numbers.add(small(key, part));
      }
    }
    return numbers;
  }
}
