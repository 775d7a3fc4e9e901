package org.saddlemap.train;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.saddlemap.arithmetic.Float32;
import org.saddlemap.arithmetic.FlushToZero;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.arithmetic.Trainable;
import org.saddlemap.arithmetic.TrainingVector;
import org.saddlemap.network.Network;
import org.saddlemap.network.Stage;
import org.saddlemap.optimize.Optimizer;
import org.saddlemap.optimize.Rates;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.space.Clipping;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.LayerRates;
import org.saddlemap.space.OptimizerKind;
import org.saddlemap.space.Parametrization;

/**
 * Trains one network: a fixed number of steps on the objective, the mean loss of the batch plus
 * (λ/2)‖θ‖² over all parameters. The gradient of that whole is clipped, then goes to the optimizer.
 * Subnormal numbers are 0 meanwhile, on this thread.
 */
public final class Trainer {
  /** Multiplications and additions between two looks at the interruption: a millisecond or so. */
  private static final long WORK_BETWEEN_CHECKS = 20_000_000;

  /** What a rounding can make of a number, and more. */
  private static final double ROUNDING = 1 + 0x1p-20;

  /** A norm below it is far from float32's largest number. */
  private static final double FAR = 1e18;

  /** A norm above it is exact by the sum of squares, which stays in float32's range. */
  private static final double FAINT = 1e-12;

  private final Configuration configuration;
  private final Network network;
  private final TrainingVector theta;
  private final TrainingVector gradient;
  private final TrainingVector before;
  private final Gradients gradients;
  private final Optimizer optimizer;
  private final Rates rates;
  private final boolean steady;
  private final boolean sgd;
  private final Clipping clipping;
  private final BooleanSupplier ours;
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

  private double loss;
  private double gradientNorm;
  private boolean clipped;

  /** The largest norm of a gradient that a step was taken along; infinite once one was clipped. */
  private double steepest;

  private Trainer(TrainingTask task, Interruption interruption, Trainable k, BooleanSupplier ours) {
    this.interruption = interruption;
    this.ours = ours;
    this.configuration = task.configuration();
    this.network = task.network();
    this.parameters = network.parameters();
    this.theta = k.memory().vector(parameters);
    this.before = k.memory().vector(parameters);
    theta.set(task.initial());
    this.gradients = new Gradients(network, configuration, task.dataset(), task.seeds(), k, theta);
    this.gradient = gradients.gradient();
    this.learningRate = task.learningRate();
    this.optimizer = Optimizer.of(network, configuration, learningRate, theta, gradient);
    this.rates = Rates.of(configuration, configuration.steps(task.dataset().train().rows()));
    this.steady = rates.none();
    this.sgd = configuration.optimizer() == OptimizerKind.SGD;
    this.clipping = configuration.clipping();
    this.l2 = (float) configuration.l2();
    this.largestRate = learningRate * optimizer.largestRate();
    this.thetaSquared = theta.squared();
    this.reach = Math.sqrt(thetaSquared);
  }

  private static Trainer in(NativeFloats memory, TrainingTask task, Interruption interruption) {
    memory.reset();
    long generation = memory.generation();
    return new Trainer(
        task, interruption, new Float32(memory), () -> memory.generation() == generation);
  }

  /**
   * Trains for the configuration's number of steps, or until something is not finite.
   *
   * @param memory is used again: all its slices are taken back first. The trajectory's continuation
   *     works until someone else uses it
   * @throws Interrupted where the interruption says so
   */
  @SuppressWarnings("try") // a scope
  public static Trajectory train(
      TrainingTask task, Interruption interruption, NativeFloats memory) {
    try (FlushToZero mode = FlushToZero.open()) {
      return in(memory, task, interruption).run(task.initial());
    }
  }

  /** The same in another arithmetic. */
  @SuppressWarnings("try") // a scope
  public static Trajectory train(TrainingTask task, Interruption interruption, Trainable k) {
    try (FlushToZero mode = FlushToZero.open()) {
      return new Trainer(task, interruption, k, () -> true).run(task.initial());
    }
  }

  /** The same steps for whoever asks for each of them: none is taken before. */
  public static Trajectory.Continuation start(
      TrainingTask task, Interruption interruption, NativeFloats memory) {
    return in(memory, task, interruption)::advance;
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
        before.copy(theta);
      }
      double norm = // what is logged changes no step
          logged && gradientNorm < FAINT ? gradient.norm() : gradientNorm;
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
        recorder.snapshot(copy());
      }
    }
    double[] last = copy();
    OptionalInt layer =
        nonfiniteStep.isPresent() ? OptionalInt.of(nonfiniteLayer()) : OptionalInt.empty();
    boolean plain =
        sgd
            && rates.stay()
            && configuration.layerRates() instanceof LayerRates.Uniform
            && configuration.parametrization() instanceof Parametrization.Standard
            && configuration.dropout() == 0
            && lastClipped < step - Math.max(1, step / 10);
    return new Trajectory(
        network,
        initial,
        last,
        step,
        budget,
        learningRate,
        learningRate * factor(),
        decayed(step),
        gradients.stochastic(),
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
          public boolean brief(int steps) {
            return Trajectory.Continuation.brief(steps, parameters, gradients.rowsPerStep());
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
    if (!ours.getAsBoolean()) {
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
      return copy();
    }
  }

  /** Loss and gradient of the next step at θ; whether they are finite. */
  private boolean measure() {
    loss = gradients.next();
    if (l2 != 0) {
      loss += l2 / 2.0 * thetaSquared;
      gradient.add(l2, theta);
    }
    gradientNorm = Math.sqrt(gradient.squared());
    return Double.isFinite(loss) && Double.isFinite(gradientNorm);
  }

  /** θ as it is. */
  private double[] copy() {
    double[] values = new double[parameters];
    theta.get(values);
    return values;
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
    gradients.stepped();
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
    thetaSquared = theta.squared();
    reach = Math.sqrt(thetaSquared);
    return Double.isFinite(thetaSquared);
  }

  /** ‖θ − θ before‖; what was kept of before is used up. */
  private double change() {
    before.add(-1f, theta);
    return before.norm();
  }

  /**
   * The first layer, from 1, with pre-activations of the current batch at the current θ that are
   * not finite; else with such a gradient; else with such parameters.
   */
  private int nonfiniteLayer() {
    int stage = gradients.firstNonfiniteStage();
    if (stage < network.layers()) {
      return stage + 1;
    }
    for (TrainingVector vector : List.of(gradient, theta)) {
      for (Stage s : network.stages()) {
        if (!vector.finite(s.from(), s.length())) {
          return s.number() + 1;
        }
      }
    }
    return network.layers(); // the loss alone
  }

  private int checkEvery() {
    long work = 6L * parameters * gradients.rowsPerStep();
    return (int) Math.max(1, Math.min(100_000, WORK_BETWEEN_CHECKS / Math.max(1, work)));
  }
}
