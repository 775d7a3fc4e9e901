package org.saddlemap.curvature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.saddlemap.arithmetic.ActivationKernel;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeDoubles;
import org.saddlemap.arithmetic.NativeDoubles.Slice;
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
 *
 * <p>What was computed at the last point stays: a gradient where the value is known costs two
 * thirds, and {@link #moveTo} where the gradient is known nothing. Where that would take too much
 * memory, every call computes all that it needs.
 */
public final class NetworkSurface implements LossSurface, AutoCloseable {
  /** What a block's products go through twice shall fit a core's second-level cache. */
  private static final int BLOCK_BYTES = 1 << 20;

  /** Fewer rows waste the products' start, and more are of no use to them. */
  private static final int MIN_BLOCK_ROWS = 64;

  private static final int MAX_BLOCK_ROWS = 512;

  /** Beyond it nothing is kept from call to call. */
  private static final long CACHE_BYTES = 512L << 20;

  private final Architecture net;
  private final double[] inputs;
  private final int rows;
  private final double l2;
  private final double factor;
  private final Objective objective;
  private final ParameterLayout layout;
  private final Levels levels;

  private final NativeDoubles memory;
  private final List<RowBlock> blocks = new ArrayList<>();
  private final int blockRows;
  private final int blockCount;
  private final Slice thetaNative;
  private final Slice vectorNative;
  private final Slice gradientNative;
  private final Slice productNative;
  private final DoublePointer[] weights;
  private final DoublePointer[] vectorWeights;
  private final DoublePointer[] gradientWeights;
  private final DoublePointer[] productWeights;

  /** Where it stands, and what is known there: the loss, and sums of normalizations' gradients. */
  private final double[] point;

  private Known known = Known.NOTHING;
  private double loss;
  private final double[] gradientSums;
  private final double[] productSums;

  /** Whether {@link #moveTo} led here. */
  private boolean moved;

  private long work;

  /** What is known at a point, each with all before it. */
  private enum Known {
    NOTHING,
    VALUE,
    SLOPES,
    GRADIENT
  }

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
    this(net, inputs, targets, rows, l2, factor, levels, 0, CACHE_BYTES);
  }

  /**
   * @param rowsPerBlock 0 for as many as the cache holds
   * @param cacheBytes beyond which nothing is kept
   */
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
    BlasRuntime.ensure();
    this.net = net;
    this.inputs = inputs;
    this.rows = rows;
    this.l2 = l2;
    this.factor = factor;
    this.layout = new ParameterLayout(net);
    this.objective = new Objective(net.loss(), targets, rows, net.outputs(), factor);
    this.levels = levels;

    Blocks split = Blocks.of(net, layout, rows, rowsPerBlock, cacheBytes);
    this.blockRows = split.rows();
    this.blockCount = split.count();
    int kept = split.kept();
    int parameters = net.parameters();
    memory =
        new NativeDoubles(
            RowBlock.Scratch.room(net, layout, blockRows)
                + kept * RowBlock.room(net, layout, blockRows)
                + 4 * NativeDoubles.room(parameters));
    RowBlock.Scratch scratch = new RowBlock.Scratch(net, layout, blockRows, memory);
    for (int b = 0; b < kept; b++) {
      RowBlock block = new RowBlock(net, objective, layout, scratch, blockRows, memory);
      blocks.add(block);
      if (kept == blockCount) {
        load(block, b);
      }
    }
    thetaNative = memory.take(parameters);
    vectorNative = memory.take(parameters);
    gradientNative = memory.take(parameters);
    productNative = memory.take(parameters);
    weights = weightsOf(thetaNative);
    vectorWeights = weightsOf(vectorNative);
    gradientWeights = weightsOf(gradientNative);
    productWeights = weightsOf(productNative);
    point = new double[parameters];
    gradientSums = new double[parameters];
    productSums = new double[parameters];
  }

  /**
   * How rows are cut into blocks.
   *
   * @param rows of each but the last
   * @param kept blocks whose caches stay
   */
  private record Blocks(int rows, int count, int kept) {
    static Blocks of(
        Architecture net, ParameterLayout layout, int all, int rowsPerBlock, long cacheBytes) {
      int rows =
          net.batchNorm().isPresent()
              ? all
              : Math.min(all, rowsPerBlock > 0 ? rowsPerBlock : rowsThatFit(net, layout));
      int count = (all + rows - 1) / rows;
      return new Blocks(rows, count, count == 1 || bytes(net, all) <= cacheBytes ? count : 1);
    }
  }

  /**
   * Predicted memory of a surface on that many rows, in bytes: all of {@link #bytes}, or that of
   * one block where no more is kept.
   */
  public static long held(Architecture net, int rows) {
    Blocks blocks = Blocks.of(net, new ParameterLayout(net), rows, 0, CACHE_BYTES);
    return bytes(net, Math.min(rows, blocks.kept() * blocks.rows()));
  }

  private static int rowsThatFit(Architecture net, ParameterLayout layout) {
    long perRow = Double.BYTES * RowBlock.Scratch.perRow(net, layout);
    return (int) Math.max(MIN_BLOCK_ROWS, Math.min(MAX_BLOCK_ROWS, BLOCK_BYTES / perRow));
  }

  /** Predicted memory of a surface on that many rows, all kept, in bytes. */
  public static long bytes(Architecture net, int rows) {
    long perRow = 2L * net.inputs();
    for (int l = 0; l < net.layers(); l++) {
      boolean byValue = ActivationKernel.byValue(net.activation(l));
      perRow += (net.normalized(l) ? 10L : 6L) * net.fanOut(l) + (byValue ? 0 : 3L * net.fanOut(l));
    }
    return 8 * (perRow * rows + 8L * net.parameters());
  }

  private DoublePointer[] weightsOf(Slice vector) {
    DoublePointer[] views = new DoublePointer[net.layers()];
    for (int l = 0; l < views.length; l++) {
      views[l] = vector.pointer(layout.weights(l));
    }
    return views;
  }

  private void load(RowBlock block, int number) {
    int from = number * blockRows;
    block.load(inputs, from, Math.min(blockRows, rows - from));
  }

  private boolean kept() {
    return blocks.size() == blockCount;
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

  @Override
  public long work() {
    return work;
  }

  @Override
  public double value(double[] theta) {
    turnTo(theta);
    compute(Known.VALUE);
    return loss;
  }

  @Override
  public double gradient(double[] theta, double[] gradient) {
    turnTo(theta);
    compute(Known.GRADIENT);
    collect(gradientNative, gradientSums, gradient);
    addPenalty(gradient, theta);
    return loss;
  }

  @Override
  public void moveTo(double[] theta) {
    turnTo(theta);
    moved = true;
    if (kept()) {
      compute(Known.SLOPES);
    }
  }

  /** Forgets what is known at the last point, so that the work to come is that of a new surface. */
  public void forget() {
    known = Known.NOTHING;
    moved = false;
  }

  private void turnTo(double[] theta) {
    if (!Arrays.equals(point, theta)) {
      System.arraycopy(theta, 0, point, 0, point.length);
      forget();
    }
  }

  /** Finds out what is not known yet. */
  private void compute(Known wanted) {
    if (known.compareTo(wanted) >= 0) {
      return;
    }
    boolean forward = known == Known.NOTHING;
    boolean backward = known != Known.SLOPES && wanted != Known.VALUE;
    boolean products = wanted == Known.GRADIENT;
    if (forward) {
      thetaNative.put(point, point.length);
      loss = penalty(point);
    }
    if (backward) {
      Arrays.fill(gradientSums, 0);
    }
    for (int b = 0; b < blockCount; b++) {
      RowBlock block = blocks.get(kept() ? b : 0);
      if (!kept()) {
        load(block, b);
      }
      if (forward) {
        loss += block.forward(point, weights);
      }
      if (backward) {
        block.backward(point, weights, gradientSums);
      }
      if (products) {
        block.gradient(gradientWeights, b == 0);
      }
    }
    work += (forward ? 1 : 0) + (backward ? 1 : 0) + (products ? 1 : 0);
    known = kept() ? wanted : Known.NOTHING;
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
    if (batch.kept()) {
      for (int b = 0; b < batch.blockCount; b++) {
        batch.load(batch.blocks.get(b), b);
      }
    }
    batch.known = Known.NOTHING;
    return batch.gradient(theta, gradient);
  }

  /**
   * {@inheritDoc} Where nothing is kept the passes are computed anew: two thirds of a gradient
   * more.
   */
  @Override
  public void hessianProduct(double[] v, double[] product) {
    if (!moved) {
      throw new IllegalStateException("Cannot multiply by the Hessian before moveTo");
    }
    if (!kept()) {
      thetaNative.put(point, point.length);
      work += 2;
    }
    vectorNative.put(v, v.length);
    Arrays.fill(productSums, 0);
    for (int b = 0; b < blockCount; b++) {
      RowBlock block = blocks.get(kept() ? b : 0);
      if (!kept()) {
        load(block, b);
        block.forward(point, weights);
        block.backward(point, weights, gradientSums);
      }
      block.hessianProduct(point, weights, v, vectorWeights, productWeights, b == 0, productSums);
    }
    work += 6;
    collect(productNative, productSums, product);
    addPenalty(product, v);
  }

  /** What the products gave, and of normalized layers the sums. */
  private void collect(Slice products, double[] sums, double[] into) {
    products.get(into, into.length);
    for (int l = 0; l < net.layers(); l++) {
      int out = net.fanOut(l);
      if (net.normalized(l)) {
        if (net.bias()) {
          System.arraycopy(sums, layout.biases(l), into, layout.biases(l), out);
        }
        if (net.scaled(l)) {
          System.arraycopy(sums, layout.scales(l), into, layout.scales(l), out);
        }
      }
    }
  }

  @Override
  public double penalty(double[] theta) {
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

  @Override
  public Optional<Preview> preview() {
    Preview p = levels.previews().get(net.output());
    return Optional.of(
        new Preview(
            p.inputMean(),
            p.inputRms(),
            p.targetMin(),
            p.targetMax(),
            p.outputMin(),
            p.outputMax(),
            p.outOfReach(),
            factor * p.reachable()));
  }

  /** Signals and gradients of every layer at θ; at most the cost of a gradient. */
  @Override
  public Signals signals(double[] theta, LayerPoint.Moment moment) {
    LayerWatch watch = new LayerWatch(net);
    double[] gradient = new double[parameters()];
    gradient(theta, gradient);
    for (int b = 0; b < blockCount; b++) {
      RowBlock block = blocks.get(kept() ? b : 0);
      if (!kept()) {
        load(block, b);
        block.forward(point, weights);
        block.backward(point, weights, gradientSums);
      }
      block.show(watch);
    }
    return watch.signals(theta, gradient, moment, inputs, rows, layout);
  }

  /** Frees native memory. */
  @Override
  public void close() {
    memory.close();
  }
}
