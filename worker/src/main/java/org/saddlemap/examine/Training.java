package org.saddlemap.examine;

import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;

/**
 * Plain gradient descent that a case asks for before it is judged.
 *
 * @param steps 0 judges the weights as they are
 * @param batchSize rows a step, drawn with replacement, or all
 * @param seed of the draws
 */
public record Training(
    int steps, double learningRate, BatchSize batchSize, Clipping clipping, long seed) {
  /** No training. */
  public static final Training NONE =
      new Training(0, 0.1, new BatchSize.Full(), new Clipping.None(), 0);

  public Training {
    if (steps < 0) {
      throw new IllegalArgumentException("needs steps >= 0, got " + steps);
    }
    if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
      throw new IllegalArgumentException("needs a learning_rate > 0, got " + learningRate);
    }
  }
}
