package org.saddlemap.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Causes and sentences by evidence alone, where others were once told and were false. */
class CauseOfEvidenceTest {
  private static final VerdictRule RULE = new VerdictRule(Thresholds.DEFAULT);

  private static Verdict verdict(String evidence) {
    return (Verdict) RULE.decide(HalfwayEvidence.with(evidence));
  }

  private static final String HELD = "NEXT_GAIN=0 DESCENT_DEC=0.1 ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // What has all but trained has no disease, whatever its units look like.
        "NEXT_GAIN=0.002 LOSS=0.005 TAIL_MEDIAN=0.005 GAP=0.005 SATURATED_SHARE=1 | NONE | It has all but trained: the loss was still falling",
        // Noisy steps that came a long way and stay are not too small; that they came nowhere tells
        // it.
        "NEXT_GAIN=0 DESCENT_DEC=0.1 STOCHASTIC=1 BOUNCE=0 FLOOR=0 TREND_T=0 TREND=0 OSCILLATION=0.5 | NOISE | The noise of the steps keeps it from settling: there is a slope",
        "NEXT_GAIN=0 DESCENT_DEC=0.1 STOCHASTIC=1 BOUNCE=0 FLOOR=0 TREND_T=0 TREND=0 START_LOSS=0.51 | RATE_TOO_SMALL | The steps are too small: there is a slope",
        // Nor does a trend that is none, and decay holds it all the same.
        "NEXT_GAIN=0 DESCENT_DEC=0.1 DECAYED=1 RADIUS=0.3 TREND=-0.04 TREND_T=-1.3 | WEIGHT_DECAY | Weight decay holds the weights back",
        "NEXT_GAIN=0 DESCENT_DEC=0.1 DECAYED=1 RADIUS=0.3 TREND=-0.04 TREND_T=-5 START_LOSS=0.51 | RATE_TOO_SMALL | The steps are too small",
        // What a whole budget of noisy steps does not bring, noise keeps from them.
        "NEXT_GAIN=0 NEXT_COMPLETE=1 DESCENT_DEC=0.1 STOCHASTIC=1 BOUNCE=0 FLOOR=0 TREND_T=-5 TREND=-0.01 | NOISE | The noise of the steps keeps it from settling",
        // Worse than a constant at its best: no network is too small for that.
        "AVAIL=0 LOSS=1.4 GAP=1.4 TAIL_MEDIAN=1.4 PENALTY_SHARE=0.23 | PENALTY | The L2 penalty holds the weights back (23 % of the objective at the end)",
        "AVAIL=0 LOSS=1.4 GAP=1.4 TAIL_MEDIAN=1.4 | MODEL | The network itself is the limit",
        // A next budget that leads up is none of steps that are too small.
        "NEXT_GAIN=0 DESCENT_DEC=0.1 NEXT_COMPLETE=1 NEXT_OUTLOOK=-0.01 | RATE_TOO_LARGE_AT_END | The steps are too large for the end of the descent",
        "NEXT_GAIN=0 DESCENT_DEC=0.1 NEXT_COMPLETE=1 NEXT_OUTLOOK=-0.01 START_LOSS=0.51 | RATE_TOO_SMALL | The steps are too small",
        // Units that went off while no loss jumped: smaller steps might have done it, too.
        "DEAD_SHARE=1 INITIAL_DEAD_SHARE=0.5 PEAK=1 | RATE_TOO_LARGE | The steps are most likely too large: they switched every unit of layer 1 off",
        "DEAD_SHARE=1 INITIAL_DEAD_SHARE=0.5 PEAK=30 | RATE_TOO_LARGE | The steps are too large, and the loss rose to 30 times its start: they switched every unit",
        // Single mini-batches stand at a few times the start by chance.
        "DEAD_SHARE=1 INITIAL_DEAD_SHARE=0.5 PEAK=3 STOCHASTIC=1 | RATE_TOO_LARGE | The steps are most likely too large: they switched",
        // Before any step the weights alone are too much.
        "NONFINITE=1 FIRST_NONFINITE_STEP=0 FIRST_NONFINITE_LAYER=2 | EXPLODING_SIGNAL | The initial weights are too large: before any step the signal outgrows what a number can hold: numbers overflowed at step 0, first in layer 2.",
        "NONFINITE=1 FIRST_NONFINITE_STEP=1 | RATE_TOO_LARGE | The steps are too large: numbers overflowed at step 1.",
        // That targets are out of reach explains no overflow, and classes have no targets to reach.
        "NONFINITE=1 FIRST_NONFINITE_STEP=1 F_REACH=0.2 TARGET_MIN=-2 TARGET_MAX=6 OUTPUT_MIN=0 | RATE_TOO_LARGE | The steps are too large: numbers overflowed",
        "F_REACH=0.2 TARGET_MIN=-2 TARGET_MAX=6 OUTPUT_MIN=0 | TARGETS_OUT_OF_REACH | The targets (-2 to 6) lie outside of what the output can reach (at least 0): ",
        "F_REACH=0.2 OUTPUT_MIN=0 OUTPUT_MAX=1 | TARGETS_OUT_OF_REACH | The outputs are bounded (0 to 1), and this loss needs logits of any size: ",
        // A third is no majority.
        "PENALTY_SHARE=0.35 | PENALTY | The L2 penalty holds the weights back (35 % of the objective at the end): ",
        "PENALTY_SHARE=0.65 | PENALTY | The L2 penalty outweighs the data (65 % of the objective at the end): ",
        // Where a saddle is seen on a slope, no gradient vanishes.
        "NEXT_GAIN=0 DESCENT_DEC=0.1 NEG_G=0.9 PHI1=3.7 | SADDLE | A saddle holds it: most of the slope lies along negative curvature, and the surface curves down",
        "NEXT_GAIN=0 AVAIL=0 NC_BOTH=1 NC_DEC=0.1 PHI1=0.001 | SADDLE | A saddle holds it: the gradient all but vanishes, and the surface curves down",
      })
  void aCauseIsToldWithWhatShowsIt(String evidence, Cause cause, String sentence) {
    Verdict verdict = verdict(evidence);
    assertThat(verdict.cause()).as(verdict.toString()).contains(cause);
    assertThat(verdict.reason()).startsWith(sentence);
  }

  /** A prediction is no bound; a gain that was measured over a part of the budget is one so far. */
  @Test
  void howAGainIsKnownIsTold() {
    assertThat(verdict("NEXT_GAIN=0.1 NEXT_COMPLETE=1").reason())
        .contains("would gain 10 % of its range");
    assertThat(verdict("NEXT_GAIN=0.1 NEXT_COMPLETE=0").reason())
        .contains("would gain at least 10 % of its range");
    Evidence.Builder predicted = new Evidence.Builder();
    Evidence halfway = HalfwayEvidence.halfway().build();
    for (Measure m : Measure.values()) {
      if (halfway.has(m) && !m.name().startsWith("NEXT_")) {
        predicted.put(m, halfway.get(m));
      }
    }
    assertThat(((Verdict) RULE.decide(predicted.build())).reason())
        .contains("would gain about 10 % of its range");
  }

  /** No one saw what made weights from elsewhere infinite. */
  @Test
  void weightsThatAreNotFiniteHaveNoCause() {
    Verdict verdict = verdict("NONFINITE=1");
    assertThat(verdict.cause()).isEmpty();
    assertThat(verdict.reason()).isEqualTo("Loss, gradient or weights are not finite.");
  }

  /** Steps without noise that go up and down may take away what they gain at first. */
  @Test
  void whatBouncesTakesItsWholeNextBudget() {
    assertThat(RULE.decide(HalfwayEvidence.with("OSCILLATION=0.3 NEXT_GAIN=0.1 NEXT_COMPLETE=0")))
        .isEqualTo(new Decision.Missing(Probe.CONTINUATION));
    assertThat(verdict(HELD + "OSCILLATION=0.3").subCategory()).isEqualTo("rate-limited");
    assertThat(verdict("OSCILLATION=0.3 STOCHASTIC=1 NEXT_COMPLETE=0").subCategory())
        .isEqualTo("in progress");
  }
}
