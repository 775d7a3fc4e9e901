package org.saddlemap.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.saddlemap.bench.Peer;
import org.saddlemap.bench.Workload;
import org.saddlemap.data.Dataset;
import org.saddlemap.layer.Parameter;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.arithmetic.Nd4jArithmetic;
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
import org.saddlemap.train.Trajectory;

/**
 * Saddlemap's trainer as a sweep uses it: with its set-up, its curve, its history and its
 * snapshots, all of which are in the time.
 */
public final class SaddlemapPeer implements Peer {
  /** As the spec's {@code arithmetic}. */
  private static final String ARITHMETIC = System.getProperty("saddlemap.arithmetic", "native");

  /** What is to be otherwise than in the workload, such as {@code residual=blocks(2)}. */
  private static final String KIND = System.getProperty("saddlemap.kind", "");

  private final BlasRuntime blas;
  private final Workload work;
  private final Configuration configuration;
  private final Network architecture;
  private final Dataset dataset;
  private final double[] initial;
  private final NativeFloats memory;
  private Trajectory trained;

  public SaddlemapPeer(Workload work) {
    blas = ARITHMETIC.equals("portable") ? BlasRuntime.startPortable() : BlasRuntime.start();
    this.work = work;
    Map<Hyperparameter, Object> values =
        new EnumMap<>(
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
    for (String part : KIND.isEmpty() ? new String[0] : KIND.split(";")) {
      Hyperparameter h = Hyperparameter.byKey(part.substring(0, part.indexOf('='))).orElseThrow();
      values.put(h, h.parse(part.substring(part.indexOf('=') + 1)));
    }
    configuration = Configuration.of(values);
    architecture = Network.of(configuration, work.inputs(), work.classes());
    Dataset.Part rows = new Dataset.Part(work.rows(), work.features(), work.labels(), new float[0]);
    Dataset.Part none = new Dataset.Part(0, new float[0], new int[0], new float[0]);
    dataset = new Dataset(work.inputs(), work.classes(), 0, rows, none, "", "workload");
    initial = new double[architecture.parameters()];
    int at = 0;
    for (Stage stage : architecture.stages()) {
      for (Stage.Block block : stage.blocks()) {
        boolean scale = block.parameter().role() == Parameter.Role.SCALE;
        for (int i = 0; i < block.parameter().length(); i++) {
          boolean given = block.parameter().name().matches("W|b"); // others start at 1 and 0
          initial[block.from() + i] = given ? work.theta()[at++] : scale ? 1 : 0;
        }
      }
    }
    memory = new NativeFloats();
  }

  @Override
  public String about() {
    return "Saddlemap's trainer, %s, %d thread".formatted(blas.text(), blas.threads());
  }

  @Override
  public void train() {
    TrainingTask task =
        new TrainingTask(
            architecture, configuration, dataset, work.rate(), initial, WriteWorkload.SEEDS);
    if (!ARITHMETIC.equals("nd4j")) {
      trained = Trainer.train(task, Interruption.NEVER, memory);
      return;
    }
    try (Nd4jArithmetic k = new Nd4jArithmetic()) {
      trained = Trainer.train(task, Interruption.NEVER, k);
    }
  }

  /** Of the workload over all rows; of another kind, that of the last step's batch. */
  @Override
  public double loss() {
    double[] history = trained.history();
    return KIND.isEmpty() ? work.loss(trained.last()) : history[history.length - 1];
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
    return trained.last();
  }

  public static void main(String[] args) throws IOException {
    Workload work = Workload.read(Path.of(args[0]));
    Peer.serve(new SaddlemapPeer(work), work);
  }
}
