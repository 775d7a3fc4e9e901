package org.saddlemap.curvature;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas;
import org.saddlemap.network.Architecture;
import org.saddlemap.space.Activation;

/**
 * The passes of a network over some consecutive rows, with what they cache: matrices that BLAS
 * multiplies lie off the heap, those that loops run over on it.
 */
final class RowBlock implements AutoCloseable {
  private final Architecture net;
  private final Objective objective;
  private final ParameterLayout layout;
  private final Scratch scratch;
  private final int capacity;

  /** Rows of this block, and the number of the first. */
  private int rows;

  private int from;

  /** Per layer: its input a_l, and δ_l = ∂f/∂z_l, off the heap. */
  private final DoublePointer[] input;

  private final DoublePointer[] delta;

  /** Per layer: φ′ and (∂f/∂a)⊙φ″; the latter null where φ is piecewise linear. */
  private final double[][] slope;

  private final double[][] bend;

  /** Of normalised layers: x̂, ∂f/∂y (y = γ⊙x̂ + β), σ and the mean of ∂f/∂x̂ ⊙ x̂. */
  private final double[][] normal;

  private final double[][] deltaY;
  private final double[][] deviation;
  private final double[][] slant;

  /** What came out of the last layer. */
  private final double[] outputs;

  /** Buffers that blocks share, as they work one after the other. */
  static final class Scratch implements AutoCloseable {
    final DoublePointer matrix;
    final DoublePointer rDelta;
    final DoublePointer[] rInput;
    final double[] z;
    final double[] a;
    final double[] t;
    final double[][] rz;
    final double[][] rNormal;
    final double[] rDeviation;

    Scratch(Architecture net, int rows) {
      int widest = net.inputs();
      for (int l = 0; l < net.layers(); l++) {
        widest = Math.max(widest, net.fanOut(l));
      }
      int most = Math.multiplyExact(rows, widest);
      matrix = new DoublePointer(most);
      rDelta = new DoublePointer(most);
      z = new double[most];
      a = new double[most];
      t = new double[most];
      rInput = new DoublePointer[net.layers()];
      rz = new double[net.layers()][];
      rNormal = new double[net.layers()][];
      rDeviation = new double[net.layers() * widest];
      for (int l = 0; l < net.layers(); l++) {
        if (l > 0) {
          rInput[l] = new DoublePointer((long) rows * net.fanIn(l));
        }
        rz[l] = new double[rows * net.fanOut(l)];
        if (net.normalized(l)) {
          rNormal[l] = new double[rows * net.fanOut(l)];
        }
      }
    }

    @Override
    public void close() {
      matrix.close();
      rDelta.close();
      for (DoublePointer p : rInput) {
        if (p != null) {
          p.close();
        }
      }
    }
  }

  RowBlock(
      Architecture net,
      Objective objective,
      ParameterLayout layout,
      Scratch scratch,
      int capacity) {
    this.net = net;
    this.objective = objective;
    this.layout = layout;
    this.scratch = scratch;
    this.capacity = capacity;
    int layers = net.layers();
    input = new DoublePointer[layers];
    delta = new DoublePointer[layers];
    slope = new double[layers][];
    bend = new double[layers][];
    normal = new double[layers][];
    deltaY = new double[layers][];
    deviation = new double[layers][];
    slant = new double[layers][];
    for (int l = 0; l < layers; l++) {
      int size = capacity * net.fanOut(l);
      input[l] = new DoublePointer((long) capacity * net.fanIn(l));
      delta[l] = new DoublePointer(size);
      slope[l] = new double[size];
      if (!ActivationKernel.piecewiseLinear(net.activation(l))) {
        bend[l] = new double[size];
      }
      if (net.normalized(l)) {
        normal[l] = new double[size];
        deltaY[l] = new double[size];
        deviation[l] = new double[net.fanOut(l)];
        slant[l] = new double[net.fanOut(l)];
      }
    }
    outputs = new double[capacity * net.outputs()];
  }

  /** Turns to these rows. */
  void load(double[] inputs, int firstRow, int count) {
    if (count > capacity) {
      throw new IllegalArgumentException("Invalid rows: " + count + " > " + capacity);
    }
    from = firstRow;
    rows = count;
    input[0].put(inputs, firstRow * net.inputs(), count * net.inputs());
  }

  int rows() {
    return rows;
  }

  /** What a forward pass keeps. */
  enum Keep {
    /** The outputs alone. */
    OUTPUTS,
    /** Also what a backward pass needs. */
    SLOPES,
    /** Also what Hessian-vector products need. */
    BENDS
  }

