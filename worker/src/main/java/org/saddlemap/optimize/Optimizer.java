package org.saddlemap.optimize;

import org.saddlemap.arithmetic.Float32Vector;
import org.saddlemap.arithmetic.Nd4jVector;
import org.saddlemap.arithmetic.TrainingVector;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.OptimizerKind;

/**
 * Turns gradients into steps on one θ, and keeps the state between them. Formulas: {@link
 * OptimizerKind}.
 */
public interface Optimizer {
  /** Brings every component of the gradient into [−limit, limit]; whether that changed any. */
  boolean clip(float limit);

  /**
   * Takes one step.
   *
   * @param scale what the gradient is multiplied by first
   * @param factor what the step is multiplied by last, beside each layer's own: of the learning
   *     rate, by the schedule. State such as a velocity is kept at the learning rate itself, so
   *     that a factor of 0 stands still
   */
  void step(float scale, float factor);

  /** The largest factor of a layer on η. */
  double largestRate();

  /**
   * The optimizer of a configuration.
   *
   * @param network what θ is the parameters of
   * @param learningRate η
   * @param theta what {@link #step} changes
   * @param gradient what it reads; in the same arithmetic
   */
  static Optimizer of(
      Network network,
      Configuration configuration,
      double learningRate,
      TrainingVector theta,
      TrainingVector gradient) {
    if (theta instanceof Nd4jVector t) {
      return new Nd4jOptimizer(network, configuration, learningRate, t, (Nd4jVector) gradient);
    }
    return new FloatOptimizer(
        network,
        configuration,
        learningRate,
        ((Float32Vector) theta).slice(),
        ((Float32Vector) gradient).slice());
  }
}
