package org.saddlemap.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.NativeFloats;
import org.saddlemap.data.Dataset;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Seeds;

/** Trains on the fast path, in native memory that the tests of a class share. */
abstract class TrainingRuns {
  static final Seeds SEEDS = new Seeds(7, 0);

  static final List<String> OPTIMIZERS =
      List.of(
          "sgd",
          "momentum",
          "nesterov",
          "adam",
          "adamw;weight_decay=2",
          "adagrad;epsilon=0.001",
          "rmsprop");

  static NativeFloats memory;

  @BeforeAll
  static void start() {
    BlasRuntime.start();
    memory = new NativeFloats();
  }

  @AfterAll
  static void stop() {
    memory.close();
  }

  static Trajectory train(
      Network architecture, Configuration c, Dataset dataset, double eta, double[] initial) {
    return Trainer.train(
        new TrainingTask(architecture, c, dataset, eta, initial, SEEDS),
        Interruption.NEVER,
        memory);
  }

  /**
   * The rows of each step as documented: each epoch's shuffle from its own stream, full ones in
   * order.
   */
  static List<int[]> batches(Configuration c, int rows) {
    int size = Math.min(c.batchSize().of(rows) * c.accumulation(), rows);
    int[] order = IntStream.range(0, rows).toArray();
    List<int[]> batches = new ArrayList<>();
    for (int epoch = 0; batches.size() < c.steps(rows); epoch++) {
      if (c.batchSize().of(rows) < rows) {
        RandomGenerator random = SEEDS.stream(Seeds.Stream.BATCHES, epoch);
        for (int i = 0; i < rows; i++) {
          int j = random.nextInt(i + 1);
          order[i] = order[j];
          order[j] = i;
        }
      }
      for (int from = 0; from < rows && batches.size() < c.steps(rows); from += size) {
        batches.add(Arrays.copyOfRange(order, from, Math.min(rows, from + size)));
      }
    }
    return batches;
  }
}
