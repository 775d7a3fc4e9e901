package org.saddlemap.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Lanczos on matrices whose spectrum is known, and against LAPACK where it is not. */
class LanczosTest {
  private static final long SEED = System.nanoTime() & 0xffffff;

  private static RandomGenerator random() {
    return new Random(SEED);
  }

  private static LinearOperator diagonal(int n, IntToDoubleFunction of) {
    double[] d = new double[n];
    Arrays.setAll(d, of);
    return new LinearOperator() {
      @Override
      public int dimension() {
        return n;
      }

      @Override
      public void apply(double[] x, double[] y) {
        for (int i = 0; i < n; i++) {
          y[i] = d[i] * x[i];
        }
      }
    };
  }

  private static LinearOperator dense(double[] a, int n) {
    return new LinearOperator() {
      @Override
      public int dimension() {
        return n;
      }

      @Override
      public void apply(double[] x, double[] y) {
        for (int i = 0; i < n; i++) {
          y[i] = 0;
          for (int j = 0; j < n; j++) {
            y[i] += a[i * n + j] * x[j];
          }
        }
      }
    };
  }

  /** Every Ritz value lies within its residual of an eigenvalue (Parlett 1998, theorem 4.5.1). */
  private static void residualsBound(RitzPairs pairs, double[] eigenvalues, double scale) {
    for (int i = 0; i < pairs.size(); i++) {
      double value = pairs.values()[i];
      double nearest = Arrays.stream(eigenvalues).map(l -> Math.abs(l - value)).min().orElseThrow();
      assertThat(nearest)
          .as("Ritz value %s, seed %d", value, SEED)
          .isLessThanOrEqualTo(pairs.residuals()[i] + 1e-12 * scale);
    }
  }

  private static double[] spectrum(int n, IntToDoubleFunction of) {
    double[] d = new double[n];
    Arrays.setAll(d, of);
    Arrays.sort(d);
    return d;
  }

  private static void check(int n, int steps, IntToDoubleFunction of) {
    double[] exact = spectrum(n, of);
    double scale = Math.max(Math.abs(exact[0]), Math.abs(exact[n - 1]));
    try (Lanczos lanczos = Lanczos.random(diagonal(n, of), random(), steps)) {
      lanczos.advanceTo(steps);
      RitzPairs pairs = lanczos.pairs();
      residualsBound(pairs, exact, scale);
      assertThat(pairs.largest())
          .as("seed %d", SEED)
          .isCloseTo(exact[n - 1], within(1e-9 * (scale + 1e-300)));
      assertThat(pairs.smallest())
          .as("seed %d", SEED)
          .isCloseTo(exact[0], within(1e-9 * (scale + 1e-300)));
    }
  }

  @Test
  void indefinite() {
    check(200, 120, i -> i < 3 ? -5 - i : (i - 100) / 100.0);
  }

  @Test
  void clustered() {
    check(211, 80, i -> i % 2 == 0 ? 1 + 1e-9 * i : -1 - 1e-9 * i);
  }

  @Test
  void repeated() {
    check(97, 60, i -> i % 3 - 1.0);
  }

  @Test
  void lowRankWithoutInventingEigenvalues() {
    check(150, 60, i -> i == 7 ? 3.53 : i == 9 ? -1e-3 : 0);
  }

  @Test
  void zeroIsExhaustedAtOnce() {
    try (Lanczos lanczos = Lanczos.random(diagonal(50, i -> 0), random(), 40)) {
      lanczos.advanceTo(40);
      assertThat(lanczos.steps()).isEqualTo(1);
      assertThat(lanczos.exhausted()).isTrue();
      assertThat(lanczos.pairs().values()).containsExactly(0);
    }
  }

  @Test
  void repeatedEigenvaluesExhaustTheSpectrumEarly() {
    try (Lanczos lanczos = Lanczos.random(diagonal(1000, i -> i < 5 ? 2 : 0), random(), 60)) {
      lanczos.advanceTo(60);
      assertThat(lanczos.exhausted()).isTrue();
      assertThat(lanczos.steps()).as("two for each copy, one to confirm").isLessThan(12);
    }
  }

