package org.saddlemap.curvature;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.curvature.LossSurface.Block;
import org.saddlemap.network.Architecture;

/** Where each layer's parameters lie in θ, looked up instead of summed up. */
final class ParameterLayout {
  private final int[] weights;
  private final int[] biases;
  private final int[] scales;
  private final int[] units;
  private final List<Block> weightBlocks = new ArrayList<>();
  private final List<Block> blocks = new ArrayList<>();

  ParameterLayout(Architecture net) {
    int layers = net.layers();
    weights = new int[layers];
    biases = new int[layers];
    scales = new int[layers];
    units = new int[layers + 1];
    for (int l = 0; l < layers; l++) {
      int out = net.fanOut(l);
      weights[l] = net.weights(l);
      biases[l] = net.biases(l);
      scales[l] = net.scales(l);
      units[l + 1] = units[l] + out;
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

  /** The number of the layer's first unit among those of all layers. */
  int unit(int layer) {
    return units[layer];
  }

  List<Block> weightBlocks() {
    return weightBlocks;
  }

  List<Block> blocks() {
    return blocks;
  }
}
