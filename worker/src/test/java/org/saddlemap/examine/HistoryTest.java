package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HistoryTest {
  @Test
  void aRisingLineHasItsOwnSlopeAndNoDoubt() {
    double[] losses = new double[240];
    Arrays.setAll(losses, i -> 3 + 0.01 * i);
    History.Trend trend = new History(losses).trend();
    assertThat(trend.rise()).isCloseTo(0.01 * 120, within(1e-12));
    assertThat(trend.t()).isGreaterThan(1e6);
  }

  /** Numbers of the Python prototype's tail_trend for the same formula. */
  @Test
  void trendOfADecayWithNoise() {
    double[] losses = new double[101];
    Arrays.setAll(losses, k -> 3 * Math.exp(-k / 40.0) + 0.1 * Math.sin((double) k * k));
    History.Trend trend = new History(losses).trend();
    assertThat(trend.rise() / 2).isCloseTo(-0.2984613655924707, within(1e-9));
    assertThat(trend.t()).isCloseTo(-13.751452652722417, within(1e-6));
  }

  @Test
  void tailIsTheLastTenthButAtLeastTenPoints() {
    double[] losses = new double[200];
    Arrays.setAll(losses, i -> i);
    assertThat(new History(losses).tailMedian()).isEqualTo(189.5);
    assertThat(new History(Arrays.copyOf(losses, 15)).tailMedian()).isEqualTo(9.5);
    assertThat(new History(new double[] {4}).tailMedian()).isEqualTo(4);
    assertThat(new History(new double[0]).tailMedian()).isNaN();
  }

  @Test
  void theTailsMeanFeelsWhatItsMedianDoesNot() {
    double[] losses = new double[200];
    losses[190] = 20;
    losses[179] = 1000; // before the last tenth
    assertThat(new History(losses).tailMedian()).isZero();
    assertThat(new History(losses).tailMean()).isEqualTo(1);
    assertThat(new History(new double[] {1, 2, 6}).tailMean()).isEqualTo(3);
    assertThat(new History(new double[0]).tailMean()).isNaN();
  }

  @Test
  void shortHistoriesHaveNoTrend() {
    History.Trend trend = new History(new double[23]).trend();
    assertThat(trend.rise()).isNaN();
    assertThat(trend.t()).isZero();
  }
}
