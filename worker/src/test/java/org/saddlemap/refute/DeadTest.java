package org.saddlemap.refute;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.verdict.Measure;

/** Two layers of ReLUs, the second off on every row after a few steps of Adam. */
class DeadTest {
  private static final int STEPS = 20;
  private static final int EARLY = 10;

  private static Subject subject(String l2, int steps) {
    EnumMap<Hyperparameter, Object> c = new EnumMap<>(Hyperparameter.class);
    Map.of(
            Hyperparameter.DEPTH, "2",
            Hyperparameter.WIDTH, "2",
            Hyperparameter.ACTIVATION, "relu",
            Hyperparameter.INITIALIZER, "normal(1)",
            Hyperparameter.LOSS, "mse",
            Hyperparameter.OPTIMIZER, "adam",
            Hyperparameter.BATCH_SIZE, "full",
            Hyperparameter.LEARNING_RATE, "0.03",
            Hyperparameter.MAX_STEPS, String.valueOf(steps),
            Hyperparameter.L2, l2)
        .forEach((h, text) -> c.put(h, h.parse(text)));
    return new Subject(
        "dead",
        0,
        SpecReader.read(
                "name: dead\ndata: {synthetic: {problem: teacher, rows: 40, features: 2, noise: 0.05}, holdout: 0}",
                "dead")
            .data(),
        Configuration.of(c),
        2,
        0,
        ExaminationSpec.DEFAULT);
  }

  /** The gradient of all layers up to it is 0, and Adam's steps fade away. */
  @Test
  void aLayerThatIsOffStaysOff() {
    try (Refuter refuter = new Refuter(new DataLibrary(Path.of("..")))) {
      Attempt attempt = refuter.attempt(subject("0", STEPS));
      assertThat(attempt.verdict().subCategory()).isEqualTo("dead");
      assertThat(attempt.verdict().reason()).contains("and stays so");
      assertThat(attempt.outcome()).as(attempt.toString()).isEqualTo(Finding.Outcome.HELD);
      assertThat(attempt.findings()).hasSize(4); // constant, and after one, three and ten budgets
    }
  }

  /**
   * An L2 penalty has a gradient of its own, of which Adam makes steps of one size for all weights:
   * they pass through 0, and switch the layer on again between the 20th and the 40th step.
   */
  @Test
  void underL2OnlyTheNextBudgetIsPromised() {
    try (Refuter refuter = new Refuter(new DataLibrary(Path.of("..")))) {
      Attempt early = refuter.attempt(subject("0.01", EARLY));
      assertThat(early.verdict().subCategory()).isEqualTo("dead");
      assertThat(early.evidence().get(Measure.PENALTY_SHARE)).isPositive();
      assertThat(early.verdict().reason()).contains("only L2 moves the weights");
      assertThat(early.outcome()).as(early.toString()).isEqualTo(Finding.Outcome.HELD);
      assertThat(early.findings()).hasSize(2);

      Attempt late = refuter.attempt(subject("0.01", STEPS));
      assertThat(late.evidence().get(Measure.DEAD_SHARE)).isEqualTo(1);
      assertThat(late.verdict().subCategory()).isEqualTo("in progress");
      assertThat(late.outcome()).as(late.toString()).isEqualTo(Finding.Outcome.HELD);
    }
  }
}
