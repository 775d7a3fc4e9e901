package org.saddlemap.train;

import java.util.Arrays;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.Float32;
import org.saddlemap.arithmetic.FlushToZero;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.arithmetic.Trainable;
import org.saddlemap.arithmetic.TrainingVector;
import org.saddlemap.data.Dataset;
import org.saddlemap.layer.Planner;
import org.saddlemap.network.Network;
import org.saddlemap.network.Workspace;
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
  public static Evaluation of(Network network, double[] theta, Dataset dataset, Dataset.Part part) {
    try (NativeFloats memory = memory()) {
      return of(network, theta, dataset, part, memory);
    }
  }

  /** The same in memory that is reused: takes all slices back first. */
  @SuppressWarnings("try") // a scope
  public static Evaluation of(
      Network network, double[] theta, Dataset dataset, Dataset.Part part, NativeFloats memory) {
    if (part.rows() == 0) {
      return new Evaluation(Double.NaN, Double.NaN);
    }
    try (FlushToZero mode = FlushToZero.open()) {
      memory.reset();
      Dataset.Part train = dataset.train();
      boolean statistics = network.couplesRows();
      Batch batch =
          new Batch(statistics ? Math.max(train.rows(), CHUNK) : Math.min(part.rows(), CHUNK));
      Trainable k = new Float32(memory);
      TrainingVector point = k.memory().vector(network.parameters());
      Workspace workspace =
          new Workspace(network, k, batch, Planner.Purpose.PREDICT, new Planner.Shared());
      workspace.theta(point);
      point.set(theta);
      if (statistics) {
        batch.rows(train.rows());
        k.set(workspace.input(), train.inputs(), 0);
        workspace.forward();
        workspace.pass().frozen = true;
      }
      boolean regression = dataset.classes() == 0;
      float[] targets =
          network.loss() == Loss.MSE ? dataset.targets(part, network.loss()) : new float[0];
      int outputs = network.outputs();
      double[] predicted = new double[CHUNK * outputs];
      double sum = 0;
      double correct = 0;
      for (int from = 0; from < part.rows(); from += CHUNK) {
        int rows = Math.min(CHUNK, part.rows() - from);
        batch.rows(rows);
        k.set(workspace.input(), part.inputs(), from);
        workspace.forward();
        int[] labels =
            regression ? new int[0] : Arrays.copyOfRange(part.labels(), from, from + rows);
        float[] wanted =
            targets.length == 0
                ? targets
                : Arrays.copyOfRange(targets, from * outputs, (from + rows) * outputs);
        sum += k.loss(network.loss(), workspace.output(), labels, wanted, null) * rows;
        if (!regression) {
          workspace.output().get(predicted);
          correct += correct(network.loss(), predicted, outputs, labels);
        }
      }
      return new Evaluation(sum / part.rows(), regression ? Double.NaN : correct / part.rows());
    }
  }

  /**
   * Of some rows those whose class is predicted: by the largest output, the first of equal ones, or
   * the sign of a binary logit.
   */
  static int correct(Loss loss, double[] outputs, int k, int[] labels) {
    int correct = 0;
    for (int r = 0; r < labels.length; r++) {
      int predicted =
          loss == Loss.BINARY_CROSS_ENTROPY ? (outputs[r] > 0 ? 1 : 0) : best(outputs, r * k, k);
      correct += predicted == labels[r] ? 1 : 0;
    }
    return correct;
  }

  private static int best(double[] a, int at, int k) {
    int best = 0;
    for (int j = 1; j < k; j++) {
      if (a[at + j] > a[at + best]) {
        best = j;
      }
    }
    return best;
  }

  private static NativeFloats memory() {
    BlasRuntime.ensure();
    return new NativeFloats();
  }
}
