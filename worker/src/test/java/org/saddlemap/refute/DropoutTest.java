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
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Measure;

class DropoutTest {
  /**
   * Of one linear unit that is there every other time, twice as large, the steps' objective is
   * ½·mean((2p − y)² + y²)/2, least at p = y/2: a quarter of the range above the judged objective's
   * minimum, where no steps of any rate lead.
   */
  @Test
  void whatDropoutHoldsBackIsDescendingByTheObjectiveWithout() {
    EnumMap<Hyperparameter, Object> c = new EnumMap<>(Hyperparameter.class);
    Map.of(
            Hyperparameter.DEPTH, "1",
            Hyperparameter.WIDTH, "1",
            Hyperparameter.ACTIVATION, "identity",
            Hyperparameter.LOSS, "mse",
            Hyperparameter.DROPOUT, "0.5",
            Hyperparameter.BATCH_SIZE, "full",
            Hyperparameter.LEARNING_RATE, "0.02",
            Hyperparameter.MAX_STEPS, "4000")
        .forEach((h, text) -> c.put(h, h.parse(text)));
    Subject subject =
        new Subject(
            "dropout",
            0,
            SpecReader.read(
                    "name: dropout\ndata: {csv: generated/two-rows, label: last, task: regression, scale: none, holdout: 0}",
                    "dropout")
                .data(),
            Configuration.of(c),
            5,
            0,
            ExaminationSpec.DEFAULT);
    try (Refuter refuter = new Refuter(new DataLibrary(Path.of("..")))) {
      Attempt attempt = refuter.attempt(subject);
      assertThat(attempt.verdict().category()).as(attempt.toString()).contains(Category.DESCENDING);
      assertThat(attempt.evidence().is(Measure.STOCHASTIC)).isTrue();
      assertThat(attempt.verdict().cause()).contains(Cause.NOISE);
      assertThat(attempt.verdict().reason()).startsWith("Dropout keeps it from lower ground");
      assertThat(attempt.outcome()).as(attempt.toString()).isEqualTo(Finding.Outcome.HELD);
    }
  }
}
