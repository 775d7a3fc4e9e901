package org.saddlemap.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Loss;

/**
 * A dense network's shape, and where each layer's parameters lie in the flat vector θ. Layer l
 * (from 0) maps {@code sizes[l]} inputs to {@code sizes[l+1]} outputs: z = aW + b, then
 * normalization of hidden layers where asked for, then the activation. Its parameters are
 * contiguous: W in row-major order [in][out], then b (if any), then γ (if any).
 *
 * @param sizes inputs, hidden widths …, outputs; at least two, all positive
 */
public record Architecture(
    List<Integer> sizes,
    Activation hidden,
    Activation output,
    Loss loss,
    boolean bias,
    Optional<BatchNorm> batchNorm) {
  public Architecture {
    sizes = List.copyOf(sizes);
    if (sizes.size() < 2 || sizes.stream().anyMatch(s -> s < 1)) {
      throw new IllegalArgumentException(
          "Invalid sizes: " + sizes + " needs two or more, all positive");
    }
    if (loss == Loss.BINARY_CROSS_ENTROPY && sizes.get(sizes.size() - 1) != 1) {
      throw new IllegalArgumentException(
          "Invalid sizes: binary_cross_entropy has one output, not " + sizes.get(sizes.size() - 1));
    }
  }

  /** The network that a configuration asks for between so many inputs and outputs. */
  public static Architecture of(Configuration c, int inputs, int outputs) {
    List<Integer> sizes = new ArrayList<>();
    sizes.add(inputs);
    boolean hidden = c.depth() > 0;
    if (hidden) {
      sizes.addAll(Collections.nCopies(c.depth(), c.width()));
    }
    sizes.add(outputs);
    return new Architecture(
        sizes,
        hidden ? c.activation() : Activation.IDENTITY,
        c.outputActivation(),
        c.loss(),
        c.bias(),
        c.batchNorm() ? Optional.of(BatchNorm.STANDARD) : Optional.empty());
  }

  /** Number of layers with weights: hidden ones and the output's. */
  public int layers() {
    return sizes.size() - 1;
  }

  public int inputs() {
    return sizes.get(0);
  }

  public int outputs() {
    return sizes.get(sizes.size() - 1);
  }

  public int fanIn(int layer) {
    return sizes.get(layer);
  }

  public int fanOut(int layer) {
    return sizes.get(layer + 1);
  }

  public Activation activation(int layer) {
    return layer == layers() - 1 ? output : hidden;
  }

  /** Whether the layer's pre-activations are normalized. */
  public boolean normalized(int layer) {
    return batchNorm.isPresent() && layer < layers() - 1;
  }

  /** Whether the layer has a trained scale γ. */
  public boolean scaled(int layer) {
    return normalized(layer) && batchNorm.get().affine();
  }

  /** Where W of the layer starts in θ; it has fanIn × fanOut elements. */
  public int weights(int layer) {
    int offset = 0;
    for (int l = 0; l < layer; l++) {
      offset += parameters(l);
    }
    return offset;
  }

  /** Where b of the layer starts in θ; only where {@link #bias}. */
  public int biases(int layer) {
    return weights(layer) + fanIn(layer) * fanOut(layer);
  }

  /** Where γ of the layer starts in θ; only where {@link #scaled}. */
  public int scales(int layer) {
    return biases(layer) + (bias ? fanOut(layer) : 0);
  }

  /** Parameters of one layer. */
  public int parameters(int layer) {
    return fanIn(layer) * fanOut(layer)
        + (bias ? fanOut(layer) : 0)
        + (scaled(layer) ? fanOut(layer) : 0);
  }

  /** Length of θ. */
  public int parameters() {
    int sum = 0;
    for (int l = 0; l < layers(); l++) {
      sum = Math.addExact(sum, parameters(l));
    }
    return sum;
  }
}
