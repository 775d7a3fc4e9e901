package org.saddlemap.train;

import java.util.Arrays;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.FlushToZero;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Architecture;
import org.saddlemap.network.FloatNetwork;
import org.saddlemap.space.Loss;

/**
 * How a network does on a part of the data.
 *
 * @param loss mean over the rows, without L2; NaN without rows
 * @param accuracy share of the rows whose class is predicted (the largest output; the sign of a
 *     binary logit); NaN for regression and without rows
 */
public record Evaluation(double loss, double accuracy) {
  /** Rows that are propagated together. */
  private static final int CHUNK = 512;

  /**
   * Evaluates θ (rounded to float32) on a part. Batch normalization uses the statistics of the full
   * training part, for the held-out part too. Cost: one forward pass, two with batch normalization
   * on held-out data. Subnormal numbers are 0, as in training.
   */
  public static Evaluation of(
      Architecture architecture, double[] theta, Dataset dataset, Dataset.Part part) {
    try (NativeFloats memory = memory()) {
      return of(architecture, theta, dataset, part, memory);
    }
  }

  /** The same in memory that is reused: takes all slices back first. */
  @SuppressWarnings("try") // a scope
  public static Evaluation of(
      Architecture architecture,
      double[] theta,
      Dataset dataset,
      Dataset.Part part,
      NativeFloats memory) {
    if (part.rows() == 0) {
      return new Evaluation(Double.NaN, Double.NaN);
    }
    try (FlushToZero mode = FlushToZero.open()) {
      memory.reset();
      boolean statistics = architecture.batchNorm().isPresent() && architecture.layers() > 1;
      Dataset.Part train = dataset.train();
      int capacity = statistics ? Math.max(train.rows(), CHUNK) : Math.min(part.rows(), CHUNK);
      FloatNetwork network = FloatNetwork.forPrediction(architecture, capacity, memory);
      network.set(theta);
      if (statistics) {
        network.setInput(train.inputs(), 0, train.rows());
        network.forward(train.rows());
      }
      boolean regression = dataset.classes() == 0;
      float[] targets =
          architecture.loss() == Loss.MSE
              ? dataset.targets(part, architecture.loss())
              : new float[0];
      int k = architecture.outputs();
      double sum = 0;
      double correct = 0;
      for (int from = 0; from < part.rows(); from += CHUNK) {
        int rows = Math.min(CHUNK, part.rows() - from);
        network.setInput(part.inputs(), from, rows);
        network.forwardFixed(rows);
        int[] labels =
            regression ? new int[0] : Arrays.copyOfRange(part.labels(), from, from + rows);
        float[] wanted =
            targets.length == 0
                ? targets
                : Arrays.copyOfRange(targets, from * k, (from + rows) * k);
        sum += network.loss(rows, labels, wanted) * rows;
        correct += regression ? 0 : network.correct(rows, labels);
      }
      return new Evaluation(sum / part.rows(), regression ? Double.NaN : correct / part.rows());
    }
  }

  private static NativeFloats memory() {
    BlasRuntime.ensure();
    return new NativeFloats();
  }
}
