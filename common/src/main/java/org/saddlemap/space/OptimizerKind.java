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

  /** The name in specs and tables. */
  public String text() {
    return Names.text(this);
  }
}
