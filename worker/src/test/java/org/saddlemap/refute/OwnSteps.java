package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.List;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trainer;
import org.saddlemap.train.TrainingTask;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.Seeds;

/**
 * A trial's own optimizer, from some weights, step by step as far as is asked; samples of the full
 * objective along the way.
 */
final class OwnSteps implements AutoCloseable {
  private static final int POINTS = 16;

  private final Surface objective;
  private final NativeFloats memory = new NativeFloats();
  private final Trajectory.Continuation continuation;
  private final double nothing;
  private final int budget;
  private int taken;
  private double[] theta;

  /**
   * @param configuration the subject's, or one that differs from it in its rates
   * @param budget steps of the trial
   * @param nothing a rise of the loss that is none
   */
  OwnSteps(
      Subject subject,
      Configuration configuration,
      Dataset data,
      Network net,
      Surface objective,
      double rate,
      double[] from,
      int budget,
      double nothing) {
    this.objective = objective;
    this.budget = budget;
    this.nothing = nothing;
    this.theta = from;
    this.continuation =
        Trainer.start(
            new TrainingTask(
                net,
                configuration,
                data,
                rate,
                from,
                new Seeds(subject.seed(), subject.replicate())),
            Interruption.NEVER,
            memory);
  }

  /** Goes on until so many steps were taken in all, and samples the last tenth of a budget. */
  Sample sampleAt(int steps) {
    int window = Math.max(budget / 10, Math.min(budget, POINTS));
    window = Math.min(window, steps - taken);
    int points = Math.min(window + 1, POINTS);
    int from = steps - window;
    advanceTo(from);
    List<Double> losses = new ArrayList<>();
    losses.add(objective.value(theta));
    for (int i = 1; i < points; i++) {
      // Distances alternate between even and odd, so that no zigzag hides.
      int at = from + (int) ((long) window * i / (points - 1));
      advanceTo(i < points - 1 && window >= 4 * points && i % 2 == 1 ? at + 1 : at);
      losses.add(objective.value(theta));
    }
    return Sample.of(losses, nothing);
  }

  /** Goes on for a tenth of a budget, and samples that. */
  Sample sampleLater() {
    return sampleAt(taken + Math.max(budget / 10, Math.min(budget, POINTS)));
  }

  private void advanceTo(int steps) {
    if (steps > taken) {
      theta = continuation.advance(steps - taken);
      taken = steps;
    }
  }

  /** Where it stands. */
  double[] theta() {
    return theta;
  }

  @Override
  public void close() {
    memory.close();
  }
}
