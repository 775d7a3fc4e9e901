package org.saddlemap.curvature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.Case;
import org.saddlemap.examine.CaseReader;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;

/**
 * Training's float32 gradient against the examination's in float64: that both descend and judge the
 * same function. The gradient of training is what one of its plain steps moves θ by.
 *
 * <p>The bound. Float32 rounds every signal and weight on its way, each by at most u = 2⁻²⁴ of
 * itself. Rounded weights have the gradient of a point u‖θ‖ away, which differs by up to u‖H‖‖θ‖.
 * Roundings on the way back are in proportion to what is summed: the rows' gradients, which cancel
 * near an optimum, but whose mean norm is some √(2‖H‖f) (by Cauchy and Schwarz, with Gauss and
 * Newton's part of H, under squared errors). So the error is at most C·u·(‖g‖ + ‖H‖‖θ‖ + √(2‖H‖f)),
 * where C counts roundings that add up, in sums over up to 65 rows and 33 signals and in one to
 * seven layers; and the loss's, likewise, C·u·(f + (‖g‖ + √(2‖H‖f))‖θ‖). C was measured as at most
 * 1.4; the batch's share, normalization's means and l2, each made wrong by a factor of 1.0001,
 * fail.
 */
class TrainingGradientTest {
  private static final double U = 0x1p-24;
  private static final double C = 8;

  /** A power of two, and large: what the step rounds of θ itself is divided by it again. */
  private static final double RATE = 0x1p20;

  /** Fixed: what lies within float32's rounding of a ReLU's kink has another gradient. */
  private static final long SEED = 20;

  private static NativeFloats memory;

  @BeforeAll
  static void start() {
    BlasRuntime.start();
    memory = new NativeFloats();
  }

  @AfterAll
  static void stop() {
    memory.close();
  }

