package org.saddlemap.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.saddlemap.arithmetic.ActivationKernel;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/** What data say of a loss before anything is trained. */
class LevelsTest {
  @Test
  void targetsBeyondTheOutputsRangeAreSeenAndPaidFor() {
    // x = 0 twice, with the mean 1.5: the best that tanh can do there is 1.
    double[] x = {0, 0, 1, 2};
    double[] y = {1, 2, 0.5, 4};
    Levels levels = Levels.of(Loss.MSE, x, y, 4);
    assertThat(levels.lowerBound()).isCloseTo((0.25 + 0.25) / 8, within(1e-15));
    Preview tanh = levels.previews().get(Activation.TANH);
    assertThat(tanh.reachable()).isCloseTo((0 + 1 + 0 + 9) / 8.0, within(1e-15));
    assertThat(tanh.outOfReach()).isEqualTo(0.5);
    assertThat(new double[] {tanh.targetMin(), tanh.targetMax()}).containsExactly(0.5, 4);
    assertThat(new double[] {tanh.outputMin(), tanh.outputMax()}).containsExactly(-1, 1);
    Preview identity = levels.previews().get(Activation.IDENTITY);
    assertThat(identity.reachable()).isEqualTo(levels.lowerBound());
    assertThat(identity.outOfReach()).isZero();
  }

  @Test
  void aTargetJustBeyondABoundIsWithinReach() {
    double[] y = {-1.015, 0, 1.025, 5};
    Levels levels = Levels.of(Loss.MSE, new double[] {1, 2, 3, 4}, y, 4);
    assertThat(levels.previews().get(Activation.TANH).outOfReach()).isEqualTo(0.5);
    // Without an upper bound, 1 % of the targets' own range counts: −1.015 alone is out.
    assertThat(levels.previews().get(Activation.RELU).outOfReach()).isEqualTo(0.25);
    assertThat(levels.previews().get(Activation.SOFTPLUS).outOfReach()).isEqualTo(0.25);
    assertThat(levels.previews().get(Activation.EXPONENTIAL).outOfReach()).isEqualTo(0.25);
    assertThat(levels.previews().get(Activation.RELU6).outOfReach()).isEqualTo(0.25);
    assertThat(levels.previews().get(Activation.SOFTSIGN).outOfReach()).isEqualTo(0.5);
    assertThat(levels.previews().get(Activation.ELU).outOfReach()).isZero();
  }

  /** What no unit may ever exceed is what a fine search finds at most. */
  @Test
  void boundsAreThoseOfTheValues() {
    double[] z = new double[400_001];
    for (int i = 0; i < z.length; i++) {
      z[i] = (i - 200_000) * 2e-4;
    }
    for (Activation kind : Activation.values()) {
      double[] a = new double[z.length];
      ActivationKernel.value(kind, z, a, z.length);
      double least = Arrays.stream(a).min().orElseThrow();
      double most = Arrays.stream(a).max().orElseThrow();
      assertThat(least).as("%s", kind).isGreaterThanOrEqualTo(kind.least() - 1e-15);
      assertThat(most).as("%s", kind).isLessThanOrEqualTo(kind.most() + 1e-15);
      boolean slow = kind == Activation.SOFTSIGN; // 1 − 1/41 at 40
      assertThat(least)
          .as("%s", kind)
          .isLessThanOrEqualTo(Math.max(kind.least(), -0.4) + (slow ? 0.03 : 1e-8));
      assertThat(most)
          .as("%s", kind)
          .isGreaterThanOrEqualTo(Math.min(kind.most(), 40) - (slow ? 0.03 : 1e-8));
      assertThat(kind.vanishesAtZero()).as("%s", kind).isEqualTo(a[200_000] == 0);
    }
  }

  @Test
  void inputsAreTakenFeatureByFeature() {
    double[] x = {1, -30, 3, -50};
    Preview p = Levels.of(Loss.MSE, x, new double[] {0, 1}, 2).previews().get(Activation.RELU);
    assertThat(p.inputMean()).isCloseTo(40, within(1e-12));
    assertThat(p.inputRms()).isCloseTo(Math.sqrt((900 + 2500) / 2.0), within(1e-12));
  }

  /** The best constant with logits in the range, by trying many. */
  @Test
  void boundedLogitsCostWhatASearchFinds() {
    long seed = 20240607;
    Random random = new Random(seed);
    for (int trial = 0; trial < 20; trial++) {
      int k = trial % 2 == 0 ? 1 : 3;
      Loss loss = k == 1 ? Loss.BINARY_CROSS_ENTROPY : Loss.CROSS_ENTROPY;
      int rows = 1 + random.nextInt(6);
      double[] x = new double[rows]; // all equal: one group
      double[] y = new double[rows * k];
      for (int i = 0; i < rows; i++) {
        if (k == 1) {
          y[i] = random.nextInt(2);
        } else {
          y[i * k + random.nextInt(k)] = 1;
        }
      }
      Levels levels = Levels.of(loss, x, y, rows);
      Objective objective = new Objective(loss, y, rows, k, 1);
      for (Activation a : new Activation[] {Activation.TANH, Activation.SIGMOID}) {
        double best = search(objective, rows, k, a);
        assertThat(levels.previews().get(a).reachable())
            .as("%s of %s, targets %s, seed %d", a, loss, Arrays.toString(y), seed)
            .isCloseTo(best, within(2e-4))
            .isLessThanOrEqualTo(best + 1e-12)
            .isGreaterThanOrEqualTo(levels.lowerBound() - 1e-12);
      }
      assertThat(levels.previews().get(Activation.IDENTITY).reachable())
          .isCloseTo(levels.lowerBound(), within(1e-15));
    }
  }

  private static double search(Objective objective, int rows, int k, Activation a) {
    int steps = k == 1 ? 400 : 40;
    double best = Double.POSITIVE_INFINITY;
    double[] o = new double[rows * k];
    for (int n = 0; n < Math.pow(steps + 1, k); n++) {
      for (int i = 0; i < o.length; i++) {
        int digit = n / (int) Math.pow(steps + 1, i % k) % (steps + 1);
        o[i] = a.least() + (a.most() - a.least()) * digit / steps;
      }
      best = Math.min(best, objective.value(o, 0, rows, new double[o.length]));
    }
    return best;
  }

  @Test
  void aLogitThatCannotBeNegativeStopsAtEvenOdds() {
    Levels levels =
        Levels.of(Loss.BINARY_CROSS_ENTROPY, new double[] {0, 1}, new double[] {0, 1}, 2);
    assertThat(levels.previews().get(Activation.RELU).reachable())
        .isCloseTo(Math.log(2) / 2, within(1e-15));
  }
}
