package org.saddlemap.network;

import static org.bytedeco.openblas.global.openblas_full.cblas_somatcopy;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.saddlemap.arithmetic.FloatFunctions;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * A network's passes over a batch in float32: matrix products by BLAS on native memory, everything
 * between them in loops over heap arrays; bulk copies lead from one to the other. Nothing is
 * allocated after construction. Not thread-safe.
 *
 * <p>Rows of a batch are rows of every matrix: layer l maps A_l [rows][in] to Z = A_l·W
 * [rows][out].
 */
public final class FloatNetwork {
  /**
   * Up to so many multiplications OpenBLAS's AVX-512 kernels take twice as long for A·Bᵀ as for A·B
   * (32×64·64×64: 2.4 and 1.1 µs), and transposing B first pays (0.3 µs); others lose 2 % by it.
   */
  private static final long SMALL_PRODUCT = 1_000_000;

  /** Sums of exponentials below it saw none that {@link FloatFunctions#exp} cut off. */
  private static final double FAR = 1e44;

  private final Architecture architecture;
  private final boolean training;
  private final NativeFloats.Slice theta;
  private final NativeFloats.Slice gradient;
  private final NativeFloats.Slice input;
  private final NativeFloats.Slice delta;
  private final NativeFloats.Slice deltaBelow;
  private final NativeFloats.Slice transposed;
  private final Layer[] layers;
  private final int inputStride;
  private final float[] d;
  private final double[] head;
  private final float[] scratch;

  /** Whether the hidden units of a layer are equal. */
  private final boolean tied;

  /** A layer's place in θ and its buffers. */
  private static final class Layer {
    int in;
    int out;
    int weights;
    int biases;
    int scales;

    /** Rows of W, and one more where b is part of the product. */
    int rows;

    /** Whether a column of ones follows the outputs, for the next layer's b. */
    boolean ones;

    int stride;
    int belowStride;

    /** Whether b comes after the normalization. */
    boolean shifted;

    boolean normalized;
    boolean scaled;
    Activation activation;
    FloatPointer w;
    FloatPointer dw;
    FloatPointer below;
    NativeFloats.Slice result;
    float[] a;
    float[] slope;
    float[] xhat;
    float[] bias;
    float[] scale;
    float[] mean;
    float[] deviation;
    float[] sums;
    float[] sums2;
  }

