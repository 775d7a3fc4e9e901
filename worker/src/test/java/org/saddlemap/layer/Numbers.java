package org.saddlemap.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Numbers of layers, cut, joined and compared. */
final class Numbers {
  /** Of all that is random here; a failure names it. */
  static final long SEED = 20_260_722;

  /** Of central differences. */
  static final double STEP = 1e-5;

  private Numbers() {}

  /** Which are numbers, which NaN, and which neither; past infinity, precisions may differ. */
  static String kinds(double[] values, boolean nan) {
    StringBuilder kinds = new StringBuilder();
    for (double v : values) {
      kinds.append(Math.abs(v) <= Float.MAX_VALUE ? '.' : nan && Double.isNaN(v) ? 'n' : 'x');
    }
    return kinds.toString();
  }

  static Point rows(Layer layer, Point p, int from, int to) {
    int in = layer.inputs();
    int out = layer.outputs();
    return new Point(
        Arrays.copyOfRange(p.x(), from * in, to * in),
        p.theta(),
        Arrays.copyOfRange(p.dy(), from * out, to * out),
        Arrays.copyOfRange(p.tx(), from * in, to * in),
        p.v(),
        Arrays.copyOfRange(p.tdy(), from * out, to * out));
  }

  static List<Double> row(double[] values, int row, int columns) {
    return Arrays.stream(values, row * columns, (row + 1) * columns).boxed().toList();
  }

  static double[] join(double[] a, double[] b) {
    return Stream.of(a, b).flatMapToDouble(Arrays::stream).toArray();
  }

  static double[] slope(double[] above, double[] below) {
    double[] slope = Point.sum(above, -1, below);
    for (int i = 0; i < slope.length; i++) {
      slope[i] /= 2 * STEP;
    }
    return slope;
  }

  static String where(Layer layer, int turn) {
    return "%s, seed %d".formatted(layer, SEED + turn);
  }

  static void assertClose(
      List<Double> actual, List<Double> expected, double share, String what, Layer layer) {
    assertClose(
        actual.stream().mapToDouble(v -> v).toArray(),
        expected.stream().mapToDouble(v -> v).toArray(),
        share,
        what,
        layer);
  }

  static void assertClose(
      double[] actual, double[] expected, double share, String what, Layer layer) {
    double size = 1 + Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(actual.length).isEqualTo(expected.length);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i])
          .as("%s, element %d of %d; %s", what, i, actual.length, where(layer, 0))
          .isCloseTo(expected[i], within(share * size));
    }
  }

  static void assertBits(double[] actual, double[] expected, String what, Layer layer) {
    assertThat(actual).as("%s; %s", what, where(layer, 0)).isEqualTo(expected);
  }
}
