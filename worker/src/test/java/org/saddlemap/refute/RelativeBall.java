package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.layer.Activate;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.Residual;
import org.saddlemap.layer.ScaleShift;
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
    double outputUnit =
        loss.kind() == Loss.MSE && net.output() == Activation.IDENTITY ? loss.targetDeviation() : 1;
    Scales scales = new Scales(theta, net, rms(inputs, 0, inputs.length), outputUnit);
    scales.of(net.sequence().layers());
    return new RelativeBall(scales.scale, scales.blocks, Math.min(0.3, doubling(net)));
  }

  /** δ at which (1 + δ) over the layers of the trunk and 1 + min(c, 1)((1 + δ)^m − 1) make 2. */
  private static double doubling(Network net) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 60; i++) {
      double d = (low + high) / 2;
      double log = 0;
      for (Layer l : net.sequence().layers()) {
        log += l instanceof Dense ? Math.log1p(d) : 0;
        if (l instanceof Residual r) {
          long m = r.branch().layers().stream().filter(Dense.class::isInstance).count();
          log += Math.log1p(Math.min(r.scale(), 1) * (Math.pow(1 + d, (double) m) - 1));
        }
      }
      if (log < Math.log(2)) {
        low = d;
      } else {
        high = d;
      }
    }
    return low;
  }

  /** S and the blocks, from the inputs on. */
  private static final class Scales {
    private final double[] theta;
    private final int parameters;
    private final double inputUnit;
    private final double outputUnit;
    private final double[] scale;
    private final List<int[]> blocks = new ArrayList<>();
    private int at;

    Scales(double[] theta, Network net, double inputUnit, double outputUnit) {
      this.theta = theta;
      this.parameters = net.parameters();
      this.inputUnit = inputUnit;
      this.outputUnit = outputUnit;
      this.scale = new double[theta.length];
    }

    void of(List<Layer> layers) {
      for (int i = 0; i < layers.size(); i++) {
        Layer layer = layers.get(i);
        if (layer instanceof Residual r) {
          of(r.branch().layers());
        } else if (layer instanceof Dense d) {
          dense(d, normalization(layers.subList(i + 1, layers.size())));
        } else if (layer instanceof ScaleShift s) {
          for (int strip = s.shift() ? 2 : 1; strip > 0; strip--) {
            block(s.inputs(), 1);
          }
        }
      }
    }

    /** What takes the scale of the weights before these layers away, or null. */
    private static Normalize normalization(List<Layer> after) {
      Activation function = Activation.IDENTITY;
      for (Layer l : after) {
        if (l instanceof Dense || l instanceof Residual) {
          return null;
        }
        if (l instanceof Activate a) {
          function = a.function();
        }
        if (l instanceof Normalize n) {
          return n.centred() || PlainActivation.value(function, 0) == 0 ? n : null;
        }
      }
      return null;
    }

    private void dense(Dense d, Normalize n) {
      int weights = d.inputs() * d.outputs();
      boolean last = at + d.length() == parameters;
      double out = last ? outputUnit : 1;
      double natural = out / ((at == 0 ? inputUnit : 1) * Math.sqrt(d.inputs()));
      double signal = 1;
      boolean biasCounts = d.bias() && n != null && n.along() == Along.ROW;
      if (n != null) {
        signal = Math.max(Math.sqrt(n.epsilon()), RelativeBall.rms(theta, at, weights) / natural);
      }
      if (biasCounts) {
        signal = Math.max(signal, RelativeBall.rms(theta, at + weights, d.outputs()));
      }
      block(weights, natural * signal);
      if (d.bias()) {
        block(d.outputs(), biasCounts ? signal : out);
      }
    }

    private void block(int length, double natural) {
      double s = Math.max(RelativeBall.rms(theta, at, length), natural);
      Arrays.fill(scale, at, at + length, s);
      blocks.add(new int[] {at, at + length});
      at += length;
    }
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
