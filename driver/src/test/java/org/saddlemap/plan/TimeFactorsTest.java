package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.saddlemap.record.Times;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;
import org.saddlemap.spec.ExaminationSpec;

class TimeFactorsTest {
  private static final CostModel MODEL =
      new CostModel(2, 2, 64, ExaminationSpec.DEFAULT, Speed.SHIPPED);

  private static SweepPlan plan(int replicates) {
    return new SweepPlan(
        Specs.of(
            new Space(
                Map.of(), List.of(Specs.axis(Hyperparameter.DEPTH, "1", "4", "30")), List.of()),
            replicates));
  }

  /** What a trial takes that is so many times as long as predicted. */
  private static Times times(CostModel.Cost predicted, double factor) {
    double millis = 1e3 * (factor * predicted.seconds() - predicted.otherSeconds());
    return new Times(77, 0.1 * millis, 0.7 * millis, 0.2 * millis);
  }

  private static double[] seconds(TimeFactors factors, SweepPlan plan, long seed) {
    return factors.chunkSeconds(
        new CostTable(plan, MODEL),
        List.of(
            chunk(0, plan.size() / 3),
            chunk(plan.size() / 3, plan.size() / 2),
            chunk(plan.size() / 2, plan.size())),
        seed);
  }

  private static Chunk chunk(long from, long to) {
    return new Chunk(new ChunkRange(from, to), to - from, 1);
  }

  private static double predicted(SweepPlan plan) {
    return new CostTable(plan, MODEL).totalSeconds();
  }

  @Test
  void chunkSecondsDrawsEachMeasuredTrialAsOften() {
    SweepPlan measured = plan(4);
    TimeFactors factors = new TimeFactors();
    for (long i = 0; i < measured.size(); i++) {
      CostModel.Cost cost = MODEL.of(measured.trial(i).orElseThrow().configuration());
      factors.add(cost, times(cost, i % 4 == 3 ? 17 : 1)); // 5 on the average
    }
    assertThat(factors.trials()).isEqualTo(12);
    for (long seed = 0; seed < 20; seed++) {
      for (int replicates : new int[] {4, 8, 400}) {
        SweepPlan simulated = plan(replicates);
        assertThat(Arrays.stream(seconds(factors, simulated, seed)).sum())
            .as("%d replicates, seed %d", replicates, seed)
            .isCloseTo(5 * predicted(simulated), withPercentage(1e-6));
      }
    }
    assertThat(seconds(factors, plan(50), 1)).isEqualTo(seconds(factors, plan(50), 1));
    assertThat(
            LongStream.range(0, 20)
                .mapToObj(seed -> Arrays.toString(seconds(factors, plan(50), seed)))
                .distinct())
        .hasSizeGreaterThan(1);
  }

  @Test
  void chunkSecondsTakesTheNextCheaperWhereNothingWasMeasured() {
    SweepPlan plan = plan(2);
    TimeFactors factors = new TimeFactors();
    CostModel.Cost middle = MODEL.of(plan.trial(2).orElseThrow().configuration());
    factors.add(middle, times(middle, 3));
    assertThat(Arrays.stream(seconds(factors, plan, 1)).sum())
        .isCloseTo(3 * predicted(plan), withPercentage(1e-6));
    CostModel.Cost shallow = MODEL.of(plan.trial(0).orElseThrow().configuration());
    factors.add(shallow, times(shallow, 2));
    assertThat(seconds(factors, plan, 1)[0])
        .isCloseTo(2 * 2 * shallow.seconds(), withPercentage(1e-6));
    assertThat(seconds(factors, plan, 1)[1]).isCloseTo(3 * middle.seconds(), withPercentage(1e-6));
  }

  @Test
  void chunkSecondsRefusesWhereNothingWasMeasured() {
    assertThatThrownBy(() -> seconds(new TimeFactors(), plan(2), 1))
        .isInstanceOf(IllegalStateException.class);
  }
}