  /**
   * The outputs of these rows, and their share of the loss.
   *
   * @param watch told each layer's pre-activations and activations
   */
  double forward(double[] theta, DoublePointer[] weights, Keep keep, Watch watch) {
    int last = net.layers() - 1;
    for (int l = 0; l <= last; l++) {
      int in = net.fanIn(l);
      int out = net.fanOut(l);
      int size = rows * out;
      multiply(rows, out, in, input[l], weights[l], 0, scratch.matrix);
      double[] z = scratch.z;
      scratch.matrix.get(z, 0, size);
      if (net.normalized(l)) {
        normalise(z, l);
        affine(z, normal[l], theta, l);
      } else if (net.bias()) {
        addRow(z, theta, layout.biases(l), out);
      }
      Activation kind = net.activation(l);
      double[] a = l == last ? outputs : scratch.a;
      ActivationKernel.value(kind, z, a, size);
      if (keep != Keep.OUTPUTS) {
        ActivationKernel.slope(kind, z, a, slope[l], size);
        if (keep == Keep.BENDS && bend[l] != null) {
          // φ″ alone for now; the backward pass multiplies ∂f/∂a in.
          java.util.Arrays.fill(scratch.t, 0, size, 1.0);
          ActivationKernel.bend(kind, z, a, scratch.t, bend[l], size);
        }
      }
      if (watch != null) {
        watch.forward(l, z, a, rows);
      }
      if (l < last) {
        input[l + 1].put(a, 0, size);
      }
    }
    return objective.value(outputs, from, rows);
  }

  /** Sees the layers while they are computed; arrays are scratch. */
  interface Watch {
    void forward(int layer, double[] z, double[] a, int rows);

    void backward(int layer, double[] delta, int rows);
  }

  /**
   * δ of every layer, after a forward pass that kept slopes.
   *
   * @param gradient of W off the heap, added to what is there (or in its place where {@code fresh})
   * @param sums of the other parameters, added to what is there
   */
  void backward(
      double[] theta,
      DoublePointer[] weights,
      Keep keep,
      DoublePointer[] gradient,
      boolean fresh,
      double[] sums,
      Watch watch) {
    int last = net.layers() - 1;
    double[] d = scratch.z;
    objective.slope(outputs, from, rows, d);
    for (int l = last; l >= 0; l--) {
      int out = net.fanOut(l);
      int size = rows * out;
      if (l < last) {
        multiplyTransposed(rows, out, net.fanOut(l + 1), delta[l + 1], weights[l + 1], 0);
        scratch.matrix.get(d, 0, size);
      }
      double[] f1 = slope[l];
      if (keep == Keep.BENDS && bend[l] != null) {
        double[] f2 = bend[l];
        for (int i = 0; i < size; i++) {
          f2[i] *= d[i];
        }
      }
      for (int i = 0; i < size; i++) {
        d[i] *= f1[i];
      }
      if (net.normalized(l)) {
        System.arraycopy(d, 0, deltaY[l], 0, size);
        normaliseBackward(d, theta, l, sums);
      } else if (net.bias() && sums != null) {
        addColumnSums(d, sums, layout.biases(l), out);
      }
      delta[l].put(d, 0, size);
      if (watch != null) {
        watch.backward(l, d, rows);
      }
      if (gradient != null) {
        accumulate(net.fanIn(l), out, input[l], delta[l], fresh ? 0 : 1, gradient[l]);
      }
    }
  }

  /** Adds these rows' share of H·v, after a backward pass that kept bends (Pearlmutter 1994). */
  void hessianProduct(
      double[] theta,
      DoublePointer[] weights,
      double[] v,
      DoublePointer[] vWeights,
      DoublePointer[] product,
      boolean fresh,
      double[] sums) {
    int last = net.layers() - 1;
    for (int l = 0; l <= last; l++) {
      int in = net.fanIn(l);
      int out = net.fanOut(l);
      int size = rows * out;
      multiply(rows, out, in, input[l], vWeights[l], 0, scratch.matrix);
      if (l > 0) {
        multiply(rows, out, in, scratch.rInput[l], weights[l], 1, scratch.matrix);
      }
      double[] rz = scratch.rz[l];
      scratch.matrix.get(rz, 0, size);
      if (net.normalized(l)) {
        rNormalise(rz, theta, v, l);
      } else if (net.bias()) {
        addRow(rz, v, layout.biases(l), out);
      }
      double[] ra = scratch.a;
      double[] f1 = slope[l];
      for (int i = 0; i < size; i++) {
        ra[i] = f1[i] * rz[i];
      }
      if (l < last) {
        scratch.rInput[l + 1].put(ra, 0, size);
      }
    }
    double[] rd = scratch.z;
    objective.bend(outputs, from, rows, scratch.a, rd);
    for (int l = last; l >= 0; l--) {
      int out = net.fanOut(l);
      int size = rows * out;
      if (l < last) {
        multiplyTransposed(rows, out, net.fanOut(l + 1), scratch.rDelta, weights[l + 1], 0);
        multiplyTransposed(rows, out, net.fanOut(l + 1), delta[l + 1], vWeights[l + 1], 1);
        scratch.matrix.get(rd, 0, size);
      }
      double[] f1 = slope[l];
      double[] f2 = bend[l];
      double[] rz = scratch.rz[l];
      if (f2 == null) {
        for (int i = 0; i < size; i++) {
          rd[i] *= f1[i];
        }
      } else {
        for (int i = 0; i < size; i++) {
          rd[i] = rd[i] * f1[i] + f2[i] * rz[i];
        }
      }
      if (net.normalized(l)) {
        rNormaliseBackward(rd, theta, v, l, sums);
      } else if (net.bias()) {
        addColumnSums(rd, sums, layout.biases(l), out);
      }
      scratch.rDelta.put(rd, 0, size);
      int in = net.fanIn(l);
      accumulate(in, out, input[l], scratch.rDelta, fresh ? 0 : 1, product[l]);
      if (l > 0) {
        accumulate(in, out, scratch.rInput[l], delta[l], 1, product[l]);
      }
    }
  }

