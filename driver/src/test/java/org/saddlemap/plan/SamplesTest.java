package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void keepsFewKindsAll() {
    Samples<Integer> samples = new Samples<>();
    for (int i = 0; i < 3 * Samples.MAX_KINDS; i++) {
      samples.add(i % Samples.MAX_KINDS, i);
    }
    assertThat(samples.kinds()).isEqualTo(Samples.MAX_KINDS);
    assertThat(samples.size()).isEqualTo(3 * Samples.MAX_KINDS);
    samples.forEach((kind, sample) -> assertThat(sample.size()).isEqualTo(3));
  }

  @Test
  void keepsSomeOfManyKindsWithAllTheirNumbers() {
    int many = 50 * Samples.MAX_KINDS;
    Samples<List<Double>> samples = new Samples<>();
    for (int replicate = 0; replicate < 2; replicate++) {
      for (int i = 0; i < many; i++) {
        samples.add(List.of((double) i, 1.0), i);
      }
    }
    Map<List<Double>, Long> kept = new HashMap<>();
    samples.forEach((kind, sample) -> kept.put(kind, sample.size()));
    assertThat(kept).hasSizeBetween(Samples.MAX_KINDS / 4, Samples.MAX_KINDS);
    assertThat(kept.values()).containsOnly(2L);
    assertThat(kept.keySet().stream().mapToDouble(kind -> kind.get(0)).average().orElseThrow())
        .isCloseTo(many / 2.0, withPercentage(5));
    assertThat(samples.size()).isEqualTo(2L * many);
  }
}
