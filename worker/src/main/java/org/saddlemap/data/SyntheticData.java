package org.saddlemap.data;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.spec.SyntheticSource.Problem;
import org.saddlemap.trial.Seeds;

/**
 * Draws the problems of {@link Problem}. What a problem is made of (centres, weights) and its rows
 * come from two streams, and rows are drawn one by one: more rows extend the fewer, and one noise
 * has the draws of another. Classes take turns, so they are balanced. {@link StrictMath} keeps the
 * numbers the same on every machine.
 */
public final class SyntheticData {
  private static final double SPIRAL_TURNS = 1.75;

  private final SyntheticSource source;
  private final String origin;
  private final RandomGenerator structure;
  private final RandomGenerator draws;

  private SyntheticData(SyntheticSource source, long seed) {
    Seeds seeds = new Seeds(seed, 0);
    this.source = source;
    this.origin = "synthetic " + source.problem().name().toLowerCase(Locale.ROOT);
    this.structure = seeds.stream(Seeds.Stream.SYNTHETIC, 0);
    this.draws = seeds.stream(Seeds.Stream.SYNTHETIC, 1);
  }

  /**
   * Draws a problem. The regressions (teacher, deep_linear) have {@code classes} target columns, or
   * one where that is 0.
   *
   * @throws InvalidInput where the problem has no such shape or the task is not its own
   */
  public static RawTable draw(SyntheticSource source, Task task, long seed) {
    SyntheticData data = new SyntheticData(source, seed);
    data.require(source.rows() >= 1, "rows", source.rows(), "1 or more");
    data.require(source.features() >= 1, "features", source.features(), "1 or more");
    data.require(
        (long) source.rows() * Math.max(source.features(), source.classes())
            <= Integer.MAX_VALUE - 8,
        "rows",
        source.rows(),
        "less: rows × features is to be below 2³¹");
    data.require(
        source.noise() >= 0 && source.noise() <= 1e6, "noise", source.noise(), "between 0 and 1e6");
    return switch (source.problem()) {
      case SPIRALS -> data.spirals(task);
      case BLOBS -> data.blobs(task);
      case TEACHER -> data.teacher(task);
      case DEEP_LINEAR -> data.deepLinear(task);
      case XOR -> data.xor(task);
    };
  }

  private void require(boolean holds, String key, Number value, String right) {
    if (!holds) {
      throw new InvalidInput(
          "%s: %s is %s; it needs to be %s".formatted(origin, key, value, right));
    }
  }

  private void requireTask(Task task, Task own) {
    if (task != own) {
      throw new InvalidInput(
          "%s is a problem of %s, not of %s"
              .formatted(
                  origin,
                  own.name().toLowerCase(Locale.ROOT),
                  task.name().toLowerCase(Locale.ROOT)));
    }
  }

  /** Arm c is the curve r · (cos, sin)(2π (1.75 r + c/K)), 0 ≤ r < 1, r uniform. */
  private RawTable spirals(Task task) {
    requireTask(task, Task.CLASSIFICATION);
    require(source.features() == 2, "features", source.features(), "2, for the plane");
    require(source.classes() >= 2, "classes", source.classes(), "2 or more");
    return classification(
        source.classes(),
        (c, x) -> {
          double r = draws.nextDouble();
          double angle = 2 * Math.PI * (SPIRAL_TURNS * r + (double) c / source.classes());
          x[0] = r * StrictMath.cos(angle) + noise();
          x[1] = r * StrictMath.sin(angle) + noise();
        });
  }

  private RawTable blobs(Task task) {
    requireTask(task, Task.CLASSIFICATION);
    require(source.classes() >= 2, "classes", source.classes(), "2 or more");
    double[][] centres = gaussian(source.classes(), source.features(), 1);
    return classification(
        source.classes(),
        (c, x) -> {
          for (int j = 0; j < x.length; j++) {
            x[j] = centres[c][j] + noise();
          }
        });
  }

  /** The four corners of the first two inputs take turns; the label is that before the noise. */
  private RawTable xor(Task task) {
    requireTask(task, Task.CLASSIFICATION);
    require(source.features() >= 2, "features", source.features(), "2 or more");
    require(source.classes() == 2 || source.classes() == 0, "classes", source.classes(), "2");
    return classification(
        2,
        (c, x) -> {
          x[0] = draws.nextBoolean() ? 1 : -1;
          x[1] = c == 1 ? x[0] : -x[0];
          for (int j = 2; j < x.length; j++) {
            x[j] = draws.nextBoolean() ? 1 : -1;
          }
          for (int j = 0; j < x.length; j++) {
            x[j] += noise();
          }
        });
  }

