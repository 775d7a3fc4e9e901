package org.saddlemap.bench.dl4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.openblas.global.openblas_full;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.saddlemap.bench.Peer;
import org.saddlemap.bench.Workload;

/**
 * DL4J's MultiLayerNetwork. It has no clipping by the global norm, so the update is done here on
 * its flat gradient; that is less work than its own updater would do.
 */
public final class Dl4jPeer implements Peer {
  private final Workload work;
  private final MultiLayerNetwork network;
  private final INDArray initial;
  private final INDArray features;
  private final INDArray targets;
  private final int[][] batches;

  private Dl4jPeer(Workload work) {
    this.work = work;
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().dataType(DataType.FLOAT).updater(new NoOp()).list();
    for (int l = 0; l < work.depth(); l++) {
      list.layer(
          new DenseLayer.Builder()
              .nIn(work.fanIn(l))
              .nOut(work.width())
              .activation(Activation.TANH)
              .build());
    }
    MultiLayerConfiguration configuration =
        list.layer(
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(work.width())
                    .nOut(work.classes())
                    .activation(Activation.SOFTMAX)
                    .build())
            .build();
    network = new MultiLayerNetwork(configuration);
    network.init();
    for (int l = 0; l < work.layers(); l++) {
      int in = work.fanIn(l);
      int out = work.fanOut(l);
      network.setParam(
          l + "_W", Nd4j.create(work.part(work.weights(l), in * out), new long[] {in, out}, 'c'));
      network.setParam(
          l + "_b", Nd4j.create(work.part(work.biases(l), out), new long[] {1, out}, 'c'));
    }
    initial = network.params().dup();
    features = Nd4j.create(work.features(), new long[] {work.rows(), work.inputs()}, 'c');
    targets = Nd4j.zeros(DataType.FLOAT, work.rows(), work.classes());
    for (int i = 0; i < work.rows(); i++) {
      targets.putScalar(i, work.labels()[i], 1);
    }
    batches = new int[work.steps()][work.batch()];
    for (int i = 0; i < work.order().length; i++) {
      batches[i / work.batch()][i % work.batch()] = work.order()[i];
    }
  }

  @Override
  public String about() {
    Matcher jar =
        Pattern.compile("deeplearning4j-nn-([^/]*)\\.jar")
            .matcher(System.getProperty("java.class.path"));
    return "DL4J %s, OpenBLAS kernel %s, %d thread"
        .formatted(
            jar.find() ? jar.group(1) : "of unknown version",
            openblas_full.openblas_get_corename().getString(),
            openblas_full.openblas_get_num_threads());
  }

  @Override
  public void reset() {
    network.setParameters(initial);
  }

  @Override
  public void train() {
    INDArray parameters = network.params();
    for (int[] batch : batches) {
      network.setInput(Nd4j.pullRows(features, 1, batch));
      network.setLabels(Nd4j.pullRows(targets, 1, batch));
      network.computeGradientAndScore();
      INDArray gradient =
          network.getFlattenedGradients().reshape(parameters.shape()); // a sum over the batch
      double norm = gradient.norm2Number().doubleValue() / batch.length;
      double scale = Math.min(1, work.clip() / norm) * work.rate() / batch.length;
      parameters.subi(gradient.muli(scale));
    }
  }

  @Override
  public double loss() {
    return network.score(new DataSet(features, targets), false);
  }

  public static void main(String[] args) throws IOException {
    Nd4j.getExecutioner(); // loads the natives before their threads are set
    openblas_full.openblas_set_num_threads(1);
    Workload work = Workload.read(Path.of(args[0]));
    Peer.serve(new Dl4jPeer(work), work);
  }
}