  /** x̂ and σ from z, into the caches. */
  private void normalise(double[] z, int l) {
    int w = net.fanOut(l);
    double[] x = normal[l];
    double[] mean = new double[w];
    double[] sd = deviation[l];
    columnMeans(z, null, mean);
    java.util.Arrays.fill(sd, 0);
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < w; j++, k++) {
        double c = z[k] - mean[j];
        x[k] = c;
        sd[j] += c * c;
      }
    }
    double epsilon = net.batchNorm().orElseThrow().epsilon();
    double[] inverse = mean;
    for (int j = 0; j < w; j++) {
      sd[j] = Math.sqrt(sd[j] / rows + epsilon);
      inverse[j] = 1 / sd[j];
    }
    scaleColumns(x, inverse);
  }

  /** y = γ⊙x̂ + β, or x̂ itself. */
  private void affine(double[] y, double[] x, double[] theta, int l) {
    int w = net.fanOut(l);
    if (!net.scaled(l)) {
      System.arraycopy(x, 0, y, 0, rows * w);
      return;
    }
    int g = layout.scales(l);
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < w; j++, k++) {
        y[k] = theta[g + j] * x[k];
      }
    }
    if (net.bias()) {
      addRow(y, theta, layout.biases(l), w);
    }
  }

  /** ∂f/∂y to ∂f/∂z in place: dz = (dx̂ − mean dx̂ − x̂·mean(dx̂⊙x̂))/σ. */
  private void normaliseBackward(double[] d, double[] theta, int l, double[] sums) {
    int w = net.fanOut(l);
    double[] x = normal[l];
    if (net.scaled(l)) {
      int g = layout.scales(l);
      if (sums != null) {
        for (int i = 0, k = 0; i < rows; i++) {
          for (int j = 0; j < w; j++, k++) {
            sums[g + j] += d[k] * x[k];
          }
        }
        if (net.bias()) {
          addColumnSums(d, sums, layout.biases(l), w);
        }
      }
      multiplyColumns(d, theta, g, w);
    }
    double[] mean = new double[w];
    columnMeans(d, null, mean);
    columnMeans(d, x, slant[l]);
    double[] s = slant[l];
    double[] sd = deviation[l];
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < w; j++, k++) {
        d[k] = (d[k] - mean[j] - x[k] * s[j]) / sd[j];
      }
    }
  }

  /** Rz to Ry in place; keeps Rx̂ and Rσ. */
  private void rNormalise(double[] rz, double[] theta, double[] v, int l) {
    int w = net.fanOut(l);
    double[] x = normal[l];
    double[] rx = scratch.rNormal[l];
    double[] mean = new double[w];
    double[] rsd = new double[w];
    columnMeans(rz, null, mean);
    columnMeans(rz, x, rsd);
    System.arraycopy(rsd, 0, scratch.rDeviation, layout.unit(l), w);
    double[] sd = deviation[l];
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < w; j++, k++) {
        rx[k] = (rz[k] - mean[j] - x[k] * rsd[j]) / sd[j];
      }
    }
    if (!net.scaled(l)) {
      System.arraycopy(rx, 0, rz, 0, rows * w);
      return;
    }
    int g = layout.scales(l);
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < w; j++, k++) {
        rz[k] = theta[g + j] * rx[k] + v[g + j] * x[k];
      }
    }
    if (net.bias()) {
      addRow(rz, v, layout.biases(l), w);
    }
  }

  /** R(∂f/∂y) to R(∂f/∂z) in place. */
  private void rNormaliseBackward(double[] rd, double[] theta, double[] v, int l, double[] sums) {
    int w = net.fanOut(l);
    double[] x = normal[l];
    double[] rx = scratch.rNormal[l];
    double[] dy = deltaY[l];
    double[] dx = scratch.a;
    System.arraycopy(dy, 0, dx, 0, rows * w);
    if (net.scaled(l)) {
      int g = layout.scales(l);
      for (int i = 0, k = 0; i < rows; i++) {
        for (int j = 0; j < w; j++, k++) {
          sums[g + j] += rd[k] * x[k] + dy[k] * rx[k];
        }
      }
      if (net.bias()) {
        addColumnSums(rd, sums, layout.biases(l), w);
      }
      for (int i = 0, k = 0; i < rows; i++) {
        for (int j = 0; j < w; j++, k++) {
          rd[k] = theta[g + j] * rd[k] + v[g + j] * dy[k];
          dx[k] = theta[g + j] * dy[k];
        }
      }
    }
    double[] meanR = new double[w];
    double[] meanRx = new double[w];
    double[] meanD = new double[w];
    double[] meanXr = new double[w];
    columnMeans(rd, null, meanR);
    columnMeans(rd, x, meanRx);
    columnMeans(dx, null, meanD);
    columnMeans(dx, rx, meanXr);
    double[] s = slant[l];
    double[] sd = deviation[l];
    int unit = layout.unit(l);
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < w; j++, k++) {
        double dz = (dx[k] - meanD[j] - x[k] * s[j]) / sd[j];
        rd[k] =
            (rd[k]
                    - meanR[j]
                    - rx[k] * s[j]
                    - x[k] * (meanRx[j] + meanXr[j])
                    - scratch.rDeviation[unit + j] * dz)
                / sd[j];
      }
    }
  }

  /** Means over the rows of m, or of m ⊙ by. */
  private void columnMeans(double[] m, double[] by, double[] mean) {
    int w = mean.length;
    java.util.Arrays.fill(mean, 0);
    if (by == null) {
      for (int i = 0, k = 0; i < rows; i++) {
        for (int j = 0; j < w; j++, k++) {
          mean[j] += m[k];
        }
      }
    } else {
      for (int i = 0, k = 0; i < rows; i++) {
        for (int j = 0; j < w; j++, k++) {
          mean[j] += m[k] * by[k];
        }
      }
    }
    for (int j = 0; j < w; j++) {
      mean[j] /= rows;
    }
  }

  private void scaleColumns(double[] m, double[] by) {
    multiplyColumns(m, by, 0, by.length);
  }

  private void multiplyColumns(double[] m, double[] by, int offset, int w) {
    for (int i = 0, k = 0; i < rows; i++) {
      for (int j = 0; j < w; j++, k++) {
        m[k] *= by[offset + j];
      }
    }
  }

  private void addRow(double[] m, double[] row, int offset, int w) {
    for (int i = 0; i < rows; i++) {
      int k = i * w;
      for (int j = 0; j < w; j++) {
        m[k + j] += row[offset + j];
      }
    }
  }

  private void addColumnSums(double[] m, double[] sums, int offset, int w) {
    for (int i = 0; i < rows; i++) {
      int k = i * w;
      for (int j = 0; j < w; j++) {
        sums[offset + j] += m[k + j];
      }
    }
  }

  /** c = a·b + beta·c with a [m][k], b [k][n]. */
  private static void multiply(
      int m, int n, int k, DoublePointer a, DoublePointer b, double beta, DoublePointer c) {
    openblas.cblas_dgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasNoTrans,
        m,
        n,
        k,
        1,
        a,
        k,
        b,
        n,
        beta,
        c,
        n);
  }

  /** scratch = a·bᵀ + beta·scratch with a [m][k], b [n][k]. */
  private void multiplyTransposed(
      int m, int n, int k, DoublePointer a, DoublePointer b, double beta) {
    openblas.cblas_dgemm(
        openblas.CblasRowMajor,
        openblas.CblasNoTrans,
        openblas.CblasTrans,
        m,
        n,
        k,
        1,
        a,
        k,
        b,
        k,
        beta,
        scratch.matrix,
        n);
  }

  /** c = aᵀ·b + beta·c with a [rows][in], b [rows][out]. */
  private void accumulate(
      int in, int out, DoublePointer a, DoublePointer b, double beta, DoublePointer c) {
    openblas.cblas_dgemm(
        openblas.CblasRowMajor,
        openblas.CblasTrans,
        openblas.CblasNoTrans,
        in,
        out,
        rows,
        1,
        a,
        in,
        b,
        out,
        beta,
        c,
        out);
  }

  @Override
  public void close() {
    for (DoublePointer p : input) {
      p.close();
    }
    for (DoublePointer p : delta) {
      p.close();
    }
  }
}
