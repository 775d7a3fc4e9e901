package org.saddlemap.bench.jmh;

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
import org.saddlemap.bench.Workload;
import org.saddlemap.bench.peer.SaddlemapPeer;
import org.saddlemap.curvature.NetworkSurface;

/** Value, gradient and Hessian-vector product in float64 over 1,024 rows. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HessianProduct {
  @Param({"1x16x16x16", "3x16x32x16", "10x64x32x64", "30x64x32x64", "3x256x128x784"})
  String shape;

  private NetworkSurface surface;
  private double[] theta;
  private double[] direction;
  private double[] result;

  @Setup
  public void prepare() {
    Workload work = Shapes.workload(shape, 1);
    SaddlemapPeer peer = new SaddlemapPeer(work);
    double[] inputs = new double[work.features().length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = work.features()[i];
    }
    double[] targets = new double[work.rows() * work.classes()];
    for (int i = 0; i < work.rows(); i++) {
      targets[i * work.classes() + work.labels()[i]] = 1;
    }
    surface = new NetworkSurface(peer.architecture(), inputs, targets, work.rows(), 0);
    theta = peer.initial();
    direction = new Random(1).doubles(theta.length, -1, 1).toArray();
    result = new double[theta.length];
    surface.moveTo(theta);
  }

  @TearDown
  public void close() {
    surface.close();
  }

  @Benchmark
  public double value() {
    surface.forget();
    return surface.value(theta);
  }

  @Benchmark
  public double gradient() {
    surface.forget();
    return surface.gradient(theta, result);
  }

  @Benchmark
  public double[] moveTo() {
    surface.forget();
    surface.moveTo(theta);
    return theta;
  }

  @Benchmark
  public double[] hessianProduct() {
    surface.moveTo(theta); // costs nothing where it is there
    surface.hessianProduct(direction, result);
    return result;
  }
}
