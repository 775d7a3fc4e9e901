package org.saddlemap.train;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_scopy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sdot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sscal;

import java.util.OptionalInt;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Architecture;
import org.saddlemap.network.FloatNetwork;
import org.saddlemap.network.NativeFloats;
import org.saddlemap.optimize.Optimizer;
import org.saddlemap.optimize.Rates;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.LayerRates;
import org.saddlemap.space.OptimizerKind;
import org.saddlemap.trial.Seeds;

/**
 * Trains one network: a fixed number of steps on the objective, the mean loss of the batch plus
 * (λ/2)‖θ‖² over all parameters. The gradient of that whole is clipped, then goes to the optimizer.
 * Subnormal numbers are 0 meanwhile, on this thread.
 */
public final class Trainer {
  /** Multiplications and additions between two looks at the interruption: a millisecond or so. */
  private static final long WORK_BETWEEN_CHECKS = 20_000_000;

  /** Sums of float32 squares above it are exact enough. */
  private static final double SMALL_SQUARE = 1e-24;

  /** What a rounding can make of a number, and more. */
  private static final double ROUNDING = 1 + 0x1p-20;

  /** A norm below it is far from float32's largest number. */
  private static final double FAR = 1e18;

  private final Configuration configuration;
  private final FloatNetwork network;
  private final NativeFloats.Slice theta;
  private final NativeFloats.Slice gradient;
  private final NativeFloats.Slice before;
  private final Architecture architecture;
  private final Optimizer optimizer;
  private final Rates rates;
  private final boolean steady;
  private final boolean sgd;
  private final Clipping clipping;

  /** Mini-batches' mean gradient; the gradient itself where a step is of one batch. */
  private final NativeFloats.Slice mean;

  private final int rowsPerStep;
  private final Batches batches;
  private final NativeFloats memory;
  private final long generation;
  private final int parameters;
  private final float l2;
  private final double learningRate;

  /** The largest of a layer. */
  private final double largestRate;

  private final Interruption interruption;

  private double thetaSquared;

  /** ‖θ‖ is at most so much, where steps are plain. */
  private double reach;

  /** Steps taken, of the next budget too. */
  private long taken;

  private int rows;
  private double loss;
  private double gradientNorm;
  private boolean clipped;

  /** The largest norm of a gradient that a step was taken along; infinite once one was clipped. */
  private double steepest;

  private Trainer(
      Architecture architecture,
      Configuration configuration,
      Dataset dataset,
      double learningRate,
      double[] initial,
      Seeds seeds,
      Interruption interruption,
      NativeFloats memory) {
    memory.reset();
    this.interruption = interruption;
    this.memory = memory;
    this.generation = memory.generation();
    this.architecture = architecture;
    this.configuration = configuration;
    int capacity = configuration.batchSize().of(dataset.train().rows());
    this.network =
        FloatNetwork.forTraining(architecture, capacity, memory, startsSymmetric(configuration));
    this.theta = network.theta();
    this.gradient = network.gradient();
    this.parameters = theta.length();
    this.before = memory.take(parameters);
    this.mean = configuration.accumulation() > 1 ? memory.take(parameters) : gradient;
    this.rowsPerStep = configuration.rowsPerStep(dataset.train().rows());
    network.set(initial);
    this.optimizer = new Optimizer(architecture, configuration, learningRate, theta, gradient);
    this.batches =
        new Batches(dataset, configuration.loss(), configuration.batchSize(), seeds, network);
    this.rates = Rates.of(configuration, configuration.steps(batches.trainingRows()));
    this.steady = rates.none();
    this.sgd = configuration.optimizer() == OptimizerKind.SGD;
    this.clipping = configuration.clipping();
    this.l2 = (float) configuration.l2();
    this.learningRate = learningRate;
    this.largestRate = learningRate * optimizer.largestRate();
    this.thetaSquared = squared(theta);
    this.reach = Math.sqrt(thetaSquared);
  }

  /**
   * Trains from {@code initial} (rounded to float32) for the configuration's number of steps, or
   * until something is not finite.
   *
   * @param learningRate η, whatever the configuration says of it
   * @param memory is used again: all its slices are taken back first. The trajectory's continuation
   *     works until someone else uses it
   * @throws Interrupted where the interruption says so
   */
  @SuppressWarnings("try") // a scope
  public static Trajectory train(
      Architecture architecture,
      Configuration configuration,
      Dataset dataset,
      double learningRate,
      double[] initial,
      Seeds seeds,
      Interruption interruption,
      NativeFloats memory) {
    if (initial.length != architecture.parameters()) {
      throw new IllegalArgumentException(
          "Invalid initial: %d values for %d parameters"
              .formatted(initial.length, architecture.parameters()));
    }
    if (dataset.train().rows() == 0) {
      throw new IllegalArgumentException("Cannot train on no rows");
    }
    try (FlushToZero mode = FlushToZero.open()) {
      return new Trainer(
              architecture,
              configuration,
              dataset,
              learningRate,
              initial,
              seeds,
              interruption,
              memory)
          .run(initial);
    }
  }

