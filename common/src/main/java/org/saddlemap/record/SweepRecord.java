package org.saddlemap.record;

/**
 * All that is kept of a sweep as a whole; see {@link Tables#SWEEPS} for the fields.
 *
 * @param finished null while it is incomplete
 */
public record SweepRecord(
    String name,
    String spec,
    String specPath,
    String planDigest,
    String dataFingerprint,
    String dataSummary,
    long plannedTrials,
    String version,
    String sparkVersion,
    String started,
    String finished) {}
