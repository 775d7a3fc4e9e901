package org.saddlemap.curvature;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Lanczos' method with full reorthogonalisation (twice where the first one cancels), which can be
 * taken further step by step. From a given start it yields the spectral measure of that vector;
 * from random starts the extreme eigenvalues: where the Krylov space closes, it is restarted in the
 * orthogonal complement of all that was found, so that repeated eigenvalues and invariant subspaces
 * do not end it.
 *
 * <p>A space has closed where the next vector is shorter than 1e-12 of the largest ‖A·q‖ seen so
 * far in any of the runs; judging it against its own step's scale would invent eigenvalues on
 * matrices of low rank.
 */
public final class Lanczos implements AutoCloseable {
  private static final double BREAKDOWN = 1e-12;

  /**
   * Where less than this share of a vector's length remains, the basis is taken out of it again
   * (Daniel, Gragg, Kaufman and Stewart 1976).
   */
  private static final double CANCELLED = Math.sqrt(0.5);

  private final LinearOperator a;
  private final int n;
  private final int maxSteps;
  private final RandomGenerator random;
  private final double startNorm;

  /** One allocation: the basis, one vector after the other; the candidate for the next; others. */
  private final DoublePointer basis;

  private final DoublePointer next;
  private final DoublePointer combined;
  private final DoublePointer small;
  private final double[] x;
  private final double[] y;

  private final double[] alpha;
  private final double[] beta;
  private int steps;
  private int runStart;
  private double nextNorm;
  private double scale;
  private boolean exhausted;

  /** A product was not finite: nothing further can be learned, and nothing is certain. */
  private boolean broken;

  private RitzPairs pairs;

  private Lanczos(LinearOperator a, double[] start, RandomGenerator random, int maxSteps) {
    this.a = a;
    this.n = a.dimension();
    this.maxSteps = Math.min(maxSteps, n);
    this.random = random;
    long vectors = (long) this.maxSteps * n;
    this.basis = new DoublePointer(vectors + 2L * n + this.maxSteps);
    this.next = basis.getPointer(vectors);
    this.combined = basis.getPointer(vectors + n);
    this.small = basis.getPointer(vectors + 2L * n);
    this.x = start;
    this.y = new double[n];
    this.alpha = new double[this.maxSteps];
    this.beta = new double[this.maxSteps];
    next.put(x, 0, n);
    this.startNorm = openblas.cblas_dnrm2(n, next, 1);
    this.nextNorm = startNorm;
    if (!(startNorm > 0) || !Double.isFinite(startNorm)) {
      close();
      throw new IllegalArgumentException("Invalid start: its norm is " + startNorm);
    }
  }

  /**
   * From {@code start} alone, without restarts.
   *
   * @param start not zero
   * @param maxSteps at most so many products
   */
  public static Lanczos from(LinearOperator a, double[] start, int maxSteps) {
    return new Lanczos(a, start.clone(), null, maxSteps);
  }

  /** From a random start, restarted in the complement where a Krylov space closes. */
  public static Lanczos random(LinearOperator a, RandomGenerator random, int maxSteps) {
    return new Lanczos(a, gaussian(a.dimension(), random), random, maxSteps);
  }

  private static double[] gaussian(int n, RandomGenerator random) {
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      v[i] = random.nextGaussian();
    }
    return v;
  }

  /** Products taken so far. */
  public int steps() {
    return steps;
  }

  /** Whether nothing more can come: the start's Krylov space, or the whole spectrum, is known. */
  public boolean exhausted() {
    return exhausted;
  }

  /** Whether all products are used, one was not finite, or nothing more can come. */
  public boolean complete() {
    return exhausted || broken || steps == maxSteps;
  }

  /** Norm of the vector it started from. */
  public double startNorm() {
    return startNorm;
  }

  /** Takes products until there are {@code count} in total, or it is {@link #complete}. */
  public void advanceTo(int count) {
    while (steps < count && !complete()) {
      step();
    }
  }

  private void step() {
    DoublePointer q = basis.getPointer((long) steps * n);
    next.get(x, 0, n);
    double inverse = 1 / nextNorm;
    for (int i = 0; i < n; i++) {
      x[i] *= inverse;
    }
    q.put(x, 0, n);
    a.apply(x, y);
    next.put(y, 0, n);
    double image = openblas.cblas_dnrm2(n, next, 1);
    if (!Double.isFinite(image)) {
      broken = true; // what was found stays
      return;
    }
    alpha[steps] = openblas.cblas_ddot(n, q, 1, next, 1);
    scale = Math.max(scale, image);
    steps++;
    pairs = null;
    nextNorm = orthogonalise(image);
    if (steps == n) {
      nextNorm = 0;
      exhausted = true;
    } else if (nextNorm <= BREAKDOWN * scale + 1e-300) {
      nextNorm = 0;
      closeRun();
    } else {
      beta[steps - 1] = nextNorm;
    }
  }

  /**
   * The Krylov space is invariant. A random start sees every distinct eigenvalue of the complement,
   * so a run that closed at once has shown the complement to be a multiple of the identity.
   */
  private void closeRun() {
    beta[steps - 1] = 0;
    if (random == null || steps - runStart == 1) {
      exhausted = true;
      return;
    }
    if (steps == maxSteps) {
      return;
    }
    next.put(gaussian(n, random), 0, n);
    nextNorm = orthogonalise(Double.POSITIVE_INFINITY);
    exhausted = nextNorm < 1e-8;
    runStart = steps;
  }

  /**
   * Takes the basis out of {@link #next}, and again where little of it remained.
   *
   * @param before norm of it
   * @return norm of what remains
   */
  private double orthogonalise(double before) {
    project();
    double after = openblas.cblas_dnrm2(n, next, 1);
    if (after > CANCELLED * before) {
      return after;
    }
    project();
    return openblas.cblas_dnrm2(n, next, 1);
  }

  private void project() {
    openblas.cblas_dgemv(
        openblas.CblasRowMajor, openblas.CblasNoTrans, steps, n, 1, basis, n, next, 1, 0, small, 1);
    openblas.cblas_dgemv(
        openblas.CblasRowMajor, openblas.CblasTrans, steps, n, -1, basis, n, small, 1, 1, next, 1);
  }

  /** The Ritz pairs of the space so far; at least one step must have been taken. */
  public RitzPairs pairs() {
    if (steps == 0) {
      throw new IllegalStateException("Cannot give Ritz pairs before the first step");
    }
    if (pairs == null) {
      SymmetricEigen t =
          SymmetricEigen.tridiagonal(Arrays.copyOf(alpha, steps), Arrays.copyOf(beta, steps));
      double coupling = exhausted ? 0 : beta[steps - 1];
      double[] residuals = new double[steps];
      for (int i = 0; i < steps; i++) {
        residuals[i] = Math.abs(coupling * t.vectors()[i * steps + steps - 1]);
      }
      pairs = new RitzPairs(t.values(), residuals, t.vectors());
    }
    return pairs;
  }

  /** Q·c: the vector with the coefficients c. */
  public double[] combine(double[] c) {
    double[] v = new double[n];
    small.put(c, 0, steps);
    openblas.cblas_dgemv(
        openblas.CblasRowMajor,
        openblas.CblasTrans,
        steps,
        n,
        1,
        basis,
        n,
        small,
        1,
        0,
        combined,
        1);
    combined.get(v, 0, n);
    return v;
  }

  /** Ritz vector i, of norm 1. */
  public double[] vector(int i) {
    return combine(pairs().coefficients(i));
  }

  /** Frees the basis. */
  @Override
  public void close() {
    basis.close();
  }
}
