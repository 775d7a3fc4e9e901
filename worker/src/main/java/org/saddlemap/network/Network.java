package org.saddlemap.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.layer.Activate;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Dropout;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.Parameter;
import org.saddlemap.layer.Residual;
import org.saddlemap.layer.Sequence;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Loss;

/**
 * Layers and a loss: what is trained and examined. A value; equal networks have equal layers. Its
 * parameters are one flat vector θ, layer by layer; {@link Stage}s are its layers as they are
 * reported.
 */
public final class Network {
  private final Sequence layers;
  private final Loss loss;
  private final List<Stage> stages;
  private final int parameters;

  /**
   * @param layers the first has weights
   */
  public Network(Sequence layers, Loss loss) {
    if (loss == Loss.BINARY_CROSS_ENTROPY && layers.outputs() != 1) {
      throw new IllegalArgumentException(
          "Invalid sizes: binary_cross_entropy has one output, not " + layers.outputs());
    }
    this.layers = layers;
    this.loss = loss;
    this.stages = stages(layers);
    this.parameters = layers.length();
  }

  /** The network that a configuration asks for between so many inputs and outputs. */
  public static Network of(Configuration c, int inputs, int outputs) {
    return Blueprint.of(c, inputs, outputs).build();
  }

  /** The network of {@link Blueprint#dense}. */
  public static Network of(
      List<Integer> sizes, Activation hidden, Activation output, Loss loss, boolean bias) {
    return Blueprint.dense(sizes, hidden, output, loss, bias).build();
  }

  private static List<Stage> stages(Sequence layers) {
    List<Layer> leaves = leaves(layers).toList();
    List<Stage.Path> paths = paths(layers).toList();
    List<Stage> stages = new ArrayList<>();
    int at = 0;
    int i = 0;
    while (i < leaves.size()) {
      if (!(leaves.get(i) instanceof Dense dense)) {
        throw new IllegalArgumentException("Invalid network: its first layer has no weights");
      }
      Activation activation = Activation.IDENTITY;
      Optional<Normalize> normalization = Optional.empty();
      List<Stage.Block> blocks = new ArrayList<>();
      do {
        Layer layer = leaves.get(i++);
        for (Parameter p : layer.parameters()) {
          blocks.add(new Stage.Block(p, at));
          at = Math.addExact(at, p.length());
        }
        if (layer instanceof Activate a) {
          activation = a.function();
        } else if (layer instanceof Normalize n) {
          normalization = Optional.of(n);
        }
      } while (i < leaves.size() && !(leaves.get(i) instanceof Dense));
      stages.add(
          new Stage(
              stages.size(), paths.get(stages.size()), dense, activation, normalization, blocks));
    }
    return List.copyOf(stages);
  }

  /** Layers without others within, in the order of the forward pass. */
  private static Stream<Layer> leaves(Layer layer) {
    if (layer instanceof Sequence s) {
      return s.layers().stream().flatMap(Network::leaves);
    }
    return layer instanceof Residual r ? leaves(r.branch()) : Stream.of(layer);
  }

  /** Of each stage, in the order of the forward pass. */
  private static Stream<Stage.Path> paths(Layer layer) {
    if (layer instanceof Sequence s) {
      return s.layers().stream().flatMap(Network::paths);
    }
    if (layer instanceof Residual r) {
      int within = (int) paths(r.branch()).count() - 1;
      return Stream.concat(
          Collections.nCopies(within, Stage.Path.WITHIN).stream(), Stream.of(Stage.Path.JOINS));
    }
    return layer instanceof Dense ? Stream.of(Stage.Path.TRUNK) : Stream.empty();
  }

  public Sequence sequence() {
    return layers;
  }

  public Loss loss() {
    return loss;
  }

  public List<Stage> stages() {
    return stages;
  }

  public Stage stage(int number) {
    return stages.get(number);
  }

  /** Number of stages: hidden ones and the output's. */
  public int layers() {
    return stages.size();
  }

  public int inputs() {
    return layers.inputs();
  }

  public int outputs() {
    return layers.outputs();
  }

  /** Length of θ. */
  public int parameters() {
    return parameters;
  }

  /** Inputs, units of each stage. */
  public List<Integer> sizes() {
    return Stream.concat(Stream.of(inputs()), stages.stream().map(Stage::out)).toList();
  }

  public int fanIn(int layer) {
    return stage(layer).in();
  }

  public int fanOut(int layer) {
    return stage(layer).out();
  }

  public Activation activation(int layer) {
    return stage(layer).activation();
  }

  /** Where W of the layer starts in θ; it has fanIn × fanOut elements. */
  public int weights(int layer) {
    return stage(layer).from();
  }

  /** Where what is added to the layer's units starts in θ: b, or β where b is none. */
  public OptionalInt biases(int layer) {
    return first(layer, Parameter.Role.BIAS);
  }

  /** Where the layer's trained scale γ starts in θ. */
  public OptionalInt scales(int layer) {
    return first(layer, Parameter.Role.SCALE);
  }

  private OptionalInt first(int layer, Parameter.Role role) {
    return stage(layer).strips().stream()
        .filter(b -> b.parameter().role() == role)
        .mapToInt(Stage.Block::from)
        .findFirst();
  }

  /** The function of the outputs. */
  public Activation output() {
    return stages.get(stages.size() - 1).activation();
  }

  /** Whether rows of a batch have influence on each other: normalization down its columns. */
  public boolean couplesRows() {
    return leaves(layers).anyMatch(l -> l instanceof Normalize n && n.along() == Along.COLUMN);
  }

  /** Whether training leaves units out at random. */
  public boolean leavesUnitsOut() {
    return leaves(layers).anyMatch(Dropout.class::isInstance);
  }

  /** The network whose objective is judged: the same without what is left to chance. */
  public Network judged() {
    return leavesUnitsOut() ? new Network((Sequence) certain(layers), loss) : this;
  }

  private static Layer certain(Layer layer) {
    if (layer instanceof Sequence s) {
      return new Sequence(
          s.layers().stream().filter(l -> !(l instanceof Dropout)).map(Network::certain).toList());
    }
    return layer instanceof Residual r
        ? new Residual((Sequence) certain(r.branch()), r.scale())
        : layer;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Network n && layers.equals(n.layers) && loss == n.loss;
  }

  @Override
  public int hashCode() {
    return 31 * layers.hashCode() + loss.hashCode();
  }

  @Override
  public String toString() {
    return "Network[" + layers + ", " + loss + "]";
  }
}
