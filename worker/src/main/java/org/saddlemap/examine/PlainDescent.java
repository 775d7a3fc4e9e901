package org.saddlemap.examine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.MiniBatch;
import org.saddlemap.network.Network;
import org.saddlemap.optimize.Rates;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.space.Clipping;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.RandomStream;

/**
 * Plain gradient descent in float64 on a loss surface: what a case asks for before it is judged.
 * The history holds the objective on all rows before each step and after the last.
 */
final class PlainDescent {
  private final LossSurface surface;
  private final Training training;
  private final MiniBatch batch;
  private final int rows;
  private final RandomGenerator random;
  private final double[] theta;
  private final double[] gradient;
  private final Rates rates;
  private long taken;

  /**
   * @param batch null for all rows
   * @param rows to draw from, with replacement
   */
  PlainDescent(LossSurface surface, double[] start, Training training, MiniBatch batch, int rows) {
    this.surface = surface;
    this.training = training;
    this.batch = batch;
    this.rows = rows;
    this.random = new RandomStream(training.seed());
    this.theta = start.clone();
    this.gradient = new double[start.length];
    this.rates = training.rates();
  }

  /** Trains to the end, or to the first loss that is not finite. */
  Trajectory run(Network architecture, Interruption interruption) {
    double[] initial = theta.clone();
    int budget = training.steps();
    int window = Math.max(10, budget / 20);
    int every = Math.max(1, window / 10);
    double[] history = new double[budget == 0 ? 0 : budget + 1];
    List<double[]> snapshots = new ArrayList<>();
    int clipped = 0;
    int clippedLate = 0;
    boolean finite = true;
    if (budget > 0) {
      history[0] = surface.value(theta);
      finite = Double.isFinite(history[0]);
    }
    int steps = 0;
    while (finite && steps < budget) {
      interruption.check();
      boolean clips = step();
      clipped += clips ? 1 : 0;
      clippedLate += clips && steps >= budget - budget / 10 ? 1 : 0;
      double loss = surface.value(theta);
      finite = Double.isFinite(loss);
      history[++steps] = loss;
      int k = steps - 1;
      if (k >= budget - window && (k % every == 0 || k >= budget - 4)) {
        snapshots.add(theta.clone());
      }
    }
    int points = budget == 0 ? 0 : finite ? steps + 1 : steps;
    double[] losses = Arrays.copyOf(history, points);
    return new Trajectory(
        architecture,
        initial,
        theta.clone(),
        steps,
        budget,
        training.learningRate(),
        training.learningRate() * rates.factor(taken),
        0,
        batch != null,
        clippedLate == 0 && rates.stay(),
        clipped,
        losses,
        Trajectory.Peak.of(losses),
        oscillation(losses),
        snapshots,
        List.of(),
        finite ? OptionalInt.empty() : OptionalInt.of(steps),
        finite ? OptionalInt.empty() : nonfiniteLayer(),
        new Trajectory.Continuation() {
          @Override
          public double[] advance(int more) {
            return PlainDescent.this.advance(more);
          }

          @Override
          public boolean brief(int more) {
            return Trajectory.Continuation.brief(more, theta.length, training.batchSize().of(rows));
          }
        });
  }

  private double[] advance(int steps) {
    for (int k = 0; k < steps; k++) {
      step();
    }
    return theta.clone();
  }

  /** Takes one step, and says whether its gradient was clipped. */
  private boolean step() {
    if (batch == null) {
      surface.gradient(theta, gradient);
    } else {
      int[] chosen = new int[batch.size()];
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = random.nextInt(rows);
      }
      batch.gradient(chosen, theta, gradient);
    }
    boolean clips = clip(gradient, training.clipping());
    double rate = training.learningRate() * rates.factor(taken++);
    for (int i = 0; i < theta.length; i++) {
      theta[i] -= rate * gradient[i];
    }
    return clips;
  }

  private static boolean clip(double[] g, Clipping clipping) {
    boolean changed = false;
    if (clipping instanceof Clipping.ByNorm by) {
      double norm = Vectors.norm(g);
      changed = norm > by.limit();
      if (changed) {
        double shrink = by.limit() / norm;
        for (int i = 0; i < g.length; i++) {
          g[i] *= shrink;
        }
      }
    } else if (clipping instanceof Clipping.ByValue by) {
      for (int i = 0; i < g.length; i++) {
        double within = Math.max(-by.limit(), Math.min(by.limit(), g[i]));
        changed |= within != g[i];
        g[i] = within;
      }
    }
    return changed;
  }

  private static double oscillation(double[] losses) {
    int m = losses.length / 2;
    double up = 0;
    double all = 0;
    for (int i = losses.length - m + 1; i < losses.length; i++) {
      double change = losses[i] - losses[i - 1];
      up += Math.max(change, 0);
      all += Math.abs(change);
    }
    return m < 12 || all == 0 ? 0 : up / all;
  }

  private OptionalInt nonfiniteLayer() {
    return surface.signals(theta, LayerPoint.Moment.FINAL).layers().stream()
        .filter(l -> !Double.isFinite(l.forwardNorm()))
        .mapToInt(LayerPoint::layer)
        .findFirst();
  }
}
