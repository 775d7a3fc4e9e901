package org.saddlemap.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.saddlemap.verdict.HalfwayEvidence.with;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.BOUNCE;
import static org.saddlemap.verdict.Measure.DESCENT_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.HO_COMPLETE;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.LATE_LOSS;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_COMPLETE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NC_RATIO;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.RAW_AVAIL;
import static org.saddlemap.verdict.Measure.RAW_GRADIENT_NORM;
import static org.saddlemap.verdict.Measure.RAW_LOSS;
import static org.saddlemap.verdict.Measure.SEARCH_CLIMB;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SENS_COMPLETE;
import static org.saddlemap.verdict.Measure.SENS_LAYER;
import static org.saddlemap.verdict.Measure.SENS_MIN;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.SETTLED_LOSS;
import static org.saddlemap.verdict.Measure.SETTLE_MOVE;
import static org.saddlemap.verdict.Measure.SPREAD;
import static org.saddlemap.verdict.VerdictRuleTest.RULE;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which probes the rule asks for, and when it has seen enough of one. */
class ProbesTest {
  /** What each probe brings. */
  private static final Map<Probe, Set<Measure>> BRINGS = new EnumMap<>(Probe.class);

  static {
    BRINGS.put(Probe.AVAILABLE_DECREASE, EnumSet.of(AVAIL, AVAIL_COMPLETE, NEG_G));
    BRINGS.put(Probe.NEGATIVE_CURVATURE, EnumSet.of(NC_DEC, NC_BOTH, NC_COMPLETE, NC_RATIO));
    BRINGS.put(Probe.DESCENT, EnumSet.of(DESCENT_DEC, DESCENT_COMPLETE));
    BRINGS.put(Probe.HIGHER_ORDER, EnumSet.of(HO_DEC, HO_COMPLETE));
    BRINGS.put(Probe.SURROUNDINGS, EnumSet.of(SEARCH_DEC, SEARCH_CLIMB));
    BRINGS.put(Probe.SENSITIVITY, EnumSet.of(SENS_MIN, SENS_COMPLETE, SENS_LAYER));
    BRINGS.put(Probe.BOUNCING, EnumSet.of(LATE_LOSS, BOUNCE));
    BRINGS.put(Probe.SETTLING, EnumSet.of(FLOOR, SETTLE_MOVE, SPREAD, SETTLED_LOSS));
    BRINGS.put(Probe.SETTLED_POINT, EnumSet.of(SETTLED, RAW_LOSS, RAW_AVAIL, RAW_GRADIENT_NORM));
    BRINGS.put(Probe.PROGRESS, EnumSet.of(P_ETA, P_COMPLETE));
    BRINGS.put(
        Probe.CONTINUATION, EnumSet.of(NEXT_GAIN, NEXT_COMPLETE, NEXT_OUTLOOK, NEXT_DEAD_SHARE));
  }

  /** Which probes the rule asks for, in order, before it decides: no more than it needs. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "NONFINITE=1                    | -",
        "LOSS=0 TAIL_MEDIAN=0           | -",
        "LOSS=9 TAIL_MEDIAN=9 TREND_T=0 | -",
        "DEAD_SHARE=1                   | -",
        "DEAD_SHARE=1 PENALTY_SHARE=1  | CONTINUATION",
        "AVAIL=0 NC_BOTH=1 NC_DEC=1 P_ETA=0 | AVAILABLE_DECREASE NEGATIVE_CURVATURE PROGRESS CONTINUATION",
        "AVAIL=0 HO_DEC=1 P_ETA=0       | AVAILABLE_DECREASE NEGATIVE_CURVATURE DESCENT HIGHER_ORDER PROGRESS CONTINUATION",
        "AVAIL=0 SENS_MIN=0             | AVAILABLE_DECREASE NEGATIVE_CURVATURE DESCENT HIGHER_ORDER SENSITIVITY",
        "AVAIL=0 SENS_MIN=0 PLAIN_STEPS=0 P_ETA=0 NEXT_GAIN=0 TREND=0 | AVAILABLE_DECREASE NEGATIVE_CURVATURE DESCENT HIGHER_ORDER SENSITIVITY PROGRESS",
        "AVAIL=0                        | AVAILABLE_DECREASE NEGATIVE_CURVATURE DESCENT HIGHER_ORDER SENSITIVITY SURROUNDINGS",
        "P_ETA=0.1                      | AVAILABLE_DECREASE PROGRESS",
        "P_ETA=0.005 TREND_T=0          | AVAILABLE_DECREASE PROGRESS CONTINUATION",
        // The same where the loss has been falling, and where steps wobble.
        "P_ETA=0.005                    | AVAILABLE_DECREASE PROGRESS",
        "P_ETA=0.1 STOCHASTIC=1 TREND_T=0 BOUNCE=0 | AVAILABLE_DECREASE BOUNCING PROGRESS CONTINUATION",
        "P_ETA=0 NEXT_GAIN=0 DESCENT_DEC=0.4 TREND=0 | AVAILABLE_DECREASE PROGRESS DESCENT",
        // What fell in the last half of its budget is tried, whatever is predicted.
        "P_ETA=0 NEXT_GAIN=0 DESCENT_DEC=0.4 | AVAILABLE_DECREASE PROGRESS CONTINUATION DESCENT",
        "STOCHASTIC=1 TREND_T=0 FLOOR=1 | AVAILABLE_DECREASE BOUNCING SETTLING",
        "STOCHASTIC=1 TREND_T=0 FLOOR=1 NEXT_RATE=0 DESCENT_DEC=0.4 | AVAILABLE_DECREASE DESCENT",
      })
  void itAsksOnlyForWhatItNeeds(String evidence, String probes) {
    Evidence all = with(evidence);
    Evidence.Builder seen = all.toBuilder();
    BRINGS.values().forEach(group -> group.forEach(seen::remove));
    List<String> asked = new ArrayList<>();
    while (RULE.decide(seen.build()) instanceof Decision.Missing missing) {
      asked.add(missing.probe().name());
      assertThat(asked).hasSizeLessThan(10);
      BRINGS.get(missing.probe()).forEach(m -> all.find(m).ifPresent(v -> seen.put(m, v)));
    }
    assertThat(String.join(" ", asked)).isEqualTo(probes == null ? "" : probes);
    assertThat(RULE.decide(seen.build())).isInstanceOf(Verdict.class);
    Verdict lazy = (Verdict) RULE.decide(seen.build());
    Verdict eager = (Verdict) RULE.decide(all);
    assertThat(lazy.category()).isEqualTo(eager.category());
    assertThat(lazy.subCategory()).isEqualTo(eager.subCategory());
  }

  /** The point's evidence is set aside when the settled point takes its place. */
  @Test
  void aSettledPointThatHasNotBeenLookedAtIsAskedFor() {
    Evidence whole = with("STOCHASTIC=1 TREND_T=0 SETTLED=1 BOUNCE=0");
    Evidence.Builder bare = new Evidence.Builder();
    for (Measure m : Measure.values()) {
      if (whole.has(m) && !java.util.Set.of(AVAIL, NEG_G).contains(m)) {
        bare.put(m, whole.get(m));
      }
    }
    assertThat(RULE.decide(bare.build())).isEqualTo(new Decision.Missing(Probe.AVAILABLE_DECREASE));
    assertThat(RULE.trace(bare.build())).isEmpty();
  }

