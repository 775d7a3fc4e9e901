package org.saddlemap.space;

/** The element-wise function of a layer. */
public enum Activation {
  /** z. */
  IDENTITY,
  /** tanh z. */
  TANH,
  /** 1 / (1 + e^−z). */
  SIGMOID,
  /** max(z, 0); the derivative at 0 is taken as 0. */
  RELU,
  /** z where positive, 0.01 z elsewhere (Maas et al. 2013). */
  LEAKY_RELU,
  /** z Φ(z), with the exact Gaussian distribution function (Hendrycks and Gimpel 2016). */
  GELU;

  /** Slope of {@link #LEAKY_RELU} on the negative side. */
  public static final double LEAKY_SLOPE = 0.01;

  /** The name in specs and tables. */
  public String text() {
    return Names.text(this);
  }
}
