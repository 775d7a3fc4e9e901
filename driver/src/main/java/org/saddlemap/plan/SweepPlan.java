package org.saddlemap.plan;

import java.util.Optional;
import java.util.OptionalLong;
import org.saddlemap.space.Space;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;

/**
 * The trials of a sweep by number, never materialised: configuration × replicates + replicate, so
 * that the replicate runs fastest. Points that are excluded, or repeat another, keep their numbers
 * and have no trial.
 */
public final class SweepPlan {
  private final Space space;
  private final int replicates;
  private final long size;

  /**
   * @throws ArithmeticException where there are more than 2⁶³ − 1 numbers
   */
  public SweepPlan(SweepSpec spec) {
    this.space = spec.space();
    this.replicates = spec.replicates();
    this.size = Math.multiplyExact(space.size(), (long) replicates);
  }

  /**
   * The digest of all that a sweep's trials and their results depend on, SHA-256 in hexadecimal:
   * what changes none of them, such as limits, changes nothing here.
   *
   * @param spec on its data's rows ({@link SweepSpec#on})
   * @param dataFingerprint digest of the prepared data
   * @param engineVersion changes whenever the same inputs would give other numbers
   * @param ruleVersion changes whenever the same evidence would give another verdict
   */
  public static String digest(
      SweepSpec spec, String dataFingerprint, String engineVersion, long ruleVersion) {
    return TrialId.sha256(
        String.join(
            "\n",
            "data=" + dataFingerprint,
            "engine=" + engineVersion,
            "rule=" + ruleVersion,
            EffectiveSpec.identity(spec)));
  }

  /** Numbers of the plan, those of excluded and repeated points too. */
  public long size() {
    return size;
  }

  /** Trials of the plan. */
  public long planned() {
    return space.included() * replicates;
  }

  /** Numbers without a trial of their own, since they only repeat another. */
  public long repeated() {
    return space.repeated() * replicates;
  }

  public Space space() {
    return space;
  }

  public int replicates() {
    return replicates;
  }

  /**
   * The trial with that number; empty where its configuration is excluded, or stands under a lower
   * number.
   *
   * @throws IndexOutOfBoundsException where the number is not in [0, {@link #size})
   */
  public Optional<Trial> trial(long index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("Trial " + index + " of " + size);
    }
    return space
        .configuration(index / replicates)
        .map(c -> new Trial(index, c, (int) (index % replicates)));
  }

  /** The number of the same trial in this plan; empty where it has none, or excludes it. */
  public OptionalLong find(Trial trial) {
    OptionalLong point =
        trial.replicate() < replicates && !space.excludes(trial.configuration())
            ? space.find(trial.configuration())
            : OptionalLong.empty();
    return point.isPresent()
        ? OptionalLong.of(point.getAsLong() * replicates + trial.replicate())
        : point;
  }
}