  /** The same steps for whoever asks for each of them: none is taken before. */
  public static Trajectory.Continuation start(
      Architecture architecture,
      Configuration configuration,
      Dataset dataset,
      double learningRate,
      double[] initial,
      Seeds seeds,
      Interruption interruption,
      NativeFloats memory) {
    return new Trainer(
            architecture,
            configuration,
            dataset,
            learningRate,
            initial,
            seeds,
            interruption,
            memory)
        ::advance;
  }

  /**
   * Whether units of a layer start equal and move. Zeros do not move but where φ(0) ≠ 0: all their
   * signals are exactly 0.
   */
  private static boolean startsSymmetric(Configuration configuration) {
    return configuration.initializer() instanceof Initializer.Constant
        || (configuration.initializer() instanceof Initializer.Zeros
            && configuration.depth() > 0
            && !configuration.activation().vanishesAtZero());
  }

  private Trajectory run(double[] initial) {
    int budget = rates.budget();
    Recorder recorder = new Recorder(budget);
    int checkEvery = checkEvery();
    int untilCheck = 1;
    int clippedSteps = 0;
    int lastClipped = -1;
    OptionalInt nonfiniteStep = OptionalInt.empty();
    int step = 0;
    for (; step < budget; step++) {
      if (--untilCheck == 0) {
        interruption.check();
        untilCheck = checkEvery;
      }
      boolean finite = measure();
      if (Double.isFinite(loss)) {
        recorder.loss(step, loss);
      }
      if (!finite) {
        recorder.point(new CurvePoint(step, loss, gradientNorm, false, Double.NaN));
        nonfiniteStep = OptionalInt.of(step);
        break;
      }
      boolean logged = recorder.wants(step);
      if (logged) {
        cblas_scopy(parameters, theta.pointer(), 1, before.pointer(), 1);
      }
      double norm = logged ? norm(gradient) : gradientNorm; // what is logged changes no step
      update();
      if (clipped) {
        clippedSteps++;
        lastClipped = step;
      }
      if (logged) {
        recorder.point(new CurvePoint(step, loss, norm, clipped, change()));
      }
      if (!finiteTheta()) {
        step++;
        nonfiniteStep = OptionalInt.of(step);
        break;
      }
      if (recorder.wantsSnapshot(step + 1)) {
        recorder.snapshot(network.copy());
      }
    }
    double[] last = network.copy();
    OptionalInt layer =
        nonfiniteStep.isPresent() ? OptionalInt.of(nonfiniteLayer()) : OptionalInt.empty();
    boolean plain =
        sgd
            && rates.stay()
            && configuration.layerRates() instanceof LayerRates.Uniform
            && lastClipped < step - Math.max(1, step / 10);
    return new Trajectory(
        architecture,
        initial,
        last,
        step,
        budget,
        learningRate,
        learningRate * factor(),
        decayed(step),
        stochastic(),
        plain,
        clippedSteps,
        recorder.history(),
        recorder.peak(),
        recorder.oscillation(),
        recorder.snapshots(),
        recorder.curve(),
        nonfiniteStep,
        layer,
        new Trajectory.Continuation() {
          @Override
          public double[] advance(int steps) {
            return Trainer.this.advance(steps);
          }

          @Override
          public double steepest() {
            return steepest * ROUNDING;
          }
        });
  }

  /** What weight decay alone would have taken of a weight over the last half of so many steps. */
  private double decayed(int steps) {
    if (configuration.optimizer() != OptimizerKind.ADAMW) {
      return 0;
    }
    double kept = 1;
    for (int t = steps - steps / 2; t < steps; t++) {
      kept *= 1 - learningRate * configuration.weightDecay() * rates.factor(t);
    }
    return 1 - Math.min(Math.abs(kept), 1);
  }

  @SuppressWarnings("try") // a scope
  private double[] advance(int steps) {
    if (memory.generation() != generation) {
      throw new IllegalStateException(
          "Cannot go on training: its memory is in use for something else");
    }
    try (FlushToZero mode = FlushToZero.open()) {
      int checkEvery = checkEvery();
      for (int i = 0; i < steps && measure(); i++) {
        if (i % checkEvery == 0) {
          interruption.check();
        }
        update();
        if (!finiteTheta()) {
          break;
        }
      }
      return network.copy();
    }
  }

  /** Whether steps see a sample of the rows, or normalize by one. */
  private boolean stochastic() {
    return rowsPerStep < batches.trainingRows()
        || (batches.stochastic() && configuration.batchNorm());
  }

