package org.saddlemap.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.data.Dataset;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Trial;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Measure;

/** Trials whose end is known by a short proof, each by what turned its gradients into steps. */
class OwnStepsTest {
  /** One weight w on x = ±1 with y = 2x: f = ½(w − 2)², whose loss range is 2. */
  private static final String QUADRATIC = "depth=0;bias=false;loss=mse;batch_size=full;";

  private record Judged(TrialRecord record, Trajectory trajectory) {
    Category category() {
      return record.verdict().orElseThrow().category().orElseThrow();
    }

    String subCategory() {
      return record.verdict().orElseThrow().subCategory();
    }

    Cause cause() {
      return record.verdict().orElseThrow().cause().orElseThrow();
    }

    double last(int parameter) {
      return trajectory.last()[parameter];
    }
  }

  private static Judged judged(String configuration, float[] x, float[] y) {
    Dataset data =
        new Dataset(
            x.length / y.length,
            0,
            1,
            new Dataset.Part(y.length, x, new int[0], y),
            new Dataset.Part(0, new float[0], new int[0], new float[0]),
            "",
            "");
    SweepSpec spec = SpecReader.read("name: s\ndata: {csv: x.csv, task: regression}\n", "s");
    List<Trajectory> trained = new ArrayList<>();
    try (TrialRunner runner = new TrialRunner(spec, data, Engine.start(1))) {
      TrialRecord record =
          runner.run(
              new Trial(0, Configuration.parse(configuration), 0), 0, () -> false, trained::add);
      assertThat(record.failure()).isEmpty();
      return new Judged(record, trained.get(0));
    }
  }

  private static Judged quadratic(String configuration) {
    return judged(QUADRATIC + configuration, new float[] {1, -1}, new float[] {2, -2});
  }

  /**
   * Where the gradient does not change its sign, m̂/√v̂ is that sign, and AdamW's step −η(sign g +
   * λw) leads to |w| = 1/λ: 1 of 2, where the loss has a slope (Xie and Li 2024). It is no
   * stationary point of the objective, which does not contain the decay: the steps stay, and there
   * is a way down.
   */
  @Test
  void adamwStopsAtTheBoxOfItsDecay() {
    Judged j =
        quadratic(
            "optimizer=adamw;beta1=0.5;beta2=0.9;weight_decay=1;learning_rate=0.01;max_steps=2000;initializer=zeros");
    assertThat(j.last(0)).isCloseTo(1, within(1e-4));
    assertThat(j.category()).isEqualTo(Category.DESCENDING);
    assertThat(j.subCategory()).isEqualTo("rate-limited");
    assertThat(j.cause()).isEqualTo(Cause.WEIGHT_DECAY);
    assertThat(j.record().verdict().orElseThrow().reason())
        .startsWith(
            "Weight decay holds the weights back, of which it alone would have taken 100 %");
    assertThat(j.record().evidence().get(Measure.DECAYED)).isCloseTo(1, within(1e-4));
    assertThat(j.record().evidence().get(Measure.PENALTY_SHARE)).isZero();
  }

  /** A box that holds the minimum does not move it: |g| = ελ|w|/(1 − λ|w|), about 10⁻⁸. */
  @Test
  void adamwFindsAMinimumWithinTheBox() {
    Judged j =
        quadratic(
            "optimizer=adamw;beta1=0.5;beta2=0.9;weight_decay=0.25;learning_rate=0.01;schedule=linear;max_steps=2000;initializer=zeros");
    assertThat(j.last(0)).isCloseTo(2, within(1e-3));
    assertThat(j.category()).isEqualTo(Category.OPTIMUM);
    assertThat(j.cause()).isEqualTo(Cause.NONE);
  }

  /** ½(w − 2)² + ½w² has its minimum at 1: the same weight, but the penalty is in the objective. */
  @Test
  void aPenaltyOfTheSameStrengthIsAnOptimum() {
    Judged j = quadratic("optimizer=adam;l2=1;learning_rate=0.01;max_steps=2000;initializer=zeros");
    assertThat(j.last(0)).isCloseTo(1, within(1e-3));
    assertThat(j.category()).isEqualTo(Category.OPTIMUM);
    assertThat(j.cause()).isEqualTo(Cause.PENALTY);
    assertThat(j.record().evidence().get(Measure.DECAYED)).isZero();
  }

