package org.saddlemap.trial;

import java.util.random.RandomGenerator;

/**
 * The random streams of a trial. They depend on the sweep's seed and the replicate, never on the
 * configuration (common random numbers): neighbours on a map differ by the hyperparameter alone.
 */
public record Seeds(long sweepSeed, int replicate) {
  /** What a stream is for. */
  public enum Stream {
    WEIGHTS(0),
    BATCHES(1),
    EXAMINATION(2),
    SPLIT(3),
    SYNTHETIC(4),
    DROPOUT(5);

    private final int code;

    Stream(int code) {
      this.code = code;
    }
  }

  /**
   * A fresh generator at the start of a stream.
   *
   * @param part a number within the stream, such as the layer, so that a deeper network shares the
   *     first layers' draws
   */
  public RandomGenerator stream(Stream stream, int part) {
    long seed = mix(sweepSeed);
    seed = mix(seed ^ mix(replicate + 0x9E3779B97F4A7C15L));
    seed = mix(seed ^ mix(stream.code + 0xD1B54A32D192ED03L));
    seed = mix(seed ^ mix(part + 0x8CB92BA72F3D8DD7L));
    return new RandomStream(seed);
  }

  /** Stafford's variant 13 of the 64-bit finaliser, as in SplittableRandom. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