  /** y = A tanh(W x) + noise, with 2d hidden units; entries of variance 1 over the fan-in. */
  private RawTable teacher(Task task) {
    requireTask(task, Task.REGRESSION);
    int d = source.features();
    int hidden = 2 * d;
    double[][] w = gaussian(hidden, d, 1 / Math.sqrt(d));
    double[][] a = gaussian(outputs(), hidden, 1 / Math.sqrt(hidden));
    double[] activations = new double[hidden];
    return regression(
        (x, y) -> {
          multiply(w, x, activations);
          for (int h = 0; h < hidden; h++) {
            activations[h] = StrictMath.tanh(activations[h]);
          }
          multiply(a, activations, y);
        });
  }

  /** y = U S Vᵀ x + noise, with orthonormal columns in U and V and S = diag(1, 2, …). */
  private RawTable deepLinear(Task task) {
    requireTask(task, Task.REGRESSION);
    int rank = Math.min(source.features(), outputs());
    double[][] v = orthonormal(rank, source.features());
    double[][] u = orthonormal(rank, outputs());
    double[] inner = new double[rank];
    return regression(
        (x, y) -> {
          multiply(v, x, inner);
          for (int k = 0; k < y.length; k++) {
            y[k] = 0;
            for (int j = 0; j < rank; j++) {
              y[k] += u[j][k] * (j + 1) * inner[j];
            }
          }
        });
  }

  private int outputs() {
    return Math.max(1, source.classes());
  }

  private double noise() {
    return source.noise() * draws.nextGaussian();
  }

  /** A row's inputs for its class. */
  private interface Inputs {
    void draw(int label, double[] into);
  }

  private RawTable classification(int classes, Inputs inputs) {
    ColumnNames names = new ColumnNames(List.of(), source.features());
    RawTableBuilder table = new RawTableBuilder(origin, source.features(), Task.CLASSIFICATION);
    double[] x = new double[source.features()];
    for (int i = 0; i < source.rows(); i++) {
      inputs.draw(i % classes, x);
      table.add(x, Integer.toString(i % classes), "row " + (i + 1), names);
    }
    return table.build();
  }

  /** The map that a regression is to learn. */
  private interface TargetMap {
    void apply(double[] x, double[] y);
  }

  private RawTable regression(TargetMap map) {
    int d = source.features();
    int k = outputs();
    double[] inputs = new double[source.rows() * d];
    double[] targets = new double[source.rows() * k];
    double[] x = new double[d];
    double[] y = new double[k];
    for (int i = 0; i < source.rows(); i++) {
      for (int j = 0; j < d; j++) {
        x[j] = draws.nextGaussian();
      }
      map.apply(x, y);
      for (int j = 0; j < k; j++) {
        y[j] += noise();
      }
      System.arraycopy(x, 0, inputs, i * d, d);
      System.arraycopy(y, 0, targets, i * k, k);
    }
    return new RawTable(
        origin,
        new RawTable.Doubles(source.rows(), d, source.rows(), List.of(inputs)),
        new RawTable.Values(targets, k));
  }

  private double[][] gaussian(int rows, int columns, double deviation) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int j = 0; j < columns; j++) {
        row[j] = deviation * structure.nextGaussian();
      }
    }
    return matrix;
  }

  /** Gaussian rows made orthonormal by Gram and Schmidt, twice over for accuracy. */
  private double[][] orthonormal(int rows, int columns) {
    double[][] q = gaussian(rows, columns, 1);
    for (int i = 0; i < rows; i++) {
      for (int pass = 0; pass < 2; pass++) {
        for (int before = 0; before < i; before++) {
          double overlap = dot(q[i], q[before]);
          for (int j = 0; j < columns; j++) {
            q[i][j] -= overlap * q[before][j];
          }
        }
      }
      double norm = Math.sqrt(dot(q[i], q[i]));
      for (int j = 0; j < columns; j++) {
        q[i][j] /= norm;
      }
    }
    return q;
  }

  private static void multiply(double[][] matrix, double[] x, double[] into) {
    for (int i = 0; i < matrix.length; i++) {
      into[i] = dot(matrix[i], x);
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
