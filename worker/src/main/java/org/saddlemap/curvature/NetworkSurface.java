package org.saddlemap.curvature;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.saddlemap.layer.Parameter;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.record.LayerPoint;

/**
 * The training objective of a dense network on a data set, in float64: f = c·(loss + ½·l2·‖θ‖²),
 * with exact Hessian-vector products by the R-operator (Pearlmutter 1994; docs/verdict.md). Where φ
 * has kinks its second derivative is taken as 0: derivatives are those of the activation cell. Rows
 * are worked through in blocks that fit the processor's cache, except where they have influence on
 * each other, as under batch normalization.
 *
 * <p>What was computed at the last point stays: a gradient where the value is known costs two
 * thirds, and {@link #moveTo} where the gradient is known nothing. Where that would take too much
 * memory, every call computes all that it needs.
 */
public final class NetworkSurface implements LossSurface, AutoCloseable {
  private final Network net;
  private final double[] inputs;
  private final int rows;
  private final double l2;
  private final double factor;
  private final Objective objective;
  private final NaturalScale scale;
  private final Levels levels;
  private final RowBlocks blocks;

  /** Where it stands, and what is known there. */
  private final double[] point;

  private Known known = Known.NOTHING;
  private double loss;

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
  public NetworkSurface(Network net, double[] inputs, double[] targets, int rows, double l2) {
    this(net, inputs, targets, rows, l2, 1);
  }

  /**
   * @param factor c, which multiplies the whole objective
   */
  public NetworkSurface(
      Network net, double[] inputs, double[] targets, int rows, double l2, double factor) {
    this(net, inputs, targets, rows, l2, factor, Levels.of(net.loss(), inputs, targets, rows));
  }

  /**
   * @param inputs read, not written, except by mini-batches of their own
   * @param levels of the data without the factor, computed before
   */
  public NetworkSurface(
      Network net,
      double[] inputs,
      double[] targets,
      int rows,
      double l2,
      double factor,
      Levels levels) {
    this(net, inputs, targets, rows, l2, factor, levels, 0, RowBlocks.CACHE_BYTES);
  }

  /**
   * @param rowsPerBlock 0 for as many as the cache holds
   * @param cacheBytes beyond which nothing is kept
   */
  NetworkSurface(
      Network net,
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
    this.net = net;
    this.inputs = inputs;
    this.rows = rows;
    this.l2 = l2;
    this.factor = factor;
    this.scale = new NaturalScale(net, levels);
    this.objective = new Objective(net.loss(), targets, rows, net.outputs(), factor);
    this.levels = levels;
    this.point = new double[net.parameters()];

    this.blocks =
        new RowBlocks(
            net, objective, inputs, rows, RowBlocks.Cut.of(net, rows, rowsPerBlock, cacheBytes));
  }

  /**
   * Predicted memory of a surface on that many rows, in bytes: all of {@link #bytes}, or that of
   * one block where no more is kept.
   */
  public static long held(Network net, int rows) {
    return RowBlocks.Cut.of(net, rows, 0, RowBlocks.CACHE_BYTES).bytes(net);
  }

  /** Predicted memory of a surface on that many rows, all kept, in bytes. */
  public static long bytes(Network net, int rows) {
    return RowBlocks.Cut.of(net, rows, 0, Long.MAX_VALUE).bytes(net);
  }

  public Network network() {
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
  public double doubling() {
    return Growth.doubling(net);
  }

  @Override
  public boolean bypassed(int layer) {
    return net.stage(layer).path() != Stage.Path.TRUNK;
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
    blocks.shared().gradient().get(gradient);
    addPenalty(gradient, theta);
    return loss;
  }

  @Override
  public void moveTo(double[] theta) {
    turnTo(theta);
    moved = true;
    if (blocks.kept()) {
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
      blocks.shared().theta().set(point);
      loss = penalty(point);
    }
    blocks.each(
        (block, first) -> {
          if (forward) {
            loss += block.forward();
          }
          if (backward) {
            block.backward();
          }
          if (products) {
            block.gradient(first);
          }
        });
    work += (forward ? 1 : 0) + (backward ? 1 : 0) + (products ? 1 : 0);
    known = blocks.kept() ? wanted : Known.NOTHING;
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
    batch.blocks.reload();
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
    if (!blocks.kept()) {
      blocks.shared().theta().set(point);
      work += 2;
    }
    blocks.shared().direction().set(v);
    blocks.eachWithSlopes(RowBlock::hessianProduct);
    work += 6;
    blocks.shared().product().get(product);
    addPenalty(product, v);
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
    this.scale.at(theta, scale);
  }

  @Override
  public List<Block> blocks() {
    return blocks(net.stages().stream().flatMap(s -> s.blocks().stream()));
  }

  @Override
  public List<Block> weightBlocks() {
    return blocks(
        net.stages().stream()
            .flatMap(s -> s.blocks().stream())
            .filter(b -> b.parameter().role() == Parameter.Role.WEIGHT));
  }

  private static List<Block> blocks(Stream<Stage.Block> blocks) {
    return blocks.map(b -> new Block(b.from(), b.parameter().length())).toList();
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
    blocks.eachWithSlopes((block, first) -> block.show(watch));
    return watch.signals(theta, gradient, moment, inputs, rows);
  }

  /** Frees native memory. */
  @Override
  public void close() {
    blocks.close();
  }
}
