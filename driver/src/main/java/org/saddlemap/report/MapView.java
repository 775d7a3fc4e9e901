package org.saddlemap.report;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Which axes a phase map shows at first: depth over learning rate where there are both, one map for
 * each initializer.
 *
 * @param x number of the axis across; empty where there is none
 * @param y number of the axis up
 * @param facet number of the axis with a small map for each of its values
 */
record MapView(OptionalInt x, OptionalInt y, OptionalInt facet) {
  /** More small maps than this are hard to compare. */
  private static final int MAX_FACETS = 12;

  static MapView of(List<MapAxis> axes) {
    OptionalInt x =
        choose(
            axes,
            List.of("learning_rate", "learning_rate_sharpness"),
            a -> !axes.get(a).key().equals("depth"));
    OptionalInt y = choose(axes, List.of("depth"), a -> !isAt(x, a));
    OptionalInt facet =
        choose(
            axes,
            List.of("sweep", "initializer"),
            a -> !isAt(x, a) && !isAt(y, a) && axes.get(a).size() <= MAX_FACETS);
    return new MapView(x, y, facet);
  }

  /** What the trials of one cell differ in, for people. */
  String dividers(List<MapAxis> axes, long replicates) {
    String others =
        IntStream.range(0, axes.size())
            .filter(a -> !isAt(x, a) && !isAt(y, a) && !isAt(facet, a))
            .mapToObj(a -> "%s (%d)".formatted(axes.get(a).key(), axes.get(a).size()))
            .collect(Collectors.joining(", "));
    if (others.isEmpty()) {
      return replicates > 1
          ? "The trials of a cell differ in their seed alone."
          : "A cell is one trial.";
    }
    return "The trials of a cell differ in %s%s."
        .formatted(others, replicates > 1 ? " and their seed" : "");
  }

  private static boolean isAt(OptionalInt place, int axis) {
    return place.isPresent() && place.getAsInt() == axis;
  }

  /** The first of the preferred axes, else an ordered one, else the longest. */
  private static OptionalInt choose(
      List<MapAxis> axes, List<String> preferred, IntPredicate allowed) {
    Comparator<Integer> byPreference =
        Comparator.comparing(
            a ->
                preferred.contains(axes.get(a).key())
                    ? preferred.indexOf(axes.get(a).key())
                    : preferred.size());
    return IntStream.range(0, axes.size())
        .filter(allowed)
        .boxed()
        .min(
            byPreference
                .thenComparing(a -> !axes.get(a).ordered())
                .thenComparing(a -> -axes.get(a).size()))
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  /** For the page, where −1 stands for none. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("x", x.orElse(-1));
    json.put("y", y.orElse(-1));
    json.put("facet", facet.orElse(-1));
    return json;
  }
}
