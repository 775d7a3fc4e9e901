package org.saddlemap.network;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.Matrix;
import org.saddlemap.arithmetic.Memory;
import org.saddlemap.arithmetic.Vector;
import org.saddlemap.layer.Activate;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Frame;
import org.saddlemap.layer.Pass;
import org.saddlemap.layer.Planner;
import org.saddlemap.layer.Sequence;

/**
 * A network's passes over the rows of a batch, and their memory, in one arithmetic. Nothing is
 * allocated after construction. Not thread-safe.
 */
public final class Workspace {
  private final Network network;
  private final Arithmetic k;
  private final Sequence layers;
  private final Pass pass = new Pass();
  private final Frame root;
  private final List<Frame> leaves;

  /** Of each stage, that of its weights. */
  private final List<Frame> stages;

  /**
   * @param shared by the workspaces of a network that take turns
   */
  public Workspace(
      Network network, Arithmetic k, Batch batch, Planner.Purpose purpose, Planner.Shared shared) {
    this.network = network;
    this.k = k;
    this.layers = network.sequence();
    this.root = plan(network, k.memory(), batch, purpose, shared, pass);
    this.leaves = root.leaves().toList();
    this.stages = leaves.stream().filter(f -> f.layer instanceof Dense).toList();
  }

  private static Frame plan(
      Network network,
      Memory memory,
      Batch batch,
      Planner.Purpose purpose,
      Planner.Shared shared,
      Pass pass) {
    Frame frame = new Frame(network.sequence(), pass);
    new Planner(memory, batch, purpose, shared).plan(frame);
    return frame;
  }

  /** Takes the memory that a workspace takes: counted, where the memory only counts. */
  public static void plan(
      Network network, Memory memory, Batch batch, Planner.Purpose purpose, Planner.Shared shared) {
    plan(network, memory, batch, purpose, shared, new Pass());
  }

  /** Reads parameters from here. */
  public void theta(Vector theta) {
    leaves.forEach(f -> f.theta = f.layer.part(theta, f.from));
  }

  /** Leaves gradients there. */
  public void gradient(Vector gradient) {
    leaves.forEach(f -> f.gradient = f.layer.part(gradient, f.from));
  }

  /** Takes the derivatives along one vector, and leaves the product with the Hessian in another. */
  public void direction(Vector direction, Vector product) {
    leaves.forEach(
        f -> {
          f.direction = f.layer.part(direction, f.from);
          f.product = f.layer.part(product, f.from);
        });
  }

  /** What the passes are asked for. */
  public Pass pass() {
    return pass;
  }

  /** The frame of the whole network. */
  public Frame root() {
    return root;
  }

  public Matrix input() {
    return root.x;
  }

  public Matrix output() {
    return root.y;
  }

  /** ∂f/∂ the outputs, for {@link #backward} to start from. */
  public Matrix outputDelta() {
    return root.dy;
  }

  /** What a stage hands on. */
  public Matrix output(int stage) {
    return stage + 1 < stages.size() ? stages.get(stage + 1).x : root.y;
  }

  /** What a stage's units give: the values of its activation, or what its weights gave. */
  public Matrix units(int stage) {
    int i = leaves.indexOf(stages.get(stage));
    Matrix units = leaves.get(i).y;
    for (int j = i + 1; j < leaves.size() && !(leaves.get(j).layer instanceof Dense); j++) {
      if (leaves.get(j).layer instanceof Activate) {
        units = leaves.get(j).y;
      }
    }
    return units;
  }

  /** ∂f/∂ what a stage's weights gave. */
  public Matrix delta(int stage) {
    return stages.get(stage).dy;
  }

  /** From the inputs to the outputs. */
  public void forward() {
    layers.forward(k, root);
  }

  /** Back from {@link #outputDelta}, with gradients where the pass says so. */
  public void backward() {
    layers.backward(k, root);
  }

  /** Gradients alone, where a pass back kept all δ. */
  public void gradients() {
    layers.gradient(k, root);
  }

  /**
   * A forward pass, and the first stage where anything is not finite; the number of stages where
   * all is.
   */
  public int firstNonfiniteStage(java.util.function.Predicate<Matrix> finite) {
    List<Frame> bad = new ArrayList<>();
    pass.watch =
        f -> {
          if (bad.isEmpty() && !finite.test(f.y)) {
            bad.add(f);
          }
        };
    forward();
    pass.watch = null;
    if (bad.isEmpty()) {
      return network.layers();
    }
    int at = leaves.indexOf(bad.get(0));
    return (int) leaves.subList(0, at + 1).stream().filter(f -> f.layer instanceof Dense).count()
        - 1;
  }
}
