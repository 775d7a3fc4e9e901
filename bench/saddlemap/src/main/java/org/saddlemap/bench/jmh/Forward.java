package org.saddlemap.bench.jmh;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.Float32;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.arithmetic.TrainingVector;
import org.saddlemap.layer.Planner;
import org.saddlemap.network.Network;
import org.saddlemap.network.Workspace;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * The activations' loops, seen from outside: the forward and the backward pass of one wide layer
 * with a single input, where the products cost next to nothing; identity is what is not activation.
 * 32 rows of 1,024 elements.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Forward {
  private static final int ROWS = 32;
  private static final int WIDTH = 1024;

  @Param Activation activation;

  private final NativeFloats memory = new NativeFloats();
  private final Batch batch = new Batch(ROWS);
  private Float32 k;
  private Workspace workspace;
  private int[] labels;

  @Setup
  public void prepare() {
    BlasRuntime.start();
    Network network =
        Network.of(
            List.of(1, WIDTH, 2),
            activation,
            Activation.IDENTITY,
            Loss.CROSS_ENTROPY,
            true);
    k = new Float32(memory);
    workspace = new Workspace(network, k, batch, Planner.Purpose.TRAIN, new Planner.Shared());
    Random random = new Random(1);
    TrainingVector theta = k.vector(network.parameters());
    theta.set(random.doubles(network.parameters(), -2, 2).toArray());
    workspace.theta(theta);
    workspace.gradient(k.vector(network.parameters()));
    workspace.pass().gradients = true;
    float[] inputs = new float[ROWS];
    labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      inputs[i] = (float) random.nextGaussian();
      labels[i] = i % 2;
    }
    k.set(workspace.input(), inputs, 0);
    workspace.forward();
  }

  @TearDown
  public void close() {
    memory.close();
  }

  @Benchmark
  public void forward() {
    workspace.forward();
  }

  @Benchmark
  public double forwardAndBackward() {
    workspace.forward();
    double loss =
        k.loss(
            Loss.CROSS_ENTROPY,
            workspace.output(),
            labels,
            new float[0],
            workspace.outputDelta());
    workspace.backward();
    return loss;
  }
}