  /** A lower bound decides where it suffices; otherwise the probe must go on. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AVAIL=0 AVAIL_COMPLETE=0                                | AVAILABLE_DECREASE",
        "AVAIL=0 NC_COMPLETE=0                                   | NEGATIVE_CURVATURE",
        "AVAIL=0 DESCENT_COMPLETE=0                              | DESCENT",
        "AVAIL=0 HO_COMPLETE=0                                   | HIGHER_ORDER",
        "AVAIL=0 SENS_COMPLETE=0                                 | SENSITIVITY",
        "NEXT_GAIN=0.0009 NEXT_COMPLETE=0                        | CONTINUATION",
        "NEXT_GAIN=0.0002 NEXT_COMPLETE=0 NEXT_OUTLOOK=0.002 TREND_T=0  | CONTINUATION",
        // What has a trend may turn, unless it goes the other way already.
        "NEXT_GAIN=0 NEXT_COMPLETE=0 NEXT_OUTLOOK=0 TREND_T=5    | CONTINUATION",
        "NEXT_GAIN=0 NEXT_COMPLETE=0 NEXT_OUTLOOK=0 TREND_T=0 DESCENT_COMPLETE=0 DESCENT_DEC=0 | DESCENT",
        "NEXT_GAIN=0 NEXT_COMPLETE=0 NEXT_OUTLOOK=-0.01 TREND_T=5 DESCENT_COMPLETE=0 DESCENT_DEC=0 | DESCENT",
        // That its own steps hold a trial back is said when all of the next budget was taken.
        "NEXT_GAIN=0 NEXT_COMPLETE=0 NEXT_OUTLOOK=0 TREND_T=0 DESCENT_DEC=0.1 | CONTINUATION",
        "AVAIL=0 SEARCH_DEC=0.1 SEARCH_CLIMB=0.1 NEXT_GAIN=0 NEXT_COMPLETE=0 NEXT_OUTLOOK=0 TREND_T=0 | CONTINUATION",
        "AVAIL=0 NC_BOTH=1 NC_DEC=1 NEXT_COMPLETE=0              | CONTINUATION",
        "DEAD_SHARE=1 PENALTY_SHARE=1 NEXT_COMPLETE=0            | CONTINUATION",
        "STOCHASTIC=1 TREND_T=0                                  | SETTLED_POINT",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 AVAIL=0 NC_COMPLETE=0  | NEGATIVE_CURVATURE",
        // Evidence of a settled point where these thresholds would judge the point before it.
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 RAW_AVAIL=0            | NEGATIVE_CURVATURE",
        "TREND_T=0 SETTLED=1                                     | NEGATIVE_CURVATURE",
      })
  void incompleteProbesGoOn(String evidence, Probe probe) {
    assertThat(RULE.decide(with(evidence))).isEqualTo(new Decision.Missing(probe));
    Verdict cut = (Verdict) RULE.decide(with(evidence + " CEILING_HIT=1"));
    assertThat(cut.category()).isEmpty();
    assertThat(cut.subCategory())
        .isEqualTo("not examined: " + probe.name().toLowerCase(java.util.Locale.ROOT));
    assertThat(cut.reason()).contains("ceiling");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AVAIL=0 NC_BOTH=1 NC_DEC=1 NC_COMPLETE=0 NEXT_GAIN=0 | strict",
        "AVAIL=0 HO_DEC=1 HO_COMPLETE=0 NEXT_GAIN=0 | degenerate",
        "AVAIL=0 SENS_MIN=0 SENS_COMPLETE=0        | flat",
        "AVAIL=0.1 AVAIL_COMPLETE=0                | in progress",
        "NEXT_GAIN=0.1 NEXT_COMPLETE=0             | in progress",
        "LOSS=0 TAIL_MEDIAN=0 CEILING_HIT=1        | global",
      })
  void lowerBoundsSuffice(String evidence, String subCategory) {
    assertThat(((Verdict) RULE.decide(with(evidence))).subCategory()).isEqualTo(subCategory);
  }
}
