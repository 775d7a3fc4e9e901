package org.saddlemap.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.saddlemap.arithmetic.Arithmetic;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.Float32;
import org.saddlemap.arithmetic.Float64;
import org.saddlemap.arithmetic.Kept;
import org.saddlemap.arithmetic.Matrix;
import org.saddlemap.arithmetic.Memory;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.arithmetic.SecondOrder;
import org.saddlemap.arithmetic.Side;
import org.saddlemap.arithmetic.Sizing;
import org.saddlemap.arithmetic.Spoiled;
import org.saddlemap.arithmetic.Strip;
import org.saddlemap.arithmetic.Trainable;
import org.saddlemap.arithmetic.Vector;
import org.saddlemap.space.Activation;

/**
 * Any layer, driven without a network: its inputs are no data, so that it need not have weights,
 * and are differentiated by. It works in a place in the middle of θ, and nothing around it may be
 * read or written.
 */
final class Driven implements AutoCloseable {
  /** Elements of θ before and behind the layer's. */
  private static final int MARGIN = 3;

  private static final long CHANCE = 99;

  final Sequence layer;
  final Arithmetic k;
  final Batch batch;
  final Frame frame;
  private final Planner.Purpose purpose;
  private final AutoCloseable natives;
  private final Vector theta;
  private final Vector gradient;
  private final Vector direction;
  private final Vector product;

  private Driven(
      Layer layer,
      Arithmetic k,
      AutoCloseable natives,
      Planner.Purpose purpose,
      Together together) {
    this.layer = new Sequence(List.of(layer));
    this.k = k;
    this.natives = natives;
    this.batch = together.batch();
    this.purpose = purpose;
    this.theta = together.theta();
    this.gradient = together.gradient();
    this.direction = together.direction();
    this.product = together.product();
    boolean trained64 = k instanceof Float64 && purpose == Planner.Purpose.TRAIN;
    Memory memory = trained64 ? new OffTheHeap(k.memory()) : k.memory();
    this.frame = plan(this.layer, memory, batch, purpose, together.plan());
    frame
        .leaves()
        .forEach(
            f -> {
              f.theta = f.layer.part(theta, f.from);
              f.gradient = f.layer.part(gradient, f.from);
              f.direction = f.layer.part(direction, f.from);
              f.product = f.layer.part(product, f.from);
            });
  }

  /** What blocks of rows that take turns have together. */
  private record Together(
      Batch batch,
      Planner.Shared plan,
      Vector theta,
      Vector gradient,
      Vector direction,
      Vector product) {
    static Together of(Memory memory, Layer layer, int rows) {
      int length = layer.length() + 2 * MARGIN;
      return new Together(
          new Batch(rows),
          new Planner.Shared(),
          memory.vector(length),
          memory.vector(length),
          memory.vector(length),
          memory.vector(length));
    }
  }

  /**
   * Memory where all matrices lie where products can read them. Training lets δ take each other's
   * place whichever side they were asked for, which the examination's matrices, on one side each,
   * cannot.
   */
  private record OffTheHeap(Memory memory) implements Memory {
    @Override
    public Vector vector(int length) {
      return memory.vector(length);
    }

    @Override
    public Matrix matrix(Batch batch, int columns, boolean ones, Side side) {
      return memory.matrix(batch, columns, ones, Side.PRODUCTS);
    }

    @Override
    public Strip strip(int length) {
      return memory.strip(length);
    }

    @Override
    public Kept kept(Activation f, Batch batch, int columns, boolean ones, int order) {
      return memory.kept(f, batch, columns, ones, order);
    }
  }

  static Driven float64(Layer layer, int rows, Planner.Purpose purpose) {
    Float64 k = new Float64(Sizing.float64());
    return new Driven(layer, k, k, purpose, Together.of(k, layer, rows));
  }

  static Driven float32(Layer layer, int rows, Planner.Purpose purpose) {
    BlasRuntime.ensure();
    NativeFloats natives = new NativeFloats();
    Float32 k = new Float32(natives);
    return new Driven(layer, k, natives, purpose, Together.of(k, layer, rows));
  }

  /** Blocks of rows of one layer that take turns. */
  static List<Driven> blocks(Layer layer, int rows, int count) {
    Float64 k = new Float64(Sizing.float64());
    Together together = Together.of(k, layer, rows);
    Driven[] blocks = new Driven[count];
    for (int b = 0; b < count; b++) {
      blocks[b] = new Driven(layer, k, k, Planner.Purpose.EXAMINE, together);
    }
    return List.of(blocks);
  }

