package org.saddlemap.curvature;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.curvature.LossSurface.Block;
import org.saddlemap.network.Architecture;

/**
 * Where each layer's parameters lie in θ, looked up instead of summed up, and the shapes of the
 * matrices that meet them. A bias that is added to the products themselves (not after a
 * normalization) is one more row of its weight matrix, right behind it in θ; the inputs it meets
 * have one more column, of ones.
 */
final class ParameterLayout {
  private final int[] weights;
  private final int[] biases;
  private final int[] scales;
  private final int[] columns;
  private final int[] strides;
  private final List<Block> weightBlocks = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();

  ParameterLayout(Architecture net) {
    int layers = net.layers();
    weights = new int[layers];
    biases = new int[layers];
    scales = new int[layers];
    columns = new int[layers];
    strides = new int[layers];
    for (int l = 0; l < layers; l++) {
      int out = net.fanOut(l);
      weights[l] = net.weights(l);
      biases[l] = net.biases(l);
      scales[l] = net.scales(l);
      columns[l] = net.fanIn(l) + (net.bias() && !net.normalized(l) ? 1 : 0);
      strides[l] = out;
      if (l > 0) {
        strides[l - 1] = columns[l];
      }
      weightBlocks.add(new Block(weights[l], net.fanIn(l) * out));
      blocks.add(weightBlocks.get(l));
      if (net.bias()) {
        blocks.add(new Block(biases[l], out));
      }
      if (net.scaled(l)) {
        blocks.add(new Block(scales[l], out));
      }
    }
  }

  int weights(int layer) {
    return weights[layer];
  }

  int biases(int layer) {
    return biases[layer];
  }

  int scales(int layer) {
    return scales[layer];
  }

  /** Columns of a layer's inputs, and rows of its weights: fan-in, and one for a bias. */
  int columns(int layer) {
    return columns[layer];
  }

  /** Distance between the rows of a layer's outputs, which are the next one's inputs. */
  int stride(int layer) {
    return strides[layer];
  }

  List<Block> weightBlocks() {
    return weightBlocks;
  }

  List<Block> blocks() {
    return blocks;
  }
}
