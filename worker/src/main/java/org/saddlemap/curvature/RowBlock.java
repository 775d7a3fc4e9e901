package org.saddlemap.curvature;

import org.bytedeco.javacpp.DoublePointer;
import org.saddlemap.curvature.NativeDoubles.Slice;
import org.saddlemap.network.Architecture;
import org.saddlemap.space.Activation;

/**
 * The passes of a network over some consecutive rows, with what they cache: of each layer its
 * inputs, with a column of ones where a bias meets them, and δ = ∂f/∂z. Matrices that BLAS
 * multiplies lie off the heap; loops run on copies of them on the heap, small enough to stay in the
 * processor's cache.
 */
final class RowBlock {
  private final Architecture net;
  private final Objective objective;
  private final ParameterLayout layout;
  private final Scratch scratch;
  private final int capacity;

  /** Rows of this block, and the number of the first. */
  private int rows;

  private int from;

  /** Per layer: its inputs, and δ_l = ∂f/∂z_l, off the heap. */
  private final Slice[] input;

  private final Slice[] delta;

  /** Of layers whose φ′ does not follow from φ: z, φ′ and (∂f/∂a)⊙φ″. */
  private final double[][] z;

  private final double[][] slope;
  private final double[][] bend;

  /** Of normalized layers. */
  private final Normalization[] normalization;

  /** What came out of the last layer, and what it predicts. */
  private final double[] outputs;

  private final double[] predictions;

  /** Buffers that blocks share, as they work one after the other. */
  static final class Scratch {
    final Slice matrix;
    final Slice rDelta;
    final Slice[] rInput;
    final double[][] rz;
    final double[] a;
    final double[] b;
    final double[] c;

    Scratch(Architecture net, ParameterLayout layout, int rows, NativeDoubles memory) {
      int most = Math.multiplyExact(rows, widest(net, layout));
      matrix = memory.take(most);
      rDelta = memory.take(most);
      a = new double[most];
      b = new double[most];
      c = new double[most];
      rInput = new Slice[net.layers()];
      rz = new double[net.layers()][];
      for (int l = 0; l < net.layers(); l++) {
        if (l > 0) {
          rInput[l] = memory.take((long) rows * layout.columns(l));
        }
        rz[l] = new double[rows * layout.stride(l)];
      }
    }

    /** Doubles off the heap. */
    static long room(Architecture net, ParameterLayout layout, int rows) {
      long room = 2 * NativeDoubles.room((long) rows * widest(net, layout));
      for (int l = 1; l < net.layers(); l++) {
        room += NativeDoubles.room((long) rows * layout.columns(l));
      }
      return room;
    }

    /** Doubles that a Hessian-vector product goes through twice, a row. */
    static long perRow(Architecture net, ParameterLayout layout) {
      long sum = 0;
      for (int l = 0; l < net.layers(); l++) {
        sum += 2L * layout.stride(l);
      }
      return sum;
    }

    private static int widest(Architecture net, ParameterLayout layout) {
      int widest = 0;
      for (int l = 0; l < net.layers(); l++) {
        widest = Math.max(widest, layout.stride(l));
      }
      return widest;
    }
  }

  RowBlock(
      Architecture net,
      Objective objective,
      ParameterLayout layout,
      Scratch scratch,
      int capacity,
      NativeDoubles memory) {
    this.net = net;
    this.objective = objective;
    this.layout = layout;
    this.scratch = scratch;
    this.capacity = capacity;
    int layers = net.layers();
    input = new Slice[layers];
    delta = new Slice[layers];
    z = new double[layers][];
    slope = new double[layers][];
    bend = new double[layers][];
    normalization = new Normalization[layers];
    for (int l = 0; l < layers; l++) {
      int size = capacity * layout.stride(l);
      input[l] = memory.take((long) capacity * layout.columns(l));
      delta[l] = memory.take(size);
      if (!ActivationKernel.byValue(net.activation(l))) {
        z[l] = new double[size];
        slope[l] = new double[size];
        bend[l] = new double[size];
      }
      if (net.normalized(l)) {
        normalization[l] = new Normalization(net, layout, l, capacity);
      }
    }
    outputs = new double[capacity * net.outputs()];
    predictions = new double[capacity * net.outputs()];
  }

