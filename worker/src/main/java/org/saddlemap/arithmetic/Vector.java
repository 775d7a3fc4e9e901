package org.saddlemap.arithmetic;

/** A flat vector of parameters, or of what belongs to them: θ, ∇f, a direction v, H·v. */
public abstract class Vector {
  public abstract int length();

  /**
   * The weights W [in][out] that start there, and behind them, where there is a bias, b [out].
   * Changes of one are changes of the other.
   */
  public abstract Weights weights(int from, int in, int out, boolean bias);

  /** The numbers that start there, one a unit. */
  public abstract Strip strip(int from, int length);

  /** Copies all elements out. */
  public abstract void get(double[] target);

  /** Takes all elements over, rounded to what this arithmetic works in. */
  public abstract void set(double[] source);
}
