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
  GELU,
  /** log(1 + e^z), a smooth {@link #RELU} (Dugas et al. 2001). */
  SOFTPLUS;

  /** Slope of {@link #LEAKY_RELU} on the negative side. */
  public static final double LEAKY_SLOPE = 0.01;

  /** GELU's minimum, at z = −0.7517916. */
  private static final double GELU_LEAST = -0.16997120747990369;

  /** Infimum of its values; −∞ where there is none. */
  public double least() {
    return switch (this) {
      case TANH -> -1;
      case SIGMOID, RELU, SOFTPLUS -> 0;
      case GELU -> GELU_LEAST;
      case IDENTITY, LEAKY_RELU -> Double.NEGATIVE_INFINITY;
    };
  }

  /** Supremum of its values; +∞ where there is none. */
  public double most() {
    return switch (this) {
      case TANH, SIGMOID -> 1;
      case IDENTITY, RELU, LEAKY_RELU, GELU, SOFTPLUS -> Double.POSITIVE_INFINITY;
    };
  }

  /** Whether φ(0) = 0, so that zero weights carry no signal. */
  public boolean vanishesAtZero() {
    return switch (this) {
      case IDENTITY, TANH, RELU, LEAKY_RELU, GELU -> true;
      case SIGMOID, SOFTPLUS -> false;
    };
  }

  /** The name in specs and tables. */
  public String text() {
    return Names.text(this);
  }
}
