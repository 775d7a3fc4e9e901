package org.saddlemap.space;

/** The training objective, without its L2 term. */
public enum Loss {
  /** (1/n) Σ softmax cross entropy; targets one-hot. */
  CROSS_ENTROPY,
  /** (1/n) Σ logistic loss of one logit; targets 0 or 1. */
  BINARY_CROSS_ENTROPY,
  /** (1/2n) Σ ‖o − y‖². */
  MSE;

  /** The name in specs and tables. */
  public String text() {
    return Names.text(this);
  }
}
