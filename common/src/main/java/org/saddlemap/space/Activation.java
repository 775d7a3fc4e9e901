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
  SOFTPLUS,
  /** z where positive, e^z − 1 elsewhere: with α = 1 (Clevert, Unterthiner and Hochreiter 2015). */
  ELU,
  /**
   * λz where positive, λα(e^z − 1) elsewhere (Klambauer et al. 2017); the derivative at 0 is taken
   * as the left one, λα.
   */
  SELU,
  /** z / (1 + e^−z), also known as swish (Elfwing, Uchibe and Doya 2017). */
  SILU,
  /** z / (1 + |z|) (Bergstra et al. 2009). */
  SOFTSIGN,
  /** min(max(z, 0), 6); the derivative at 0 and at 6 is taken as 0 (Krizhevsky 2010). */
  RELU6,
  /** e^z, the inverse of the logarithm that links the mean of counts and rates to the inputs. */
  EXPONENTIAL;

  /** Slope of {@link #LEAKY_RELU} on the negative side. */
  public static final double LEAKY_SLOPE = 0.01;

  /** λ of {@link #SELU}, the slope on its positive side. */
  public static final double SELU_SCALE = 1.0507009873554805;

  /** λα of {@link #SELU}, with α = 1.6732632423543772848: its infimum is −λα. */
  public static final double SELU_DEPTH = 1.7580993408473768;

  /** SiLU's minimum, at z = −1.2784645: by W e^W = 1/e it is −W(1/e). */
  private static final double SILU_LEAST = -0.27846454276107380;

  /** GELU's minimum, at z = −0.7517916. */
  private static final double GELU_LEAST = -0.16997120747990369;

  /** Infimum of its values; −∞ where there is none. */
  public double least() {
    return switch (this) {
      case TANH, SOFTSIGN, ELU -> -1;
      case SIGMOID, RELU, RELU6, SOFTPLUS, EXPONENTIAL -> 0;
      case SELU -> -SELU_DEPTH;
      case GELU -> GELU_LEAST;
      case SILU -> SILU_LEAST;
      case IDENTITY, LEAKY_RELU -> Double.NEGATIVE_INFINITY;
    };
  }

  /** Supremum of its values; +∞ where there is none. */
  public double most() {
    return switch (this) {
      case TANH, SIGMOID, SOFTSIGN -> 1;
      case RELU6 -> 6;
      case IDENTITY, RELU, LEAKY_RELU, GELU, SOFTPLUS, ELU, SELU, SILU, EXPONENTIAL ->
          Double.POSITIVE_INFINITY;
    };
  }

  /** Whether φ(0) = 0, so that zero weights carry no signal. */
  public boolean vanishesAtZero() {
    return switch (this) {
      case IDENTITY, TANH, RELU, LEAKY_RELU, GELU, ELU, SELU, SILU, SOFTSIGN, RELU6 -> true;
      case SIGMOID, SOFTPLUS, EXPONENTIAL -> false;
    };
  }

  /** The name in specs and tables. */
  public String text() {
    return Names.text(this);
  }
}
