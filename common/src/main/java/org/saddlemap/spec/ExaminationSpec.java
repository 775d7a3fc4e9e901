package org.saddlemap.spec;

import org.saddlemap.verdict.Thresholds;

/**
 * How trained networks are examined.
 *
 * @param signalsOnly whether signals, loss and levels are all that is measured, so that no verdict
 *     but {@code diverged (nonfinite)} is given
 * @param rows Krylov work is done on at most so many training rows (a seeded subset where there are
 *     more)
 * @param ceiling gradient-equivalents a trial's examination may cost, in units of one full-batch
 *     gradient on those rows
 * @param exactBelow networks of at most so many parameters get their exact Hessian spectrum
 * @param sharpness whether λmax(H) is measured of every trial, not only where the verdict looked at
 *     curvature
 * @param seed of the examination's own random streams
 * @param thresholds what the rule decides by
 */
public record ExaminationSpec(
    boolean signalsOnly,
    int rows,
    double ceiling,
    int exactBelow,
    boolean sharpness,
    long seed,
    Thresholds thresholds) {
  public static final ExaminationSpec DEFAULT =
      new ExaminationSpec(false, 2048, 3000, 300, false, 12345, Thresholds.DEFAULT);

  /** Signals, loss and levels alone, on the default's rows. */
  public static final ExaminationSpec SIGNALS =
      new ExaminationSpec(
          true,
          DEFAULT.rows(),
          DEFAULT.ceiling(),
          DEFAULT.exactBelow(),
          false,
          DEFAULT.seed(),
          DEFAULT.thresholds());

  public ExaminationSpec {
    if (rows < 1) {
      throw new IllegalArgumentException("needs rows >= 1, got " + rows);
    }
    if (!(ceiling >= 1)) {
      throw new IllegalArgumentException("needs a ceiling >= 1, got " + ceiling);
    }
    if (exactBelow < 0) {
      throw new IllegalArgumentException("needs exact_below >= 0, got " + exactBelow);
    }
  }

  /** The same with the sharpness of every trial. */
  public ExaminationSpec withSharpness() {
    return new ExaminationSpec(signalsOnly, rows, ceiling, exactBelow, true, seed, thresholds);
  }

  /** The same with another seed. */
  public ExaminationSpec withSeed(long other) {
    return new ExaminationSpec(
        signalsOnly, rows, ceiling, exactBelow, sharpness, other, thresholds);
  }
}
