package org.saddlemap.examine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.verdict.Verdict;

/** What must not matter to a category, over the ground truth. */
class InvarianceTest {
  private static final CaseJudge JUDGE = new CaseJudge(ExaminationSpec.DEFAULT);

  static Stream<Case> networks() throws IOException {
    return GroundTruthTest.read("cases.json").stream()
        .filter(c -> c.subject() instanceof Case.Trained);
  }

  static Stream<Case> all() throws IOException {
    return GroundTruthTest.cases();
  }

  private static void same(Case c, Verdict verdict, String what) {
    assertThat(verdict.category())
        .as("%s after %s: %s", c.name(), what, verdict)
        .isEqualTo(c.expected());
  }

  private static Case with(Case c, Case.Trained n) {
    return new Case(c.name(), c.expected(), c.why(), n, c.training());
  }

  /**
   * The rate is divided by the constant, and a clipping norm multiplied, so that the path is the
   * same.
   */
  @ParameterizedTest
  @MethodSource("networks")
  void constantTimesTheLoss(Case c) {
    Case.Trained n = (Case.Trained) c.subject();
    for (double factor : new double[] {1.0 / 1024, 4096}) {
      Training t = c.training();
      var clipping =
          t.clipping() instanceof org.saddlemap.space.Clipping.ByNorm by
              ? new org.saddlemap.space.Clipping.ByNorm(by.limit() * factor)
              : t.clipping();
      Training scaled =
          new Training(
              t.steps(),
              t.learningRate() / factor,
              t.schedule(),
              t.warmup(),
              t.batchSize(),
              clipping,
              t.seed());
      try (NetworkSurface f =
          new NetworkSurface(n.network(), n.inputs(), n.targets(), n.rows(), n.l2(), factor)) {
        same(
            c,
            JUDGE.judge(f, n, scaled, Interruption.NEVER).verdict(),
            "multiplying the loss by " + factor);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void permutingHiddenUnits(Case c) {
    Case.Trained n = (Case.Trained) c.subject();
    Network net = n.network();
    double[] theta = n.weights().clone();
    for (int l = 0; l < net.layers() - 1; l++) {
      theta = permuted(net, theta, l, permutation(net.fanOut(l), new Random(l)));
    }
    Case.Trained permuted = new Case.Trained(net, n.inputs(), n.targets(), n.rows(), n.l2(), theta);
    same(c, JUDGE.judge(with(c, permuted), Interruption.NEVER).verdict(), "permuting units");
  }

  private static int[] permutation(int n, Random random) {
    int[] p = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      p[i] = p[j];
      p[j] = i;
    }
    return p;
  }

  private static double[] permuted(Network net, double[] theta, int l, int[] p) {
    double[] out = theta.clone();
    int w = net.fanOut(l);
    int next = net.fanOut(l + 1);
    for (int u = 0; u < w; u++) {
      for (int i = 0; i < net.fanIn(l); i++) {
        out[net.weights(l) + i * w + u] = theta[net.weights(l) + i * w + p[u]];
      }
      if (net.biases(net.layers() - 1).isPresent()) {
        out[net.biases(l).getAsInt() + u] = theta[net.biases(l).getAsInt() + p[u]];
      }
      for (int j = 0; j < next; j++) {
        out[net.weights(l + 1) + u * next + j] = theta[net.weights(l + 1) + p[u] * next + j];
      }
    }
    return out;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void permutingSamples(Case c) {
    Case.Trained n = (Case.Trained) c.subject();
    int d = n.network().inputs();
    int k = n.network().outputs();
    int[] p = permutation(n.rows(), new Random(5));
    double[] x = new double[n.inputs().length];
    double[] y = new double[n.targets().length];
    for (int i = 0; i < n.rows(); i++) {
      System.arraycopy(n.inputs(), p[i] * d, x, i * d, d);
      System.arraycopy(n.targets(), p[i] * k, y, i * k, k);
    }
    Case.Trained shuffled = new Case.Trained(n.network(), x, y, n.rows(), n.l2(), n.weights());
    same(c, JUDGE.judge(with(c, shuffled), Interruption.NEVER).verdict(), "permuting samples");
  }

  /** Judged where they are: training from rescaled weights would go elsewhere. */
  @ParameterizedTest
  @MethodSource("networks")
  void rescalingRectifiedLayers(Case c) {
    Case.Trained n = (Case.Trained) c.subject();
    Network net = n.network();
    boolean homogeneous =
        net.activation(0) == Activation.RELU || net.activation(0) == Activation.IDENTITY;
    if (!homogeneous
        || c.training().steps() > 0
        || net.layers() < 2
        || net.biases(net.layers() - 1).isPresent()) {
      return;
    }
    // Within what leaves every layer above its natural size, which floors its scale.
    double[] theta = n.weights().clone();
    double up = 8;
    for (int l = 0; l < net.layers(); l++) {
      double by = l == 0 ? up : l == net.layers() - 1 ? 1 / up : 1;
      for (int i = 0; i < net.fanIn(l) * net.fanOut(l); i++) {
        theta[net.weights(l) + i] *= by;
      }
    }
    Case.Trained rescaled = new Case.Trained(net, n.inputs(), n.targets(), n.rows(), n.l2(), theta);
    same(c, JUDGE.judge(with(c, rescaled), Interruption.NEVER).verdict(), "rescaling layers");
  }

  @ParameterizedTest
  @MethodSource("all")
  void anotherExaminationSeed(Case c) {
    ExaminationSpec d = ExaminationSpec.DEFAULT;
    for (long seed : new long[] {1, 2, 3}) {
      CaseJudge judge =
          new CaseJudge(
              new ExaminationSpec(false, d.rows(), d.ceiling(), 0, false, seed, d.thresholds()));
      same(c, judge.judge(c, Interruption.NEVER).verdict(), "seed " + seed);
    }
  }
}
