package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class QualityTest {
  @Test
  void aucIsShareOfPairsRankedRightWithTiesHalf() {
    SplittableRandom random = new SplittableRandom(5);
    for (int seed = 0; seed < 50; seed++) {
      int n = 2 + random.nextInt(40);
      double[] scores = random.doubles(n).map(x -> Math.floor(10 * x)).toArray();
      boolean[] truth = new boolean[n];
      for (int i = 0; i < n; i++) {
        truth[i] = i == 0 || (i > 1 && random.nextBoolean());
      }
      double right = 0;
      int pairs = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          if (truth[i] && !truth[j]) {
            right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
            pairs++;
          }
        }
      }
      assertThat(Quality.auc(scores, truth))
          .as("seed 5, round %d", seed)
          .isCloseTo(right / pairs, within(1e-12));
    }
  }

  @Test
  void aucOfInvertedRankingIsBelowOneHalf() {
    double[] scores = {3, 2, 2, 1};
    boolean[] truth = {false, false, true, true};
    assertThat(Quality.auc(scores, truth)).isEqualTo(0.125);
  }

  @Test
  void rSquaredIsOneForTruthZeroForMeanNaNForConstant() {
    double[] truth = {1, 2, 6};
    assertThat(Quality.r2(truth, truth)).isEqualTo(1);
    assertThat(Quality.r2(new double[] {3, 3, 3}, truth)).isZero();
    assertThat(Quality.r2(new double[] {3, 3, 3}, new double[] {3, 3, 3})).isNaN();
  }
}
