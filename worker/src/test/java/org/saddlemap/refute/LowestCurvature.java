package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Directions of lowest curvature at the point, by shifted power iteration with Chebyshev's
 * acceleration; products by central differences of gradients. Scaled so that dist(v) = 1.
 */
final class LowestCurvature {
  /** What of the spectrum is damped, from the top. */
  private static final double DAMPED_FROM = 0.01;

  private final ScaledSurface surface;
  private final double step;

  LowestCurvature(ScaledSurface surface) {
    this.surface = surface;
    this.step = 1e-3 * surface.ball().radius();
  }

  /** So many directions, each orthogonal to those before, with about so many gradients in all. */
  List<double[]> directions(int count, double most, RandomGenerator random) {
    int powers = (int) Math.max(4, most / 2 * 0.2);
    int rounds = (int) Math.max(6, (most / 2 - powers) / count);
    double top = 1.1 * largest(powers, random);
    List<double[]> found = new ArrayList<>();
    if (!(top > 0) || !Double.isFinite(top)) {
      return found;
    }
    for (int c = 0; c < count; c++) {
      double[] v = Vectors.gaussian(surface.parameters(), random);
      int degree = Math.min(rounds, 20);
      for (int done = 0; done < rounds; done += degree) {
        v = filter(v, top, degree, found);
      }
      if (!Vectors.finite(v) || surface.ball().distance(v) == 0) {
        return found;
      }
      found.add(v);
    }
    return found.stream().map(v -> Vectors.scaled(v, 1 / surface.ball().distance(v))).toList();
  }

  /** |λ|max, roughly. */
  private double largest(int steps, RandomGenerator random) {
    double[] v = unit(Vectors.gaussian(surface.parameters(), random));
    double norm = 0;
    for (int i = 0; i < steps; i++) {
      double[] w = product(v);
      norm = Math.sqrt(Vectors.dot(w, w));
      if (!(norm > 0)) {
        return norm;
      }
      v = Vectors.scaled(w, 1 / norm);
    }
    return norm;
  }

  /** T_degree((H − c)/e)·v, which grows everything below the damped interval. */
  private double[] filter(double[] start, double top, int degree, List<double[]> others) {
    double centre = top * (1 + DAMPED_FROM) / 2;
    double half = top * (1 - DAMPED_FROM) / 2;
    double[] previous = unit(without(start, others));
    double[] v = shifted(previous, centre, half);
    for (int k = 2; k <= degree; k++) {
      double[] next = Vectors.moved(Vectors.scaled(shifted(v, centre, half), 2), previous, -1);
      previous = v;
      v = without(next, others);
      double norm = Math.sqrt(Vectors.dot(v, v));
      if (!(norm > 0) || !Double.isFinite(norm)) {
        return previous;
      }
      v = Vectors.scaled(v, 1 / norm);
      previous = Vectors.scaled(previous, 1 / norm);
    }
    return v;
  }

  private double[] shifted(double[] v, double centre, double half) {
    return Vectors.scaled(Vectors.moved(product(v), v, -centre), 1 / half);
  }

  private static double[] without(double[] v, List<double[]> others) {
    double[] out = v.clone();
    for (double[] o : others) {
      Vectors.add(out, o, -Vectors.dot(out, o) / Vectors.dot(o, o));
    }
    return out;
  }

  private static double[] unit(double[] v) {
    return Vectors.scaled(v, 1 / Math.sqrt(Vectors.dot(v, v)));
  }

  private double[] product(double[] v) {
    double h = step / Math.max(surface.ball().distance(v), 1e-300);
    double[] plus = new double[v.length];
    double[] minus = new double[v.length];
    surface.gradient(Vectors.scaled(v, h), plus);
    surface.gradient(Vectors.scaled(v, -h), minus);
    return Vectors.scaled(Vectors.difference(plus, minus), 1 / (2 * h));
  }
}
