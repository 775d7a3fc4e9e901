package org.saddlemap.examine;

import java.util.Optional;
import java.util.OptionalDouble;
import org.saddlemap.network.Network;
import org.saddlemap.verdict.Category;

/**
 * Something given from outside to be judged: a network with data and weights, or a textbook
 * function.
 *
 * @param expected what it is known to be, where the file says so
 * @param why it is known
 */
public record Case(
    String name,
    Optional<Category> expected,
    Optional<String> why,
    Subject subject,
    Training training) {
  /** What is judged. */
  public sealed interface Subject {}

  /**
   * A network on its training data.
   *
   * @param inputs rows × inputs, row-major
   * @param targets rows × outputs, row-major
   * @param l2 coefficient of ½‖θ‖²
   * @param factor multiplies the whole objective, L2 included; 1 for the losses as they are defined
   * @param weights θ in the network's layout
   * @param expectedLoss the objective at these weights, where whoever wrote the case has measured
   *     it
   */
  @SuppressWarnings("ArrayRecordComponent") // large arrays, never compared
  public record Trained(
      Network network,
      double[] inputs,
      double[] targets,
      int rows,
      double l2,
      double factor,
      double[] weights,
      OptionalDouble expectedLoss)
      implements Subject {
    /** The losses as they are defined, and nobody else's measurement. */
    public Trained(
        Network network, double[] inputs, double[] targets, int rows, double l2, double[] weights) {
      this(network, inputs, targets, rows, l2, 1, weights, OptionalDouble.empty());
    }
  }

  /**
   * f = 1 + ½ Σ h_i x_i², with loss range 1 and scale 1.
   *
   * @param curvatures h
   * @param point x
   */
  @SuppressWarnings("ArrayRecordComponent") // large arrays, never compared
  public record Quadratic(double[] curvatures, double[] point) implements Subject {}
}
