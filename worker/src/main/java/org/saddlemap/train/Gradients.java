package org.saddlemap.train;

import java.util.Optional;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.Trainable;
import org.saddlemap.arithmetic.TrainingVector;
import org.saddlemap.data.Dataset;
import org.saddlemap.layer.Planner;
import org.saddlemap.network.Network;
import org.saddlemap.network.TiedUnits;
import org.saddlemap.network.Workspace;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.Loss;
import org.saddlemap.trial.Seeds;

/** The loss of the rows of one step after the other, with its gradient at a θ. */
final class Gradients {
  private final Trainable k;
  private final Workspace workspace;
  private final Loss loss;
  private final Batch batch;
  private final Batches batches;
  private final TrainingVector theta;
  private final TrainingVector gradient;

  /** Mini-batches' mean gradient; the gradient itself where a step is of one batch. */
  private final TrainingVector mean;

  private final boolean accumulates;
  private final int rowsPerStep;
  private final boolean couplesRows;
  private final boolean chance;
  private final Optional<TiedUnits> tied;

  /**
   * @param theta read at each step
   */
  Gradients(
      Network network,
      Configuration configuration,
      Dataset dataset,
      Seeds seeds,
      Trainable k,
      TrainingVector theta) {
    this.k = k;
    this.theta = theta;
    this.loss = network.loss();
    this.couplesRows = network.couplesRows();
    this.batch = new Batch(configuration.batchSize().of(dataset.train().rows()));
    this.gradient = k.memory().vector(theta.length());
    this.accumulates = configuration.accumulation() > 1;
    this.mean = accumulates ? k.memory().vector(theta.length()) : gradient;
    this.rowsPerStep = configuration.rowsPerStep(dataset.train().rows());
    this.workspace = new Workspace(network, k, batch, Planner.Purpose.TRAIN, new Planner.Shared());
    workspace.theta(theta);
    workspace.gradient(gradient);
    workspace.pass().gradients = true;
    this.chance = configuration.dropout() > 0;
    if (chance) {
      workspace.pass().random = seeds.stream(Seeds.Stream.DROPOUT, 0);
    }
    this.tied =
        startsSymmetric(configuration) ? Optional.of(new TiedUnits(network)) : Optional.empty();
    this.batches =
        new Batches(dataset, loss, configuration.batchSize(), seeds, k, workspace.input(), batch);
  }

  /**
   * Whether units of a layer start equal, with equal biases, and move. Zeros do not move but where
   * biases are not 0, or φ(0) ≠ 0: all their signals are exactly 0.
   */
  private static boolean startsSymmetric(Configuration configuration) {
    if (configuration.dropout() > 0) {
      return false; // chance tells equal units apart
    }
    Initializer weights = configuration.initializer().weights();
    Initializer biases = configuration.initializer().biases();
    boolean shifted = configuration.bias() && !(biases instanceof Initializer.Zeros);
    if (shifted && !(biases instanceof Initializer.Constant)) {
      return false;
    }
    return weights instanceof Initializer.Constant
        || (weights instanceof Initializer.Zeros
            && configuration.depth() > 0
            && (shifted
                || configuration.activations().stream().anyMatch(a -> !a.vanishesAtZero())));
  }

  /** Where {@link #next} leaves it. */
  TrainingVector gradient() {
    return gradient;
  }

  /** Rows of a step but the last of an epoch. */
  int rowsPerStep() {
    return rowsPerStep;
  }

  int trainingRows() {
    return batches.trainingRows();
  }

  /** Whether steps see a sample of the rows or the units, or normalize by one. */
  boolean stochastic() {
    return chance || rowsPerStep < batches.trainingRows() || (batches.stochastic() && couplesRows);
  }

  /** The mean loss of the next step's rows, and its gradient. */
  double next() {
    return accumulates ? accumulate() : backpropagate();
  }

  private double backpropagate() {
    batches.next();
    workspace.forward();
    double value =
        k.loss(loss, workspace.output(), batches.labels, batches.targets, workspace.outputDelta());
    workspace.backward();
    if (tied.isPresent()) {
      tied.get().tie(gradient);
    }
    return value;
  }

  /**
   * Mean loss and gradient over the rows of the next step, batch by batch; those of the first batch
   * that are not finite, where some are not.
   */
  private double accumulate() {
    int all = Math.min(rowsPerStep, batches.left());
    double sum = 0;
    for (int seen = 0; seen < all; seen += batch.rows()) {
      double of = backpropagate();
      if (!Double.isFinite(of) || !Double.isFinite(gradient.squared())) {
        return of;
      }
      float share = (float) batch.rows() / all;
      sum += batch.rows() * of / all;
      if (seen == 0) {
        mean.copy(gradient);
        mean.scale(share);
      } else {
        mean.add(share, gradient);
      }
    }
    gradient.copy(mean);
    return sum;
  }

  /** After a step: vector operations, too, may round the last elements of equal units apart. */
  void stepped() {
    if (tied.isPresent()) {
      tied.get().tie(theta);
    }
  }

  /**
   * The first stage whose signals of the last batch are not finite at θ; the number of stages where
   * none are. Leaves the gradient there.
   */
  int firstNonfiniteStage() {
    int stage = workspace.firstNonfiniteStage(k::finite);
    k.loss(loss, workspace.output(), batches.labels, batches.targets, workspace.outputDelta());
    workspace.backward();
    return stage;
  }
}
