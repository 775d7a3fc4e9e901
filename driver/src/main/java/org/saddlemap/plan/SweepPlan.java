package org.saddlemap.plan;

import java.util.Optional;
import java.util.OptionalLong;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Space;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;

/**
 * The trials of a sweep by number, never materialised: configuration × replicates + replicate, so
 * that the replicate runs fastest. Excluded configurations keep their numbers and have no trial.
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
   * The digest of all that a sweep's results depend on, SHA-256 in hexadecimal.
   *
   * @param effectiveSpec the spec with its defaults filled in
   * @param dataFingerprint digest of the prepared data
   * @param engineVersion changes whenever the same inputs would give other numbers
   */
  public static String digest(String effectiveSpec, String dataFingerprint, String engineVersion) {
    return TrialId.sha256(
        String.join("\n", "data=" + dataFingerprint, "engine=" + engineVersion, effectiveSpec));
  }

  /** Numbers of the plan, those of excluded configurations too. */
  public long size() {
    return size;
  }

  /** Trials of the plan. */
  public long planned() {
    return space.included() * replicates;
  }

  public Space space() {
    return space;
  }

  public int replicates() {
    return replicates;
  }

  /**
   * The trial with that number; empty where its configuration is excluded.
   *
   * @throws IndexOutOfBoundsException where the number is not in [0, {@link #size})
   */
  public Optional<Trial> trial(long index) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException("Trial " + index + " of " + size);
    }
    Configuration configuration = space.at(index / replicates);
    return space.excludes(configuration)
        ? Optional.empty()
        : Optional.of(new Trial(index, configuration, (int) (index % replicates)));
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