  @Test
  void hilbertAgainstLapack() {
    int n = 40;
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i * n + j] = 1.0 / (i + j + 1);
      }
    }
    double[] exact = SymmetricEigen.values(a, n).values();
    try (Lanczos lanczos = Lanczos.random(dense(a, n), random(), n)) {
      lanczos.advanceTo(n);
      RitzPairs pairs = lanczos.pairs();
      residualsBound(pairs, exact, exact[n - 1]);
      for (int i = 0; i < 6; i++) {
        assertThat(pairs.values()[pairs.size() - 1 - i])
            .as("seed %d", SEED)
            .isCloseTo(exact[n - 1 - i], within(1e-13));
      }
    }
  }

  @Test
  void ritzVectorsSatisfyTheirResiduals() {
    int n = 60;
    LinearOperator a = diagonal(n, i -> Math.cos(i));
    try (Lanczos lanczos = Lanczos.random(a, random(), 20)) {
      lanczos.advanceTo(20);
      RitzPairs pairs = lanczos.pairs();
      double[] y = new double[n];
      for (int i = 0; i < pairs.size(); i++) {
        double[] v = lanczos.vector(i);
        a.apply(v, y);
        double residual = 0;
        for (int j = 0; j < n; j++) {
          double e = y[j] - pairs.values()[i] * v[j];
          residual += e * e;
        }
        assertThat(RandomNetworks.norm(v)).isCloseTo(1, within(1e-12));
        assertThat(Math.sqrt(residual))
            .as("seed %d", SEED)
            .isCloseTo(pairs.residuals()[i], within(1e-12));
      }
      assertThat(pairs.converged(10, 1e-12)).isFalse();
    }
  }

  @Test
  void growingStepByStepIsTheSame() {
    LinearOperator a = diagonal(70, i -> i * Math.sin(i));
    try (Lanczos whole = Lanczos.random(a, random(), 30);
        Lanczos parts = Lanczos.random(a, random(), 30)) {
      whole.advanceTo(30);
      for (int k = 1; k <= 30; k++) {
        parts.advanceTo(k);
        assertThat(parts.pairs().size()).isEqualTo(k);
      }
      assertThat(parts.pairs().values()).isEqualTo(whole.pairs().values());
    }
  }

  @Test
  void weightsAreGaussQuadratureOfTheStart() {
    int n = 50;
    LinearOperator a = diagonal(n, i -> (i - 20) / 7.0);
    double[] b = RandomNetworks.gaussian(n, 1, new Random(SEED));
    try (Lanczos lanczos = Lanczos.from(a, b, 6)) {
      lanczos.advanceTo(6);
      RitzPairs pairs = lanczos.pairs();
      double[] w = pairs.weights(lanczos.startNorm());
      for (int degree = 0; degree <= 11; degree++) {
        double exact = 0;
        double quadrature = 0;
        for (int i = 0; i < n; i++) {
          exact += b[i] * b[i] * Math.pow((i - 20) / 7.0, degree);
        }
        for (int i = 0; i < w.length; i++) {
          quadrature += w[i] * Math.pow(pairs.values()[i], degree);
        }
        assertThat(quadrature)
            .as("moment %d, seed %d", degree, SEED)
            .isCloseTo(exact, within(1e-9 * Math.pow(29 / 7.0, degree) * n));
      }
    }
  }

  /** Also where a Ritz value between negative and positive curvature comes close to 0. */
  @Test
  void inverseAbsoluteBoundIsBelowTheTruth() {
    int n = 80;
    IntToDoubleFunction of = i -> i % 2 == 0 ? 1 + i / 80.0 : -1 - i / 81.0;
    double[] b = RandomNetworks.gaussian(n, 1, new Random(SEED));
    double exact = 0;
    for (int i = 0; i < n; i++) {
      exact += b[i] * b[i] / Math.abs(of.applyAsDouble(i));
    }
    double before = 0;
    try (Lanczos lanczos = Lanczos.from(diagonal(n, of), b, 30)) {
      for (int k = 1; k <= 30; k++) {
        lanczos.advanceTo(k);
        double bound = lanczos.pairs().inverseAbsoluteBound(lanczos.startNorm());
        assertThat(bound)
            .as("k %d, seed %d", k, SEED)
            .isBetween(before * (1 - 1e-9), exact * (1 + 1e-9));
        before = bound;
      }
    }
    assertThat(before).isGreaterThan(0.99 * exact);
  }

  @Test
  void startWithinAnInvariantSubspaceEndsThere() {
    double[] b = new double[9];
    b[2] = 1;
    b[4] = 1;
    try (Lanczos lanczos = Lanczos.from(diagonal(9, i -> i), b, 9)) {
      lanczos.advanceTo(9);
      assertThat(lanczos.exhausted()).isTrue();
      assertThat(lanczos.pairs().values()).containsExactly(new double[] {2, 4}, within(1e-14));
    }
  }

  @Test
  void refusesAZeroStart() {
    assertThatThrownBy(() -> Lanczos.from(diagonal(3, i -> i), new double[3], 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** 1.648·√n·e^(−√τ(2k−1)), and its inverse. */
  @Test
  void kuczynskiWozniakowski() {
    assertThat(KuczynskiWozniakowski.miss(10_000, 60, 0.1))
        .isCloseTo(164.8 * Math.exp(-Math.sqrt(0.1) * 119), within(1e-25));
    double tolerance = KuczynskiWozniakowski.tolerance(10_000, 60, 0.01);
    assertThat(KuczynskiWozniakowski.miss(10_000, 60, tolerance)).isCloseTo(0.01, within(1e-12));
    assertThat(KuczynskiWozniakowski.tolerance(60, 60, 0.01)).isZero();
    assertThat(KuczynskiWozniakowski.miss(60, 60, 0)).isZero();
  }

  /** The share of random starts that miss is below the bound, on a spectrum that is hard. */
  @Test
  void randomStartsMissLessThanTheBound() {
    int n = 300;
    int k = 12;
    double tau = 0.05;
    int missed = 0;
    for (int trial = 0; trial < 200; trial++) {
      try (Lanczos lanczos =
          Lanczos.random(diagonal(n, i -> (double) i / (n - 1)), new Random(SEED + trial), k)) {
        lanczos.advanceTo(k);
        missed += lanczos.pairs().largest() < 1 - tau ? 1 : 0;
      }
    }
    assertThat(missed / 200.0)
        .as("seed %d", SEED)
        .isLessThanOrEqualTo(KuczynskiWozniakowski.miss(n, k, tau));
  }

  @Test
  void sharpnessIsTheLargestEigenvalue() {
    double[] h = new double[500];
    Arrays.setAll(h, i -> 1 - i / 250.0);
    h[33] = 7.25;
    h[34] = -20;
    QuadraticSurface surface = new QuadraticSurface(h);
    double sharpness = Sharpness.of(surface, new double[500], 5).value();
    assertThat(sharpness).isCloseTo(7.25, within(7.25e-3));
    assertThat(Sharpness.of(surface, new double[500], 5).value()).isEqualTo(sharpness);
  }

  @Test
  void exactSpectrumCounts() {
    ExactSpectrum s =
        ExactSpectrum.of(diagonal(7, i -> new double[] {-2, -1e-3, 0, 1e-9, 3, 4, 5}[i]));
    assertThat(s).isEqualTo(new ExactSpectrum(-2, 5, 2, 2));
  }
}
