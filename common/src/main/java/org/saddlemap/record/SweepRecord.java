package org.saddlemap.record;

/**
 * All that is kept of a sweep as a whole; see {@link Tables#SWEEPS} for the fields.
 *
 * @param trainingRows null in rows of schema version 2, whose trials have ids of another kind
 * @param finished null while it is incomplete
 * @param tags null without any; see {@link Tags}
 * @param note null without one
 */
public record SweepRecord(
    String name,
    String spec,
    String specPath,
    String planDigest,
    String dataFingerprint,
    String dataSummary,
    Long trainingRows,
    long plannedTrials,
    String version,
    String sparkVersion,
    String started,
    String finished,
    String tags,
    String note) {
  /** Without tags and note. */
  public SweepRecord(
      String name,
      String spec,
      String specPath,
      String planDigest,
      String dataFingerprint,
      String dataSummary,
      Long trainingRows,
      long plannedTrials,
      String version,
      String sparkVersion,
      String started,
      String finished) {
    this(
        name,
        spec,
        specPath,
        planDigest,
        dataFingerprint,
        dataSummary,
        trainingRows,
        plannedTrials,
        version,
        sparkVersion,
        started,
        finished,
        null,
        null);
  }

  /** The same with another note and other tags. */
  public SweepRecord labelled(String newTags, String newNote) {
    return new SweepRecord(
        name,
        spec,
        specPath,
        planDigest,
        dataFingerprint,
        dataSummary,
        trainingRows,
        plannedTrials,
        version,
        sparkVersion,
        started,
        finished,
        newTags,
        newNote);
  }

  /** The same, finished at that time; incomplete again where it is null. */
  public SweepRecord finished(String time) {
    return new SweepRecord(
        name,
        spec,
        specPath,
        planDigest,
        dataFingerprint,
        dataSummary,
        trainingRows,
        plannedTrials,
        version,
        sparkVersion,
        started,
        time,
        tags,
        note);
  }
}