  /** Loss and gradient of the next step at θ; whether they are finite. */
  private boolean measure() {
    loss = mean == gradient ? backpropagate() : accumulate();
    if (l2 != 0) {
      loss += l2 / 2.0 * thetaSquared;
      cblas_saxpy(parameters, l2, theta.pointer(), 1, gradient.pointer(), 1);
    }
    gradientNorm = Math.sqrt(squared(gradient));
    return Double.isFinite(loss) && Double.isFinite(gradientNorm);
  }

  /** Loss and gradient of the next batch. */
  private double backpropagate() {
    rows = batches.next();
    network.forward(rows);
    double of = network.loss(rows, batches.labels, batches.targets);
    network.backward(rows);
    return of;
  }

  /**
   * Mean loss and gradient over the rows of the next step, batch by batch; those of the first batch
   * that are not finite, where some are not.
   */
  private double accumulate() {
    int all = Math.min(rowsPerStep, batches.left());
    double sum = 0;
    for (int seen = 0; seen < all; seen += rows) {
      double of = backpropagate();
      if (!Double.isFinite(of) || !Double.isFinite(squared(gradient))) {
        return of;
      }
      float share = (float) rows / all;
      sum += rows * of / all;
      if (seen == 0) {
        cblas_scopy(parameters, gradient.pointer(), 1, mean.pointer(), 1);
        cblas_sscal(parameters, share, mean.pointer(), 1);
      } else {
        cblas_saxpy(parameters, share, gradient.pointer(), 1, mean.pointer(), 1);
      }
    }
    cblas_scopy(parameters, mean.pointer(), 1, gradient.pointer(), 1);
    return sum;
  }

  /** Clips and takes the step. */
  private void update() {
    float scale = 1;
    clipped = false;
    if (clipping instanceof Clipping.ByNorm by) {
      clipped = gradientNorm > by.limit();
      if (clipped) {
        scale = (float) (by.limit() / gradientNorm);
      }
    } else if (clipping instanceof Clipping.ByValue by) {
      clipped = optimizer.clip((float) by.limit());
    }
    steepest = clipped ? Double.POSITIVE_INFINITY : Math.max(steepest, gradientNorm);
    optimizer.step(scale, factor());
    taken++;
    network.stepped();
  }

  /** On the learning rate, at the next step. */
  private float factor() {
    return steady ? 1 : (float) rates.factor(taken);
  }

  /**
   * Whether θ is finite. Plain steps move it by at most the largest rate times the gradient's norm,
   * so that it need not be looked at until it could be far out.
   */
  private boolean finiteTheta() {
    reach = (reach + largestRate * gradientNorm) * ROUNDING;
    if (reach < FAR && l2 == 0 && sgd) {
      return true;
    }
    thetaSquared = squared(theta);
    reach = Math.sqrt(thetaSquared);
    return Double.isFinite(thetaSquared);
  }

  /** ‖x‖²; not finite exactly where an element is not. */
  private double squared(NativeFloats.Slice x) {
    double squared = cblas_sdot(parameters, x.pointer(), 1, x.pointer(), 1);
    if (!Double.isFinite(squared)) { // perhaps the squares alone are too large for float32
      double norm = preciseNorm(x);
      squared = norm * norm;
    }
    return squared;
  }

  /** ‖x‖, by float64 where the squares could fall out of float32's range. */
  private double norm(NativeFloats.Slice x) {
    double squared = cblas_sdot(parameters, x.pointer(), 1, x.pointer(), 1);
    return squared > SMALL_SQUARE && Double.isFinite(squared) ? Math.sqrt(squared) : preciseNorm(x);
  }

  private double preciseNorm(NativeFloats.Slice x) {
    float[] values = new float[parameters];
    x.get(0, values, parameters);
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum);
  }

  /** ‖θ − θ before‖; what was kept of before is used up. */
  private double change() {
    cblas_saxpy(parameters, -1f, theta.pointer(), 1, before.pointer(), 1);
    return norm(before);
  }

  /**
   * The first layer, from 1, with pre-activations of the current batch at the current θ that are
   * not finite; else with such a gradient; else with such parameters.
   */
  private int nonfiniteLayer() {
    int layer = network.nonfinitePreactivation(rows);
    if (layer < architecture.layers()) {
      return layer + 1;
    }
    network.loss(rows, batches.labels, batches.targets);
    network.backward(rows);
    for (int l = 0; l < architecture.layers(); l++) {
      if (!network.finite(gradient, l)) {
        return l + 1;
      }
    }
    for (int l = 0; l < architecture.layers(); l++) {
      if (!network.finite(theta, l)) {
        return l + 1;
      }
    }
    return architecture.layers(); // the loss alone
  }

  private int checkEvery() {
    long work = 6L * parameters * rowsPerStep;
    return (int) Math.max(1, Math.min(100_000, WORK_BETWEEN_CHECKS / Math.max(1, work)));
  }
}
