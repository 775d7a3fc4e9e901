package org.saddlemap.refute;

/** A function of a flat vector with its gradient, in float64. Not thread-safe. */
interface Surface {
  /** Length of the vector. */
  int parameters();

  /** f(θ). */
  double value(double[] theta);

  /** f(θ), and its gradient into {@code gradient}. */
  double gradient(double[] theta, double[] gradient);
}
