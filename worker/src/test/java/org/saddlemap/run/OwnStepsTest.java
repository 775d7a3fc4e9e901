package org.saddlemap.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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
    assertThat(j.record().evidence().get(Measure.DECAYED)).isCloseTo(1, within(1e-8));
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
    assertThat(j.trajectory().decayed()).isCloseTo(1 - Math.pow(1 - 0.005, 100), within(1e-7));
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
}
