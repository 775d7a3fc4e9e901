package org.saddlemap.optimize;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.clip.ClipByValue;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.saddlemap.arithmetic.Nd4jScratch;
import org.saddlemap.arithmetic.Nd4jVector;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.OptimizerKind;

/**
 * Steps by ND4J's own updaters ({@code org.nd4j.linalg.learning}): each turns a gradient, in place,
 * into what is taken from θ. Formulas: {@link OptimizerKind}.
 *
 * <ul>
 *   <li>Sgd, Nesterovs and RmsProp are ours as they are, AdaGrad where its state begins at 0
 *       instead of ε.
 *   <li>Adam adds ε before it corrects the bias; ε√(1 − β₂ᵗ), given to it at each step, makes that
 *       the same.
 *   <li>It has no heavy-ball momentum, and no weight decay beside the gradient: those two are
 *       written here.
 * </ul>
 */
final class Nd4jOptimizer implements Optimizer {
  private final OptimizerKind kind;
  private final double eta;
  private final double mu;
  private final double beta2;
  private final double epsilon;
  private final double decay;
  private final INDArray gradient;
  private final Nd4jScratch scratch;
  private final List<Part> parts = new ArrayList<>();
  private final double largestRate;
  private int steps;

  /**
   * Parameters with one learning rate.
   *
   * @param updater null for momentum
   * @param state of the updater, or the velocity
   */
  private record Part(
      float rate, INDArray theta, INDArray gradient, GradientUpdater<?> updater, INDArray state) {}

  Nd4jOptimizer(
      Network network,
      Configuration configuration,
      double learningRate,
      Nd4jVector theta,
      Nd4jVector gradient) {
    this.kind = configuration.optimizer();
    this.eta = learningRate;
    this.mu = of(configuration, Hyperparameter.MOMENTUM);
    this.beta2 = of(configuration, Hyperparameter.BETA2);
    this.epsilon = of(configuration, Hyperparameter.EPSILON);
    this.decay = of(configuration, Hyperparameter.WEIGHT_DECAY);
    this.gradient = gradient.row(0, gradient.length());
    this.scratch = theta.arithmetic().scratch();
    List<ParameterRates.Range> ranges = ParameterRates.of(network, configuration);
    this.largestRate = ranges.stream().mapToDouble(ParameterRates.Range::rate).max().orElse(0);
    for (ParameterRates.Range s : ranges) {
      INDArray t = theta.row(s.from(), s.length());
      INDArray g = gradient.row(s.from(), s.length());
      if (kind == OptimizerKind.MOMENTUM) {
        INDArray velocity = theta.arithmetic().vector(s.length()).row(0, s.length());
        parts.add(new Part(s.rate(), t, g, null, velocity));
      } else {
        IUpdater rule = updater(configuration);
        int size = (int) rule.stateSize(s.length());
        INDArray state = size == 0 ? null : theta.arithmetic().vector(size).row(0, size); // zeros
        parts.add(new Part(s.rate(), t, g, rule.instantiate(state, false), state));
      }
    }
  }

  private IUpdater updater(Configuration c) {
    return switch (kind) {
      case SGD -> new Sgd(eta);
      case NESTEROV -> new Nesterovs(eta, mu);
      case ADAM, ADAMW -> new Adam(eta, of(c, Hyperparameter.BETA1), beta2, epsilon);
      case ADAGRAD -> new AdaGrad(eta, epsilon);
      case RMSPROP -> new RmsProp(eta, of(c, Hyperparameter.RHO), epsilon);
      case MOMENTUM -> throw new IllegalArgumentException("ND4J has no updater for momentum");
    };
  }

  /** A number that belongs to some optimizers; 0 where it does not to this one. */
  private static double of(Configuration c, Hyperparameter h) {
    return c.value(h).map(v -> (Double) v).orElse(0.0);
  }

  @Override
  public boolean clip(float limit) {
    if (gradient.amaxNumber().floatValue() <= limit) {
      return false;
    }
    scratch.run(() -> gradient.assign(Nd4j.exec(new ClipByValue(gradient, -limit, limit))[0]));
    return true;
  }

  @Override
  public void step(float scale, float factor) {
    for (Part p : parts) {
      scratch.run(() -> step(p, scale, factor * p.rate));
    }
    steps++;
  }

  private void step(Part p, float scale, float factor) {
    if (decay != 0) {
      p.theta.subi(p.theta.mul(decay * eta * factor));
    }
    INDArray step = p.gradient.mul(scale);
    if (p.updater == null) {
      step.assign(p.state.muli(mu).subi(step.mul(eta))).negi();
    } else {
      if (p.updater.getConfig() instanceof Adam adam) {
        adam.setEpsilon(epsilon * Math.sqrt(1 - StrictMath.pow(beta2, steps + 1)));
      }
      p.updater.applyUpdater(step, steps, 0);
    }
    p.theta.subi(step.muli(factor));
  }

  @Override
  public double largestRate() {
    return largestRate;
  }
}
