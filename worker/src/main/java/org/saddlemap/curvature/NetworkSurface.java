package org.saddlemap.curvature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas_full;
import org.saddlemap.network.Architecture;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Loss;

/**
 * The training objective of a dense network on a data set, in float64: f = c·(loss + ½·l2·‖θ‖²),
 * with exact Hessian-vector products by the R-operator (Pearlmutter 1994; docs/verdict.md). Where φ
 * has kinks its second derivative is taken as 0: derivatives are those of the activation cell. Rows
 * are worked through in blocks that fit the processor's cache, except under batch normalization,
 * which needs all of them at once.
 */
public final class NetworkSurface implements LossSurface, AutoCloseable {
  private static final int BLOCK_ROWS = 512;

  /** Beyond it {@link #hessianProduct} computes the passes anew instead of caching them. */
  private static final long CACHE_BYTES = 512L << 20;

  private final Architecture net;
  private final double[] inputs;
  private final int rows;
  private final double l2;
  private final double factor;
  private final Objective objective;
  private final ParameterLayout layout;
  private final Levels levels;

  private final RowBlock.Scratch scratch;
  private final List<RowBlock> blocks = new ArrayList<>();
  private final int blockRows;
  private final int blockCount;
  private final DoublePointer thetaNative;
  private final DoublePointer vectorNative;
  private final DoublePointer resultNative;
  private final DoublePointer[] weights;
  private final DoublePointer[] vectorWeights;
  private final DoublePointer[] resultWeights;
  private final double[] point;
  private final double[] sums;

  /** Whether the caches hold {@link #point}. */
  private boolean moved;

  /**
   * @param inputs rows × inputs of the network, row-major
   * @param targets rows × outputs, row-major; one-hot under cross entropy
   * @param l2 coefficient of ½‖θ‖², over all parameters
   */
  public NetworkSurface(Architecture net, double[] inputs, double[] targets, int rows, double l2) {
    this(net, inputs, targets, rows, l2, 1);
  }

  /**
   * @param factor c, which multiplies the whole objective
   */
  public NetworkSurface(
      Architecture net, double[] inputs, double[] targets, int rows, double l2, double factor) {
    this(net, inputs, targets, rows, l2, factor, Levels.of(net.loss(), inputs, targets, rows));
  }

  /**
   * @param inputs read, not written, except by mini-batches of their own
   * @param levels of the data without the factor, computed before
   */
  public NetworkSurface(
      Architecture net,
      double[] inputs,
      double[] targets,
      int rows,
      double l2,
      double factor,
      Levels levels) {
    this(net, inputs, targets, rows, l2, factor, levels, BLOCK_ROWS, CACHE_BYTES);
  }

  NetworkSurface(
      Architecture net,
      double[] inputs,
      double[] targets,
      int rows,
      double l2,
      double factor,
      Levels levels,
      int rowsPerBlock,
      long cacheBytes) {
    if (rows < 1
        || inputs.length != Math.multiplyExact(rows, net.inputs())
        || targets.length != Math.multiplyExact(rows, net.outputs())) {
      throw new IllegalArgumentException(
          "Invalid data: %d rows, %d inputs and %d targets do not fit a network of %s"
              .formatted(rows, inputs.length, targets.length, net.sizes()));
    }
    openblas_full.openblas_set_num_threads(1);
    this.net = net;
    this.inputs = inputs;
    this.rows = rows;
    this.l2 = l2;
    this.factor = factor;
    this.layout = new ParameterLayout(net);
    this.objective = new Objective(net.loss(), targets, rows, net.outputs(), factor);
    this.levels = levels;

    this.blockRows = net.batchNorm().isPresent() ? rows : Math.min(rows, rowsPerBlock);
    this.blockCount = (rows + blockRows - 1) / blockRows;
    this.scratch = new RowBlock.Scratch(net, blockRows);
    int cached = blockCount == 1 || bytes(net, rows) <= cacheBytes ? blockCount : 1;
    for (int b = 0; b < cached; b++) {
      RowBlock block = new RowBlock(net, objective, layout, scratch, blockRows);
      blocks.add(block);
      if (cached == blockCount) {
        load(block, b);
      }
    }
    int parameters = net.parameters();
    thetaNative = new DoublePointer(parameters);
    vectorNative = new DoublePointer(parameters);
    resultNative = new DoublePointer(parameters);
    weights = weightsOf(thetaNative);
    vectorWeights = weightsOf(vectorNative);
    resultWeights = weightsOf(resultNative);
    point = new double[parameters];
    sums = new double[parameters];
  }

