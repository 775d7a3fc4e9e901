package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Schedule;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Measure;

/** Points whose category follows from a short proof, given with each. */
class OwnCasesTest {
  private static final double[] SIGNS = {1, -1};

  private static Case quadratic(
      String name, Category expected, String why, double[] h, double[] x, Training training) {
    return new Case(
        name, Optional.of(expected), Optional.of(why), new Case.Quadratic(h, x), training);
  }

  private static Case network(
      String name,
      Category expected,
      String why,
      Network net,
      double[] x,
      double[] y,
      double[] weights,
      Training training) {
    return new Case(
        name,
        Optional.ofNullable(expected),
        Optional.of(why),
        new Case.Trained(net, x, y, x.length / net.inputs(), 0, weights),
        training);
  }

  private static Network net(Activation hidden, Loss loss, boolean bias, Integer... sizes) {
    return Network.of(List.of(sizes), hidden, Activation.IDENTITY, loss, bias);
  }

  private static Training scheduled(int steps, double rate, String schedule, int warmup) {
    return new Training(
        steps,
        rate,
        Schedule.parse(schedule),
        warmup,
        new BatchSize.Full(),
        new Clipping.None(),
        0);
  }

  private static Training steps(int steps, double rate) {
    return Training.plain(steps, rate, new BatchSize.Full(), new Clipping.None(), 0);
  }

