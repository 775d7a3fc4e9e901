package org.saddlemap.bench.djl;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.loss.Loss;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.saddlemap.bench.Peer;
import org.saddlemap.bench.Workload;

/**
 * PyTorch through DJL's blocks and gradient collector. DJL clips by value only, so the clipping by
 * the global norm and the update are written on its arrays.
 */
public final class DjlPeer implements Peer {
  private final Workload work;
  private final NDManager manager = NDManager.newBaseManager();
  private final Block block;
  private final ParameterStore store;
  private final Loss crossEntropy = Loss.softmaxCrossEntropyLoss();
  private final List<NDArray> parameters = new ArrayList<>();
  private final List<NDArray> initial = new ArrayList<>();
  private final List<NDArray> batches = new ArrayList<>();
  private final NDArray features;
  private final NDArray labels;

  private DjlPeer(Workload work) {
    this.work = work;
    SequentialBlock layers = new SequentialBlock();
    for (int l = 0; l < work.layers(); l++) {
      layers.add(Linear.builder().setUnits(work.fanOut(l)).build());
      if (l < work.depth()) {
        layers.add(Activation::tanh);
      }
    }
    layers.initialize(manager, DataType.FLOAT32, new Shape(work.batch(), work.inputs()));
    block = layers;
    store = new ParameterStore(manager, false);
    int layer = 0;
    for (Parameter parameter : layers.getParameters().values()) {
      NDArray array = parameter.getArray();
      boolean weights = array.getShape().dimension() == 2;
      int in = work.fanIn(layer);
      int out = work.fanOut(layer);
      initial.add(
          weights // PyTorch keeps W as [out][in]
              ? manager
                  .create(work.part(work.weights(layer), in * out), new Shape(in, out))
                  .transpose()
                  .mul(1f)
              : manager.create(work.part(work.biases(layer), out)));
      array.setRequiresGradient(true);
      parameters.add(array);
      layer += weights ? 0 : 1;
    }
    features = manager.create(work.features(), new Shape(work.rows(), work.inputs()));
    labels = manager.create(work.labels()).toType(DataType.INT64, true);
    for (int s = 0; s < work.steps(); s++) {
      int[] rows = new int[work.batch()];
      System.arraycopy(work.order(), s * work.batch(), rows, 0, rows.length);
      batches.add(manager.create(rows).toType(DataType.INT64, true));
    }
  }

  @Override
  public String about() {
    Engine engine = Engine.getInstance();
    return "PyTorch %s through DJL %s, %s thread"
        .formatted(engine.getVersion(), Engine.getDjlVersion(), "1");
  }

  @Override
  public void reset() {
    for (int i = 0; i < parameters.size(); i++) {
      initial.get(i).copyTo(parameters.get(i));
    }
  }

  @Override
  public void train() {
    for (NDArray rows : batches) {
      try (NDManager step = manager.newSubManager()) {
        step.tempAttachAll(features, labels);
        NDArray x = features.get(rows);
        NDArray y = labels.get(rows);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
          NDList output = block.forward(store, new NDList(x), true);
          output.attach(step);
          NDArray loss = crossEntropy.evaluate(new NDList(y), output);
          loss.attach(step);
          collector.backward(loss);
        }
        update(step);
      }
    }
  }

  private void update(NDManager step) {
    NDList norms = new NDList();
    List<NDArray> gradients = new ArrayList<>(parameters.size());
    for (NDArray parameter : parameters) {
      NDArray gradient = parameter.getGradient();
      gradient.attach(step);
      gradients.add(gradient);
      norms.add(gradient.norm().expandDims(0));
    }
    float norm = ai.djl.ndarray.NDArrays.concat(norms).norm().getFloat();
    float scale = work.rate() * Math.min(1, work.clip() / norm);
    for (int i = 0; i < parameters.size(); i++) {
      parameters.get(i).subi(gradients.get(i).muli(scale));
      gradients.get(i).subi(gradients.get(i));
    }
  }

  @Override
  public double loss() {
    try (NDManager scope = manager.newSubManager()) {
      NDList output = block.forward(store, new NDList(features), false);
      output.attach(scope);
      return crossEntropy.evaluate(new NDList(labels), output).getFloat();
    }
  }

  public static void main(String[] args) throws IOException {
    Workload work = Workload.read(Path.of(args[0]));
    Peer.serve(new DjlPeer(work), work);
  }
}