  /** A weight that the loss does not see shrinks by 1 − ηλ a step, and by nothing else. */
  @Test
  void decayIsGeometricWhereThereIsNoGradient() {
    Judged j =
        judged(
            "depth=0;bias=false;loss=mse;batch_size=full;optimizer=adamw;weight_decay=0.5;learning_rate=0.01;max_steps=100;initializer=constant(1)",
            new float[] {1, 0, -1, 0},
            new float[] {1, -1});
    assertThat(j.last(1)).isCloseTo(Math.pow(1 - 0.005, 100), within(1e-5));
    assertThat(j.trajectory().decayed()).isCloseTo(1 - Math.pow(1 - 0.005, 50), within(1e-12));
  }

  /** w₂ max(0, w₁x) on x > 0 with y = 2x, from w₁ = w₂ = −1, where the unit is off. */
  private static Judged off(String configuration) {
    return judged(
        "depth=1;width=1;activation=relu;bias=false;loss=mse;batch_size=full;initializer=constant(-1);"
            + configuration,
        new float[] {0.5f, 1, 1.5f},
        new float[] {1, 2, 3});
  }

  /**
   * The loss has no gradient there, but L2 has; Adam's momentum takes w₁ through 0 after some 350
   * steps, and the unit is on. Where it ends at 250 the next budget brings that, at 150 it does not
   * yet.
   */
  @Test
  void adamUnderL2SwitchesADeadUnitOnAgain() {
    String adam = "optimizer=adam;l2=0.001;learning_rate=0.01;max_steps=";
    Judged near = off(adam + 250);
    assertThat(near.last(0)).isNegative();
    assertThat(near.record().evidence().get(Measure.DEAD_SHARE)).isEqualTo(1);
    assertThat(near.record().evidence().get(Measure.NEXT_DEAD_SHARE)).isZero();
    assertThat(near.category()).isEqualTo(Category.DESCENDING);
    assertThat(near.subCategory()).isEqualTo("in progress");
    assertThat(near.cause()).isEqualTo(Cause.DEAD_UNITS);
    assertThat(near.record().verdict().orElseThrow().reason())
        .startsWith(
            "Every unit of layer 1 is off on every row: L2 alone moves the weights, and switches it on within as many steps again, which would gain ");
    Judged far = off(adam + 150);
    assertThat(far.record().evidence().get(Measure.NEXT_DEAD_SHARE)).isEqualTo(1);
    assertThat(far.subCategory()).isEqualTo("dead");
  }

  /** Plain steps shrink w₁ by 1 − ηλ, and so does the decay of AdamW: it never reaches 0. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "optimizer=sgd;l2=0.1;learning_rate=0.5;max_steps=200",
        "optimizer=adamw;weight_decay=0.5;learning_rate=0.5;max_steps=100"
      })
  void aUnitThatOnlyShrinksStaysOff(String steps) {
    Judged j = off(steps);
    assertThat(j.last(0)).isNegative();
    assertThat(j.category()).isEqualTo(Category.PLATEAU);
    assertThat(j.subCategory()).isEqualTo("dead");
  }

  /** w₂w₁ on x = ±1 with y = 2x, from (½, ½): f = ½(w₂w₁ − 2)². */
  private static Judged product(String configuration) {
    return judged(
        "depth=1;width=1;activation=identity;bias=false;loss=mse;batch_size=full;initializer=constant(0.5);learning_rate=0.005;max_steps=5000;"
            + configuration,
        new float[] {1, -1},
        new float[] {2, -2});
  }

  /** The other weight has to make the product 2 on its own. */
  @Test
  void aFrozenLayerLeavesItsWorkToTheOther() {
    Judged first = product("layer_rates=list(0, 1)");
    assertThat(first.last(0)).isEqualTo(0.5);
    assertThat(first.last(1)).isCloseTo(4, within(0.02));
    Judged second = product("layer_rates=list(1, 0)");
    assertThat(second.last(0)).isCloseTo(4, within(0.02));
    assertThat(second.last(1)).isEqualTo(0.5);
    for (Judged j : List.of(first, second)) {
      assertThat(j.category()).isEqualTo(Category.OPTIMUM);
      assertThat(j.subCategory()).isEqualTo("global");
    }
  }

  /**
   * Along the flow dw₁ = −r₁ w₂ e dt, dw₂ = −r₂ w₁ e dt the difference w₁²/r₁ − w₂²/r₂ stays (Saxe
   * et al. 2014, where r₁ = r₂): with r = (½, 1) it is ¼, and with w₁w₂ = 2 w₁² is (¼ + √(1/16 +
   * 32))/4.
   */
  @Test
  void ratesOfLayersDecideWhichOneLearns() {
    Judged uniform = product("layer_rates=uniform");
    assertThat(uniform.last(0)).isCloseTo(Math.sqrt(2), within(1e-3));
    Judged decaying = product("layer_rates=decay(0.5)");
    double w = Math.sqrt((0.25 + Math.sqrt(1 / 16.0 + 32)) / 4);
    assertThat(decaying.last(0)).isCloseTo(w, within(5e-3));
    assertThat(decaying.last(1)).isCloseTo(2 / w, within(5e-3));
    assertThat(decaying.category()).isEqualTo(Category.OPTIMUM);
  }

