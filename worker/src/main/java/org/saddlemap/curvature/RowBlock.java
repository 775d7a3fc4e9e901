package org.saddlemap.curvature;

import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.Float64;
import org.saddlemap.arithmetic.Memory;
import org.saddlemap.arithmetic.Vector;
import org.saddlemap.layer.Frame;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Planner;
import org.saddlemap.network.Network;
import org.saddlemap.network.Workspace;

/** The passes of a network over some consecutive rows, with what they cache. */
final class RowBlock {
  private final Float64 k;
  private final Network net;
  private final Objective objective;
  private final Batch batch;
  private final Workspace workspace;
  private final Layer layers;
  private final Frame frame;

  /** Rows of this block, and the number of the first. */
  private int rows;

  private int from;

  /** What came out of the last layer, and what it predicts. */
  private final double[] outputs;

  private final double[] predictions;

  /** What all blocks of a surface share, as they work one after the other. */
  record Shared(
      Batch batch,
      Planner.Shared plan,
      Vector theta,
      Vector gradient,
      Vector direction,
      Vector product) {
    static Shared of(Memory k, int rows, int parameters) {
      return new Shared(
          new Batch(rows),
          new Planner.Shared(),
          k.vector(parameters),
          k.vector(parameters),
          k.vector(parameters),
          k.vector(parameters));
    }
  }

  RowBlock(Network net, Float64 k, Objective objective, Shared shared) {
    this.net = net;
    this.k = k;
    this.objective = objective;
    this.batch = shared.batch();
    this.workspace = new Workspace(net, k, batch, Planner.Purpose.EXAMINE, shared.plan());
    workspace.theta(shared.theta());
    workspace.gradient(shared.gradient());
    workspace.direction(shared.direction(), shared.product());
    this.layers = net.sequence();
    this.frame = workspace.root();
    this.outputs = new double[batch.capacity() * net.outputs()];
    this.predictions = new double[outputs.length];
  }

  /** Turns to these rows. */
  void load(double[] inputs, int firstRow, int count) {
    batch.rows(count);
    from = firstRow;
    rows = count;
    k.set(frame.x, inputs, firstRow);
  }

  /** These rows' share of the loss. */
  double forward() {
    batch.rows(rows);
    workspace.forward();
    frame.y.get(outputs);
    return objective.value(outputs, from, rows, predictions);
  }

  /** δ of all layers, after a forward pass. */
  void backward() {
    batch.rows(rows);
    objective.slope(predictions, from, rows, outputs);
    k.set(frame.dy, outputs, 0);
    workspace.backward();
  }

  /**
   * These rows' share of the gradient, after a backward pass.
   *
   * @param fresh whether it takes the place of what is there, or is added
   */
  void gradient(boolean fresh) {
    batch.rows(rows);
    workspace.pass().add = !fresh;
    workspace.gradients();
  }

  /**
   * These rows' share of H·v, after a backward pass (Pearlmutter 1994).
   *
   * @param fresh whether it takes the place of what is there, or is added
   */
  void hessianProduct(boolean fresh) {
    batch.rows(rows);
    layers.tangent(k, frame);
    frame.ty.get(outputs);
    objective.bend(predictions, rows, outputs, outputs);
    k.set(frame.tdy, outputs, 0);
    workspace.pass().add = !fresh;
    layers.tangentBackward(k, frame);
  }

  /** Shows the layers, after a backward pass. */
  void show(LayerWatch watch) {
    batch.rows(rows);
    for (int l = 0; l < net.layers(); l++) {
      double[] a = new double[rows * net.stage(l).out()];
      workspace.output(l).get(a);
      watch.forward(l, a, rows);
      workspace.units(l).get(a);
      watch.units(l, a, rows);
      workspace.delta(l).get(a);
      watch.backward(l, a, rows);
    }
  }
}
