package org.saddlemap.space;

/** The rule that turns a gradient into a step. */
public enum OptimizerKind {
  /** θ ← θ − ηg. */
  SGD,
  /** m ← μm − ηg, θ ← θ + m (Polyak 1964). */
  MOMENTUM,
  /**
   * Momentum with the gradient's look-ahead, in Sutskever's form (2013): θ ← θ + μm − ηg with the
   * new m.
   */
  NESTEROV,
  /** Adam with bias correction (Kingma and Ba 2015). */
  ADAM,
  /** v ← ρv + (1−ρ)g², θ ← θ − ηg/(√v + ε) (Tieleman and Hinton 2012). */
  RMSPROP;

  /** Whether it looks at the hyperparameter; those that are no optimizer's own concern them all. */
  public boolean uses(Hyperparameter h) {
    return switch (h) {
      case MOMENTUM -> this == MOMENTUM || this == NESTEROV;
      case BETA1, BETA2 -> this == ADAM;
      case RHO -> this == RMSPROP;
      case EPSILON -> this == ADAM || this == RMSPROP;
      default -> true;
    };
  }

  /** The name in specs and tables. */
  public String text() {
    return Names.text(this);
  }
}