  /** Doubles off the heap of a block. */
  static long room(Architecture net, ParameterLayout layout, int capacity) {
    long room = 0;
    for (int l = 0; l < net.layers(); l++) {
      room += NativeDoubles.room((long) capacity * layout.columns(l));
      room += NativeDoubles.room((long) capacity * layout.stride(l));
    }
    return room;
  }

  /** Turns to these rows. */
  void load(double[] inputs, int firstRow, int count) {
    if (count > capacity) {
      throw new IllegalArgumentException("Invalid rows: " + count + " > " + capacity);
    }
    from = firstRow;
    rows = count;
    int d = net.inputs();
    int columns = layout.columns(0);
    double[] padded = new double[count * columns];
    for (int i = 0; i < count; i++) {
      System.arraycopy(inputs, (firstRow + i) * d, padded, i * columns, d);
    }
    putInput(0, padded);
  }

  /** Inputs of a layer, in rows of its columns; the column of ones is made here. */
  private void putInput(int l, double[] a) {
    int columns = layout.columns(l);
    if (columns > net.fanIn(l)) {
      for (int i = columns - 1; i < rows * columns; i += columns) {
        a[i] = 1;
      }
    }
    input[l].put(a, rows * columns);
  }

  /** φ of a layer, in rows {@link ParameterLayout#stride} apart; scratch, or outputs. */
  private double[] activations(int l) {
    if (l == net.layers() - 1) {
      return outputs;
    }
    input[l + 1].get(scratch.a, rows * layout.stride(l));
    return scratch.a;
  }

  /** The outputs of these rows, and their share of the loss. */
  double forward(double[] theta, DoublePointer[] weights) {
    int last = net.layers() - 1;
    for (int l = 0; l <= last; l++) {
      int columns = layout.columns(l);
      int out = net.fanOut(l);
      int stride = layout.stride(l);
      int size = rows * stride;
      Matrices.multiply(
          rows,
          out,
          columns,
          input[l].pointer(),
          columns,
          weights[l],
          out,
          0,
          scratch.matrix.pointer(),
          stride);
      double[] a = l == last ? outputs : scratch.a;
      scratch.matrix.get(a, size);
      if (normalization[l] != null) {
        normalization[l].forward(a, theta, rows);
      }
      if (z[l] != null) {
        System.arraycopy(a, 0, z[l], 0, size);
      }
      ActivationKernel.value(net.activation(l), a, a, size);
      if (l < last) {
        putInput(l + 1, a);
      }
    }
    return objective.value(outputs, from, rows, predictions);
  }

  /**
   * δ of every layer, after a forward pass.
   *
   * @param sums gradients of the parameters of normalizations, added to what is there
   */
  void backward(double[] theta, DoublePointer[] weights, double[] sums) {
    int last = net.layers() - 1;
    double[] d = scratch.b;
    objective.slope(predictions, from, rows, d);
    for (int l = last; l >= 0; l--) {
      int stride = layout.stride(l);
      int size = rows * stride;
      Activation kind = net.activation(l);
      if (l < last) {
        timesWeights(l, delta[l + 1], weights[l + 1], 0);
        scratch.matrix.get(d, size);
      }
      if (slope[l] != null) {
        ActivationKernel.bends(kind, z[l], d, slope[l], bend[l], size);
        for (int i = 0; i < size; i++) {
          d[i] *= slope[l][i];
        }
      } else {
        ActivationKernel.times(kind, activations(l), d, d, size);
      }
      if (normalization[l] != null) {
        normalization[l].backward(d, theta, sums, rows);
      }
      delta[l].put(d, size);
    }
  }

  /** δ of the layer above, or its derivative, times that layer's weights; to the scratch matrix. */
  private void timesWeights(int l, Slice above, DoublePointer weightsAbove, double beta) {
    int out = net.fanOut(l + 1);
    Matrices.multiplyTransposed(
        rows,
        net.fanOut(l),
        out,
        above.pointer(),
        layout.stride(l + 1),
        weightsAbove,
        out,
        beta,
        scratch.matrix.pointer(),
        layout.stride(l));
  }

  /**
   * The gradient of all weights and of the biases behind them, after a backward pass.
   *
   * @param fresh whether it takes the place of what is there, or is added
   */
  void gradient(DoublePointer[] gradient, boolean fresh) {
    for (int l = 0; l < net.layers(); l++) {
      accumulate(l, layout.columns(l), input[l], delta[l], fresh ? 0 : 1, gradient[l]);
    }
  }

