package org.saddlemap.trial;

import org.saddlemap.space.Configuration;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.verdict.VerdictRule;

/**
 * What a trial's result and verdict depend on besides its configuration and replicate; the same for
 * all trials of a sweep. Limits are not among it: they say whether there is a result, not which.
 *
 * @param sweepSeed seed that the trial's streams are derived from
 * @param dataFingerprint digest of the prepared data
 * @param examination how it is examined and judged
 * @param engineVersion changes whenever the same inputs would give other numbers
 * @param ruleVersion changes whenever the same evidence would give another verdict
 */
public record TrialContext(
    long sweepSeed,
    String dataFingerprint,
    ExaminationSpec examination,
    String engineVersion,
    long ruleVersion) {
  /** That of a sweep's trials, judged by this version of the rule. */
  public static TrialContext of(SweepSpec spec, String dataFingerprint, String engineVersion) {
    return new TrialContext(
        spec.seed(), dataFingerprint, spec.examination(), engineVersion, VerdictRule.VERSION);
  }

  /** The identity of one trial. */
  public TrialId id(Configuration configuration, int replicate) {
    return new TrialId(
        TrialId.sha256(
            String.join(
                "\n",
                configuration.identity(),
                "replicate=" + replicate,
                "seed=" + sweepSeed,
                "data=" + dataFingerprint,
                "examine=" + examination.of(configuration).canonical(),
                "engine=" + engineVersion,
                "rule=" + ruleVersion)));
  }
}
