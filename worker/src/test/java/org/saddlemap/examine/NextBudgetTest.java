package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.curvature.QuadraticSurface;
import org.saddlemap.train.Trajectory;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;

/** What stages of the next budget say of all of it. */
class NextBudgetTest {
  private static final int BUDGET = 1000;

  /** Full-batch steps after which so much was gained, of 1, at a share of the budget. */
  private static Trajectory gains(DoubleUnaryOperator gain, double oscillation) {
    int[] taken = {0};
    return new Trajectory(
        null,
        at(0),
        at(0),
        BUDGET,
        BUDGET,
        0.1,
        0.1,
        0,
        false,
        true,
        0,
        new double[0],
        Trajectory.Peak.NONE,
        oscillation,
        List.of(),
        List.of(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        steps -> {
          taken[0] += steps;
          return at(gain.applyAsDouble((double) taken[0] / BUDGET));
        });
  }

  /** Where the loss 1 + x² is so much below 2. */
  private static double[] at(double gain) {
    return new double[] {Math.sqrt(1 - gain)};
  }

  private static Evidence after(int stages, DoubleUnaryOperator gain) {
    NextBudget next =
        new NextBudget(
            gains(gain, 0),
            new QuadraticSurface(new double[] {2}),
            BUDGET,
            () -> {
              throw new AssertionError("these steps do not wobble");
            });
    Evidence.Builder e = new Evidence.Builder();
    for (int s = 0; s < stages; s++) {
      next.advance(e, 1);
    }
    return e.build();
  }

  /** Of steps that wobble: a mean over iterates of the end, as that before is. */
  @Test
  void whatComesInTheLastEighthIsSeenThroughNoise() {
    NextBudget next =
        new NextBudget(
            gains(t -> t < 0.87 ? 0 : 0.2, 0.5),
            new QuadraticSurface(new double[] {2}),
            BUDGET,
            () -> new double[] {2, 2, 2});
    Evidence.Builder e = new Evidence.Builder();
    for (int s = 0; s < 3; s++) {
      next.advance(e, 1);
    }
    assertThat(e.build().is(Measure.NEXT_COMPLETE)).isTrue();
    assertThat(e.build().get(Measure.NEXT_GAIN)).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void whatOverflowsGainsNothing() {
    Evidence e = after(1, t -> Double.NaN);
    assertThat(e.is(Measure.NEXT_COMPLETE)).isTrue();
    assertThat(e.get(Measure.NEXT_GAIN)).isZero();
    assertThat(e.get(Measure.NEXT_OUTLOOK)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void atAConstantPaceTheRestGainsInProportion() {
    Evidence e = after(2, t -> 4e-4 * t);
    assertThat(e.get(Measure.NEXT_STEPS)).isEqualTo(250);
    assertThat(e.get(Measure.NEXT_GAIN)).isCloseTo(1e-4, within(1e-12));
    assertThat(e.get(Measure.NEXT_OUTLOOK)).isCloseTo(4e-4, within(1e-10));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 1, 5, 12, 20})
  void onTheWayOutOfASaddleItGrowsExponentially(double rate) {
    DoubleUnaryOperator gain = t -> 0.5 * Math.expm1(rate * t) / Math.expm1(rate);
    assertThat(after(2, gain).get(Measure.NEXT_OUTLOOK)).isCloseTo(0.5, within(1e-4));
  }

  @Test
  void aPaceThatSlowsDownIsNoneToGoBy() {
    Evidence e = after(2, t -> 1e-3 * Math.sqrt(t));
    assertThat(e.get(Measure.NEXT_OUTLOOK)).isCloseTo(2e-3, within(1e-10));
  }

  @Test
  void whatRisesIsToldByItsSign() {
    assertThat(after(2, t -> -0.1 * t).get(Measure.NEXT_OUTLOOK)).isCloseTo(-0.1, within(1e-10));
  }

  @Test
  void whatBeginsLateIsNotForeseen() {
    assertThat(after(2, t -> t < 0.1 ? 0 : 1e-5).has(Measure.NEXT_OUTLOOK)).isFalse();
  }

  @Test
  void theFirstStageSaysNothingAndTheLastAll() {
    assertThat(after(1, t -> t * t / 10).has(Measure.NEXT_OUTLOOK)).isFalse();
    Evidence e = after(3, t -> t * t / 10);
    assertThat(e.is(Measure.NEXT_COMPLETE)).isTrue();
    assertThat(e.get(Measure.NEXT_OUTLOOK)).isCloseTo(0.1, within(1e-12));
    assertThat(e.get(Measure.NEXT_GAIN)).isCloseTo(0.1, within(1e-12));
  }
}
