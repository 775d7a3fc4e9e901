package org.saddlemap.run;

import java.util.Map;
import java.util.Optional;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Trial;

/**
 * Completed trials none of whose gradients was clipped, by what they are without clipping. Another
 * trial that differs in clipping alone, by a limit that none of these gradients reached, takes the
 * same steps to the bit and is judged by the same evidence: it need not be trained. The last
 * {@value #REMEMBERED} are remembered, some 20 kB each. Thread-safe.
 */
final class UnclippedRuns {
  private static final int REMEMBERED = 256;

  private final Map<Steps, Run> runs = new Recent<>(REMEMBERED);

  /** What the steps of a trial are determined by within a sweep, as long as nothing is clipped. */
  private record Steps(Configuration unclipped, int replicate) {
    static Steps of(Trial trial) {
      return new Steps(trial.configuration().unclipped(), trial.replicate());
    }
  }

  /**
   * A trial that was trained and examined.
   *
   * @param steepest at least the norm of every gradient of its steps, and of its next budget as far
   *     as the examination took that
   */
  private record Run(TrialRecord record, double steepest) {}

  /** The record of a trial that took the steps that this one would take. */
  synchronized Optional<TrialRecord> find(Trial trial) {
    return Optional.ofNullable(runs.get(Steps.of(trial)))
        .filter(run -> trial.configuration().clipping().spares(run.steepest()))
        .map(Run::record);
  }

  /**
   * Remembers a completed trial.
   *
   * @param steepest infinite where a gradient was clipped
   */
  synchronized void remember(TrialRecord record, double steepest) {
    if (Double.isFinite(steepest)) {
      runs.put(Steps.of(record.trial()), new Run(record, steepest));
    }
  }
}
