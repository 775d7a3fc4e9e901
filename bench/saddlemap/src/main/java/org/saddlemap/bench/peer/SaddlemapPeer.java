package org.saddlemap.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.saddlemap.bench.Peer;
import org.saddlemap.bench.Workload;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.space.Activation;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Loss;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;

/**
 * Saddlemap's trainer as a sweep uses it: with its set-up, its curve, its history and its
 * snapshots, all of which are in the time.
 */
public final class SaddlemapPeer implements Peer {
  /** As the spec's {@code arithmetic}. */
  private static final boolean PORTABLE =
      System.getProperty("saddlemap.arithmetic", "native").equals("portable");

  private final BlasRuntime blas;
  private final Workload work;
  private final Configuration configuration;
  private final Network architecture;
  private final Dataset dataset;
  private final double[] initial;
  private final NativeFloats memory;
  private double[] last;

  public SaddlemapPeer(Workload work) {
    blas = PORTABLE ? BlasRuntime.startPortable() : BlasRuntime.start();
    this.work = work;
    configuration =
        Configuration.of(
            Map.of(
                Hyperparameter.DEPTH,
                (long) work.depth(),
                Hyperparameter.WIDTH,
                (long) work.width(),
                Hyperparameter.ACTIVATION,
                Activation.TANH,
                Hyperparameter.LOSS,
                Loss.CROSS_ENTROPY,
                Hyperparameter.LEARNING_RATE,
                new LearningRate.Absolute(work.rate()),
                Hyperparameter.BATCH_SIZE,
                new BatchSize.Rows(work.batch()),
                Hyperparameter.CLIPPING,
                new Clipping.ByNorm(work.clip()),
                Hyperparameter.MAX_STEPS,
                (long) work.steps()));
    architecture = Network.of(configuration, work.inputs(), work.classes());
    Dataset.Part rows = new Dataset.Part(work.rows(), work.features(), work.labels(), new float[0]);
    Dataset.Part none = new Dataset.Part(0, new float[0], new int[0], new float[0]);
    dataset = new Dataset(work.inputs(), work.classes(), 0, rows, none, "", "workload");
    initial = new double[work.theta().length];
    for (int i = 0; i < initial.length; i++) {
      initial[i] = work.theta()[i];
    }
    memory = new NativeFloats();
  }

  @Override
  public String about() {
    return "Saddlemap's trainer, %s, %d thread".formatted(blas.text(), blas.threads());
  }

  @Override
  public void train() {
    last =
        Trainer.train(new TrainingTask(architecture, configuration, dataset, work.rate(), initial, WriteWorkload.SEEDS), Interruption.NEVER, memory)
            .last();
  }

  @Override
  public double loss() {
    return work.loss(last);
  }

  public Network architecture() {
    return architecture;
  }

  /** θ before the first step. */
  public double[] initial() {
    return initial;
  }

  /** θ after {@link #train}. */
  public double[] last() {
    return last;
  }

  public static void main(String[] args) throws IOException {
    Workload work = Workload.read(Path.of(args[0]));
    Peer.serve(new SaddlemapPeer(work), work);
  }
}
