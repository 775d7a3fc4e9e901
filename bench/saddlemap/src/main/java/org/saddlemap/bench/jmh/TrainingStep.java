package org.saddlemap.bench.jmh;

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
import org.saddlemap.bench.peer.SaddlemapPeer;

/** A training step of the six shapes, as the mean over a training of 200 with its set-up. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TrainingStep {
  private static final int STEPS = 200;

  @Param({
    "1x16x16x16",
    "3x16x32x16",
    "10x64x32x64",
    "30x64x32x64",
    "3x256x128x784",
    "10x256x128x784"
  })
  String shape;

  private SaddlemapPeer peer;

  @Setup
  public void prepare() {
    peer = new SaddlemapPeer(Shapes.workload(shape, STEPS));
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public double[] step() {
    peer.train();
    return peer.last();
  }
}
