package org.saddlemap.spec;

import java.util.regex.Pattern;
import org.saddlemap.space.Space;

/**
 * What a sweep is to do; complete and valid, defaults filled in.
 *
 * @param name letters, digits, {@code -} and {@code _}, starting with a letter; becomes part of the
 *     sweep's id
 * @param data what to train on
 * @param space the configurations
 * @param replicates trials of each configuration, at least 1
 * @param seed of all random streams
 * @param limits bounds on a single trial
 * @param examination how trained networks are examined and judged
 * @param arithmetic what the numbers may depend on
 */
public record SweepSpec(
    String name,
    DataSpec data,
    Space space,
    int replicates,
    long seed,
    TrialLimits limits,
    ExaminationSpec examination,
    Arithmetic arithmetic) {
  /** What a name may look like, so that it is safe in paths and SQL. */
  public static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");

  public SweepSpec {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "needs to be 1 to 64 letters, digits, - or _, starting with a letter");
    }
    if (replicates < 1) {
      throw new IllegalArgumentException("needs at least 1 replicate, got " + replicates);
    }
  }

  /**
   * The same sweep on so many training rows: sizes that are all of them or more are all of them, so
   * that what cannot differ is spelled alike.
   */
  public SweepSpec on(int trainingRows) {
    return new SweepSpec(
        name,
        data,
        space.on(trainingRows),
        replicates,
        seed,
        limits,
        examination.on(trainingRows),
        arithmetic);
  }
}
