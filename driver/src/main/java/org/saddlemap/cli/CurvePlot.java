package org.saddlemap.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.saddlemap.record.CurvePoint;

/** A loss curve drawn with characters, step and loss both on logarithmic axes. */
final class CurvePlot {
  private CurvePlot() {}

  /**
   * Lines of {@code width} columns beside the axis, {@code height} of them and two for the steps.
   */
  static String of(List<CurvePoint> curve, int width, int height) {
    List<CurvePoint> points =
        curve.stream().filter(p -> Double.isFinite(p.loss()) && p.loss() > 0).toList();
    if (points.isEmpty()) {
      return "  (no positive finite loss to draw)\n";
    }
    double low = points.stream().mapToDouble(p -> Math.log10(p.loss())).min().orElseThrow();
    double high = points.stream().mapToDouble(p -> Math.log10(p.loss())).max().orElseThrow();
    double right = Math.log10(1 + points.get(points.size() - 1).step());
    char[][] cells = new char[height][width];
    for (char[] row : cells) {
      Arrays.fill(row, ' ');
    }
    for (CurvePoint p : points) {
      int x = right == 0 ? 0 : (int) Math.round((width - 1) * Math.log10(1 + p.step()) / right);
      int y =
          high == low
              ? 0
              : (int) Math.round((height - 1) * (high - Math.log10(p.loss())) / (high - low));
      cells[y][x] = p.clipped() ? 'c' : '*';
    }
    StringBuilder out = new StringBuilder();
    for (int y = 0; y < height; y++) {
      double level = high - (height == 1 ? 0 : (high - low) * y / (height - 1));
      out.append(
          String.format(
              Locale.ROOT,
              "  %9.2e |%s%n",
              Math.pow(10, level),
              new String(cells[y]).stripTrailing()));
    }
    out.append("            +").append("-".repeat(width)).append(System.lineSeparator());
    String last = Integer.toString(points.get(points.size() - 1).step());
    out.append(
        String.format(
            "             0%s%s  (* a step, c a clipped one)%n",
            " ".repeat(Math.max(1, width - 1 - last.length())), last));
    return out.toString();
  }
}
