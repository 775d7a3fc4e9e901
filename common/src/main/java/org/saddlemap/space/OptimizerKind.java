package org.saddlemap.space;

/**
 * The rule that turns a gradient into a step. Those of ND4J ({@code org.nd4j.linalg.learning}) that
 * are the same are named with each; all of them put η into their state, where here it is the factor
 * of a schedule that is put on the step.
 */
public enum OptimizerKind {
  /** θ ← θ − ηg. ND4J: Sgd. */
  SGD,
  /** m ← μm − ηg, θ ← θ + m (Polyak 1964). ND4J has none. */
  MOMENTUM,
  /**
   * Momentum with the gradient's look-ahead, in Sutskever's form (2013): θ ← θ + μm − ηg with the
   * new m. ND4J: Nesterovs.
   */
  NESTEROV,
  /**
   * Adam with bias correction (Kingma and Ba 2015): m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², θ ← θ −
   * η m̂/(√v̂ + ε) with m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ). ND4J: Adam, with ε inside the correction:
   * η√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).
   */
  ADAM,
  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter 2019): θ ← θ − ηλθ, then Adam's step.
   * ND4J has none; its Adam after that.
   */
  ADAMW,
  /** v ← v + g², θ ← θ − ηg/(√v + ε), from v = 0 (Duchi et al. 2011). ND4J: AdaGrad, from v = ε. */
  ADAGRAD,
  /** v ← ρv + (1−ρ)g², θ ← θ − ηg/(√v + ε) (Tieleman and Hinton 2012). ND4J: RmsProp. */
  RMSPROP;

  /** The name in specs and tables. */
  public String text() {
    return Names.text(this);
  }
}
