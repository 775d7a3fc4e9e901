package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClusterModelTest {
  private static final double ROUNDING = 1e-9;

  private static double[] durations(Random random) {
    double[] seconds =
        random.doubles(1 + random.nextInt(300)).map(u -> -Math.log(1 - u) * 10).toArray();
    if (random.nextBoolean()) {
      Arrays.sort(seconds);
      for (int i = 0; i < seconds.length / 2; i++) {
        double other = seconds[seconds.length - 1 - i];
        seconds[seconds.length - 1 - i] = seconds[i];
        seconds[i] = other;
      }
    }
    return seconds;
  }

  @Test
  void runWithoutOverheadIsAListSchedule() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      double[] seconds = durations(random);
      int cores = 1 + random.nextInt(40);
      ClusterModel.Outcome o = new ClusterModel(cores, 0, 0, 0).run(seconds);
      double total = Arrays.stream(seconds).sum();
      double longest = Arrays.stream(seconds).max().orElseThrow();
      assertThat(o.busySeconds()).as("seed %d", seed).isCloseTo(total, offset(1e-6));
      assertThat(o.longestSeconds()).as("seed %d", seed).isEqualTo(longest);
      assertThat(o.wallSeconds())
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(Math.max(total / cores, longest) - ROUNDING)
          // Graham's bound for any list.
          .isLessThanOrEqualTo(total / cores + longest * (cores - 1) / cores + ROUNDING);
      // A core goes idle only where nothing is left, and what then runs ends within one chunk.
      if (seconds.length >= cores) {
        assertThat(o.idleTailSeconds()).as("seed %d", seed).isBetween(0.0, longest + ROUNDING);
      }
      assertThat(o.utilization() * cores * o.wallSeconds())
          .as("seed %d", seed)
          .isCloseTo(total, offset(1e-6));
      assertThat(o).as("seed %d", seed).isEqualTo(new ClusterModel(cores, 0, 0, 0).run(seconds));
    }
  }

  @Test
  void runOnOneCoreTakesTheSumOfEverything() {
    for (long seed = 0; seed < 100; seed++) {
      double[] seconds = durations(new Random(seed));
      ClusterModel.Outcome o = new ClusterModel(1, 0.5, 0.25, 3).run(seconds);
      assertThat(o.wallSeconds())
          .as("seed %d", seed)
          .isCloseTo(Arrays.stream(seconds).sum() + 0.75 * seconds.length + 3, offset(1e-6));
      assertThat(o.idleTailSeconds()).isZero();
    }
  }

  /** Tasks of no length on many cores take what the driver takes. */
  @Test
  void driverServesOneCoreAfterTheOther() {
    ClusterModel.Outcome o = new ClusterModel(1000, 0.002, 0, 0).run(new double[5000]);
    assertThat(o.wallSeconds()).isCloseTo(10, offset(1e-6));
    assertThat(o.driverShare()).isCloseTo(1, offset(1e-6));
    assertThat(o.utilization()).isZero();
  }

  @Test
  void overheadNeverShortensAJob() {
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      double[] seconds = durations(random);
      int cores = 1 + random.nextInt(40);
      double ideal = new ClusterModel(cores, 0, 0, 0).run(seconds).wallSeconds();
      // Delays shift the order in which cores come free; one chunk is what that can win.
      double slack = Arrays.stream(seconds).max().orElseThrow();
      assertThat(new ClusterModel(cores, 0.01, 0.02, 1).run(seconds).wallSeconds())
          .as("seed %d", seed)
          .isGreaterThan(ideal - slack);
    }
  }

  @Test
  void constructorRefusesImpossibleClusters() {
    assertThatThrownBy(() -> new ClusterModel(0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ClusterModel(1, -1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ClusterModel(1, 0, Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
