package org.saddlemap.trial;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Seeded random numbers that are the same on every processor and every JDK: bits by L64X128Mix
 * (Steele and Vigna 2021, "LXM: better splittable pseudorandom number generators"), normals by
 * Marsaglia's polar method (Marsaglia and Bray 1964). {@link RandomGenerator} leaves the algorithm
 * of {@link #nextGaussian} open, and the JDK has changed it: Java 25 draws other normals than Java
 * 17 from the same bits.
 *
 * <p>Not thread-safe.
 */
public final class RandomStream implements RandomGenerator {
  private static final RandomGeneratorFactory<RandomGenerator> BITS =
      RandomGeneratorFactory.of("L64X128MixRandom");

  private final RandomGenerator bits;

  /** The second of a pair of normals; NaN where there is none. */
  private double spare = Double.NaN;

  /** A stream from its start. */
  public RandomStream(long seed) {
    bits = BITS.create(seed);
  }

  @Override
  public long nextLong() {
    return bits.nextLong();
  }

  @Override
  public int nextInt() {
    return bits.nextInt();
  }

  /** Cost: 1.27 pairs of uniform draws and a logarithm for two normals. */
  @Override
  public double nextGaussian() {
    if (!Double.isNaN(spare)) {
      double second = spare;
      spare = Double.NaN;
      return second;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * nextDouble() - 1;
      y = 2 * nextDouble() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double scale = Math.sqrt(-2 * StrictMath.log(square) / square);
    spare = y * scale;
    return x * scale;
  }
}
