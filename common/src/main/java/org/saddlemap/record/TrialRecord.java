package org.saddlemap.record;

import java.util.List;
import java.util.Optional;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;

/**
 * All that is kept of a trial.
 *
 * @param outcome empty where training did not end
 * @param verdict empty unless completed
 * @param failure empty where completed
 */
public record TrialRecord(
    TrialId id,
    Trial trial,
    TrialStatus status,
    Optional<Verdict> verdict,
    Evidence evidence,
    Optional<Outcome> outcome,
    Times times,
    Optional<Failure> failure,
    List<CurvePoint> curve,
    List<LayerPoint> layers,
    Provenance provenance) {
  /** The same result as a trial of another plan. */
  public TrialRecord as(Trial other) {
    if (!other.configuration().equals(trial.configuration())
        || other.replicate() != trial.replicate()) {
      throw new IllegalArgumentException("Not the same trial: " + trial + " and " + other);
    }
    return with(id, other, times);
  }

  /** The same result for another trial whose training took exactly the same steps. */
  public TrialRecord with(TrialId otherId, Trial other, Times otherTimes) {
    return new TrialRecord(
        otherId,
        other,
        status,
        verdict,
        evidence,
        outcome,
        otherTimes,
        failure,
        curve,
        layers,
        provenance);
  }

  public TrialRecord {
    curve = List.copyOf(curve);
    layers = List.copyOf(layers);
    if ((status == TrialStatus.COMPLETED) != failure.isEmpty()) {
      throw new IllegalArgumentException(
          "Invalid record: a trial has a failure exactly where it is not completed");
    }
  }

  /**
   * Why a trial did not complete.
   *
   * @param reason one sentence
   * @param stackTrace empty for a time limit
   */
  public record Failure(String reason, String stackTrace) {}
}
