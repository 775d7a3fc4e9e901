package org.saddlemap.refute;

import java.util.Arrays;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;

/**
 * The training objective of a dense network on all training rows, written down once more as plainly
 * as can be: loss plus ½·l2·‖θ‖², with its gradient by backpropagation. Of the project's own code
 * it knows a network's shape alone: W in row-major order [in][out], then b, then γ, layer by layer.
 */
final class PlainNetwork implements Surface {
  private static final double EPSILON = 1e-5;

  private final Network net;
  private final double[] inputs;
  private final PlainLoss loss;
  private final int rows;
  private final double l2;
  private final Layer[] layers;
  private final double[] slope;
  private final double[] back;

  /**
   * One layer's parameters and what the last passes left.
   *
   * @param normal x̂ where the layer is normalized
   * @param deviation σ of each unit there
   */
  @SuppressWarnings("ArrayRecordComponent") // buffers
  private record Layer(
      int from,
      int in,
      int out,
      Activation activation,
      boolean bias,
      boolean normalized,
      double[] weights,
      double[] z,
      double[] a,
      double[] normal,
      double[] deviation) {
    int biasAt() {
      return from + in * out;
    }

    int scaleAt() {
      return biasAt() + (bias ? out : 0);
    }
  }

  /**
   * @param inputs rows × inputs, row-major
   * @param l2 coefficient of ½‖θ‖², over all parameters
   */
  PlainNetwork(Network net, double[] inputs, PlainLoss loss, double l2) {
    this.net = net;
    this.inputs = inputs;
    this.loss = loss;
    this.rows = loss.rows();
    this.l2 = l2;
    this.layers = new Layer[net.layers()];
    int from = 0;
    int widest = 0;
    for (int l = 0; l < layers.length; l++) {
      int in = net.fanIn(l);
      int out = net.fanOut(l);
      boolean hidden = l < layers.length - 1;
      boolean normalized = hidden && net.stage(l).normalization().isPresent();
      int n = rows * out;
      layers[l] =
          new Layer(
              from,
              in,
              out,
              hidden ? net.activation(0) : net.output(),
              net.biases(net.layers() - 1).isPresent(),
              normalized,
              new double[in * out],
              new double[n],
              new double[n],
              new double[normalized ? n : 0],
              new double[normalized ? out : 0]);
      from +=
          in * out + (net.biases(net.layers() - 1).isPresent() ? out : 0) + (normalized ? out : 0);
      widest = Math.max(widest, Math.max(l == 0 ? 0 : in, out));
    }
    slope = new double[rows * widest];
    back = new double[rows * widest];
  }

  @Override
  public int parameters() {
    return net.parameters();
  }

  /** The outputs at θ, rows × outputs; valid until the next call. */
  double[] outputs(double[] theta) {
    double[] a = inputs;
    for (Layer layer : layers) {
      System.arraycopy(theta, layer.from(), layer.weights(), 0, layer.weights().length);
      Products.ab(a, layer.weights(), layer.z(), rows, layer.in(), layer.out());
      if (layer.normalized()) {
        normalize(layer, theta);
      }
      if (layer.bias()) {
        addToRows(layer.z(), theta, layer.biasAt(), layer.out());
      }
      PlainActivation.value(layer.activation(), layer.z(), layer.a(), rows * layer.out());
      a = layer.a();
    }
    return a;
  }

  @Override
  public double value(double[] theta) {
    return loss.of(outputs(theta), null) + penalty(theta);
  }

  @Override
  public double gradient(double[] theta, double[] gradient) {
    double value = loss.of(outputs(theta), slope) + penalty(theta);
    for (int l = layers.length - 1; l >= 0; l--) {
      Layer layer = layers[l];
      int n = rows * layer.out();
      PlainActivation.multiplySlope(layer.activation(), layer.z(), layer.a(), slope, n);
      if (layer.bias()) {
        sumRows(slope, null, gradient, layer.biasAt(), layer.out());
      }
      if (layer.normalized()) {
        normalizeBack(layer, theta, gradient);
      }
      double[] weightGradient = new double[layer.weights().length];
      double[] before = l == 0 ? inputs : layers[l - 1].a();
      Products.atb(before, slope, weightGradient, rows, layer.in(), layer.out());
      System.arraycopy(weightGradient, 0, gradient, layer.from(), weightGradient.length);
      if (l > 0) {
        Products.abt(slope, layer.weights(), back, rows, layer.in(), layer.out());
        System.arraycopy(back, 0, slope, 0, rows * layer.in());
      }
    }
    if (l2 != 0) {
      for (int i = 0; i < theta.length; i++) {
        gradient[i] += l2 * theta[i];
      }
    }
    return value;
  }

  private double penalty(double[] theta) {
    double sum = 0;
    if (l2 != 0) {
      for (double t : theta) {
        sum += t * t;
      }
    }
    return l2 / 2 * sum;
  }

  /** z ← γ ⊙ (z − mean)/√(variance + ε), by the statistics of all rows. */
  private void normalize(Layer layer, double[] theta) {
    int m = layer.out();
    double[] z = layer.z();
    for (int j = 0; j < m; j++) {
      double mean = 0;
      for (int i = 0; i < rows; i++) {
        mean += z[i * m + j];
      }
      mean /= rows;
      double variance = 0;
      for (int i = 0; i < rows; i++) {
        double c = z[i * m + j] - mean;
        variance += c * c;
      }
      double deviation = Math.sqrt(variance / rows + EPSILON);
      layer.deviation()[j] = deviation;
      for (int i = j; i < rows * m; i += m) {
        layer.normal()[i] = (z[i] - mean) / deviation;
        z[i] = theta[layer.scaleAt() + j] * layer.normal()[i];
      }
    }
  }

  private void normalizeBack(Layer layer, double[] theta, double[] gradient) {
    int m = layer.out();
    double[] normal = layer.normal();
    sumRows(slope, normal, gradient, layer.scaleAt(), m);
    for (int j = 0; j < m; j++) {
      double scale = theta[layer.scaleAt() + j];
      double mean = 0;
      double along = 0;
      for (int i = j; i < rows * m; i += m) {
        slope[i] *= scale;
        mean += slope[i] / rows;
        along += slope[i] * normal[i] / rows;
      }
      for (int i = j; i < rows * m; i += m) {
        slope[i] = (slope[i] - mean - normal[i] * along) / layer.deviation()[j];
      }
    }
  }

  private void addToRows(double[] z, double[] theta, int from, int m) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < m; j++) {
        z[i * m + j] += theta[from + j];
      }
    }
  }

  /** Sums over the rows of d, or of d ⊙ by, into the gradient. */
  private void sumRows(double[] d, double[] by, double[] gradient, int from, int m) {
    Arrays.fill(gradient, from, from + m, 0);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < m; j++) {
        gradient[from + j] += by == null ? d[i * m + j] : d[i * m + j] * by[i * m + j];
      }
    }
  }
}
