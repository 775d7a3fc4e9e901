package org.saddlemap.bench.jmh;

import java.util.List;
import java.util.Optional;
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
import org.saddlemap.network.Architecture;
import org.saddlemap.network.FloatNetwork;
import org.saddlemap.network.NativeFloats;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;
import org.saddlemap.train.BlasRuntime;

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
  private FloatNetwork network;
  private int[] labels;

  @Setup
  public void prepare() {
    BlasRuntime.start();
    Architecture architecture =
        new Architecture(
            List.of(1, WIDTH, 2),
            activation,
            Activation.IDENTITY,
            Loss.CROSS_ENTROPY,
            true,
            Optional.empty());
    network = FloatNetwork.forTraining(architecture, ROWS, memory, false);
    Random random = new Random(1);
    network.set(random.doubles(architecture.parameters(), -2, 2).toArray());
    float[] inputs = new float[ROWS];
    labels = new int[ROWS];
    for (int i = 0; i < ROWS; i++) {
      inputs[i] = (float) random.nextGaussian();
      labels[i] = i % 2;
    }
    network.setInput(inputs, 0, ROWS);
    network.forward(ROWS);
  }

  @TearDown
  public void close() {
    memory.close();
  }

  @Benchmark
  public void forward() {
    network.forward(ROWS);
  }

  @Benchmark
  public double forwardAndBackward() {
    network.forward(ROWS);
    double loss = network.loss(ROWS, labels, new float[0]);
    network.backward(ROWS);
    return loss;
  }
}
