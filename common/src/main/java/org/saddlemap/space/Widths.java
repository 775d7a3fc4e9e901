package org.saddlemap.space;

import java.util.List;

/** Units of the hidden layers, from the input. */
public sealed interface Widths extends Written {
  /** All forms, for messages. */
  String FORMS = "uniform, pyramid(last), list(units, …)";

  /** Units of each of so many hidden layers. */
  List<Integer> of(int depth, int width);

  /** {@code width} for all. */
  record Uniform() implements Widths {
    @Override
    public String text() {
      return "uniform";
    }

    @Override
    public List<Integer> of(int depth, int width) {
      return java.util.Collections.nCopies(depth, width);
    }
  }

  /**
   * From {@code width} at the first layer to {@code last} at the last, in equal ratios, rounded.
   */
  record Pyramid(int last) implements Widths {
    @Override
    public String text() {
      return Call.text("pyramid", last);
    }

    @Override
    public List<Integer> of(int depth, int width) {
      return java.util.stream.IntStream.range(0, depth)
          .mapToObj(
              l ->
                  depth == 1
                      ? width
                      : (int)
                          Math.max(
                              1,
                              Math.rint(
                                  width
                                      * StrictMath.pow((double) last / width, l / (depth - 1.0)))))
          .toList();
    }
  }

  /** One number a layer. */
  record Listed(List<Integer> units) implements Widths {
    public Listed {
      units = List.copyOf(units);
    }

    @Override
    public String text() {
      return Call.text("list", units.stream().mapToDouble(u -> u).toArray());
    }

    @Override
    public List<Integer> of(int depth, int width) {
      if (units.size() != depth) {
        throw new IllegalStateException(
            "Cannot give %d hidden layers the widths %s".formatted(depth, text()));
      }
      return units;
    }
  }

  /**
   * Reads one of {@link #FORMS}.
   *
   * @throws IllegalArgumentException with the reason, to be read after "widths 'text' "
   */
  static Widths parse(String text) {
    Call call = Call.parse(text);
    return switch (call.name()) {
      case "uniform" -> call.without(new Uniform());
      case "pyramid" -> new Pyramid(whole(call.only()));
      case "list" -> new Listed(call.arguments().stream().map(Widths::whole).toList());
      default -> throw new IllegalArgumentException("is not one of " + FORMS);
    };
  }

  private static int whole(double units) {
    if (!(units >= 1 && units <= 65_536 && units == Math.rint(units))) {
      throw new IllegalArgumentException(
          "has %s units in a layer; needs a whole number from 1 to 65536"
              .formatted(Names.number(units)));
    }
    return (int) units;
  }
}
