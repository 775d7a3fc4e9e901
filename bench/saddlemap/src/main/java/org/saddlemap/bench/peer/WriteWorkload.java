package org.saddlemap.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.saddlemap.bench.Workload;
import org.saddlemap.trial.Seeds;

/** Writes a {@link Workload} in the batch order that Saddlemap's own trainer will take. */
public final class WriteWorkload {
  /** Of the batch order; the peers need no more of it than the order itself. */
  public static final Seeds SEEDS = new Seeds(1, 0);

  private WriteWorkload() {}

  /** Arguments: FILE DEPTH WIDTH BATCH INPUTS ROWS STEPS. */
  public static void main(String[] args) throws IOException {
    int[] n = new int[args.length];
    for (int i = 1; i < args.length; i++) {
      n[i] = Integer.parseInt(args[i]);
    }
    Workload work = Workload.generate(n[1], n[2], n[3], n[4], n[5], n[6], 1);
    work.withOrder(order(work)).write(Path.of(args[0]));
  }

  /** Rows of each step: every epoch a Fisher-Yates shuffle from the epoch's own stream. */
  static int[] order(Workload work) {
    if (work.rows() % work.batch() != 0) {
      throw new IllegalArgumentException(
          "Invalid rows: %d is no multiple of batch %d".formatted(work.rows(), work.batch()));
    }
    int[] order = new int[work.steps() * work.batch()];
    int[] shuffled = new int[work.rows()];
    for (int at = 0; at < order.length; at += shuffled.length) {
      RandomGenerator random = SEEDS.stream(Seeds.Stream.BATCHES, at / shuffled.length);
      for (int i = 0; i < shuffled.length; i++) {
        int j = random.nextInt(i + 1);
        shuffled[i] = shuffled[j];
        shuffled[j] = i;
      }
      System.arraycopy(shuffled, 0, order, at, Math.min(shuffled.length, order.length - at));
    }
    return order;
  }
}