  private static double[] rounded(double[] values) {
    return Arrays.stream(values).map(v -> (float) v).toArray();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** Whether training can be given these targets: it knows classes only. */
  private static boolean trainable(Loss loss, double[] targets) {
    return loss == Loss.MSE || Arrays.stream(targets).allMatch(t -> t == 0 || t == 1);
  }

  private static Dataset dataset(Network net, double[] inputs, double[] targets, int rows) {
    int k = net.outputs();
    boolean regression = net.loss() == Loss.MSE;
    int[] labels = new int[regression ? 0 : rows];
    for (int i = 0; i < labels.length; i++) {
      if (net.loss() == Loss.BINARY_CROSS_ENTROPY) {
        labels[i] = (int) targets[i];
        continue;
      }
      while (targets[i * k + labels[i]] != 1) {
        labels[i]++;
      }
    }
    float[] values = regression ? floats(targets) : new float[0];
    return new Dataset(
        net.inputs(),
        regression ? 0 : Math.max(k, 2),
        regression ? k : 0,
        new Dataset.Part(rows, floats(inputs), labels, values),
        new Dataset.Part(0, new float[0], new int[0], new float[0]),
        "",
        "");
  }

  private static void assertAgree(Case.Trained n, boolean tied) {
    Network net = n.network();
    double[] inputs = rounded(n.inputs());
    double[] targets = rounded(n.targets());
    double[] theta = rounded(n.weights());
    Configuration c =
        Configuration.parse(
            "loss=%s;l2=%s;optimizer=sgd;clipping=none;batch_size=full;max_steps=1;initializer=%s"
                .formatted(net.loss().text(), n.l2(), tied ? "constant(0.1)" : "xavier_uniform"));
    Trajectory step =
        Trainer.train(
            new TrainingTask(
                net, c, dataset(net, inputs, targets, n.rows()), RATE, theta, new Seeds(SEED, 0)),
            Interruption.NEVER,
            memory);
    double[] trained = theta.clone();
    for (int i = 0; i < trained.length; i++) {
      trained[i] = (theta[i] - step.last()[i]) / RATE;
    }
    try (NetworkSurface f = new NetworkSurface(net, inputs, targets, n.rows(), n.l2())) {
      double[] examined = new double[theta.length];
      double loss = f.gradient(theta, examined);
      f.moveTo(theta);
      double curvature;
      try (Lanczos lanczos = Lanczos.random(HessianOperator.raw(f), new Random(SEED), 20)) {
        lanczos.advanceTo(20);
        curvature = lanczos.pairs().magnitude();
      }
      double slope = RandomNetworks.norm(examined);
      double size = RandomNetworks.norm(theta);
      double ofRows = Math.sqrt(2 * curvature * loss);
      double scale = slope + curvature * size + ofRows;
      double off = RandomNetworks.norm(RandomNetworks.plus(trained, -1, examined));
      assertThat(off)
          .as(
              "gradient of norm %s at ‖H‖ %s, %s, l2 %s, seed %d",
              slope, curvature, net, n.l2(), SEED)
          .isLessThanOrEqualTo(C * U * scale);
      assertThat(Math.abs(step.history()[0] - loss))
          .as("loss %s, %s, l2 %s, seed %d", loss, net, n.l2(), SEED)
          .isLessThanOrEqualTo(C * U * (loss + (slope + ofRows) * size));
    }
  }

  private static void assertAgree(Network net, int rows, double l2) {
    assertAgree(
        new Case.Trained(
            net,
            RandomNetworks.inputs(net, rows, SEED),
            RandomNetworks.targets(net, rows, SEED),
            rows,
            l2,
            RandomNetworks.weights(net, SEED)),
        false);
  }

  @Test
  void everyKindOfNetwork() {
    for (Network net : RandomNetworks.all()) {
      assertAgree(net, 13, 0);
      assertAgree(net, 13, 0.1);
    }
  }

  @Test
  void everyOutput() {
    for (Loss loss : Loss.values()) {
      int outputs = loss == Loss.BINARY_CROSS_ENTROPY ? 1 : 3;
      for (Activation output : Activation.values()) {
        for (Activation hidden : Activation.values()) {
          for (boolean bias : new boolean[] {false, true}) {
            assertAgree(Network.of(List.of(4, 5, outputs), hidden, output, loss, bias), 17, 0.1);
          }
        }
      }
    }
  }

  /** Widths around those of vector units, no hidden layer and many, one row and many. */
  @Test
  void everyShape() {
    List<List<Integer>> shapes = new ArrayList<>();
    for (int width : new int[] {1, 7, 8, 9, 15, 16, 17, 31, 33}) {
      shapes.add(List.of(5, width, 3));
      shapes.add(List.of(width, 4, width));
    }
    shapes.add(List.of(6, 2));
    shapes.add(List.of(3, 4, 4, 4, 4, 4, 4, 2));
    for (List<Integer> sizes : shapes) {
      for (Normalization norm : List.of(Normalization.NONE, Normalization.BATCH)) {
        for (Loss loss : List.of(Loss.MSE, Loss.CROSS_ENTROPY)) {
          for (int rows : norm.couplesRows() ? new int[] {65} : new int[] {1, 65}) {
            assertAgree(
                Blueprint.dense(sizes, Activation.TANH, Activation.IDENTITY, loss, true)
                    .normalized(norm, true, Normalization.EPSILON)
                    .build(),
                rows,
                0);
          }
        }
      }
    }
  }

  /** Near optima and at saddles, saturated, dead and symmetric. */
  @Test
  void everyKnownPoint() throws IOException {
    int compared = 0;
    for (String file : List.of("/golden/hessians.json", "/ground-truth/cases.json")) {
      try (InputStream in = TrainingGradientTest.class.getResourceAsStream(file)) {
        for (Case c : new CaseReader().read(in, file)) {
          if (c.subject() instanceof Case.Trained n && trainable(n.network().loss(), n.targets())) {
            assertAgree(n, false);
            compared++;
          }
        }
      }
    }
    assertThat(compared).isGreaterThan(60);
  }

  /** Where all units are equal training computes the gradient of one and hands it to all. */
  @Test
  void everySymmetricNetwork() {
    for (Network net : RandomNetworks.all()) {
      double[] theta = new double[net.parameters()];
      Arrays.fill(theta, net.activation(0) == Activation.EXPONENTIAL ? 0.03 : 0.3);
      assertAgree(
          new Case.Trained(
              net,
              RandomNetworks.inputs(net, 13, SEED),
              RandomNetworks.targets(net, 13, SEED),
              13,
              0.1,
              theta),
          true);
    }
  }
}