  private FloatNetwork(
      Architecture architecture,
      int capacity,
      NativeFloats memory,
      boolean training,
      boolean tied) {
    this.architecture = architecture;
    this.tied = tied;
    this.training = training;
    int count = architecture.layers();
    int parameters = architecture.parameters();
    int widest = 1;
    for (int l = 0; l < count; l++) {
      widest = Math.max(widest, architecture.fanOut(l));
    }
    int largest = Math.multiplyExact(capacity, widest + 1);
    this.inputStride = architecture.inputs() + (byProduct(architecture, 0) ? 1 : 0);
    this.theta = memory.take(parameters);
    this.gradient = memory.take(training ? parameters : 0);
    this.input = memory.take((long) capacity * inputStride);
    this.delta = memory.take(training ? largest : 0);
    this.deltaBelow = memory.take(training ? largest : 0);
    int matrix = 0; // the largest that is transposed
    for (int l = 1; training && l < count; l++) {
      int size = architecture.fanIn(l) * architecture.fanOut(l);
      matrix = size <= SMALL_PRODUCT ? Math.max(matrix, size) : matrix;
    }
    this.transposed = memory.take(matrix);
    this.layers = new Layer[count];
    this.d = new float[training ? largest : 0];
    boolean exponential =
        FloatFunctions.needsScratch(architecture.hidden())
            || FloatFunctions.needsScratch(architecture.output());
    this.scratch = new float[exponential ? largest : 0];
    this.head = new double[architecture.loss() == Loss.MSE ? 0 : capacity * architecture.outputs()];
    NativeFloats.Slice[] shared = new NativeFloats.Slice[2];
    float[] sharedArray = training ? null : new float[largest];
    float[] sharedSlope =
        !training && FloatFunctions.keepsSlope(architecture.hidden()) ? new float[largest] : null;
    int at = 0;
    FloatPointer below = input.pointer();
    int belowStride = inputStride;
    for (int l = 0; l < count; l++) {
      Layer y = new Layer();
      y.in = architecture.fanIn(l);
      y.out = architecture.fanOut(l);
      y.normalized = architecture.normalized(l);
      y.scaled = architecture.scaled(l);
      y.rows = y.in + (byProduct(architecture, l) ? 1 : 0);
      y.ones = l + 1 < count && byProduct(architecture, l + 1);
      y.stride = y.out + (y.ones ? 1 : 0);
      y.belowStride = belowStride;
      belowStride = y.stride;
      y.shifted = architecture.bias() && y.scaled;
      y.activation = architecture.activation(l);
      y.weights = at;
      y.biases = at + y.in * y.out;
      y.scales = y.biases + (architecture.bias() ? y.out : 0);
      at = y.scales + (y.scaled ? y.out : 0);
      y.w = theta.pointer(y.weights);
      y.below = below;
      int size = capacity * y.stride;
      if (training) {
        y.dw = gradient.pointer(y.weights);
        y.result = memory.take(size);
        y.a = new float[size];
        y.slope = FloatFunctions.keepsSlope(y.activation) ? new float[size] : null;
        y.xhat = y.normalized ? new float[size] : null;
      } else {
        if (shared[l & 1] == null) {
          shared[l & 1] = memory.take(largest);
        }
        y.result = shared[l & 1];
        y.a = sharedArray;
        y.slope =
            FloatFunctions.keepsSlope(y.activation) && sharedSlope == null
                ? new float[size]
                : sharedSlope;
      }
      below = y.result.pointer();
      y.bias = new float[y.out];
      y.scale = new float[y.out];
      y.sums = new float[y.out];
      if (y.normalized) {
        y.mean = new float[y.out];
        y.deviation = new float[y.out];
        y.sums2 = new float[y.out];
      }
      layers[l] = y;
    }
  }

  /**
   * A network that learns.
   *
   * @param capacity most rows of a batch
   * @param tied whether all hidden units of a layer are equal. Then so are their gradients,
   *     exactly, and each gets that of the first: a BLAS sums the edges of its tiles in another
   *     order, and from such a tie, often a saddle, its rounding alone is enough to fall
   */
  public static FloatNetwork forTraining(
      Architecture architecture, int capacity, NativeFloats memory, boolean tied) {
    return new FloatNetwork(architecture, capacity, memory, true, tied);
  }

  /**
   * A network that only predicts; its layers share their buffers.
   *
   * @param capacity most rows of a batch
   */
  public static FloatNetwork forPrediction(
      Architecture architecture, int capacity, NativeFloats memory) {
    return new FloatNetwork(architecture, capacity, memory, false, false);
  }

  /** θ. */
  public NativeFloats.Slice theta() {
    return theta;
  }

  /** The gradient that {@link #backward} left. */
  public NativeFloats.Slice gradient() {
    return gradient;
  }

  /** Where the batch's rows go, row-major, {@link #inputStride} apart. */
  public NativeFloats.Slice input() {
    return input;
  }

  /**
   * Elements from one row of the input to the next: the features, and where the first layer has a
   * bias that is part of its product one more, which must be 1.
   */
  public int inputStride() {
    return inputStride;
  }

  /** Lays rows of a row-major matrix into the input. */
  public void setInput(float[] source, int fromRow, int rows) {
    int features = architecture.inputs();
    if (inputStride == features) {
      input.put(0, source, fromRow * features, rows * features);
      return;
    }
    float[] one = {1f};
    for (int r = 0; r < rows; r++) {
      input.put(r * inputStride, source, (fromRow + r) * features, features);
      input.put(r * inputStride + features, one, 1);
    }
  }

