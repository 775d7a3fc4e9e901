package org.saddlemap.refute;

/**
 * A surface around a point as a function of relative changes d: f(θ + S·d) and its derivative by d.
 * Counts what it does in gradients.
 */
final class ScaledSurface {
  private final Surface surface;
  private final double[] theta;
  private final RelativeBall ball;
  private final double[] moved;
  private double spent;

  ScaledSurface(Surface surface, double[] theta, RelativeBall ball) {
    this.surface = surface;
    this.theta = theta;
    this.ball = ball;
    this.moved = new double[theta.length];
  }

  int parameters() {
    return theta.length;
  }

  RelativeBall ball() {
    return ball;
  }

  /** What was computed so far; a value is a third of a gradient. */
  double spent() {
    return spent;
  }

  double value(double[] d) {
    spent += 1.0 / 3;
    return finite(surface.value(at(d)));
  }

  /** f, and its derivative by d into {@code slope}. */
  double gradient(double[] d, double[] slope) {
    spent++;
    double value = surface.gradient(at(d), slope);
    for (int i = 0; i < slope.length; i++) {
      slope[i] *= ball.scale()[i];
    }
    return finite(value);
  }

  private double[] at(double[] d) {
    for (int i = 0; i < moved.length; i++) {
      moved[i] = theta[i] + ball.scale()[i] * d[i];
    }
    return moved;
  }

  /** What is not a number is no way down. */
  private static double finite(double value) {
    return Double.isNaN(value) ? Double.POSITIVE_INFINITY : value;
  }
}