  /** Predicted memory of a surface on that many rows, caches included, in bytes. */
  public static long bytes(Architecture net, int rows) {
    long perRow = net.inputs();
    for (int l = 0; l < net.layers(); l++) {
      perRow += (net.normalized(l) ? 8L : 6L) * net.fanOut(l);
    }
    return 8 * (perRow * rows + 6L * net.parameters());
  }

  private DoublePointer[] weightsOf(DoublePointer vector) {
    DoublePointer[] views = new DoublePointer[net.layers()];
    for (int l = 0; l < views.length; l++) {
      views[l] = vector.getPointer(layout.weights(l));
    }
    return views;
  }

  private void load(RowBlock block, int number) {
    int from = number * blockRows;
    block.load(inputs, from, Math.min(blockRows, rows - from));
  }

  private boolean cached() {
    return blocks.size() == blockCount;
  }

  private RowBlock block(int number) {
    if (cached()) {
      return blocks.get(number);
    }
    RowBlock only = blocks.get(0);
    load(only, number);
    return only;
  }

  public Architecture architecture() {
    return net;
  }

  public int rows() {
    return rows;
  }

  @Override
  public int parameters() {
    return point.length;
  }

  @Override
  public int layers() {
    return net.layers();
  }

  /** Also ends what {@link #moveTo} cached. */
  @Override
  public double value(double[] theta) {
    moved = false;
    thetaNative.put(theta, 0, theta.length);
    double sum = 0;
    for (int b = 0; b < blockCount; b++) {
      sum += block(b).forward(theta, weights, RowBlock.Keep.OUTPUTS, null);
    }
    return sum + penalty(theta);
  }

  /** Also ends what {@link #moveTo} cached. */
  @Override
  public double gradient(double[] theta, double[] gradient) {
    return gradient(theta, gradient, null);
  }

  private double gradient(double[] theta, double[] gradient, RowBlock.Watch watch) {
    moved = false;
    thetaNative.put(theta, 0, theta.length);
    Arrays.fill(sums, 0);
    double sum = 0;
    for (int b = 0; b < blockCount; b++) {
      RowBlock block = block(b);
      sum += block.forward(theta, weights, RowBlock.Keep.SLOPES, watch);
      block.backward(theta, weights, RowBlock.Keep.SLOPES, resultWeights, b == 0, sums, watch);
    }
    collect(gradient);
    addPenalty(gradient, theta);
    return sum + penalty(theta);
  }

  /** The same objective on mini-batches of that many of these rows. */
  public MiniBatch miniBatch(int size) {
    double[] x = new double[size * net.inputs()];
    double[] y = new double[size * net.outputs()];
    return new MiniBatch(this, new NetworkSurface(net, x, y, size, l2, factor, levels), size);
  }

