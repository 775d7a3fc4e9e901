package org.saddlemap.train;

import java.util.random.RandomGenerator;
import org.saddlemap.arithmetic.Batch;
import org.saddlemap.arithmetic.Matrix;
import org.saddlemap.arithmetic.Trainable;
import org.saddlemap.data.Dataset;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Loss;
import org.saddlemap.trial.Seeds;

/**
 * Brings the rows of one batch after the other. Each epoch goes through all rows once, in the order
 * of a shuffle of its own (Fisher-Yates, drawn from the epoch's stream); its last batch may be
 * smaller. A full batch keeps the rows' order.
 */
final class Batches {
  private final Dataset.Part part;
  private final int outputs;
  private final Seeds seeds;
  private final Trainable k;
  private final Matrix input;
  private final Batch rows;
  private final float[] allTargets;
  private final int[] order;
  private final int batch;

  final int[] labels;
  final float[] targets;
  private int epoch = -1;
  private int next;

  /**
   * @param input where each batch is laid
   * @param rows told how many rows it has
   */
  Batches(
      Dataset dataset,
      Loss loss,
      BatchSize size,
      Seeds seeds,
      Trainable k,
      Matrix input,
      Batch rows) {
    this.part = dataset.train();
    this.outputs = dataset.outputs(loss);
    this.seeds = seeds;
    this.k = k;
    this.input = input;
    this.rows = rows;
    this.batch = size.of(part.rows());
    this.allTargets = loss == Loss.MSE ? dataset.targets(part, loss) : new float[0];
    if (stochastic()) {
      this.order = new int[part.rows()];
      this.labels = new int[dataset.classes() > 0 ? batch : 0];
      this.targets = new float[loss == Loss.MSE ? batch * outputs : 0];
      this.next = part.rows();
    } else {
      this.order = new int[0];
      this.labels = part.labels();
      this.targets = allTargets;
      k.set(input, part.inputs(), 0);
    }
  }

  int trainingRows() {
    return part.rows();
  }

  boolean stochastic() {
    return batch < part.rows();
  }

  /** Rows of the running epoch that are still to come, all where a new one begins. */
  int left() {
    return next < part.rows() ? part.rows() - next : part.rows();
  }

  /** Lays the next batch into the input; its number of rows. */
  int next() {
    if (!stochastic()) {
      return part.rows();
    }
    if (next == part.rows()) {
      shuffle();
    }
    int count = Math.min(batch, part.rows() - next);
    for (int r = 0; r < count; r++) {
      int row = order[next + r];
      if (labels.length > 0) {
        labels[r] = part.labels()[row];
      }
      if (targets.length > 0) {
        System.arraycopy(allTargets, row * outputs, targets, r * outputs, outputs);
      }
    }
    rows.rows(count);
    k.gather(input, part.inputs(), order, next);
    next += count;
    return count;
  }

  private void shuffle() {
    epoch++;
    next = 0;
    RandomGenerator random = seeds.stream(Seeds.Stream.BATCHES, epoch);
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
  }
}
