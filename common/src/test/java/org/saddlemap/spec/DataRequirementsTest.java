package org.saddlemap.spec;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What only the number of rows shows to be wrong. */
class DataRequirementsTest {
  private static void require(String rest, int rows) {
    String yaml = "name: s\ndata: {csv: digits.csv}\n" + rest.replace('|', '\n');
    DataRequirements.require(yaml, "s.yaml", SpecReader.read(yaml, "s.yaml").space(), rows, 3);
  }

  @Test
  void aWarmupIsNoLongerThanTheEpochs() {
    String spec = "train: {epochs: 3, batch_size: 32, warmup: %d}";
    assertThatCode(() -> require(spec.formatted(96), 1000)).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(spec.formatted(97), 1000))
        .isInstanceOf(InvalidInput.class)
        .hasMessage(
            "s.yaml:3:44: key 'train.warmup': 97 steps are more than the whole budget, epochs: 3, which are 96 steps of 32 of 1000 training rows each; needs at most that many, or an exclude");
  }

  @Test
  void accumulatedBatchesAreFewerSteps() {
    String spec = "train: {epochs: 3, batch_size: 32, accumulation: 4, warmup: %d}";
    assertThatCode(() -> require(spec.formatted(24), 1000)).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(spec.formatted(25), 1000))
        .hasMessageContaining("epochs: 3, which are 24 steps of 128 of 1000 training rows each;");
    String many = "train: {epochs: 2000000000, batch_size: 500, accumulation: %d}";
    assertThatCode(() -> require(many.formatted(2), 1000)).doesNotThrowAnyException();
    assertThatThrownBy(() -> require(many.formatted(1), 1000))
        .hasMessageContaining("2000000000 epochs of 2 batches are 4000000000 steps");
  }

  @Test
  void whatIsExcludedIsNoError() {
    String spec = "train: {epochs: 3, warmup: 90}|grid: {batch_size: [32, full]}";
    assertThatThrownBy(() -> require(spec, 1000))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("3 steps of 1000 of 1000");
    assertThatCode(() -> require(spec + "|exclude: [where: {batch_size: full}]", 1000))
        .doesNotThrowAnyException();
  }
}
