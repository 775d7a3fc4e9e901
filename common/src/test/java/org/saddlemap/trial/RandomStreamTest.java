package org.saddlemap.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
  private static final int DRAWS = 1_000_000;

  /** A JDK that changed any of these would change every result. */
  @Test
  void drawsAreTheSameOnEveryJdk() {
    RandomStream random = new RandomStream(5);
    long digest = 0;
    for (int i = 1; i <= 100_000; i++) {
      digest = 31 * digest + Double.doubleToLongBits(random.nextGaussian());
      digest = 31 * digest + Double.doubleToLongBits(random.nextDouble());
      digest = 31 * digest + random.nextInt(i);
      digest = 31 * digest + random.nextInt(i, 2 * i + 1);
      digest = 31 * digest + random.nextLong(i);
      digest = 31 * digest + random.nextLong();
      digest = 31 * digest + (random.nextBoolean() ? 1 : 0);
    }
    assertThat(digest).isEqualTo(6389608029251295277L);
  }

  @Test
  void uniformDrawsAreThoseOfTheBits() {
    RandomGenerator bits = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
    RandomStream random = new RandomStream(3);
    for (int i = 1; i <= 1000; i++) {
      assertThat(random.nextDouble()).isEqualTo(bits.nextDouble());
      assertThat(random.nextInt(i)).isEqualTo(bits.nextInt(i));
      assertThat(random.nextBoolean()).isEqualTo(bits.nextBoolean());
      assertThat(random.nextLong()).isEqualTo(bits.nextLong());
    }
  }

  /** Each moment within five standard errors: E x = 0, E x² = 1, E x³ = 0, E x⁴ = 3. */
  @Test
  void normalsHaveTheMomentsOfTheStandardNormal() {
    RandomStream random = new RandomStream(11);
    double[] moments = new double[5];
    double neighbours = 0;
    double last = 0;
    for (int i = 0; i < DRAWS; i++) {
      double x = random.nextGaussian();
      for (int k = 1; k <= 4; k++) {
        moments[k] += StrictMath.pow(x, k) / DRAWS;
      }
      neighbours += last * x / DRAWS;
      last = x;
    }
    double error = 1 / Math.sqrt(DRAWS);
    assertThat(moments[1]).isCloseTo(0, within(5 * error));
    assertThat(moments[2]).isCloseTo(1, within(5 * Math.sqrt(2) * error));
    assertThat(moments[3]).isCloseTo(0, within(5 * Math.sqrt(15) * error));
    assertThat(moments[4]).isCloseTo(3, within(5 * Math.sqrt(96) * error));
    assertThat(neighbours).isCloseTo(0, within(5 * error));
  }
}