  /** Takes the memory of one from what only counts. */
  static void count(Layer layer, int rows, Planner.Purpose purpose, Sizing sizing) {
    Together together = Together.of(sizing, layer, rows);
    plan(new Sequence(List.of(layer)), sizing, together.batch(), purpose, together.plan());
  }

  /** What a {@link Float32} takes its native memory from. */
  NativeFloats natives32() {
    return (NativeFloats) natives;
  }

  private static Frame plan(
      Sequence net, Memory memory, Batch batch, Planner.Purpose purpose, Planner.Shared shared) {
    Planner p = new Planner(memory, batch, purpose, shared);
    Frame f = new Frame(net, new Pass());
    f.from = MARGIN;
    f.x = memory.matrix(batch, net.inputs(), net.ones(false), net.side(Side.LOOPS));
    net.planForward(p, f, false, Side.LOOPS);
    if (purpose == Planner.Purpose.PREDICT) {
      return f;
    }
    f.dy = p.delta(f.y, net.deltaSide(Side.PRODUCTS));
    net.planBackward(p, f, Side.PRODUCTS);
    if (purpose == Planner.Purpose.TRAIN) {
      return f;
    }
    f.tx = memory.matrix(batch, net.inputs(), f.x.ones(), net.tangentSide());
    net.planTangent(p, f, Side.LOOPS);
    f.tdy = p.tangentDelta(f.y);
    net.planTangentBackward(p, f, Side.PRODUCTS);
    return f;
  }

  double[] forward(double[] x, double[] parameters) {
    boolean drawn = purpose == Planner.Purpose.TRAIN;
    frame.pass.random = drawn ? new Random(CHANCE) : null; // the same chance each time
    return pass(x, parameters);
  }

  /** What is trained, looked at without chance. */
  double[] forwardWithoutChance(double[] x, double[] parameters) {
    frame.pass.random = null;
    return pass(x, parameters);
  }

  private double[] pass(double[] x, double[] parameters) {
    theta.set(inMargins(parameters));
    set(frame.x, x);
    layer.forward(k, frame);
    return get(frame.y);
  }

  /** δx, and leaves the gradient. */
  double[] backward(double[] dy) {
    clear(gradient);
    set(frame.dy, dy);
    frame.pass.gradients = purpose == Planner.Purpose.TRAIN;
    layer.backward(k, frame);
    double[] dx = get(frame.dx);
    if (purpose == Planner.Purpose.EXAMINE) {
      layer.gradient(k, frame);
    }
    return dx;
  }

  double[] gradient() {
    return within(gradient);
  }

  double[] tangent(double[] tx, double[] v) {
    direction.set(inMargins(v));
    set(frame.tx, tx);
    layer.tangent((SecondOrder) k, frame);
    return get(frame.ty);
  }

  /** Rδx, and leaves the product. */
  double[] tangentBackward(double[] tdy) {
    clear(product);
    set(frame.tdy, tdy);
    layer.tangentBackward((SecondOrder) k, frame);
    return get(frame.tdx);
  }

  double[] product() {
    return within(product);
  }

  /** What is there is to be added to, from now on. */
  void add() {
    frame.pass.add = true;
  }

  /** Fills all that is no one's to read with what spoils whatever reads it. */
  void spoil() {
    Frames.matrices(frame).forEach(Spoiled::all);
  }

  private void clear(Vector vector) {
    if (!frame.pass.add) {
      double[] nothing = new double[vector.length()];
      Arrays.fill(nothing, Double.NaN);
      vector.set(nothing);
    }
  }

  private double[] inMargins(double[] values) {
    double[] all = new double[values.length + 2 * MARGIN];
    Arrays.fill(all, Double.NaN);
    System.arraycopy(values, 0, all, MARGIN, values.length);
    return all;
  }

  private double[] within(Vector vector) {
    double[] all = new double[vector.length()];
    vector.get(all);
    int end = all.length - MARGIN;
    for (int i = 0; i < all.length; i++) {
      if (i < MARGIN || i >= end) {
        assertThat(all[i]).as("element %d of a vector beside the layer's", i).isNaN();
      }
    }
    return Arrays.copyOfRange(all, MARGIN, end);
  }

  private void set(Matrix m, double[] values) {
    if (k instanceof Float64 f) {
      f.set(m, values, 0);
    } else {
      float[] rounded = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        rounded[i] = (float) values[i];
      }
      ((Trainable) k).set(m, rounded, 0);
    }
  }

  private double[] get(Matrix m) {
    double[] values = new double[batch.rows() * m.columns()];
    m.get(values);
    return values;
  }

  @Override
  public void close() {
    try {
      natives.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
