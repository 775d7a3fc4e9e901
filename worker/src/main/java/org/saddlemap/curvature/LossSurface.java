package org.saddlemap.curvature;

import java.util.List;
import java.util.Optional;
import org.saddlemap.record.LayerPoint;

/**
 * A twice differentiable function f of a flat vector θ with its exact derivatives, in float64, and
 * the units that the verdict measures in (docs/verdict.md, Units). Not thread-safe: evaluations
 * share buffers. {@link #moveTo} sets the point that {@link #hessianProduct} works at, until the
 * function is evaluated elsewhere.
 */
public interface LossSurface {
  /** Length of θ. */
  int parameters();

  /** Number of weight layers L. */
  int layers();

  /** The relative change of all layers together that at most doubles the signal through them. */
  default double doubling() {
    return StrictMath.pow(2, 1.0 / layers()) - 1;
  }

  /** Whether signals go past a layer, from 0: then it cuts nothing, whatever it does. */
  default boolean bypassed(int layer) {
    return false;
  }

  /** What was computed so far, in thirds of a gradient. */
  long work();

  /** f(θ); a third of a gradient's cost. */
  double value(double[] theta);

  /** f(θ), and its gradient into {@code gradient}. */
  double gradient(double[] theta, double[] gradient);

  /** Caches what Hessian-vector products at θ need; two thirds of a gradient's cost. */
  void moveTo(double[] theta);

  /** H·v at the point of {@link #moveTo} into {@code product}; two gradients' cost. */
  void hessianProduct(double[] v, double[] product);

  /** The natural scale S(θ) of each parameter into {@code scale}. */
  void scale(double[] theta, double[] scale);

  /**
   * The contiguous blocks that relative changes are measured on: each weight matrix, bias and scale
   * vector.
   */
  List<Block> blocks();

  /** The blocks that are weight matrices, input to output. */
  List<Block> weightBlocks();

  /** Loss of the best constant predictor. */
  double base();

  /** Lower bound of f over all functions of the inputs. */
  double lowerBound();

  /** Whether a function of the inputs reaches the lower bound. */
  boolean attained();

  /** The part of f(θ) that penalises the weights. */
  default double penalty(double[] theta) {
    return 0;
  }

  /** What the data and the outputs' range say before anything is trained; none without data. */
  default Optional<Preview> preview() {
    return Optional.empty();
  }

  /**
   * Signals and gradients layer by layer at θ; the cost of a gradient. A function without layers
   * has none.
   */
  default Signals signals(double[] theta, LayerPoint.Moment moment) {
    return new Signals(Double.NaN, 0, List.of(), List.of());
  }

  /** A contiguous range of θ. */
  record Block(int from, int length) {}
}
