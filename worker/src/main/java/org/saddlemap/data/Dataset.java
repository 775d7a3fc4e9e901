package org.saddlemap.data;

import java.io.Serializable;
import java.util.List;
import org.saddlemap.space.Loss;

/**
 * Prepared data: scaled, split, checked. Immutable by convention (arrays are shared, never
 * written); one copy serves all tasks of a process.
 *
 * @param features columns
 * @param classes number of classes, or 0 for regression
 * @param targetColumns columns of a regression's targets, or 0 for classification
 * @param train training part
 * @param heldout held-out part; may have no rows
 * @param fingerprint SHA-256 over all of it, in hexadecimal
 * @param summary rows, features and classes in words
 */
public record Dataset(
    int features,
    int classes,
    int targetColumns,
    Part train,
    Part heldout,
    String fingerprint,
    String summary)
    implements Serializable {
  /**
   * Rows of a data set.
   *
   * @param rows number of rows n
   * @param inputs n × features, row-major
   * @param labels n class numbers from 0; empty for regression
   * @param values n × targetColumns, row-major; empty for classification
   */
  @SuppressWarnings("ArrayRecordComponent") // large, shared, compared by fingerprint
  public record Part(int rows, float[] inputs, int[] labels, float[] values)
      implements Serializable {}

  public Dataset {
    for (Part part : List.of(train, heldout)) {
      requireLength("inputs", part.inputs().length, (long) part.rows() * features);
      requireLength("labels", part.labels().length, classes > 0 ? part.rows() : 0);
      requireLength("values", part.values().length, (long) part.rows() * targetColumns);
    }
  }

  private static void requireLength(String what, int length, long expected) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "Invalid number of %s: %d instead of %d".formatted(what, length, expected));
    }
  }

  /** Outputs that a network needs for the loss: classes, one logit, or the targets' columns. */
  public int outputs(Loss loss) {
    if (classes == 0) {
      return targetColumns;
    }
    return loss == Loss.BINARY_CROSS_ENTROPY ? 1 : classes;
  }

  /**
   * Targets of a part for the loss, n × {@link #outputs}, row-major: one-hot, or the label itself
   * for binary cross entropy, or a regression's values.
   */
  public float[] targets(Part part, Loss loss) {
    if (classes == 0) {
      return part.values();
    }
    int k = outputs(loss);
    float[] targets = new float[part.rows() * k];
    for (int i = 0; i < part.rows(); i++) {
      if (k == 1) {
        targets[i] = part.labels()[i];
      } else {
        targets[i * k + part.labels()[i]] = 1;
      }
    }
    return targets;
  }
}
