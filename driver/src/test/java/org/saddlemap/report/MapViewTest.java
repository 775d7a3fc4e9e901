package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;

/** Which axes a phase map shows at first. */
class MapViewTest {
  private static MapAxis axis(String key, boolean ordered, int size) {
    List<String> values = Collections.nCopies(size, "v");
    return new MapAxis(key, ordered, values, values, functions.lit(0));
  }

  private static List<Integer> chosen(MapAxis... axes) {
    MapView view = MapView.of(List.of(axes));
    return List.of(view.x().orElse(-1), view.y().orElse(-1), view.facet().orElse(-1));
  }

  @Test
  void depthOverLearningRateForEachInitializer() {
    assertThat(
            chosen(
                axis("width", true, 9),
                axis("depth", true, 3),
                axis("initializer", false, 12),
                axis("learning_rate", true, 2)))
        .containsExactly(3, 1, 2);
  }

  @Test
  void sweepsThatAreComparedHaveAMapEach() {
    assertThat(
            chosen(
                axis("sweep", false, 2),
                axis("initializer", false, 3),
                axis("learning_rate", true, 5),
                axis("depth", true, 5)))
        .containsExactly(2, 3, 0);
  }

  @Test
  void otherAxesByOrderAndThenByLength() {
    assertThat(
            chosen(
                axis("activation", false, 30),
                axis("width", true, 3),
                axis("batch_size", true, 4),
                axis("loss", false, 2)))
        .containsExactly(2, 1, 3);
  }

  @Test
  void depthAloneGoesUp() {
    assertThat(chosen(axis("depth", true, 4))).containsExactly(-1, 0, -1);
  }

  @Test
  void aLongAxisMakesNoSmallMaps() {
    assertThat(
            chosen(
                axis("learning_rate", true, 2),
                axis("depth", true, 2),
                axis("initializer", false, 13)))
        .containsExactly(0, 1, -1);
  }

  @Test
  void aSweepThatVariesNothingHasNoAxes() {
    assertThat(MapView.of(List.of()))
        .isEqualTo(new MapView(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.empty()));
  }
}
