package org.saddlemap.bench.jmh;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.network.Initialization;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.space.Configuration;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;

/**
 * A training step of 32 layers of 32 tanh units, batch 32, from initial weights whose signals
 * vanish into subnormal numbers and from healthy ones, as the mean over a training of 200.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class VanishingStep {
  private static final int STEPS = 200;
  private static final int ROWS = 1024;
  private static final int FEATURES = 64;
  private static final int CLASSES = 10;

  @Param({"he_normal", "normal(0.01)"})
  String initializer;

  private final Seeds seeds = new Seeds(1, 0);
  private Configuration configuration;
  private Network architecture;
  private Dataset dataset;
  private double[] initial;
  private NativeFloats memory;

  @Setup
  public void prepare() {
    BlasRuntime.start();
    configuration =
        Configuration.parse(
            "depth=32;width=32;activation=tanh;loss=cross_entropy;batch_size=32;max_steps=%d;initializer=%s"
                .formatted(STEPS, initializer));
    architecture = Network.of(configuration, FEATURES, CLASSES);
    Random random = new Random(1);
    float[] features = new float[ROWS * FEATURES];
    for (int i = 0; i < features.length; i++) {
      features[i] = (float) random.nextGaussian();
    }
    int[] labels = random.ints(ROWS, 0, CLASSES).toArray();
    dataset =
        new Dataset(
            FEATURES,
            CLASSES,
            0,
            new Dataset.Part(ROWS, features, labels, new float[0]),
            new Dataset.Part(0, new float[0], new int[0], new float[0]),
            "",
            "random");
    initial = Initialization.draw(architecture, configuration.initializer(), seeds);
    memory = new NativeFloats();
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public Trajectory step() {
    return Trainer.train(new TrainingTask(architecture, configuration, dataset, 0.01, initial, seeds), Interruption.NEVER, memory);
  }
}
