package org.saddlemap.report;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.saddlemap.spec.InvalidInput;

/**
 * What a picture of the phase map shows, and how.
 *
 * @param x key of the axis across, such as {@code learning_rate}; empty for the one that the page
 *     begins with
 * @param y of the axis up; {@link #NOTHING} for a map of one row
 * @param facet of the axis with a small map for each of its values; {@link #NOTHING} for one map
 * @param where a test in SQL on the columns of {@code trials}, which the trials shown pass
 * @param dark whether on a dark ground
 * @param vector whether it is SVG, not PNG
 */
public record MapPicture(
    Optional<String> x,
    Optional<String> y,
    Optional<String> facet,
    Optional<String> where,
    boolean dark,
    boolean vector) {
  /** No axis. */
  public static final String NOTHING = "nothing";

  /** As the page begins, light, as a PNG. */
  public static final MapPicture DEFAULT =
      new MapPicture(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false, false);

  /** Whether a file of that name is to be SVG. */
  public static boolean isVector(String file) {
    return file.toLowerCase(Locale.ROOT).endsWith(".svg");
  }

  /**
   * The axes to show: those that are asked for, and of the others those that the page begins with.
   *
   * @throws InvalidInput where one is no axis of the map, or two are the same
   */
  MapView view(List<MapAxis> axes) {
    MapView usual = MapView.of(axes);
    OptionalInt across = chosen(axes, x, "--map-x");
    OptionalInt up = chosen(axes, y, "--map-y");
    OptionalInt each = chosen(axes, facet, "--map-facet");
    List<OptionalInt> asked = Stream.of(across, up, each).filter(OptionalInt::isPresent).toList();
    if (Set.copyOf(asked).size() < asked.size()) {
      throw new InvalidInput("--map-x, --map-y and --map-facet need different hyperparameters");
    }
    return new MapView(
        x.isPresent() ? across : unless(asked, usual.x()),
        y.isPresent() ? up : unless(asked, usual.y()),
        facet.isPresent() ? each : unless(asked, usual.facet()));
  }

  private static OptionalInt unless(List<OptionalInt> asked, OptionalInt usual) {
    return asked.contains(usual) ? OptionalInt.empty() : usual;
  }

  private static OptionalInt chosen(List<MapAxis> axes, Optional<String> key, String option) {
    if (key.isEmpty() || key.get().equals(NOTHING)) {
      return OptionalInt.empty();
    }
    List<String> keys = axes.stream().map(MapAxis::key).toList();
    int at = keys.indexOf(key.get());
    if (at < 0) {
      throw new InvalidInput(
          "%s: '%s' is not varied by the trials shown; needs one of %s, or %s"
              .formatted(option, key.get(), String.join(", ", keys), NOTHING));
    }
    return OptionalInt.of(at);
  }
}
