package org.saddlemap.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.verdict.Measure.ATTAINED;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.BOUNCE;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DESCENT_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.HO_COMPLETE;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.LATE_LOSS;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_COMPLETE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NC_RATIO;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.PHI1;
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
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictRuleTest {
  private static final VerdictRule RULE = new VerdictRule(Thresholds.DEFAULT);

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

  /**
   * Half-way down from 2 towards a lower bound of 0; the best constant has 1. Everything a probe
   * could bring says "nothing there".
   */
  private static Evidence.Builder halfway() {
    return new Evidence.Builder()
        .put(NONFINITE, false)
        .put(STOCHASTIC, false)
        .put(START_LOSS, 2)
        .put(F_BASE, 1)
        .put(F_LB, 0)
        .put(ATTAINED, true)
        .put(LOSS_RANGE, 1)
        .put(LOSS, 0.5)
        .put(GAP, 0.5)
        .put(HISTORY_POINTS, 200)
        .put(TAIL_MEDIAN, 0.5)
        .put(TREND, -0.1)
        .put(TREND_T, -20)
        .put(OSCILLATION, 0)
        .put(DEAD_SHARE, 0)
        .put(PHI1, 0.5)
        .put(AVAIL, 0.1)
        .put(AVAIL_COMPLETE, true)
        .put(NEG_G, 0)
        .put(NC_DEC, 0)
        .put(NC_BOTH, -1)
        .put(NC_COMPLETE, true)
        .put(DESCENT_DEC, 0)
        .put(DESCENT_COMPLETE, true)
        .put(HO_DEC, 0)
        .put(HO_COMPLETE, true)
        .put(SEARCH_DEC, 0)
        .put(SEARCH_CLIMB, 0)
        .put(SENS_MIN, 0.1)
        .put(SENS_COMPLETE, true)
        .put(LATE_LOSS, 0.5)
        .put(BOUNCE, 0.01)
        .put(FLOOR, 0.01)
        .put(SETTLE_MOVE, 0.1)
        .put(SPREAD, 0.1)
        .put(SETTLED_LOSS, 0.49)
        .put(P_ETA, 0.1)
        .put(P_COMPLETE, true)
        .put(NEXT_GAIN, 0.1)
        .put(NEXT_DEAD_SHARE, 1)
        .put(NEXT_COMPLETE, true);
  }

  /** Each row: what differs from half-way down, and the verdict. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Diverged
        "NONFINITE=1                                            | diverged   | nonfinite",
        "LOSS=9 TAIL_MEDIAN=3.1 TREND_T=0                       | diverged   | blow-up",
        "LOSS=9 TAIL_MEDIAN=2.9 TREND_T=3.1 TREND=0.01          | diverged   | rising",
        // Means are compared with means, where there are any.
        "LOSS=9 TAIL_MEDIAN=2.1 TAIL_MEAN=3.1 TREND_T=0         | diverged   | blow-up",
        // A rise must be one, and what falls has not diverged.
        "LOSS=9 TAIL_MEDIAN=2.9 TREND_T=3.1 TREND=0.0009 GAP=9  | descending | in progress",
        "LOSS=9 TAIL_MEDIAN=3.1 GAP=9                           | descending | in progress",
        "LOSS=9 TAIL_MEDIAN=2.9 TREND_T=2.9 GAP=9               | descending | in progress",
        "LOSS=9 TAIL_MEDIAN=1.9 TREND_T=3.1 TREND=1 GAP=9       | descending | in progress",
        // Without a living gradient it is stuck, however high.
        "LOSS=9 TAIL_MEDIAN=9 TREND_T=0 GAP=9 PHI1=0 AVAIL=0 SENS_MIN=0 | plateau | flat",
        "AVAIL=0 SENS_MIN=0 PLAIN_STEPS=0                            | descending | in progress",
        "LOSS=9 TAIL_MEDIAN=9 TREND_T=0 GAP=9 DEAD_SHARE=1      | plateau    | dead",
        // A last spike alone is not divergence, nor is a last dip after a blown-up tail.
        "LOSS=1.9 TAIL_MEDIAN=9 TREND_T=9 TREND=1 GAP=1.9       | descending | in progress",
        // By value
        "LOSS=0.001 TAIL_MEDIAN=0.01                            | optimum    | global",
        "LOSS=0.001 TAIL_MEDIAN=0.01 ATTAINED=0                 | optimum    | global, infimum not attained",
        "LOSS=0.001 TAIL_MEDIAN=0.011 GAP=0.001                 | descending | in progress",
        "LOSS=0.0011 TAIL_MEDIAN=0.0011 GAP=0.0011              | descending | in progress",
        "F_REACH=0.4995                                         | optimum    | within reach",
        // Stationary
        "AVAIL=1e-3                                             | optimum    | local",
        "AVAIL=1e-3 LOSS=0.009 TAIL_MEDIAN=0.02                 | optimum    | near-global",
        "AVAIL=1e-3 F_REACH=0.495                               | optimum    | within reach",
        "AVAIL=1.1e-3                                           | descending | in progress",
        "AVAIL=0 NC_BOTH=1e-9 NC_DEC=1.1e-4 NEXT_GAIN=0         | saddle     | strict",
        "AVAIL=1e-4 NC_BOTH=1e-9 NC_DEC=2.9e-4                  | optimum    | local",
        // Down on one side alone still leads down; near the bound it must be worth more.
        "AVAIL=0 NC_DEC=1.1e-3 NEXT_GAIN=0                      | saddle     | strict",
        "AVAIL=0 NC_DEC=0.9e-3                                  | optimum    | local",
        "AVAIL=0 NC_DEC=1.4e-3 LOSS=0.009 TAIL_MEDIAN=0.02      | optimum    | near-global",
        "AVAIL=0 NC_DEC=1.6e-3 LOSS=0.009 TAIL_MEDIAN=0.02 NEXT_GAIN=0 | descending | creeping",
        // A saddle whose way down its own next budget takes is being left.
        "AVAIL=0 NC_BOTH=1 NC_DEC=0.05 NEXT_GAIN=0.06           | descending | leaving a saddle",
        "AVAIL=0 NC_BOTH=1 NC_DEC=0.05 NEXT_GAIN=0.04           | saddle     | strict",
        "AVAIL=0 DEAD_SHARE=1                                   | plateau    | dead",
        "AVAIL=0 DEAD_SHARE=1 NC_BOTH=1 NC_DEC=1                | plateau    | dead",
        "AVAIL=0 DEAD_SHARE=0.99                                | optimum    | local",
        // L2 and weight decay may switch it on again, of which half a budget tells nothing.
        "DEAD_SHARE=1 PENALTY_SHARE=0.1                         | plateau    | dead",
        "DEAD_SHARE=1 PENALTY_SHARE=0.1 NEXT_DEAD_SHARE=0.5     | descending | in progress",
        "DEAD_SHARE=1 DECAYED=0.1 NEXT_DEAD_SHARE=0.5           | descending | in progress",
        "DEAD_SHARE=1 DECAYED=0.1 NEXT_DEAD_SHARE=0.5 NEXT_RATE=0 | plateau  | dead",
        "DEAD_SHARE=1 DECAYED=0.1 NEXT_DEAD_SHARE=0.5 NEXT_GAIN=1e-3 | plateau | dead",
        "DEAD_SHARE=1 NEXT_DEAD_SHARE=0.5                       | plateau    | dead",
        "AVAIL=0 HO_DEC=1.1e-3 NEXT_GAIN=0                      | saddle     | degenerate",
        "AVAIL=9e-4 HO_DEC=2e-3                                 | optimum    | local",
        "AVAIL=0 SEARCH_DEC=1.1e-3 NEXT_GAIN=0                  | saddle     | degenerate",
        "AVAIL=0 SEARCH_DEC=1.6e-3 SEARCH_CLIMB=2e-4            | descending | shallow",
        "AVAIL=0 SEARCH_DEC=0.9e-3                              | optimum    | local",
        "AVAIL=0 SEARCH_DEC=1.4e-3 LOSS=0.009 TAIL_MEDIAN=0.02  | optimum    | near-global",
        "AVAIL=0 DEAD_SHARE=1 HO_DEC=1                          | plateau    | dead",
        "AVAIL=0 SENS_MIN=4e-5                                  | plateau    | flat",
        "AVAIL=0 SENS_MIN=6e-5                                  | optimum    | local",
        "AVAIL=0 SENS_MIN=4e-5 SATURATED_SHARE=0.95             | plateau    | saturated",
        "AVAIL=0 SENS_MIN=4e-5 ACTIVE_SHARE=0.009               | plateau    | nearly dead",
        "AVAIL=0 SENS_MIN=0 LOSS=0.009 TAIL_MEDIAN=0.02         | optimum    | near-global",
        "AVAIL=0 SENS_MIN=4e-5 HO_DEC=1 NEXT_GAIN=0             | saddle     | degenerate",
        "AVAIL=1e-6 NC_BOTH=1e-9 NC_DEC=1.1e-5                  | saddle     | weak",
        "AVAIL=1e-6 NC_BOTH=1e-9 NC_DEC=0.9e-5                  | optimum    | local",
        // A descent in the ball finds more than a quadratic promises.
        "AVAIL=0 DESCENT_DEC=0.002                              | descending | in progress",
        "AVAIL=0 DESCENT_DEC=0.002 NEG_G=0.6                    | descending | leaving a saddle",
        "AVAIL=0 DESCENT_DEC=0.002 NEG_G=0.6 NEXT_GAIN=0        | saddle     | strict",
        "AVAIL=0 DESCENT_DEC=0.002 NEXT_GAIN=0 PHI1=0           | saddle     | degenerate",
        "AVAIL=0 DESCENT_DEC=0.009 NEXT_GAIN=0                  | plateau    | slow",
        "AVAIL=0 DESCENT_DEC=0.02 NEXT_GAIN=0                   | descending | creeping",
        // Moving
        "NEXT_GAIN=0 PHI1=0.009                                 | plateau    | slow",
        "NEXT_GAIN=0 PHI1=0.009 DESCENT_DEC=0.011               | descending | creeping",
        "NEXT_GAIN=0 PHI1=0.011 DESCENT_DEC=0.002               | descending | rate-limited",
        // A slope that no descent can follow, at a kink, is none.
        "NEXT_GAIN=0 PHI1=0.011                                 | optimum    | local",
        "NEXT_GAIN=0.0009 PHI1=0.009                            | plateau    | slow",
        "NEXT_GAIN=0.0011 PHI1=0.009                            | descending | in progress",
        "NEXT_GAIN=0 PHI1=0.009 NC_BOTH=1 NC_DEC=0.02           | saddle     | strict",
        "NEXT_GAIN=0 NEG_G=0.6 DESCENT_DEC=0.002                | saddle     | strict",
        "NEXT_GAIN=0 DESCENT_DEC=0.0014 LOSS=0.009 TAIL_MEDIAN=0.02 | optimum | near-global",
        "NEXT_GAIN=0 DESCENT_DEC=0.0016 LOSS=0.009 TAIL_MEDIAN=0.02 PHI1=0 | descending | creeping",
        "NEG_G=0.6                                              | descending | leaving a saddle",
        "STOCHASTIC=1                                           | descending | in progress",
        // Where the schedule has ended, nothing goes on and nothing bounces, whatever is known.
        "NEXT_RATE=1e-9                                         | descending | in progress",
        "NEXT_RATE=0 PHI1=0.011 DESCENT_DEC=0.002               | descending | rate-limited",
        "NEXT_RATE=0 PHI1=0.009                                 | plateau    | slow",
        "NEXT_RATE=0 NEG_G=0.6 DESCENT_DEC=0.002                | saddle     | strict",
        "NEXT_RATE=0 AVAIL=0 NC_BOTH=1 NC_DEC=0.05 NEXT_GAIN=0.06 | saddle   | strict",
        "NEXT_RATE=0 AVAIL=0 SENS_MIN=0 PLAIN_STEPS=0           | plateau    | flat",
        "NEXT_RATE=0 STOCHASTIC=1 TREND_T=0 FLOOR=0.4 DESCENT_DEC=0.4 | descending | rate-limited",
        "NEXT_RATE=0 OSCILLATION=0.3 TREND_T=0 FLOOR=0.4 AVAIL=0 | optimum   | local",
        // Noisy, without a trend
        "STOCHASTIC=1 TREND_T=0 HISTORY_POINTS=23               | descending | in progress",
        "STOCHASTIC=1 TREND_T=0 FLOOR=0.2 SETTLE_MOVE=0.4       | descending | noise-limited",
        "OSCILLATION=0.3 TREND_T=0 FLOOR=0.2 SETTLE_MOVE=0.4    | descending | oscillating",
        "OSCILLATION=0.3 TREND_T=0 FLOOR=0.4                    | descending | oscillating",
        "OSCILLATION=0.3 TREND_T=0 FLOOR=0.4 LATE_LOSS=1.2      | diverged   | bounded oscillation",
        "STOCHASTIC=1 TREND_T=0 FLOOR=0.4                       | descending | noise-limited",
        "STOCHASTIC=1 TREND_T=0 FLOOR=0.4 LATE_LOSS=1.2         | diverged   | bounded oscillation",
        "OSCILLATION=0.2 TREND_T=0                              | descending | in progress",
        // Bounces only where something bounces: what hardly moves is slow, or wanders with its
        // noise.
        "STOCHASTIC=1 TREND_T=0 BOUNCE=0 FLOOR=0.4              | descending | in progress",
        "STOCHASTIC=1 TREND_T=0 BOUNCE=0 FLOOR=0.4 NEXT_GAIN=0 P_ETA=0 DESCENT_DEC=0.4 | descending | rate-limited",
        "STOCHASTIC=1 TREND_T=0 BOUNCE=0 FLOOR=0.4 NEXT_GAIN=0  | descending | noise-limited",
        // A significant trend that is worth nothing is none.
        "STOCHASTIC=1 TREND=-1e-4 FLOOR=0.4                     | descending | noise-limited",
        // The settled point
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 AVAIL=0               | optimum    | local, noisy",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 AVAIL=0 FLOOR=1e-4    | optimum    | local",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 AVAIL=0 FLOOR=0.11    | descending | noise-limited",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 AVAIL=0 NC_BOTH=1 NC_DEC=1 NEXT_GAIN=0 | saddle | strict",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 LOSS=0.001            | optimum    | global, noisy",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 LOSS=0.001 FLOOR=0.29 | descending | noise-limited",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 NEG_G=0.6             | descending | leaving a saddle",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 NEXT_GAIN=0 PHI1=0.009 | plateau   | slow",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1 NEXT_GAIN=0 PHI1=0.011 DESCENT_DEC=0.4 | descending | rate-limited",
        "STOCHASTIC=1 TREND_T=0 SETTLED=1                       | descending | in progress",
      })
  void everyBranch(String evidence, String category, String subCategory) {
    Verdict verdict = (Verdict) RULE.decide(with(evidence));
    assertThat(verdict.category().map(Category::text)).contains(category);
    assertThat(verdict.subCategory()).isEqualTo(subCategory);
    assertThat(verdict.reason()).matches("[A-Z0-9].*\\.").doesNotContain("null", "NaN");
  }

  @Test
  void withoutALossRangeThereIsNoCategory() {
    Verdict verdict = (Verdict) RULE.decide(with("LOSS_RANGE=0"));
    assertThat(verdict.category()).isEmpty();
    assertThat(verdict.subCategory()).isEqualTo("no loss range");
  }

  @Test
  void withoutHistoryTheLossAloneSpeaks() {
    Evidence.Builder b = halfway().put(HISTORY_POINTS, 0).remove(TAIL_MEDIAN).remove(TREND_T);
    assertThat(((Verdict) RULE.decide(b.put(LOSS, 9).put(GAP, 9).build())).category())
        .contains(Category.DESCENDING);
    assertThat(((Verdict) RULE.decide(b.put(LOSS, 1e-4).build())).category())
        .contains(Category.OPTIMUM);
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

  @Test
  void thresholdsDecide() {
    Evidence e = with("AVAIL=5e-3");
    assertThat(((Verdict) RULE.decide(e)).category()).contains(Category.DESCENDING);
    VerdictRule tolerant =
        new VerdictRule(new Thresholds(1e-2, 1e-4, 1e-2, 0.05, 0.3, 1, 3, 3, 0.2));
    assertThat(((Verdict) tolerant.decide(e)).category()).contains(Category.OPTIMUM);
    assertThatThrownBy(() -> new Thresholds(0, 1e-4, 1e-2, 0.05, 0.3, 1, 3, 3, 0.2))
        .hasMessage("needs thresholds > 0, got 0.0");
  }

  @ParameterizedTest
  @CsvSource({
    "0.3, 30 % of",
    "0.1, 10 % of",
    "1, 100 % of",
    "0.123, 12 % of",
    "0.005, 0.5 % of",
    "0.0011, 0.11 % of",
    "0.00001, less than 0.01 % of",
    "2.5, 2.5 times",
    "28800, 28800 times",
    "3.2e9, 3·10^9 times",
    "0, 0 % of"
  })
  void sharesAreWrittenAsPeopleWriteThem(double share, String text) {
    assertThat(People.of(share)).isEqualTo(text);
  }

  /** The margin is the nearest of those thresholds whose other side has another category. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NONFINITE=1                                  | 16",
        // avail is two decades above eps; what the next budget gains only tells kinds of
        // descending.
        "NEXT_GAIN=0.01 DESCENT_DEC=0.1               | 16",
        "NEXT_GAIN=0.01 PHI1=0.001                    | 1",
        "NEXT_GAIN=0.001 PHI1=0.001 DESCENT_DEC=0.001 | 0",
        "AVAIL=2e-3                                   | 0.30103",
        "AVAIL=0 NC_DEC=0.01 NEXT_GAIN=1e-5           | 1",
      })
  void marginIsTheSmallestDecisiveDistance(String evidence, double margin) {
    Verdict verdict = (Verdict) RULE.decide(with(evidence));
    assertThat(verdict.margin().orElseThrow()).isCloseTo(margin, within(1e-5));
    assertThat(
            RULE.trace(with(evidence)).stream()
                .filter(Comparison::decisive)
                .mapToDouble(Comparison::decades)
                .min()
                .orElse(Comparison.FAR))
        .isCloseTo(margin, within(1e-5));
  }

  /**
   * What was set aside with the point where it stopped is not there when the other way is tried.
   */
  @Test
  void aSettledPointWhoseSlopeNobodyLookedAtHasAMargin() {
    String settled = "STOCHASTIC=1 TREND_T=0 SETTLED=1 LOSS=0.001 AVAIL=NaN NEG_G=NaN";
    assertThat(with(settled).has(NEG_G)).isFalse();
    Verdict verdict = (Verdict) RULE.decide(with(settled));
    assertThat(verdict.subCategory()).isEqualTo("global, noisy");
    assertThat(verdict.margin().orElseThrow()).isCloseTo(0, within(1e-5));
    verdict = (Verdict) RULE.decide(with(settled + " NEXT_GAIN=NaN P_ETA=0 BOUNCE=0.002"));
    assertThat(verdict.subCategory()).isEqualTo("global, noisy");
  }

  @Test
  void evidenceKnowsWhatWasMeasured() {
    Evidence e =
        new Evidence.Builder().put(GAP, 1).put(LOSS, Double.NaN).put(SETTLED, true).build();
    assertThat(e.has(LOSS)).isFalse();
    assertThat(e.find(GAP)).isEqualTo(Optional.of(1.0));
    assertThat(e.getOr(LOSS, 7)).isEqualTo(7);
    assertThat(e.is(SETTLED)).isTrue();
    assertThat(e.is(NONFINITE)).isFalse();
    assertThat(e.toBuilder().build()).isEqualTo(e);
    assertThat(e.toBuilder().put(GAP, Double.NaN).build()).isNotEqualTo(e);
    assertThatThrownBy(() -> e.get(LOSS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Not measured: judged_loss");
  }

  /** Half-way down, with some measures changed; what settled keeps the old point's. */
  private static Evidence with(String changes) {
    Evidence.Builder b = halfway();
    if (changes.contains("SETTLED=1")) {
      b.put(RAW_LOSS, 0.5).put(RAW_AVAIL, 0.1);
    }
    for (String change : changes.strip().split(" ", -1)) {
      String[] parts = change.split("=", 2);
      b.put(Measure.valueOf(parts[0]), Double.parseDouble(parts[1]));
    }
    return b.build();
  }

  @Test
  void whatWasNotExaminedHasNoCategoryButThatOfNumbersThatOverflowed() {
    Verdict verdict = (Verdict) RULE.decide(with("NOT_EXAMINED=1"));
    assertThat(verdict.category()).isEmpty();
    assertThat(verdict.subCategory()).isEqualTo("not examined");
    assertThat(verdict.reason()).contains("signals alone");
    Verdict overflowed = (Verdict) RULE.decide(with("NOT_EXAMINED=1 NONFINITE=1"));
    assertThat(overflowed.category()).contains(Category.DIVERGED);
    assertThat(overflowed.subCategory()).isEqualTo("nonfinite");
  }
}
