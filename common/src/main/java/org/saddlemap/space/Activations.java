package org.saddlemap.space;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Functions of the hidden layers, from the input.
 *
 * @param each one a layer; empty where {@code activation} is that of all
 */
public record Activations(List<Activation> each) implements Written {
  /** {@code activation} for all. */
  public static final Activations UNIFORM = new Activations(List.of());

  /** All forms, for messages. */
  public static final String FORMS = "uniform, list(activation, …)";

  public Activations {
    each = List.copyOf(each);
  }

  /** Of each of so many hidden layers. */
  public List<Activation> of(int depth, Activation activation) {
    if (each.isEmpty()) {
      return Collections.nCopies(depth, activation);
    }
    if (each.size() != depth) {
      throw new IllegalStateException(
          "Cannot give %d hidden layers the activations %s".formatted(depth, text()));
    }
    return each;
  }

  @Override
  public String text() {
    return each.isEmpty()
        ? "uniform"
        : each.stream().map(Activation::text).collect(joining(", ", "list(", ")"));
  }

  /**
   * Reads one of {@link #FORMS}.
   *
   * @throws IllegalArgumentException with the reason, to be read after "activations 'text' "
   */
  static Activations parse(String text) {
    if (text.equals("uniform")) {
      return UNIFORM;
    }
    if (!text.startsWith("list(") || !text.endsWith(")")) {
      throw new IllegalArgumentException("is not one of " + FORMS);
    }
    return new Activations(
        Arrays.stream(text.substring(5, text.length() - 1).split(",", -1))
            .map(
                name ->
                    Names.parse(Activation.class, name.strip())
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "has '%s', which is not one of %s"
                                        .formatted(name.strip(), Names.choices(Activation.class)))))
            .toList());
  }
}
