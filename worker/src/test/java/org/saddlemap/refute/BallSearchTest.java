package org.saddlemap.refute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.trial.RandomStream;

/** Points of a small network that are known by hand must be told apart. */
class BallSearchTest {
  private static final long SEED = 4;

  /** Targets 0.5·tanh x, which one hidden unit of slope 1 and weight 0.5 meets exactly. */
  private static final double[] INPUTS =
      IntStream.range(0, 20).mapToDouble(i -> (i - 9.5) / 5).toArray();

  private static final Network NET =
      Network.of(List.of(1, 2, 1), Activation.TANH, Activation.IDENTITY, Loss.MSE, true);

  private static PlainLoss loss(double noise) {
    Random random = new Random(SEED);
    double[] targets = new double[INPUTS.length];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = 0.5 * Math.tanh(INPUTS[i]) + noise * random.nextGaussian();
    }
    return new PlainLoss(Loss.MSE, targets, targets.length);
  }

  private static BallSearch.Found search(PlainLoss loss, double[] theta) {
    return search(loss, theta, f -> false);
  }

  private static BallSearch.Found search(
      PlainLoss loss, double[] theta, Predicate<BallSearch.Found> enough) {
    PlainNetwork network = new PlainNetwork(NET, INPUTS, loss, 0);
    RandomGenerator random = new RandomStream(SEED);
    return BallSearch.search(
        network,
        theta,
        RelativeBall.around(theta, NET, INPUTS, loss),
        1e-3 * loss.ofBestConstant(),
        3000,
        BallSearch.Starts.FAR,
        random,
        enough);
  }

  /** All weights 0: stationary, indefinite, and a descent leads down freely on both sides. */
  @Test
  void aSaddleHasAWayDown() {
    PlainLoss loss = loss(0);
    double[] theta = new double[NET.parameters()];
    theta[6] = mean(loss.targets());
    BallSearch.Found found = search(loss, theta);
    assertThat(found.freeGain() / loss.ofBestConstant()).isGreaterThan(0.1);
  }

  /** The teacher's own weights, in both units by halves: nothing is lower. */
  @Test
  void aGlobalMinimumHasNone() {
    PlainLoss loss = loss(0);
    double[] theta = {1, 1, 0, 0, 0.25, 0.25, 0};
    assertThat(search(loss, theta).gain()).isCloseTo(0, within(1e-15));
  }

  /** A minimum at a high loss: what a descent from there, given much time, ends in. */
  @Test
  void aLocalMinimumHasNone() {
    PlainLoss loss = loss(0.4);
    PlainNetwork network = new PlainNetwork(NET, INPUTS, loss, 1e-2);
    double[] theta = {0.7, -0.3, 0.1, 0.2, 0.4, -0.5, 0.1};
    double[] gradient = new double[theta.length];
    double value = network.gradient(theta, gradient);
    for (int i = 0; i < 200_000; i++) {
      value = network.gradient(theta, gradient);
      Vectors.add(theta, gradient, -0.2);
    }
    assertThat(Vectors.dot(gradient, gradient)).isLessThan(1e-20);
    assertThat(value).isGreaterThan(0.1 * loss.ofBestConstant());
    BallSearch.Found found =
        BallSearch.search(
            network,
            theta,
            RelativeBall.around(theta, NET, INPUTS, loss),
            1e-3 * loss.ofBestConstant(),
            3000,
            BallSearch.Starts.BALL,
            new RandomStream(SEED),
            f -> false);
    assertThat(found.gain()).isLessThan(1e-6 * loss.ofBestConstant());
  }

  @Test
  void aSlopeGoesDownAtOnce() {
    PlainLoss loss = loss(0);
    double[] theta = {1, 0.9, 0, 0, 0.1, 0.1, 0.2};
    BallSearch.Found found = search(loss, theta, f -> f.gain() > 0.01 * loss.ofBestConstant());
    assertThat(found.gain()).isGreaterThan(0.01 * loss.ofBestConstant());
    assertThat(found.climb()).isZero();
    assertThat(found.means()).isEqualTo("projected steps from the point");
  }

  /** A valley of condition 10⁶ with a slope along its bottom, which plain steps hardly see. */
  @Test
  void aNarrowValleyIsWalkedToTheBoundary() {
    Surface valley =
        new Surface() {
          @Override
          public int parameters() {
            return 2;
          }

          @Override
          public double value(double[] x) {
            return gradient(x, new double[2]);
          }

          @Override
          public double gradient(double[] x, double[] g) {
            double u = x[0] + x[1];
            double v = x[0] - x[1];
            g[0] = 1e3 * u - 1e-3;
            g[1] = 1e3 * u + 1e-3;
            return 500 * u * u - 1e-3 * v;
          }
        };
    RelativeBall ball = new RelativeBall(new double[] {1, 1}, List.of(new int[] {0, 2}), 0.3);
    BallSearch.Found found =
        BallSearch.search(
            valley,
            new double[2],
            ball,
            1e-5,
            2000,
            BallSearch.Starts.BALL,
            new RandomStream(SEED),
            f -> false);
    // On the boundary rms(d) = 0.3 along (1, −1), where v = 0.6.
    assertThat(found.gain()).isCloseTo(6e-4, within(6e-6));
  }

  /** The lowest curvature of a quadratic is found, and the second lowest beside it. */
  @Test
  void lowestDirectionsAreThose() {
    double[] curvature = new double[40];
    for (int i = 0; i < curvature.length; i++) {
      curvature[i] = 0.5 + i;
    }
    curvature[7] = -0.5;
    curvature[31] = -0.2;
    Surface quadratic =
        new Surface() {
          @Override
          public int parameters() {
            return curvature.length;
          }

          @Override
          public double value(double[] x) {
            return gradient(x, new double[x.length]);
          }

          @Override
          public double gradient(double[] x, double[] g) {
            double sum = 0;
            for (int i = 0; i < x.length; i++) {
              g[i] = curvature[i] * x[i];
              sum += x[i] * g[i] / 2;
            }
            return sum;
          }
        };
    double[] ones = new double[curvature.length];
    java.util.Arrays.fill(ones, 1);
    RelativeBall ball = new RelativeBall(ones, List.of(new int[] {0, ones.length}), 0.3);
    ScaledSurface surface = new ScaledSurface(quadratic, new double[ones.length], ball);
    List<double[]> found = new LowestCurvature(surface).directions(2, 400, new RandomStream(SEED));
    assertThat(Math.abs(found.get(0)[7]) / norm(found.get(0))).isGreaterThan(0.99);
    assertThat(Math.abs(found.get(1)[31]) / norm(found.get(1))).isGreaterThan(0.99);
  }

  private static double norm(double[] v) {
    return Math.sqrt(Vectors.dot(v, v));
  }

  private static double mean(double[] v) {
    double sum = 0;
    for (double x : v) {
      sum += x;
    }
    return sum / v.length;
  }
}
