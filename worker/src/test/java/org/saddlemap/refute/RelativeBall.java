package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * The relative changes d of a point, θ + S·d, within the radius r: dist(d) is the largest over the
 * blocks (weight matrices, biases, scales) of rms(d), as docs/verdict.md defines it under Units.
 */
final class RelativeBall {
  private final double[] scale;
  private final List<int[]> blocks;
  private final double radius;

  /**
   * @param scale S, element by element
   * @param blocks each from and to (exclusive)
   */
  RelativeBall(double[] scale, List<int[]> blocks, double radius) {
    this.scale = scale;
    this.blocks = blocks;
    this.radius = radius;
  }

  /** The ball around a network's parameters. */
  static RelativeBall around(double[] theta, Network net, double[] inputs, PlainLoss loss) {
    double[] scale = new double[theta.length];
    List<int[]> blocks = new ArrayList<>();
    int last = net.layers() - 1;
    double outputUnit =
        loss.kind() == Loss.MSE && net.output() == Activation.IDENTITY ? loss.targetDeviation() : 1;
    int at = 0;
    for (int l = 0; l <= last; l++) {
      double out = l == last ? outputUnit : 1;
      double in = l == 0 ? rms(inputs, 0, inputs.length) : 1;
      int weights = net.fanIn(l) * net.fanOut(l);
      at = block(theta, at, weights, out / (in * Math.sqrt(net.fanIn(l))), scale, blocks);
      if (net.biases(net.layers() - 1).isPresent()) {
        at = block(theta, at, net.fanOut(l), out, scale, blocks);
      }
      if (net.stage(l).normalization().isPresent()) {
        at = block(theta, at, net.fanOut(l), 1, scale, blocks);
      }
    }
    double radius = Math.min(0.3, Math.pow(2, 1.0 / net.layers()) - 1);
    return new RelativeBall(scale, blocks, radius);
  }

  private static int block(
      double[] theta, int from, int length, double natural, double[] scale, List<int[]> blocks) {
    double s = Math.max(rms(theta, from, length), natural);
    for (int i = from; i < from + length; i++) {
      scale[i] = s;
    }
    blocks.add(new int[] {from, from + length});
    return from + length;
  }

  private static double rms(double[] v, int from, int length) {
    double sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += v[i] * v[i];
    }
    return Math.sqrt(sum / length);
  }

  double radius() {
    return radius;
  }

  double[] scale() {
    return scale;
  }

  /** Each from and to (exclusive). */
  List<int[]> blocks() {
    return blocks;
  }

  /** rms of a block of d. */
  static double size(double[] d, int[] block) {
    return rms(d, block[0], block[1] - block[0]);
  }

  /** dist(d). */
  double distance(double[] d) {
    double largest = 0;
    for (int[] b : blocks) {
      largest = Math.max(largest, size(d, b));
    }
    return largest;
  }

  /** Shrinks each block that reaches out of the ball to its boundary. */
  void project(double[] d) {
    for (int[] b : blocks) {
      double size = size(d, b);
      if (size > radius) {
        for (int i = b[0]; i < b[1]; i++) {
          d[i] *= radius / size;
        }
      }
    }
  }

  /** What a slope is worth at most over a relative change of every block by {@code reach}. */
  double worth(double[] slope, double reach) {
    double sum = 0;
    for (int[] b : blocks) {
      sum += reach * (b[1] - b[0]) * size(slope, b);
    }
    return sum;
  }
}
