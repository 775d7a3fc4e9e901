package org.saddlemap.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecorderTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 63, 64, 65, 399, 400, 401, 1000, 123_457, Integer.MAX_VALUE})
  void theCurveGoesFromTheFirstStepToTheLast(int budget) {
    int[] steps = Recorder.logged(budget);
    assertThat(steps).doesNotHaveDuplicates().isSorted().hasSizeLessThanOrEqualTo(64);
    if (budget > 0) {
      assertThat(steps[0]).isZero();
      assertThat(steps[steps.length - 1]).isEqualTo(budget - 1);
    }
    if (budget < 6) {
      assertThat(steps).containsExactly(IntStream.range(0, budget).toArray());
    }
    for (int i = 2; i < steps.length; i++) { // as far apart as those before, or farther
      assertThat(steps[i] - steps[i - 1]).isGreaterThanOrEqualTo(steps[i - 1] - steps[i - 2] - 1);
    }
  }

  /** Window w holds the steps s with ⌊s·windows/budget⌋ = w. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 399, 400, 401, 800, 1234})
  void theHistoryIsTheMeanOfEachWindow(int budget) {
    Recorder recorder = new Recorder(budget);
    int windows = Math.min(budget, 400);
    double[] sums = new double[windows];
    int[] counts = new int[windows];
    for (int step = 0; step < budget; step++) {
      double loss = Math.sin(step) + 2;
      recorder.loss(step, loss);
      int window = (int) ((long) step * windows / budget);
      sums[window] += loss;
      counts[window]++;
    }
    double[] means = new double[windows];
    for (int w = 0; w < windows; w++) {
      means[w] = sums[w] / counts[w];
    }
    assertThat(recorder.history()).containsExactly(means);
  }
}
