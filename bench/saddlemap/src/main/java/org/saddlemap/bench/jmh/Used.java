package org.saddlemap.bench.jmh;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.bench.Workload;
import org.saddlemap.bench.peer.WriteWorkload;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.space.Activation;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;

/**
 * Makes this process one that has trained and examined other networks, as those of a sweep have:
 * the compiler has seen every kind of layer and both arithmetics, and inlines none of them alone.
 */
final class Used {
  private static final int STEPS = 3000;
  private static final int PRODUCTS = 300;
  private static final double RATE = 0.01;

  private static final List<Map<Hyperparameter, Object>> OTHERS =
      List.of(
          Map.of(Hyperparameter.ACTIVATION, Activation.GELU),
          Map.of(Hyperparameter.NORMALIZATION, Normalization.BATCH),
          Map.of(
              Hyperparameter.RESIDUAL,
              new Residual(2, Optional.of(0.5)),
              Hyperparameter.NORMALIZATION,
              new Normalization(Normalization.Kind.LAYER, Normalization.Place.AFTER)),
          Map.of(Hyperparameter.DROPOUT, 0.2, Hyperparameter.ACTIVATION, Activation.RELU));

  private Used() {}

  static void process() {
    Workload work = Shapes.workload("5x16x32x16", 1);
    try (NativeFloats memory = new NativeFloats()) {
      for (Map<Hyperparameter, Object> other : OTHERS) {
        train(work, other, memory);
      }
    }
  }

  private static void train(
      Workload work, Map<Hyperparameter, Object> other, NativeFloats memory) {
    Map<Hyperparameter, Object> values = new HashMap<>(other);
    values.putIfAbsent(Hyperparameter.ACTIVATION, Activation.TANH);
    values.put(Hyperparameter.DEPTH, (long) work.depth());
    values.put(Hyperparameter.WIDTH, (long) work.width());
    values.put(Hyperparameter.LOSS, Loss.CROSS_ENTROPY);
    values.put(Hyperparameter.LEARNING_RATE, new LearningRate.Absolute(RATE));
    values.put(Hyperparameter.BATCH_SIZE, new BatchSize.Rows(work.batch()));
    values.put(Hyperparameter.MAX_STEPS, (long) STEPS);
    Configuration configuration = Configuration.of(values);
    Network network = Network.of(configuration, work.inputs(), work.classes());
    Random random = new Random(1);
    double[] theta = new double[network.parameters()];
    for (int i = 0; i < theta.length; i++) {
      theta[i] = 0.2 * random.nextGaussian();
    }
    Dataset.Part rows = new Dataset.Part(work.rows(), work.features(), work.labels(), new float[0]);
    Dataset.Part none = new Dataset.Part(0, new float[0], new int[0], new float[0]);
    Dataset data = new Dataset(work.inputs(), work.classes(), 0, rows, none, "", "workload");
    Trainer.train(new TrainingTask(network, configuration, data, RATE, theta, WriteWorkload.SEEDS), Interruption.NEVER, memory);
    examine(network.judged(), work, theta);
  }

  private static void examine(Network network, Workload work, double[] theta) {
    double[] inputs = new double[work.features().length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = work.features()[i];
    }
    double[] targets = new double[work.rows() * work.classes()];
    for (int i = 0; i < work.rows(); i++) {
      targets[i * work.classes() + work.labels()[i]] = 1;
    }
    double[] product = new double[theta.length];
    try (NetworkSurface surface = new NetworkSurface(network, inputs, targets, work.rows(), 0)) {
      for (int i = 0; i < PRODUCTS; i++) {
        surface.forget();
        surface.moveTo(theta);
        surface.hessianProduct(theta, product);
      }
    }
  }
}
