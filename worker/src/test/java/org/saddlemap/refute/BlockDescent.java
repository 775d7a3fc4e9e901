package org.saddlemap.refute;

/**
 * Projected steps that move every block by the same relative amount along its own slope, the
 * steepest way by the ball's own measure, and never climb.
 */
final class BlockDescent {
  private BlockDescent() {}

  /** Descends from d, which is overwritten, with at most so many gradients. */
  static void run(ScaledSurface surface, double[] d, Path path, double most) {
    RelativeBall ball = surface.ball();
    double until = surface.spent() + most;
    double[] g = new double[d.length];
    double f = surface.gradient(d, g);
    path.visit(f);
    double size = 0.1 * ball.radius();
    while (surface.spent() < until && size > 1e-7 * ball.radius()) {
      double[] next = d.clone();
      for (int[] b : ball.blocks()) {
        double slope = RelativeBall.size(g, b);
        for (int i = b[0]; i < b[1]; i++) {
          next[i] -= slope > 0 ? size * g[i] / slope : 0;
        }
      }
      ball.project(next);
      double value = surface.value(next);
      if (value < f) {
        System.arraycopy(next, 0, d, 0, d.length);
        f = surface.gradient(d, g);
        path.visit(f);
        size *= 1.5;
      } else {
        size *= 0.5;
      }
    }
  }
}
