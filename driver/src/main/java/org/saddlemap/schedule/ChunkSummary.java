package org.saddlemap.schedule;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;

/**
 * What the driver learns of a finished chunk.
 *
 * @param trials number of records written
 * @param taken of these, the number that stood in other sweeps already
 * @param outcomes number of trials by {@link RowOutcome}
 * @param trainMillis core time of training
 * @param examineMillis core time of examination
 * @param wallMillis of the task, from its first trial to its commit
 */
public record ChunkSummary(
    long trials,
    long taken,
    Map<String, Long> outcomes,
    double trainMillis,
    double examineMillis,
    double wallMillis)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public static final ChunkSummary NONE = new ChunkSummary(0, 0, Map.of(), 0, 0, 0);

  public ChunkSummary {
    outcomes = Map.copyOf(outcomes);
  }

  static ChunkSummary of(List<TrialRecord> records, double wallMillis) {
    return of(records, List.of(), wallMillis);
  }

  /**
   * @param taken records that cost nothing here, beside the others
   */
  static ChunkSummary of(List<TrialRecord> records, List<TrialRecord> taken, double wallMillis) {
    Map<String, Long> outcomes = new TreeMap<>();
    taken.forEach(record -> outcomes.merge(RowOutcome.of(record), 1L, Long::sum));
    double train = 0;
    double examine = 0;
    for (TrialRecord record : records) {
      outcomes.merge(RowOutcome.of(record), 1L, Long::sum);
      Times times = record.times();
      train += times.train();
      examine += times.examine();
    }
    return new ChunkSummary(
        records.size() + taken.size(), taken.size(), outcomes, train, examine, wallMillis);
  }

  /** Both together. */
  public ChunkSummary plus(ChunkSummary other) {
    Map<String, Long> sum = new TreeMap<>(outcomes);
    other.outcomes.forEach((outcome, count) -> sum.merge(outcome, count, Long::sum));
    return new ChunkSummary(
        trials + other.trials,
        taken + other.taken,
        sum,
        trainMillis + other.trainMillis,
        examineMillis + other.examineMillis,
        wallMillis + other.wallMillis);
  }
}