  /**
   * Copies the rows of a mini-batch to where its own surface reads them, and takes its gradient.
   */
  static double gradient(
      NetworkSurface all, NetworkSurface batch, int[] chosen, double[] theta, double[] gradient) {
    int d = all.net.inputs();
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(all.inputs, chosen[i] * d, batch.inputs, i * d, d);
    }
    all.objective.copyTargets(chosen, batch.objective);
    if (batch.cached()) {
      for (int b = 0; b < batch.blockCount; b++) {
        batch.load(batch.blocks.get(b), b);
      }
    }
    return batch.gradient(theta, gradient);
  }

  @Override
  public void moveTo(double[] theta) {
    System.arraycopy(theta, 0, point, 0, point.length);
    moved = true;
    thetaNative.put(theta, 0, theta.length);
    if (cached()) {
      for (RowBlock block : blocks) {
        passes(block);
      }
    }
  }

  private void passes(RowBlock block) {
    block.forward(point, weights, RowBlock.Keep.BENDS, null);
    block.backward(point, weights, RowBlock.Keep.BENDS, null, false, null, null);
  }

  /**
   * {@inheritDoc} Where the caches would be too large the passes are computed anew: one gradient
   * more.
   */
  @Override
  public void hessianProduct(double[] v, double[] product) {
    if (!moved) {
      throw new IllegalStateException("Cannot multiply by the Hessian before moveTo");
    }
    vectorNative.put(v, 0, v.length);
    Arrays.fill(sums, 0);
    for (int b = 0; b < blockCount; b++) {
      RowBlock block = block(b);
      if (!cached()) {
        passes(block);
      }
      block.hessianProduct(point, weights, v, vectorWeights, resultWeights, b == 0, sums);
    }
    collect(product);
    addPenalty(product, v);
  }

  /** Weights from the native result, everything else from the sums. */
  private void collect(double[] into) {
    resultNative.get(into, 0, into.length);
    for (int l = 0; l < net.layers(); l++) {
      int out = net.fanOut(l);
      if (net.bias()) {
        System.arraycopy(sums, layout.biases(l), into, layout.biases(l), out);
      }
      if (net.scaled(l)) {
        System.arraycopy(sums, layout.scales(l), into, layout.scales(l), out);
      }
    }
  }

  private double penalty(double[] theta) {
    if (l2 == 0) {
      return 0;
    }
    double sum = 0;
    for (double t : theta) {
      sum += t * t;
    }
    return 0.5 * factor * l2 * sum;
  }

  private void addPenalty(double[] gradient, double[] theta) {
    if (l2 != 0) {
      double c = factor * l2;
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] += c * theta[i];
      }
    }
  }

  @Override
  public void scale(double[] theta, double[] scale) {
    int last = net.layers() - 1;
    double outputUnit =
        net.loss() == Loss.MSE && net.output() == Activation.IDENTITY
            ? levels.targetDeviation() + 1e-300
            : 1;
    for (int l = 0; l <= last; l++) {
      double out = l == last ? outputUnit : 1;
      double in = l == 0 ? levels.inputRms() + 1e-300 : 1;
      int fanOut = net.fanOut(l);
      fill(
          theta,
          scale,
          layout.weights(l),
          net.fanIn(l) * fanOut,
          out / (in * Math.sqrt(net.fanIn(l))));
      if (net.bias()) {
        fill(theta, scale, layout.biases(l), fanOut, out);
      }
      if (net.scaled(l)) {
        fill(theta, scale, layout.scales(l), fanOut, 1);
      }
    }
  }

  private static void fill(double[] theta, double[] scale, int from, int length, double natural) {
    Arrays.fill(scale, from, from + length, Math.max(rms(theta, from, length), natural));
  }

  private static double rms(double[] v, int from, int length) {
    double sum = 0;
    for (int i = from; i < from + length; i++) {
      sum += v[i] * v[i];
    }
    return Math.sqrt(sum / length);
  }

  @Override
  public List<Block> blocks() {
    return layout.blocks();
  }

  @Override
  public List<Block> weightBlocks() {
    return layout.weightBlocks();
  }

  @Override
  public double base() {
    return factor * levels.base();
  }

  @Override
  public double lowerBound() {
    return factor * levels.lowerBound();
  }

  @Override
  public boolean attained() {
    return levels.attained();
  }

  /** Signals and gradients of every layer at θ; the cost of a gradient. */
  @Override
  public Signals signals(double[] theta, LayerPoint.Moment moment) {
    LayerWatch watch = new LayerWatch(net);
    double[] gradient = new double[parameters()];
    gradient(theta, gradient, watch);
    return watch.signals(theta, gradient, moment, inputs, rows, layout);
  }

  /** Frees native memory. */
  @Override
  public void close() {
    scratch.close();
    for (RowBlock block : blocks) {
      block.close();
    }
    thetaNative.close();
    vectorNative.close();
    resultNative.close();
  }
}
