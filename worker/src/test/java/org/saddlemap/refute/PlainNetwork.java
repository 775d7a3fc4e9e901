package org.saddlemap.refute;

import org.saddlemap.network.Network;

/**
 * The training objective of a network on all training rows, written down once more as plainly as
 * can be: loss plus ½·l2·‖θ‖², with its gradient by backpropagation. Of the project's own code it
 * knows a network's shape alone: layer by layer W in row-major order [in][out], then b, and of a
 * normalization β, then γ.
 */
final class PlainNetwork implements Surface {
  private final Network net;
  private final double[] inputs;
  private final PlainLoss loss;
  private final double l2;
  private final PlainLayer layers;
  private final double[] slope;

  /**
   * @param inputs rows × inputs, row-major
   * @param l2 coefficient of ½‖θ‖², over all parameters
   */
  PlainNetwork(Network net, double[] inputs, PlainLoss loss, double l2) {
    this.net = net;
    this.inputs = inputs;
    this.loss = loss;
    this.l2 = l2;
    this.layers = PlainLayer.of(net.sequence(), loss.rows(), 0);
    this.slope = new double[loss.rows() * net.outputs()];
  }

  @Override
  public int parameters() {
    return net.parameters();
  }

  /** The outputs at θ, rows × outputs; valid until the next call. */
  double[] outputs(double[] theta) {
    return layers.forward(theta, inputs);
  }

  @Override
  public double value(double[] theta) {
    return loss.of(outputs(theta), null) + penalty(theta);
  }

  @Override
  public double gradient(double[] theta, double[] gradient) {
    double value = loss.of(outputs(theta), slope) + penalty(theta);
    layers.backward(theta, slope, gradient);
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
}
