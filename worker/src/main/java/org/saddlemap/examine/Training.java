package org.saddlemap.examine;

import org.saddlemap.optimize.Rates;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Schedule;

/**
 * Plain gradient descent that a case asks for before it is judged.
 *
 * @param steps 0 judges the weights as they are
 * @param batchSize rows a step, drawn with replacement, or all
 * @param warmup first steps, in which the rate rises linearly
 * @param seed of the draws
 */
public record Training(
    int steps,
    double learningRate,
    Schedule schedule,
    int warmup,
    BatchSize batchSize,
    Clipping clipping,
    long seed) {
  /** No training. */
  public static final Training NONE = plain(0, 0.1, new BatchSize.Full(), new Clipping.None(), 0);

  public Training {
    if (steps < 0) {
      throw new IllegalArgumentException("needs steps >= 0, got " + steps);
    }
    if (!(learningRate > 0) || !Double.isFinite(learningRate)) {
      throw new IllegalArgumentException("needs a learning_rate > 0, got " + learningRate);
    }
    if (warmup < 0 || warmup > steps) {
      throw new IllegalArgumentException(
          "needs a warmup from 0 to all %d steps, got %d".formatted(steps, warmup));
    }
  }

  /** At a constant rate. */
  public static Training plain(
      int steps, double learningRate, BatchSize batchSize, Clipping clipping, long seed) {
    return new Training(steps, learningRate, new Schedule.Constant(), 0, batchSize, clipping, seed);
  }

  Rates rates() {
    return new Rates(schedule, warmup, steps);
  }
}
