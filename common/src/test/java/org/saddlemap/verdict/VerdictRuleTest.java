package org.saddlemap.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.saddlemap.verdict.HalfwayEvidence.halfway;
import static org.saddlemap.verdict.HalfwayEvidence.with;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every branch of the rule, and the margin of what it decides. */
class VerdictRuleTest {
  static final VerdictRule RULE = new VerdictRule(Thresholds.DEFAULT);

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
        "DEAD_SHARE=1 BATCH_STATISTICS=1 NEXT_DEAD_SHARE=0.5    | descending | in progress",
        "DEAD_SHARE=1 NEXT_DEAD_SHARE=0.5                       | plateau    | dead",
        "AVAIL=0 HO_DEC=1.1e-3 NEXT_GAIN=0                      | saddle     | degenerate",
        "AVAIL=9e-4 HO_DEC=2e-3                                 | optimum    | local",
        "AVAIL=0 SEARCH_DEC=1.1e-3 NEXT_GAIN=0                  | saddle     | degenerate",
        "AVAIL=0 SEARCH_DEC=1.6e-3 SEARCH_CLIMB=2e-4 NEXT_GAIN=0 | descending | shallow",
        "AVAIL=0 SEARCH_DEC=1.6e-3 SEARCH_CLIMB=2e-4            | descending | in progress",
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
        // Weight decay keeps up what hardly bounces.
        "STOCHASTIC=1 TREND_T=0 FLOOR=0.4 BOUNCE=2e-3 DECAYED=1 RADIUS=0.3 NEXT_GAIN=0 DESCENT_DEC=0.4 | descending | rate-limited",
        "STOCHASTIC=1 TREND_T=0 FLOOR=0.4 BOUNCE=0.1 DECAYED=1 RADIUS=0.3 | descending | noise-limited",
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
