package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.saddlemap.space.Loss;

class EvaluationTest {
  @Test
  void theLargestOutputIsTheClassAndTheFirstOfEqualOnes() {
    double[] outputs = {1, 2, 3, 0, 500, 0, -2, -1, 90, 0, 0, 0};
    assertThat(Evaluation.correct(Loss.CROSS_ENTROPY, outputs, 3, new int[] {2, 1, 0, 0}))
        .isEqualTo(3);
  }

  @Test
  void aBinaryLogitPredictsBySign() {
    double[] outputs = {-1e30, 0, 1e-3, 800};
    assertThat(Evaluation.correct(Loss.BINARY_CROSS_ENTROPY, outputs, 1, new int[] {0, 0, 1, 0}))
        .isEqualTo(3);
  }
}