  /** aᵀ·d of a layer over the first {@code columns} of its inputs. */
  private void accumulate(int l, int columns, Slice a, Slice d, double beta, DoublePointer result) {
    int out = net.fanOut(l);
    Matrices.transposedMultiply(
        columns,
        out,
        rows,
        a.pointer(),
        layout.columns(l),
        d.pointer(),
        layout.stride(l),
        beta,
        result,
        out);
  }

  /** Shows the layers, after a backward pass. */
  void show(LayerWatch watch) {
    for (int l = 0; l < net.layers(); l++) {
      int stride = layout.stride(l);
      watch.forward(l, activations(l), stride, rows);
      delta[l].get(scratch.b, rows * stride);
      watch.backward(l, scratch.b, stride, rows);
    }
  }

  /**
   * These rows' share of H·v, after a backward pass (Pearlmutter 1994).
   *
   * @param fresh whether it takes the place of what is there, or is added
   * @param sums that of the parameters of normalizations, added to what is there
   */
  void hessianProduct(
      double[] theta,
      DoublePointer[] weights,
      double[] v,
      DoublePointer[] vWeights,
      DoublePointer[] product,
      boolean fresh,
      double[] sums) {
    tangents(theta, weights, v, vWeights);
    int last = net.layers() - 1;
    double[] rd = scratch.b;
    objective.bend(predictions, rows, scratch.c, rd);
    for (int l = last; l >= 0; l--) {
      int size = rows * layout.stride(l);
      if (l < last) {
        timesWeights(l, scratch.rDelta, weights[l + 1], 0);
        timesWeights(l, delta[l + 1], vWeights[l + 1], 1);
        scratch.matrix.get(rd, size);
      }
      double[] rz = scratch.rz[l];
      if (slope[l] != null) {
        double[] f1 = slope[l];
        double[] f2 = bend[l];
        for (int i = 0; i < size; i++) {
          rd[i] = rd[i] * f1[i] + f2[i] * rz[i];
        }
      } else {
        ActivationKernel.turn(net.activation(l), activations(l), slopeOfLoss(l), rz, rd, size);
      }
      if (normalization[l] != null) {
        normalization[l].tangentBackward(rd, theta, v, sums, rows);
      }
      scratch.rDelta.put(rd, size);
      accumulate(l, layout.columns(l), input[l], scratch.rDelta, fresh ? 0 : 1, product[l]);
      if (l > 0) {
        accumulate(l, net.fanIn(l), scratch.rInput[l], delta[l], 1, product[l]);
      }
    }
  }

  /** Rz and Ra of all layers; that of the outputs is left in scratch c. */
  private void tangents(
      double[] theta, DoublePointer[] weights, double[] v, DoublePointer[] vWeights) {
    int last = net.layers() - 1;
    for (int l = 0; l <= last; l++) {
      int columns = layout.columns(l);
      int out = net.fanOut(l);
      int stride = layout.stride(l);
      int size = rows * stride;
      DoublePointer matrix = scratch.matrix.pointer();
      Matrices.multiply(
          rows, out, columns, input[l].pointer(), columns, vWeights[l], out, 0, matrix, stride);
      if (l > 0) {
        Matrices.multiply(
            rows,
            out,
            net.fanIn(l),
            scratch.rInput[l].pointer(),
            columns,
            weights[l],
            out,
            1,
            matrix,
            stride);
      }
      double[] rz = scratch.rz[l];
      scratch.matrix.get(rz, size);
      if (normalization[l] != null) {
        normalization[l].tangent(rz, theta, v, rows);
      }
      double[] ra = scratch.c;
      if (slope[l] != null) {
        double[] f1 = slope[l];
        for (int i = 0; i < size; i++) {
          ra[i] = f1[i] * rz[i];
        }
      } else {
        ActivationKernel.times(net.activation(l), activations(l), rz, ra, size);
      }
      if (l < last) {
        scratch.rInput[l + 1].put(ra, size);
      }
    }
  }

  /** ∂f/∂φ⁻¹: with respect to what the activation was applied to; scratch c, or kept. */
  private double[] slopeOfLoss(int l) {
    if (normalization[l] != null) {
      return normalization[l].deltaY();
    }
    delta[l].get(scratch.c, rows * layout.stride(l));
    return scratch.c;
  }
}
