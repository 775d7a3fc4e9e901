package org.saddlemap.curvature;

/**
 * How sure Lanczos from a random start is of an extreme eigenvalue (Kuczyński and Woźniakowski
 * 1992, theorem 4.2): after k products in n dimensions, the largest eigenvalue of a positive
 * semi-definite matrix is missed by more than the share τ with probability at most
 * 1.648·√n·e^(−√τ(2k−1)).
 */
public final class KuczynskiWozniakowski {
  private static final double FACTOR = 1.648;

  private KuczynskiWozniakowski() {}

  /** Bound on the probability of a relative error above {@code tau}; 0 once k reaches n. */
  public static double miss(int n, int k, double tau) {
    return k >= n
        ? 0
        : Math.min(1, FACTOR * Math.sqrt(n) * StrictMath.exp(-Math.sqrt(tau) * (2.0 * k - 1)));
  }

  /** The smallest relative error certified with probability 1 − {@code delta}. */
  public static double tolerance(int n, int k, double delta) {
    if (k >= n) {
      return 0;
    }
    double root = StrictMath.log(FACTOR * Math.sqrt(n) / delta) / (2.0 * k - 1);
    return Math.min(1, root * root);
  }
}