  /**
   * ½·tanh(w₁x) never comes to 2x: the first layer saturates, and the frozen one would have to
   * grow. The ball has all weights, frozen ones too.
   */
  @Test
  void aFrozenLayerThatIsInTheWayIsAWayDown() {
    Judged j =
        judged(
            "depth=1;width=1;activation=tanh;bias=false;loss=mse;batch_size=full;initializer=constant(0.5);learning_rate=0.1;max_steps=8000;layer_rates=list(1, 0)",
            new float[] {1, -1},
            new float[] {2, -2});
    assertThat(j.last(1)).isEqualTo(0.5);
    assertThat(j.category()).isEqualTo(Category.DESCENDING);
    assertThat(j.subCategory()).isEqualTo("rate-limited");
  }

  /** Steps of four batches of 5 rows are those of 20, and so is all that is said of them. */
  @Test
  void accumulatedBatchesAreJudgedAsOneOfTheirSize() {
    float[] x = new float[50];
    float[] y = new float[50];
    for (int i = 0; i < 50; i++) {
      x[i] = i % 2 == 0 ? 1 : -1;
      y[i] = x[i] + (i % 5 - 2) / 4f;
    }
    String text = "depth=1;width=4;loss=mse;learning_rate=0.3;epochs=100;";
    Judged parts = judged(text + "batch_size=5;accumulation=4", x, y);
    Judged whole = judged(text + "batch_size=20", x, y);
    assertThat(parts.record().outcome().orElseThrow().batchRows()).isEqualTo(20);
    assertThat(parts.trajectory().steps()).isEqualTo(whole.trajectory().steps()).isEqualTo(300);
    assertThat(parts.category()).isEqualTo(whole.category());
    assertThat(parts.subCategory()).isEqualTo(whole.subCategory());
    for (Measure m : List.of(Measure.LOSS, Measure.TAIL_MEAN, Measure.F_LB)) {
      assertThat(parts.record().evidence().get(m))
          .as(m.key())
          .isCloseTo(whole.record().evidence().get(m), within(1e-6));
    }
  }

  /**
   * AdaGrad's steps of constant sign are η/√t long, and as many as there are: on |g| ≈ 1 it goes on
   * for ever, Σ 1/√t ≈ 2√T, and T steps more bring 2η(√2 − 1)√T.
   */
  @Test
  void adagradGoesOnWhereItsRateHasShrunk() {
    Judged j = quadratic("optimizer=adagrad;learning_rate=0.01;max_steps=400;initializer=zeros");
    assertThat(j.last(0)).isBetween(0.3, 2 * 0.01 * 20 * 1.1);
    assertThat(j.category()).isEqualTo(Category.DESCENDING);
    assertThat(j.subCategory()).isEqualTo("in progress");
  }

  /**
   * Zero weights of two layers stand still for ever; the outputs' bias goes 2·10⁻⁶ a step towards
   * the mean of the targets, 0.1, at a slope of 0.1 and a range of 0.5: 0.012 of it in a budget of
   * 30,000, of which a twentieth is not worth eps.
   */
  @Test
  void biasesAloneAreOnTheirWayToo() {
    Judged j =
        judged(
            "depth=1;width=2;activation=tanh;output_activation=identity;loss=mse;initializer=zeros;batch_size=full;optimizer=adam;learning_rate=2e-6;max_steps=30000",
            new float[] {1, -1},
            new float[] {1.1f, -0.9f});
    assertThat(j.category()).isEqualTo(Category.DESCENDING);
    assertThat(j.subCategory()).isEqualTo("in progress");
    assertThat(j.record().evidence().get(Measure.NEXT_GAIN)).isBetween(1e-3, 0.0121);
  }

  /** What takes milliseconds is not predicted. */
  @Test
  void aBudgetOfAMomentIsTakenWhole() {
    Judged j = quadratic("optimizer=sgd;learning_rate=0.001;max_steps=100;initializer=zeros");
    assertThat(j.subCategory()).isEqualTo("in progress");
    assertThat(j.record().evidence().is(Measure.NEXT_COMPLETE)).isTrue();
    assertThat(j.record().evidence().get(Measure.NEXT_STEPS)).isEqualTo(100);
  }
}
