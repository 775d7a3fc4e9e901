package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.saddlemap.examine.NetworkCases.net;
import static org.saddlemap.examine.NetworkCases.network;
import static org.saddlemap.examine.QuadraticCases.steps;

import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Measure;

/** Points whose category follows from a short proof, given with each. */
class OwnCasesTest {
  @Test
  void aRelu6LayerStuckAboveSixIsDead() {
    Case c = cases().filter(k -> k.name().equals("relu6 stuck above 6")).findFirst().orElseThrow();
    Examination x = new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER);
    assertThat(x.verdict().subCategory()).isEqualTo("dead");
    assertThat(x.evidence().get(Measure.DEAD_LAYER)).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void categoryIsTheProvenOne(Case c) {
    Examination x = new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER);
    assertThat(x.verdict().category())
        .as("%s: %s; judged %s by %s", c.name(), c.why(), x.verdict(), x.evidence())
        .isEqualTo(c.expected());
  }

  /** What the promise says of rates: whether the trial's own steps go on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schedule that ended on a slope                 | rate-limited     | SCHEDULE_ENDED",
        "schedule that ended in the valley              | local            | MODEL",
        "schedule that ended on the way out of a saddle | strict           | SADDLE",
        "constant rate on the way out of a saddle       | leaving a saddle | BUDGET",
        "schedule that falls too fast                   | rate-limited     | RATE_TOO_SMALL",
        "schedule that never ends                       | in progress      | BUDGET",
      })
  void subCategoryAndCauseAreTheSchedules(String name, String subCategory, Cause cause) {
    Case c = cases().filter(k -> k.name().equals(name)).findFirst().orElseThrow();
    Examination x = new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER);
    assertThat(x.verdict().subCategory()).as(x.toString()).isEqualTo(subCategory);
    assertThat(x.verdict().cause()).as(x.toString()).contains(cause);
  }

  @Test
  void labelsThatLeaveNothingToLearnHaveNoCategory() {
    Case c =
        network(
            "one input",
            null,
            "identical inputs must share one output",
            net(Activation.IDENTITY, Loss.MSE, true, 1, 1),
            new double[] {1, 1},
            new double[] {0, 1},
            new double[2],
            Training.NONE);
    Examination x = new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER);
    assertThat(x.verdict().category()).isEmpty();
    assertThat(x.verdict().subCategory()).isEqualTo("no loss range");
  }

  /** What brought them where they are was not seen, so no budget and no step is to blame. */
  @Test
  void weightsFromElsewhereAreNotBlamedForStepsThatNobodySaw() {
    Case c =
        network(
            "half-way down",
            Category.DESCENDING,
            "f = (w - 1)^2 / 2 at w = 0.5, where steps of 0.01 halve the distance in 69",
            net(Activation.IDENTITY, Loss.MSE, false, 1, 1),
            new double[] {1, -1},
            new double[] {1, -1},
            new double[] {0.5},
            steps(0, 0.01));
    var verdict = new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER).verdict();
    assertThat(verdict.category()).contains(Category.DESCENDING);
    assertThat(verdict.cause()).contains(Cause.BUDGET);
    assertThat(verdict.reason())
        .startsWith("It is on its way down: the loss falls along the gradient, and a budget of");
    Case vanished =
        network(
            "faint",
            Category.PLATEAU,
            "the signal shrinks by 10^-3 in each of three layers",
            net(Activation.TANH, Loss.MSE, false, 1, 1, 1, 1),
            new double[] {1, -1},
            new double[] {1, -1},
            new double[] {1e-3, 1e-3, 1e-3},
            Training.NONE);
    var faint = new CaseJudge(ExaminationSpec.DEFAULT).judge(vanished, Interruption.NEVER);
    assertThat(faint.verdict().reason()).startsWith("The weights shrink the signal");
  }

  @Test
  void exactSpectrumOfTheProductAtTheOrigin() {
    Case c =
        cases().filter(k -> k.name().equals("product at the origin")).findFirst().orElseThrow();
    var e = new CaseJudge(ExaminationSpec.DEFAULT).judge(c, Interruption.NEVER).evidence();
    assertThat(e.get(Measure.EIGENVALUE_MIN)).isEqualTo(-1);
    assertThat(e.get(Measure.EIGENVALUE_MAX)).isEqualTo(1);
    assertThat(e.get(Measure.NEGATIVE_EIGENVALUES)).isEqualTo(1);
  }

  @Test
  void aCeilingCutsTheExaminationShortAndSaysSo() {
    Case c = cases().filter(k -> k.name().equals("bowl")).findFirst().orElseThrow();
    ExaminationSpec d = ExaminationSpec.DEFAULT;
    ExaminationSpec tight =
        new ExaminationSpec(
            false, d.rows(), OptionalDouble.of(1), 0, false, d.seed(), d.thresholds());
    Examination x = new CaseJudge(tight).judge(c, Interruption.NEVER);
    assertThat(x.verdict().category()).isEmpty();
    assertThat(x.verdict().subCategory()).startsWith("not examined: ");
    assertThat(x.evidence().is(Measure.CEILING_HIT)).isTrue();
  }

  static Stream<Case> cases() {
    return Stream.concat(QuadraticCases.all(), NetworkCases.all());
  }
}
