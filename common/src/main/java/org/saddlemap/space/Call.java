package org.saddlemap.space;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A value written as a name with numeric arguments, such as {@code normal(0.01)} or {@code zeros}.
 */
record Call(String name, List<Double> arguments) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([a-z_][a-z0-9_]*)\\s*(?:\\(([^()]*)\\))?\\s*");

  Call {
    arguments = List.copyOf(arguments);
  }

  /**
   * @throws IllegalArgumentException where the text is not of that form
   */
  static Call parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new IllegalArgumentException("is not of the form name or name(number, …)");
    }
    List<Double> arguments = new ArrayList<>();
    if (m.group(2) != null) {
      for (String part : m.group(2).split(",", -1)) {
        try {
          arguments.add(Names.parseNumber(part));
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException(
              "has an argument that is not a number: '" + part.strip() + "'", e);
        }
      }
    }
    return new Call(m.group(1), arguments);
  }

  static String text(String name, double... arguments) {
    if (arguments.length == 0) {
      return name;
    }
    return java.util.Arrays.stream(arguments)
        .mapToObj(Names::number)
        .collect(Collectors.joining(", ", name + "(", ")"));
  }

  /** The only argument. */
  double only() {
    expect(1);
    return arguments.get(0);
  }

  /** A value that takes no arguments. */
  <T> T without(T value) {
    expect(0);
    return value;
  }

  void expect(int count) {
    if (arguments.size() != count) {
      throw new IllegalArgumentException(
          "takes %d argument%s, not %d".formatted(count, count == 1 ? "" : "s", arguments.size()));
    }
  }
}
