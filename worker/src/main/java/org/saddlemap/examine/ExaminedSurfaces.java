package org.saddlemap.examine;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Architecture;
import org.saddlemap.spec.ExaminationSpec;

/**
 * The surfaces that a network is examined on: all training rows, or, where there are more than the
 * spec allows, a seeded subset of them for the Krylov work, with all rows beside it to recheck on.
 */
public final class ExaminedSurfaces implements AutoCloseable {
  /** Batch normalization needs all rows at once; beyond so much memory the subset stands alone. */
  private static final long FULL_BYTES = 2L << 30;

  private final NetworkSurface examined;
  private final Optional<NetworkSurface> full;
  private final boolean subsampled;

  private ExaminedSurfaces(
      NetworkSurface examined, Optional<NetworkSurface> full, boolean subsampled) {
    this.examined = examined;
    this.full = full;
    this.subsampled = subsampled;
  }

  /** The training part of the data under the network's loss. */
  public static ExaminedSurfaces of(
      Dataset data, Architecture net, double l2, ExaminationSpec spec) {
    Dataset.Part part = data.train();
    double[] inputs = widen(part.inputs());
    double[] targets = widen(data.targets(part, net.loss()));
    if (part.rows() <= spec.rows()) {
      return new ExaminedSurfaces(
          new NetworkSurface(net, inputs, targets, part.rows(), l2), Optional.empty(), false);
    }
    int[] chosen = sample(part, spec.rows(), spec.seed());
    NetworkSurface examined =
        new NetworkSurface(
            net,
            rows(inputs, net.inputs(), chosen),
            rows(targets, net.outputs(), chosen),
            chosen.length,
            l2);
    boolean fits =
        net.batchNorm().isEmpty() || NetworkSurface.bytes(net, part.rows()) <= FULL_BYTES;
    return new ExaminedSurfaces(
        examined,
        fits
            ? Optional.of(new NetworkSurface(net, inputs, targets, part.rows(), l2))
            : Optional.empty(),
        true);
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

  /**
   * {@code count} of the rows without replacement, ascending; of each class its share, to the row.
   * Were a class over-represented by chance, a walk could go down on the subset by that alone.
   */
  private static int[] sample(Dataset.Part part, int count, long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    int rows = part.rows();
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    if (part.labels().length > 0) {
      // A stable sort: within a class the order stays random.
      order =
          Arrays.stream(order)
              .boxed()
              .sorted(Comparator.comparingInt(row -> part.labels()[row]))
              .mapToInt(Integer::intValue)
              .toArray();
    }
    int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = order[(int) ((2L * i + 1) * rows / (2L * count))];
    }
    Arrays.sort(chosen);
    return chosen;
  }

  /** The surface that the Krylov work is done on. */
  public NetworkSurface examined() {
    return examined;
  }

  /** All training rows, where the examined ones are a subset of them. */
  public Optional<NetworkSurface> full() {
    return full;
  }

  /** Whether the examined rows are a subset of the training rows. */
  public boolean subsampled() {
    return subsampled;
  }

  /** Frees native memory. */
  @Override
  public void close() {
    examined.close();
    full.ifPresent(NetworkSurface::close);
  }
}
