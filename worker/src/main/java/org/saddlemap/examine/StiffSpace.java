package org.saddlemap.examine;

import org.saddlemap.curvature.Lanczos;
import org.saddlemap.curvature.RitzPairs;

/**
 * The span of the Ritz vectors whose values are above a share of the largest, in absolute value:
 * there a Newton step corrects, and outside of it lies what passes for the kernel of H. They are
 * few, so they are kept as vectors and not as combinations of the Krylov basis.
 */
final class StiffSpace {
  private static final double STIFF = 1e-3;

  /** Orthonormal Ritz vectors, and the absolute Ritz values. */
  private final double[][] vectors;

  private final double[] stiffness;

  StiffSpace(Lanczos lanczos) {
    RitzPairs pairs = lanczos.pairs();
    double magnitude = pairs.magnitude();
    int[] stiff =
        java.util.stream.IntStream.range(0, pairs.size())
            .filter(i -> magnitude > 0 && Math.abs(pairs.values()[i]) > STIFF * magnitude)
            .toArray();
    vectors = new double[stiff.length][];
    stiffness = new double[stiff.length];
    for (int k = 0; k < stiff.length; k++) {
      vectors[k] = lanczos.vector(stiff[k]);
      stiffness[k] = Math.abs(pairs.values()[stiff[k]]);
    }
  }

  int size() {
    return vectors.length;
  }

  /** Takes the stiff part out of {@code v}, in place. */
  void remove(double[] v) {
    double[] c = coefficients(v);
    for (int k = 0; k < c.length; k++) {
      Vectors.add(v, -c[k], vectors[k]);
    }
  }

  /** Takes the stiff part out of the gradient, in place, and returns |H|⁻¹ times it. */
  double[] newton(double[] gradient) {
    double[] step = new double[gradient.length];
    double[] c = coefficients(gradient);
    for (int k = 0; k < c.length; k++) {
      Vectors.add(gradient, -c[k], vectors[k]);
      Vectors.add(step, c[k] / stiffness[k], vectors[k]);
    }
    return step;
  }

  private double[] coefficients(double[] v) {
    double[] c = new double[vectors.length];
    for (int k = 0; k < c.length; k++) {
      c[k] = Vectors.dot(vectors[k], v);
    }
    return c;
  }
}
