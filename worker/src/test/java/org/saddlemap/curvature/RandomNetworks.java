package org.saddlemap.curvature;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.saddlemap.network.Blueprint;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;

/** Networks, data and weights drawn from a seed. */
final class RandomNetworks {
  private RandomNetworks() {}

  /** All combinations of activation, loss, normalization and bias. */
  static List<Network> all() {
    List<Network> nets = new ArrayList<>();
    for (Activation hidden : Activation.values()) {
      for (Loss loss : Loss.values()) {
        for (UnaryOperator<Blueprint> norm :
            List.<UnaryOperator<Blueprint>>of(
                b -> b,
                b -> b.normalized(Normalization.BATCH, false, 0),
                b -> b.normalized(Normalization.BATCH, true, 1e-2))) {
          for (boolean bias : new boolean[] {false, true}) {
            nets.add(of(hidden, loss, norm, bias));
          }
        }
      }
    }
    return nets;
  }

  static Network of(Activation hidden, Loss loss, UnaryOperator<Blueprint> norm, boolean bias) {
    int outputs = loss == Loss.BINARY_CROSS_ENTROPY ? 1 : 3;
    Activation output = loss == Loss.MSE ? hidden : Activation.IDENTITY;
    return norm.apply(Blueprint.dense(List.of(4, 5, 3, outputs), hidden, output, loss, bias))
        .build();
  }

  static NetworkSurface surface(Network net, int rows, double l2, double factor, long seed) {
    return new NetworkSurface(
        net, inputs(net, rows, seed), targets(net, rows, seed), rows, l2, factor);
  }

  static double[] inputs(Network net, int rows, long seed) {
    return gaussian(rows * net.inputs(), 1, new Random(seed));
  }

  static double[] targets(Network net, int rows, long seed) {
    Random random = new Random(seed + 1);
    int k = net.outputs();
    double[] y = new double[rows * k];
    for (int i = 0; i < rows; i++) {
      switch (net.loss()) {
        case MSE -> {
          for (int j = 0; j < k; j++) {
            y[i * k + j] = random.nextGaussian();
          }
        }
        case BINARY_CROSS_ENTROPY -> y[i] = random.nextBoolean() ? 1 : 0;
        case CROSS_ENTROPY -> y[i * k + random.nextInt(k)] = 1;
      }
    }
    return y;
  }

  static double[] weights(Network net, long seed) {
    // An exponential of an exponential of an exponential leaves the numbers at once.
    boolean tame = net.activation(0) == Activation.EXPONENTIAL;
    return gaussian(net.parameters(), tame ? 0.1 : 0.6, new Random(seed + 2));
  }

  static double[] gaussian(int n, double scale, Random random) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = scale * random.nextGaussian();
    }
    return v;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double norm(double[] a) {
    return Math.sqrt(dot(a, a));
  }

  static double[] plus(double[] a, double s, double[] b) {
    double[] c = a.clone();
    for (int i = 0; i < c.length; i++) {
      c[i] += s * b[i];
    }
    return c;
  }
}
