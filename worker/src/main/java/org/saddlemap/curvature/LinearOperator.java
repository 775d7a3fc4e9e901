package org.saddlemap.curvature;

/** A symmetric linear map y = A·x, known by its products alone. */
public interface LinearOperator {
  /** Length of x and y. */
  int dimension();

  /** A·x into {@code y}; {@code x} stays as it is. */
  void apply(double[] x, double[] y);
}