  static Stream<Case> cases() {
    return Stream.of(
        quadratic(
            "bowl",
            Category.OPTIMUM,
            "convex, gradient 0",
            new double[] {1, 2, 3},
            new double[3],
            Training.NONE),
        quadratic(
            "gutter",
            Category.OPTIMUM,
            "convex, gradient 0, a line of minima",
            new double[] {1, 0},
            new double[] {0, 4},
            Training.NONE),
        quadratic(
            "monkey in many dimensions",
            Category.SADDLE,
            "one negative eigenvalue among forty",
            java.util.stream.IntStream.range(0, 40).mapToDouble(i -> i == 17 ? -0.5 : 1).toArray(),
            new double[40],
            Training.NONE),
        quadratic(
            "slope",
            Category.DESCENDING,
            "a Newton step gains half of the range",
            new double[] {1},
            new double[] {1},
            Training.NONE),
        quadratic(
            "rate above 2/h",
            Category.DIVERGED,
            "|1 − ηh| = 1.1 > 1: grows by 1.1^200",
            new double[] {1},
            new double[] {1},
            steps(200, 2.1)),
        quadratic(
            "clipped two-cycle",
            Category.DIVERGED,
            "steps of length 2 from 0.5 to −1.5 and back, for ever; the valley is at 0",
            new double[] {1},
            new double[] {0.5},
            Training.plain(200, 20, new BatchSize.Full(), new Clipping.ByNorm(0.1), 0)),
        quadratic(
            "schedule that ended on a slope",
            Category.DESCENDING,
            "x = Π(1 − (1 − t/10)/20) = 0.75: at rate 0 it stays there, and a Newton step gains 0.28 of the range",
            new double[] {1},
            new double[] {1},
            scheduled(10, 0.05, "linear", 0)),
        quadratic(
            "schedule that ended in the valley",
            Category.OPTIMUM,
            "the first step, at the rate 1/h, goes to the minimum of a convex function",
            new double[] {1},
            new double[] {1},
            scheduled(10, 1, "cosine", 0)),
        quadratic(
            "schedule that ended on the way out of a saddle",
            Category.SADDLE,
            "from 0.02, 40 steps that grow by 1.05 on average reach 0.14, and stay there at rate 0; further down there is more",
            new double[] {1, -1},
            new double[] {0, 0.02},
            scheduled(40, 0.1, "cosine", 0)),
        quadratic(
            "constant rate on the way out of a saddle",
            Category.DESCENDING,
            "the same at a constant rate: 40 more steps grow by 1.1⁴⁰ = 45",
            new double[] {1, -1},
            new double[] {0, 0.02},
            steps(40, 0.1)),
        quadratic(
            "rate above 2/h after a warm-up",
            Category.DIVERGED,
            "warm after 10 steps, whose product is 0.0009; then |1 − ηh| = 1.1 for 190 steps: 10⁷ of it",
            new double[] {1},
            new double[] {1},
            scheduled(200, 2.1, "constant", 10)),
        quadratic(
            "warm-up that never ends",
            Category.OPTIMUM,
            "rates from 0.0105 to 2.1: all steps but the last ten contract, the product is below 10⁻⁴⁰",
            new double[] {1},
            new double[] {1},
            scheduled(200, 2.1, "constant", 200)),
        quadratic(
            "schedule that falls too fast",
            Category.DESCENDING,
            "all steps to come are 0.02·10⁻⁴·(1 + 0.1 + …)·10 long together: less than 10⁻⁶ of x = 0.8",
            new double[] {1},
            new double[] {1},
            scheduled(50, 0.02, "step(10, 0.1)", 0)),
        quadratic(
            "schedule that never ends",
            Category.DESCENDING,
            "Σ 1/√(1 + t/10) diverges: 100 more steps at rates of at least 0.01·0.22 take off 0.2 of x",
            new double[] {1},
            new double[] {1},
            scheduled(100, 0.01, "inverse_sqrt(10)", 0)),
        network(
            "product at the origin",
            Category.SADDLE,
            "f = ½(w₁w₂ − 1)²: the Hessian at 0 is [[0, −1], [−1, 0]]",
            net(Activation.IDENTITY, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "product on the hyperbola",
            Category.OPTIMUM,
            "w₁w₂ = 1: loss 0",
            net(Activation.IDENTITY, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {4, 0.25},
            Training.NONE),
        network(
            "product far from both",
            Category.DESCENDING,
            "∂f/∂w₁ = −w₂ = −1",
            net(Activation.IDENTITY, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {0, 1},
            Training.NONE),
        network(
            "three tanh layers at the origin",
            Category.SADDLE,
            "tanh is odd and tanh′(0) = 1: f = ½(w₁w₂w₃ − 1)² + O(w⁵), Hessian 0, descends along (1, 1, 1)",
            net(Activation.TANH, Loss.MSE, false, 1, 1, 1, 1),
            new double[] {0.1, -0.1},
            new double[] {0.1, -0.1},
            new double[3],
            Training.NONE),
        network(
            "equal units of a linear network",
            Category.SADDLE,
            "W₂W₁ = uuᵀ with u = (1, 1)/√2: the mode (1, −1)/√2 is missing (Baldi and Hornik 1989)",
            net(Activation.IDENTITY, Loss.MSE, false, 2, 2, 2),
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5},
            Training.NONE),
        network(
            "bottleneck at its best mode",
            Category.OPTIMUM,
            "width 1 holds the larger of the modes 2 and 1: global under the rank constraint (Baldi and Hornik 1989)",
            net(Activation.IDENTITY, Loss.MSE, false, 2, 1, 2),
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {2, 1, 2, -1, -2, 1, -2, -1},
            new double[] {1, 0, 2, 0},
            Training.NONE),
        network(
            "bottleneck at its lesser mode",
            Category.SADDLE,
            "width 1 holds the mode 1 where 2 is there to have (Baldi and Hornik 1989)",
            net(Activation.IDENTITY, Loss.MSE, false, 2, 1, 2),
            new double[] {1, 1, 1, -1, -1, 1, -1, -1},
            new double[] {2, 1, 2, -1, -2, 1, -2, -1},
            new double[] {0, 1, 0, 1},
            Training.NONE),
        network(
            "conflicting labels",
            Category.OPTIMUM,
            "x = 0 has 3 of 4 labels 1, x = 1 has 1 of 4: logits ±ln 3 are their log-odds, the best of any function",
            net(Activation.IDENTITY, Loss.BINARY_CROSS_ENTROPY, true, 1, 1),
            new double[] {0, 0, 0, 0, 1, 1, 1, 1},
            new double[] {1, 1, 1, 0, 1, 0, 0, 0},
            new double[] {-2 * Math.log(3), Math.log(3)},
            Training.NONE),
        network(
            "separable, far out",
            Category.OPTIMUM,
            "log(1 + e^−20) of ln 2: the infimum 0 is approached, never reached",
            net(Activation.IDENTITY, Loss.BINARY_CROSS_ENTROPY, true, 1, 1),
            SIGNS,
            new double[] {1, 0},
            new double[] {20, 0},
            Training.NONE),
        network(
            "softmax separable, near",
            Category.DESCENDING,
            "logits ±1: the loss ln(1 + e^−2) falls along the ray of the weights",
            net(Activation.IDENTITY, Loss.CROSS_ENTROPY, false, 1, 2),
            SIGNS,
            new double[] {1, 0, 0, 1},
            new double[] {1, -1},
            Training.NONE),
        network(
            "sigmoid saturated for both labels",
            Category.PLATEAU,
            "both outputs are 1 − e^−40: every derivative is below e^−40",
            Network.of(List.of(1, 1), Activation.IDENTITY, Activation.SIGMOID, Loss.MSE, true),
            SIGNS,
            new double[] {1, 0},
            new double[] {0, 40},
            Training.NONE),
        network(
            "dead second layer",
            Category.PLATEAU,
            "the second hidden unit is off on both rows and the output's bias is the mean: the gradient is 0",
            net(Activation.RELU, Loss.MSE, true, 1, 1, 1, 1),
            SIGNS,
            new double[] {1, 3},
            new double[] {1, 0, 1, -5, 1, 2},
            Training.NONE),
        network(
            "rescaled rectifiers",
            Category.OPTIMUM,
            "10³·relu(x)·10⁻³ is relu(x): loss 0",
            net(Activation.RELU, Loss.MSE, false, 1, 1, 1),
            new double[] {-1, 1, 2},
            new double[] {0, 1, 2},
            new double[] {1e3, 1e-3},
            Training.NONE),
        network(
            "best line under batch normalization",
            Category.OPTIMUM,
            "x̂ = ±1 equals y, and the output is x̂: loss 0",
            Blueprint.dense(
                    List.of(1, 1, 1), Activation.IDENTITY, Activation.IDENTITY, Loss.MSE, false)
                .normalized(Normalization.BATCH, false, 0)
                .build(),
            new double[] {5, 9},
            SIGNS,
            new double[] {-3, 1},
            Training.NONE),
        network(
            "three elu layers at the origin",
            Category.SADDLE,
            "elu(z) = z + O(z²): f − f₀ = −w₁w₂w₃/100 + O(w⁴), Hessian 0, descends along (1, 1, 1)",
            net(Activation.ELU, Loss.MSE, false, 1, 1, 1, 1),
            new double[] {0.1, -0.1},
            new double[] {0.1, -0.1},
            new double[3],
            Training.NONE),
        network(
            "selu at its kink",
            Category.SADDLE,
            "f − f₀ = −w₂·(selu(w₁) − selu(−w₁))/2 + O(w⁴): falls along (1, 1) and (−1, −1), rises along (1, −1)",
            net(Activation.SELU, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "silu at the origin",
            Category.SADDLE,
            "silu′(0) = ½: the Hessian is [[0, −½], [−½, 0]]",
            net(Activation.SILU, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "exponential without weights",
            Category.SADDLE,
            "f = ½ mean (y − w₂e^(w₁x))²: at 0 the gradient is (0, −mean y) = 0, the Hessian [[0, −1], [−1, 1]]",
            net(Activation.EXPONENTIAL, Loss.MSE, false, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[2],
            Training.NONE),
        network(
            "rates by an exponential output",
            Category.OPTIMUM,
            "y = e^(x/2 + 1/5): loss 0",
            output(Activation.EXPONENTIAL, 1, 1),
            new double[] {-1, 0, 2},
            new double[] {Math.exp(-0.3), Math.exp(0.2), Math.exp(1.2)},
            new double[] {0.5, 0.2},
            Training.NONE),
        network(
            "exponential of an exponential",
            Category.DIVERGED,
            "e^(e^10) is above the largest double",
            net(Activation.EXPONENTIAL, Loss.MSE, false, 1, 1, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {10, 1, 1},
            steps(10, 0.01)),
        network(
            "softsign at its targets",
            Category.OPTIMUM,
            "y = 2x/(1 + |x|): loss 0",
            net(Activation.SOFTSIGN, Loss.MSE, false, 1, 1, 1),
            new double[] {-3, 1, 4},
            new double[] {-1.5, 1, 1.6},
            new double[] {1, 2},
            Training.NONE),
        network(
            "softsign saturated for both labels",
            Category.PLATEAU,
            "the slope is (1 + z)⁻² = 10⁻⁸, within the ball below 4·10⁻⁸",
            output(Activation.SOFTSIGN, 1, 1),
            SIGNS,
            SIGNS,
            new double[] {0, 1e4},
            Training.NONE),
        network(
            "relu6 stuck above 6",
            Category.PLATEAU,
            "z is 19 and 21, the slope 0, and the output's bias is the mean: the gradient is 0",
            net(Activation.RELU6, Loss.MSE, true, 1, 1, 1),
            SIGNS,
            new double[] {1, 3},
            new double[] {1, 20, 1, -4},
            Training.NONE),
        network(
            "relu6 between its bounds",
            Category.OPTIMUM,
            "0, x and 6 are the targets: loss 0",
            net(Activation.RELU6, Loss.MSE, false, 1, 1, 1),
            new double[] {-1, 3, 9},
            new double[] {0, 3, 6},
            new double[] {1, 1},
            Training.NONE));
  }

  private static Network output(Activation output, Integer... sizes) {
    return Network.of(List.of(sizes), Activation.IDENTITY, output, Loss.MSE, true);
  }

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
        new ExaminationSpec(false, d.rows(), 1, 0, false, d.seed(), d.thresholds());
    Examination x = new CaseJudge(tight).judge(c, Interruption.NEVER);
    assertThat(x.verdict().category()).isEmpty();
    assertThat(x.verdict().subCategory()).startsWith("not examined: ");
    assertThat(x.evidence().is(Measure.CEILING_HIT)).isTrue();
  }
}
