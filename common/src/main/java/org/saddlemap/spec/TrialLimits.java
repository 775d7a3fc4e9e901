package org.saddlemap.spec;

/**
 * Bounds on a single trial; beyond them it ends as {@code timed_out} or {@code failed}, and the
 * sweep goes on.
 *
 * @param seconds wall-clock time of training and examination together
 * @param megabytes predicted memory of training and examination
 */
public record TrialLimits(double seconds, long megabytes) {
  public static final TrialLimits DEFAULT = new TrialLimits(3600, 4096);

  public TrialLimits {
    if (!(seconds > 0)) {
      throw new IllegalArgumentException("needs seconds > 0, got " + seconds);
    }
    if (megabytes < 1) {
      throw new IllegalArgumentException("needs megabytes >= 1, got " + megabytes);
    }
  }
}
