package org.saddlemap.refute;

import java.util.Locale;
import java.util.Random;
import java.util.function.BiFunction;

/** Small tables with the faults that people's data have, drawn from a fixed seed. */
final class GeneratedData {
  private GeneratedData() {}

  /** The table of that name, features first, then the label, without a header. */
  static String csv(String name) {
    return switch (name) {
      case "xor" -> "0,0,0\n0,1,1\n1,0,1\n1,1,0\n";
      case "xor-signs" -> "-1,-1,0\n-1,1,1\n1,-1,1\n1,1,0\n";
      case "two-rows" -> "-1,0\n1,1\n";
      case "conflicts" -> "0,0,0\n0,0,1\n1,0,1\n1,0,1\n0,1,0\n0,1,0\n1,1,1\n1,1,0\n";
      case "positive" -> table(40, 3, (x, r) -> 1 + Math.abs(x[0] + 0.5 * x[1]) + 0.1 * r);
      case "steps" -> table(60, 2, (x, r) -> (double) (1 + (int) (1.9 + Math.tanh(x[0]) * 1.9)));
      case "square" -> table(50, 1, (x, r) -> x[0] * x[0]);
      case "mean-of-two" -> table(200, 2, (x, r) -> Math.max(0, (x[0] + x[1]) / 2) + 0.05 * r);
      case "noise" -> table(50, 2, (x, r) -> r);
      case "noise-labels" -> table(60, 3, (x, r) -> r > 0 ? 1.0 : 0.0);
      case "rings" -> table(150, 2, (x, r) -> Math.hypot(x[0], x[1]) + 0.1 * r > 1.2 ? 1.0 : 0.0);
      case "bands" -> table(100, 1, (x, r) -> Math.abs(x[0]) > 0.6 ? 1.0 : 0.0);
      case "large-inputs" -> scaled(120, 4, 100, 50);
      case "tiny-inputs" -> scaled(120, 4, 1e-3, 0);
      case "cubed" -> table(60, 1, (x, r) -> x[0] * x[0] * x[0] + 0.3 * r);
      default -> throw new IllegalArgumentException("No generated table is called " + name);
    };
  }

  /**
   * Standard normal features.
   *
   * @param label of the features and one more normal number
   */
  private static String table(int rows, int features, BiFunction<double[], Double, Double> label) {
    return rows(rows, features, 1, 0, label);
  }

  /** Whether the features' sum is above its mean. */
  private static String scaled(int rows, int features, double factor, double shift) {
    return rows(
        rows,
        features,
        factor,
        shift,
        (x, r) -> {
          double sum = 0;
          for (double v : x) {
            sum += (v - shift) / factor;
          }
          return sum + 0.3 * r > 0 ? 1.0 : 0.0;
        });
  }

  private static String rows(
      int rows,
      int features,
      double factor,
      double shift,
      BiFunction<double[], Double, Double> label) {
    Random random = new Random(17);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      double[] x = new double[features];
      for (int j = 0; j < features; j++) {
        x[j] = shift + factor * random.nextGaussian();
        text.append(String.format(Locale.ROOT, "%.6g,", x[j]));
      }
      text.append(String.format(Locale.ROOT, "%.6g%n", label.apply(x, random.nextGaussian())));
    }
    return text.toString();
  }
}
