package org.saddlemap.verdict;

/**
 * A quantity that the rule held against a threshold on the way to a verdict.
 *
 * @param quantity in words, with the measure's name where it is one
 * @param value as it was measured
 * @param threshold that it met
 * @param decisive whether the other answer would have led to another category, or to where the
 *     evidence does not reach
 */
public record Comparison(String quantity, double value, double threshold, boolean decisive) {
  /** Distances beyond so many decades are all the same. */
  public static final double FAR = 16;

  /**
   * Distance from the threshold in decades, |log₁₀(value/threshold)|; {@link #FAR} where either is
   * not above 0, or further.
   */
  public double decades() {
    if (!(value > 0) || !(threshold > 0)) {
      return FAR;
    }
    return Math.min(FAR, Math.abs(StrictMath.log10(value / threshold)));
  }
}
