package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;

/** What is measured of every trial, before anything is asked. */
class FirstLookTest {
  private static Evidence look(Activation output, double l2, double[] weights, Training training) {
    Network net = Network.of(List.of(1, 1), Activation.IDENTITY, output, Loss.MSE, false);
    Case c =
        new Case(
            "linear",
            Optional.empty(),
            Optional.empty(),
            new Case.Trained(
                net, new double[] {10, 20, 30}, new double[] {3, 1, 2}, 3, l2, weights),
            training);
    return new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER).evidence();
  }

  private static Training steps(int steps, double rate) {
    return Training.plain(steps, rate, new BatchSize.Full(), new Clipping.None(), 0);
  }

  @Test
  void inputsTargetsAndOutputsAreNamed() {
    Evidence e = look(Activation.RELU, 0, new double[] {0.1}, Training.NONE);
    assertThat(e.get(Measure.INPUT_MEAN_MAX)).isCloseTo(20, within(1e-12));
    assertThat(e.get(Measure.INPUT_RMS_MAX)).isCloseTo(Math.sqrt(1400 / 3.0), within(1e-12));
    assertThat(e.get(Measure.TARGET_MIN)).isEqualTo(1);
    assertThat(e.get(Measure.TARGET_MAX)).isEqualTo(3);
    assertThat(e.get(Measure.OUTPUT_MIN)).isZero();
    assertThat(e.has(Measure.OUTPUT_MAX)).isFalse();
    assertThat(e.get(Measure.OUT_OF_REACH)).isZero();
    assertThat(e.get(Measure.F_REACH)).isEqualTo(e.get(Measure.F_LB));
  }

  @Test
  void thePenaltysShareIsThatOfTheObjective() {
    Evidence e = look(Activation.IDENTITY, 2, new double[] {0.5}, Training.NONE);
    double fit = (4 + 81 + 169) / 6.0;
    assertThat(e.get(Measure.LOSS)).isCloseTo(fit + 0.25, within(1e-12));
    assertThat(e.get(Measure.PENALTY_SHARE)).isCloseTo(0.25 / (fit + 0.25), within(1e-12));
    assertThat(look(Activation.IDENTITY, 0, new double[] {0.5}, Training.NONE))
        .satisfies(plain -> assertThat(plain.get(Measure.PENALTY_SHARE)).isZero());
  }

  /** Rates beyond 2/λmax multiply the distance each time, until nothing is finite. */
  @Test
  void thePeakIsTheLastFiniteLossOfAnExplosion() {
    Evidence e = look(Activation.IDENTITY, 0, new double[] {0.1}, steps(4000, 1));
    assertThat(e.is(Measure.NONFINITE)).isTrue();
    assertThat(e.get(Measure.PEAK)).isGreaterThan(1e300);
    assertThat(e.get(Measure.PEAK_STEP)).isEqualTo(e.get(Measure.FIRST_NONFINITE_STEP) - 1);
  }

  @Test
  void aDescentPeaksWhereItStarts() {
    Evidence e = look(Activation.IDENTITY, 0, new double[] {-5}, steps(50, 1e-4));
    assertThat(e.get(Measure.PEAK)).isEqualTo(1);
    assertThat(e.get(Measure.PEAK_STEP)).isZero();
  }
}
