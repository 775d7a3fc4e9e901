package org.saddlemap.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.saddlemap.layer.LayerContractTest.ROUNDING;
import static org.saddlemap.layer.LayerContractTest.ROWS;
import static org.saddlemap.layer.LayerContractTest.SEED;
import static org.saddlemap.layer.Passes.forward;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.layer.Planner.Purpose;

/**
 * Prediction, of every layer of {@link Samples}: by statistics that are frozen, and without chance.
 */
class LayerPredictionTest {
  @ParameterizedTest
  @MethodSource("org.saddlemap.layer.Samples#certain")
  void predictionIsTrainingsForward(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    for (int rows : new int[] {ROWS, 3}) {
      try (Driven training = Driven.float32(layer, ROWS, Purpose.TRAIN);
          Driven prediction = Driven.float32(layer, ROWS, Purpose.PREDICT);
          Driven trained = Driven.float64(layer, ROWS, Purpose.TRAIN);
          Driven predicted = Driven.float64(layer, ROWS, Purpose.PREDICT);
          Driven examined = Driven.float64(layer, ROWS, Purpose.EXAMINE)) {
        Point few = Numbers.rows(layer, p, 0, rows);
        for (Driven d : List.of(training, prediction, trained, predicted, examined)) {
          d.batch.rows(rows);
        }
        Numbers.assertBits(forward(prediction, few), forward(training, few), "y of PREDICT", layer);
        double[] y = forward(trained, few);
        Numbers.assertBits(forward(predicted, few), y, "y of PREDICT in float64", layer);
        Numbers.assertBits(forward(examined, few), y, "y of EXAMINE", layer);
      }
    }
  }

  /** Where nothing is drawn, layers with chance in them let everything through. */
  @ParameterizedTest
  @MethodSource("org.saddlemap.layer.Samples#all")
  void predictionIsWithoutChance(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    try (Driven prediction = Driven.float32(layer, ROWS, Purpose.PREDICT);
        Driven training = Driven.float32(layer, ROWS, Purpose.TRAIN)) {
      double[] y = forward(prediction, p);
      Numbers.assertBits(forward(prediction, p), y, "y of PREDICT, again", layer);
      Numbers.assertBits(
          training.forwardWithoutChance(p.x(), p.theta()), y, "y of TRAIN, nothing drawn", layer);
    }
  }

  @ParameterizedTest
  @MethodSource("org.saddlemap.layer.Samples#certain")
  void frozenStatisticsAreThoseOfTheLastPass(Layer layer) {
    Point p = Point.of(layer, ROWS, SEED);
    Point q = Point.of(layer, ROWS, SEED + 1);
    try (Driven d = Driven.float64(layer, ROWS, Purpose.PREDICT)) {
      double[] free = d.forward(q.x(), p.theta());
      double[] y = forward(d, p);
      d.frame.pass.frozen = true;
      Numbers.assertBits(forward(d, p), y, "y under its own statistics", layer);
      double[] all = d.forward(q.x(), p.theta());
      if (!Samples.couplesRows(layer)) {
        Numbers.assertBits(all, free, "y of a layer without statistics, frozen", layer);
      } else {
        assertThat(all)
            .as("y under others' statistics; %s", Numbers.where(layer, 0))
            .isNotEqualTo(free);
      }
      d.batch.rows(2);
      double[] two = d.forward(q.x(), p.theta());
      Numbers.assertClose(
          two, Arrays.copyOf(all, two.length), ROUNDING, "y of fewer rows, frozen", layer);
    }
  }
}
