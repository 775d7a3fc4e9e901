package org.saddlemap.examine;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.Levels;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.space.Loss;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.trial.RandomStream;

/**
 * The training rows under a loss, in float64, as all networks on them are examined; where there are
 * more than the spec allows, a seeded subset of them beside them. Made once, then shared by any
 * number of {@link ExaminedSurfaces}.
 */
public final class ExaminedRows {
  private final Rows all;
  private final Rows examined;
  private final Levels levels;

  @SuppressWarnings("ArrayRecordComponent") // numbers in bulk; never compared
  private record Rows(double[] inputs, double[] targets, int count) {
    Rows choose(int[] chosen) {
      return new Rows(
          rows(inputs, inputs.length / count, chosen),
          rows(targets, targets.length / count, chosen),
          chosen.length);
    }

    /** Means over the rows of the columns of the targets. */
    double[] targetMeans() {
      double[] mean = new double[targets.length / count];
      for (int i = 0; i < targets.length; i++) {
        mean[i % mean.length] += targets[i] / count;
      }
      return mean;
    }
  }

  private ExaminedRows(Rows all, Rows examined, Levels levels) {
    this.all = all;
    this.examined = examined;
    this.levels = levels;
  }

  /** The training part of the data. */
  public static ExaminedRows of(Dataset data, Loss loss, ExaminationSpec spec) {
    Dataset.Part part = data.train();
    Rows all = new Rows(widen(part.inputs()), widen(data.targets(part, loss)), part.rows());
    Levels levels = Levels.of(loss, all.inputs(), all.targets(), all.count());
    Rows examined = all;
    if (all.count() > spec.rows()) {
      examined = all.choose(sample(spec.rows(), all.count(), spec.seed()));
      centre(examined, all.targetMeans());
    }
    return new ExaminedRows(all, examined, levels);
  }

  /**
   * Shifts the targets to the means that they have over all rows, for all losses a term linear in
   * the outputs. A network with constant outputs is then as stationary as on all rows, to all
   * orders; the subset's own means would tilt it, and bend it wherever hidden units could be on.
   */
  private static void centre(Rows rows, double[] means) {
    double[] own = rows.targetMeans();
    for (int i = 0; i < rows.targets().length; i++) {
      int j = i % means.length;
      rows.targets()[i] += means[j] - own[j];
    }
  }

  /** Whether the examined rows are a subset of the training rows. */
  public boolean subsampled() {
    return examined.count() < all.count();
  }

  NetworkSurface examined(Network net, double l2) {
    return surface(examined, net, l2);
  }

  NetworkSurface all(Network net, double l2) {
    return surface(all, net, l2);
  }

  int trainingRows() {
    return all.count();
  }

  private NetworkSurface surface(Rows rows, Network net, double l2) {
    return new NetworkSurface(net, rows.inputs(), rows.targets(), rows.count(), l2, 1, levels);
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static double[] rows(double[] matrix, int columns, int[] chosen) {
    double[] out = new double[chosen.length * columns];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(matrix, chosen[i] * columns, out, i * columns, columns);
    }
    return out;
  }

  /** Draws {@code size} numbers below {@code of} without replacement, in ascending order. */
  private static int[] sample(int size, int of, long seed) {
    RandomGenerator random = new RandomStream(seed);
    int[] all = new int[of];
    for (int i = 0; i < of; i++) {
      all[i] = i;
    }
    for (int i = 0; i < size; i++) {
      int j = i + random.nextInt(of - i);
      int swap = all[i];
      all[i] = all[j];
      all[j] = swap;
    }
    int[] chosen = Arrays.copyOf(all, size);
    Arrays.sort(chosen);
    return chosen;
  }
}
