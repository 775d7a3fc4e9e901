package org.saddlemap.spec;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Space;

/** What a spec requires of its data, which can be checked once these are loaded. */
public final class DataRequirements {
  private DataRequirements() {}

  /**
   * Refuses a spec that its data do not fit.
   *
   * @param text of the spec
   * @param path of the spec, for messages
   * @param space as the spec gives it
   * @param rows number of training rows
   * @param classes number of classes; 0 for a regression
   * @throws InvalidInput where a loss does not fit the classes, epochs are more steps than can be
   *     counted or less than their warm-up, or a batch of one row would be normalized
   */
  public static void require(String text, String path, Space space, int rows, int classes) {
    requireLossFits(text, path, space, classes);
    requireStepsCountable(text, path, space, rows);
    requireBatchesNormalizable(text, path, space, rows);
    requireWarmupFits(text, path, space, rows);
  }

  private static void requireLossFits(String text, String path, Space space, int classes) {
    for (Object loss : space.values(Hyperparameter.LOSS)) {
      if (loss == Loss.BINARY_CROSS_ENTROPY && classes != 2) {
        throw SpecReader.error(
            text,
            path,
            Hyperparameter.LOSS,
            "binary_cross_entropy needs exactly 2 classes, and the data have %d; use cross_entropy"
                .formatted(classes));
      }
      if (loss == Loss.CROSS_ENTROPY && classes == 0) {
        throw SpecReader.error(
            text,
            path,
            Hyperparameter.LOSS,
            "cross_entropy needs classes, and the data are a regression's; use mse");
      }
    }
  }

  /** Epochs become steps with the number of rows, and trials count their steps in an int. */
  private static void requireStepsCountable(String text, String path, Space space, int rows) {
    long epochs =
        space.values(Hyperparameter.EPOCHS).stream().mapToLong(v -> (Long) v).max().orElse(0);
    int batch = rows;
    for (Map<Hyperparameter, Object> step : steps(space)) {
      batch = Math.min(batch, Configuration.of(step).rowsPerStep(rows));
    }
    long batches = (rows + (long) batch - 1) / batch;
    if (epochs * batches > Integer.MAX_VALUE) {
      throw SpecReader.error(
          text,
          path,
          Hyperparameter.EPOCHS,
          "%d epochs of %d batches are %d steps; a trial takes at most %d"
              .formatted(epochs, batches, epochs * batches, Integer.MAX_VALUE));
    }
  }

  /**
   * The last batch of a pass may be smaller than the others; one of a single row would be
   * normalized to 0 whatever came in.
   */
  private static void requireBatchesNormalizable(String text, String path, Space space, int rows) {
    for (Object value : space.values(Hyperparameter.BATCH_SIZE)) {
      BatchSize size = (BatchSize) value;
      int batch = size.of(rows);
      if (leavesOneRow(rows, batch) && space.normalizes(size)) {
        int right = batch + 1;
        while (leavesOneRow(rows, right)) {
          right++;
        }
        throw SpecReader.error(
            text,
            path,
            Hyperparameter.BATCH_SIZE,
            "%d training rows in batches of %d leave a batch of one row, which batch_norm: true makes 0 whatever comes in; use another size such as %d, or exclude it where batch_norm is true"
                .formatted(rows, batch, right));
      }
    }
  }

  /** Epochs become steps with the number of rows, and a warm-up is no more than all of them. */
  private static void requireWarmupFits(String text, String path, Space space, int rows) {
    for (Object epochs : space.values(Hyperparameter.EPOCHS)) {
      for (Map<Hyperparameter, Object> step : steps(space)) {
        Map<Hyperparameter, Object> budget = new EnumMap<>(step);
        budget.put(Hyperparameter.EPOCHS, epochs);
        Configuration c = Configuration.of(budget);
        for (Object warmup : space.values(Hyperparameter.WARMUP)) {
          budget.put(Hyperparameter.WARMUP, warmup);
          if ((Long) warmup > c.steps(rows) && space.included(budget) > 0) {
            throw SpecReader.error(
                text,
                path,
                Hyperparameter.WARMUP,
                "%s steps are more than the whole budget, epochs: %s, which are %d steps of %d of %d training rows each; needs at most that many, or an exclude"
                    .formatted(warmup, epochs, c.steps(rows), c.rowsPerStep(rows), rows));
          }
        }
      }
    }
  }

  /** All batch sizes with all numbers of them that make a step. */
  private static List<Map<Hyperparameter, Object>> steps(Space space) {
    List<Map<Hyperparameter, Object>> steps = new ArrayList<>();
    for (Object size : space.values(Hyperparameter.BATCH_SIZE)) {
      if (!Hyperparameter.ACCUMULATION.appliesAt(size)) {
        steps.add(Map.of(Hyperparameter.BATCH_SIZE, size));
        continue;
      }
      for (Object batches : space.values(Hyperparameter.ACCUMULATION)) {
        steps.add(Map.of(Hyperparameter.BATCH_SIZE, size, Hyperparameter.ACCUMULATION, batches));
      }
    }
    return steps;
  }

  private static boolean leavesOneRow(int rows, int batch) {
    return batch == 1 || (batch < rows && rows % batch == 1);
  }
}
