package org.saddlemap.refute;

/**
 * Projected steps that may climb: each parameter by about the same relative amount (Adam; Kingma
 * and Ba 2015), large ones first.
 */
final class DriftingDescent {
  private DriftingDescent() {}

  /** Descends from d, which is overwritten, in so many steps. */
  static void run(ScaledSurface surface, double[] d, Path path, int steps) {
    RelativeBall ball = surface.ball();
    double[] g = new double[d.length];
    double[] mean = new double[d.length];
    double[] square = new double[d.length];
    for (int k = 1; k <= steps; k++) {
      double f = surface.gradient(d, g);
      path.visit(f);
      if (!Double.isFinite(f)) {
        return;
      }
      double size = 0.05 * ball.radius() * Math.pow(1e-3, (double) k / steps);
      for (int i = 0; i < d.length; i++) {
        mean[i] += 0.1 * (g[i] - mean[i]);
        square[i] += 0.01 * (g[i] * g[i] - square[i]);
        double m = mean[i] / (1 - Math.pow(0.9, k));
        double s = square[i] / (1 - Math.pow(0.99, k));
        d[i] -= s > 0 ? size * m / Math.sqrt(s) : 0;
      }
      ball.project(d);
    }
    path.visit(surface.value(d));
  }
}
