package org.saddlemap.arithmetic;

/** A matrix W [in][out] within a vector, and a bias b [out] behind it where it has one. */
public abstract class Weights {
  private final int in;
  private final int out;
  private final boolean bias;

  protected Weights(int in, int out, boolean bias) {
    this.in = in;
    this.out = out;
    this.bias = bias;
  }

  public final int in() {
    return in;
  }

  public final int out() {
    return out;
  }

  public final boolean bias() {
    return bias;
  }

  /** Rows of [W; b]. */
  final int rows() {
    return bias ? in + 1 : in;
  }
}
