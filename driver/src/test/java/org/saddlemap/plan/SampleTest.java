package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void keepsFewNumbersAsTheyAre() {
    Sample sample = new Sample();
    for (double value : new double[] {5, 1, 3, 2}) {
      sample.add(value);
    }
    assertThat(sample.values()).containsExactly(5, 1, 3, 2);
    assertThat(sample.median()).isEqualTo(2.5);
    assertThat(sample.mean()).isEqualTo(2.75);
    assertThat(sample.size()).isEqualTo(4);
  }

  /** Sorted, so that keeping the first or the last would be far off. */
  @Test
  void keepsAFixedNumberOfManyThatRepresentsAll() {
    int all = 300_000;
    Sample sample = new Sample();
    Sample again = new Sample();
    for (int i = 0; i < all; i++) {
      sample.add(i);
      again.add(i);
    }
    assertThat(sample.size()).isEqualTo(all);
    assertThat(sample.values()).hasSize(Sample.MAX_VALUES).isEqualTo(again.values());
    assertThat(sample.mean()).isEqualTo((all - 1) / 2.0);
    // The median of 2,000 is off by one percent of the ranks in standard deviation.
    assertThat(sample.median()).isCloseTo(all / 2.0, within(0.05 * all));
    double[] sorted = sample.values();
    Arrays.sort(sorted);
    assertThat(sorted[Sample.MAX_VALUES / 10]).isCloseTo(all / 10.0, within(0.04 * all));
    assertThat(Arrays.stream(sorted).distinct().count()).isEqualTo(Sample.MAX_VALUES);
  }
}