  /**
   * Whether b is added by the matrix product: b follows W in θ, so that [a, 1]·[W; b] is one
   * product and so is its gradient. Normalization would take such a bias away again, so there it
   * comes later.
   */
  private static boolean byProduct(Architecture architecture, int layer) {
    return architecture.bias() && !architecture.normalized(layer);
  }

  /** Rounds θ to float32 and takes it over. */
  public void set(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    theta.put(0, rounded, rounded.length);
  }

  /** A copy of θ. */
  public double[] copy() {
    float[] values = new float[theta.length()];
    theta.get(0, values, values.length);
    double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return copy;
  }

  /**
   * Propagates the first rows of {@link #input}; normalization by their own statistics, which stay
   * for {@link #forwardFixed}.
   */
  public void forward(int rows) {
    for (Layer y : layers) {
      forward(y, rows, true);
    }
  }

  /** Propagates rows with the statistics of the last {@link #forward}. */
  public void forwardFixed(int rows) {
    for (Layer y : layers) {
      forward(y, rows, false);
    }
  }

  private void forward(Layer y, int rows, boolean statistics) {
    preactivate(y, rows, statistics);
    activate(y, rows);
  }

  /** z of the layer, normalized where asked for, into its array. */
  private void preactivate(Layer y, int rows, boolean statistics) {
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasNoTrans,
        rows,
        y.out,
        y.rows,
        1f,
        y.below,
        y.belowStride,
        y.w,
        y.out,
        0f,
        y.result.pointer(),
        y.stride);
    y.result.get(0, y.a, rows * y.stride);
    if (y.normalized) {
      if (statistics) {
        statistics(y, y.a, rows);
      }
      normalize(y, y.a, rows);
    }
    if (y.shifted) {
      theta.get(y.biases, y.bias, y.out);
      addRow(y.a, y.bias, rows, y.out, y.stride);
    }
  }

  private void activate(Layer y, int rows) {
    boolean last = y == layers[layers.length - 1];
    int n = rows * y.stride;
    if (!last || y.activation != Activation.IDENTITY) {
      FloatFunctions.activate(y.activation, y.a, y.slope, scratch, n);
    }
    if (y.ones) {
      for (int i = y.out; i < n; i += y.stride) {
        y.a[i] = 1f;
      }
    }
    if (!last) {
      y.result.put(0, y.a, n);
    }
  }

  private void statistics(Layer y, float[] z, int rows) {
    Arrays.fill(y.mean, 0);
    addRows(z, y.mean, rows, y.out, y.stride);
    float share = 1f / rows;
    for (int j = 0; j < y.out; j++) {
      y.mean[j] *= share;
    }
    Arrays.fill(y.deviation, 0);
    addSquares(z, y.mean, y.deviation, rows, y.out, y.stride);
    float epsilon = (float) architecture.batchNorm().get().epsilon();
    for (int j = 0; j < y.out; j++) {
      y.deviation[j] = (float) Math.sqrt(y.deviation[j] * share + epsilon);
    }
  }

  /** z ← γ(z − μ)/σ; x̂ is kept for the way back. */
  private void normalize(Layer y, float[] z, int rows) {
    if (y.scaled) {
      theta.get(y.scales, y.scale, y.out);
    }
    for (int j = 0; j < y.out; j++) {
      y.sums[j] = 1 / y.deviation[j];
    }
    float[] xhat = training ? y.xhat : z;
    for (int r = 0; r < rows; r++) {
      standardizeRow(z, xhat, r * y.stride, y.mean, y.sums, y.out);
    }
    if (y.scaled) {
      for (int r = 0; r < rows; r++) {
        productRow(xhat, z, r * y.stride, y.scale, y.out);
      }
    } else if (training) {
      System.arraycopy(xhat, 0, z, 0, rows * y.stride);
    }
  }

  /**
   * The mean loss of the rows last propagated; on a network that learns, also leaves what {@link
   * #backward} starts from.
   *
   * @param labels class of each row; for {@link Loss#BINARY_CROSS_ENTROPY} 0 or 1; unused by {@link
   *     Loss#MSE}
   * @param targets row-major; used by {@link Loss#MSE} alone
   */
  public double loss(int rows, int[] labels, float[] targets) {
    Layer y = layers[layers.length - 1];
    int k = y.out;
    double sum = 0;
    switch (architecture.loss()) {
      case MSE -> {
        float share = 1f / rows;
        for (int i = 0; i < rows * k; i++) {
          float e = y.a[i] - targets[i];
          sum += (double) e * e;
          if (training) {
            d[i] = e * share;
          }
        }
        sum /= 2;
      }
      case CROSS_ENTROPY -> sum = crossEntropy(y.a, rows, k, labels);
      case BINARY_CROSS_ENTROPY -> sum = binaryCrossEntropy(y.a, rows, labels);
    }
    return sum / rows;
  }

  /**
   * Sum over rows of log(1 + s), with s = Σ e^(zⱼ − z) over the classes other than the row's own,
   * whose output is z: exact however small it is. One logarithm serves many rows.
   */
  private double crossEntropy(float[] z, int rows, int k, int[] labels) {
    for (int r = 0; r < rows; r++) {
      differences(z, head, r * k, (r + 1) * k, z[r * k + labels[r]]);
    }
    FloatFunctions.exp(head, rows * k);
    double sum = 0;
    double share = 1.0 / rows;
    double product = 0; // of the factors 1 + s, less 1
    for (int r = 0; r < rows; r++) {
      head[r * k + labels[r]] = 0;
    }
    for (int r = 0; r < rows; r++) {
      int at = r * k;
      int own = at + labels[r];
      double others = sum(head, at, at + k);
      if (!(others < FAR)) {
        sum += farCrossEntropy(z, at, at + k, own, share);
        continue;
      }
      product += others + product * others;
      if (product > FAR) {
        sum += StrictMath.log1p(product);
        product = 0;
      }
      if (training) {
        double factor = share / (1 + others);
        scale(head, d, at, at + k, factor);
        d[own] = (float) (-others * factor);
      }
    }
    return sum + StrictMath.log1p(product);
  }

  /** A row whose own output lies so far below another that the exponentials were cut off. */
  private double farCrossEntropy(float[] z, int from, int to, int own, double share) {
    double max = z[from];
    for (int i = from + 1; i < to; i++) {
      max = Math.max(max, z[i]);
    }
    double total = 0;
    for (int i = from; i < to; i++) {
      head[i] = StrictMath.exp(z[i] - max);
      total += head[i];
    }
    if (training) {
      scale(head, d, from, to, share / total);
      d[own] -= (float) share;
    }
    return StrictMath.log(total) + (max - z[own]);
  }

  /** Sum over rows of log(1 + e^(−|z|)) + max(z, 0) − z·label. */
  private double binaryCrossEntropy(float[] z, int rows, int[] labels) {
    for (int r = 0; r < rows; r++) {
      head[r] = -Math.abs(z[r]);
    }
    FloatFunctions.exp(head, rows);
    double sum = 0;
    double share = 1.0 / rows;
    double product = 0; // of the factors 1 + e^(−|z|), less 1
    for (int r = 0; r < rows; r++) {
      double e = head[r];
      sum += Math.max(z[r], 0) - (double) z[r] * labels[r];
      product += e + product * e;
      if (product > FAR) {
        sum += StrictMath.log1p(product);
        product = 0;
      }
      if (training) {
        double away = e / (1 + e); // from the nearer of 0 and 1
        double p = z[r] >= 0 ? 1 - away : away;
        d[r] = (float) ((p - labels[r]) * share);
      }
    }
    return sum + StrictMath.log1p(product);
  }

  /**
   * Of the rows last propagated those whose class is predicted: by the largest output, the first of
   * equal ones, or the sign of a binary logit.
   */
  public int correct(int rows, int[] labels) {
    Layer y = layers[layers.length - 1];
    boolean binary = architecture.loss() == Loss.BINARY_CROSS_ENTROPY;
    int correct = 0;
    for (int r = 0; r < rows; r++) {
      int predicted = binary ? (y.a[r] > 0 ? 1 : 0) : best(y.a, r * y.out, y.out);
      correct += predicted == labels[r] ? 1 : 0;
    }
    return correct;
  }

  private static int best(float[] a, int at, int k) {
    int best = 0;
    for (int j = 1; j < k; j++) {
      if (a[at + j] > a[at + best]) {
        best = j;
      }
    }
    return best;
  }

  /** The gradient of the last {@link #loss}, into {@link #gradient}. */
  public void backward(int rows) {
    NativeFloats.Slice here = delta;
    NativeFloats.Slice next = deltaBelow;
    for (int l = layers.length - 1; l >= 0; l--) {
      Layer y = layers[l];
      int n = rows * y.stride;
      FloatFunctions.backward(y.activation, y.a, y.slope, d, n);
      if (y.normalized) {
        normalizeBack(y, rows);
      }
      here.put(0, d, n);
      cblas_sgemm(
          CblasRowMajor,
          CblasTrans,
          CblasNoTrans,
          y.rows,
          y.out,
          rows,
          1f,
          y.below,
          y.belowStride,
          here.pointer(),
          y.stride,
          0f,
          y.dw,
          y.out);
      if (l > 0) {
        boolean small = (long) rows * y.in * y.out <= SMALL_PRODUCT;
        if (small) {
          cblas_somatcopy(
              CblasRowMajor, CblasTrans, y.in, y.out, 1f, y.w, y.out, transposed.pointer(), y.in);
        }
        cblas_sgemm(
            CblasRowMajor,
            CblasNoTrans,
            small ? CblasNoTrans : CblasTrans,
            rows,
            y.in,
            y.out,
            1f,
            here.pointer(),
            y.stride,
            small ? transposed.pointer() : y.w,
            small ? y.in : y.out,
            0f,
            next.pointer(),
            y.belowStride);
        next.get(0, d, rows * y.belowStride);
        NativeFloats.Slice swap = here;
        here = next;
        next = swap;
      }
    }
    tie(gradient);
  }

  /** After a step: vector operations, too, may round the last elements in another way. */
  public void stepped() {
    tie(theta);
  }

  private void tie(NativeFloats.Slice vector) {
    if (tied) {
      for (Layer y : layers) {
        tie(vector, y);
      }
    }
  }

  /** Gives each hidden unit what the first of its layer has, incoming and outgoing. */
  private void tie(NativeFloats.Slice vector, Layer y) {
    boolean first = y == layers[0];
    boolean last = y == layers[layers.length - 1];
    float[] row = new float[y.out];
    for (int i = 0; i < y.in; i++) {
      if (first || i == 0) {
        vector.get(y.weights + i * y.out, row, y.out);
        if (!last) {
          Arrays.fill(row, row[0]);
        }
      }
      vector.put(y.weights + i * y.out, row, y.out);
    }
    if (!last) {
      if (architecture.bias()) {
        tieVector(vector, y.biases, row);
      }
      if (y.scaled) {
        tieVector(vector, y.scales, row);
      }
    }
  }

  private static void tieVector(NativeFloats.Slice vector, int at, float[] buffer) {
    vector.get(at, buffer, 1);
    Arrays.fill(buffer, buffer[0]);
    vector.put(at, buffer, buffer.length);
  }

  /** δ ← (δγ − mean(δγ) − x̂ mean(δγx̂))/σ, with the means over the batch. */
  private void normalizeBack(Layer y, int rows) {
    Arrays.fill(y.sums, 0);
    if (architecture.bias() && !y.shifted) {
      gradient.put(y.biases, y.sums, y.out);
    }
    addRows(d, y.sums, rows, y.out, y.stride);
    if (y.shifted) {
      gradient.put(y.biases, y.sums, y.out);
    }
    Arrays.fill(y.sums2, 0);
    addProducts(d, y.xhat, y.sums2, rows, y.out, y.stride);
    float share = 1f / rows;
    if (y.scaled) {
      gradient.put(y.scales, y.sums2, y.out);
    }
    float[] factor = y.bias; // not needed on the way back
    for (int j = 0; j < y.out; j++) {
      factor[j] = (y.scaled ? y.scale[j] : 1) / y.deviation[j];
      y.sums[j] *= share;
      y.sums2[j] *= share;
    }
    for (int r = 0; r < rows; r++) {
      normalizeRowBack(d, y.xhat, r * y.stride, factor, y.sums, y.sums2, y.out);
    }
  }

  /**
   * The first layer, from 0, with a pre-activation that is not finite; the number of layers where
   * none has.
   */
  public int nonfinitePreactivation(int rows) {
    for (int l = 0; l < layers.length; l++) {
      Layer y = layers[l];
      preactivate(y, rows, true);
      if (!finite(y.a, rows * y.stride)) {
        return l;
      }
      activate(y, rows);
    }
    return layers.length;
  }

  /** Whether the layer's part of a vector laid out as θ is finite. */
  public boolean finite(NativeFloats.Slice vector, int layer) {
    int n = architecture.parameters(layer);
    float[] values = new float[n];
    vector.get(layers[layer].weights, values, n);
    return finite(values, n);
  }

  private static boolean finite(float[] x, int n) {
    for (int i = 0; i < n; i++) {
      if (!Float.isFinite(x[i])) {
        return false;
      }
    }
    return true;
  }

  // Loops over rows, each of one shape that the compiler vectorises.

  private static void differences(float[] x, double[] y, int from, int to, float less) {
    for (int i = from; i < to; i++) {
      y[i] = x[i] - less;
    }
  }

  private static double sum(double[] x, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += x[i];
    }
    return sum;
  }

  private static void scale(double[] x, float[] y, int from, int to, double factor) {
    for (int i = from; i < to; i++) {
      y[i] = (float) (x[i] * factor);
    }
  }

  private static void addRow(float[] x, float[] row, int rows, int n, int stride) {
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      for (int j = 0; j < n; j++) {
        x[at + j] += row[j];
      }
    }
  }

  private static void addRows(float[] x, float[] sums, int rows, int n, int stride) {
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      for (int j = 0; j < n; j++) {
        sums[j] += x[at + j];
      }
    }
  }

  private static void addProducts(float[] x, float[] y, float[] sums, int rows, int n, int stride) {
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      for (int j = 0; j < n; j++) {
        sums[j] += x[at + j] * y[at + j];
      }
    }
  }

  private static void addSquares(
      float[] x, float[] mean, float[] sums, int rows, int n, int stride) {
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      for (int j = 0; j < n; j++) {
        float e = x[at + j] - mean[j];
        sums[j] += e * e;
      }
    }
  }

  private static void standardizeRow(
      float[] z, float[] xhat, int at, float[] mean, float[] inverse, int n) {
    for (int j = 0; j < n; j++) {
      xhat[at + j] = (z[at + j] - mean[j]) * inverse[j];
    }
  }

  private static void productRow(float[] x, float[] y, int at, float[] row, int n) {
    for (int j = 0; j < n; j++) {
      y[at + j] = x[at + j] * row[j];
    }
  }

  private static void normalizeRowBack(
      float[] d, float[] xhat, int at, float[] factor, float[] mean, float[] mean2, int n) {
    for (int j = 0; j < n; j++) {
      d[at + j] = (d[at + j] - mean[j] - xhat[at + j] * mean2[j]) * factor[j];
    }
  }
}
