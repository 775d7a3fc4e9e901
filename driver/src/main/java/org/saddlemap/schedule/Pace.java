package org.saddlemap.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.saddlemap.plan.Chunk;

/** Compares how long chunks took with their predictions, and finds when cores ran out of chunks. */
public final class Pace implements SweepJob.Observer {
  private final LongSupplier nanoTime;
  private final List<Double> predicted = new ArrayList<>();
  private final List<Double> measured = new ArrayList<>();
  private final List<Long> ends = new ArrayList<>();

  public Pace() {
    this(System::nanoTime);
  }

  Pace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public synchronized void finished(Chunk chunk, ChunkSummary summary) {
    predicted.add(chunk.seconds());
    measured.add(summary.wallMillis() / 1e3);
    ends.add(nanoTime.getAsLong());
  }

  /**
   * How many times as long as predicted the later half of the finished chunks took; 1 where none
   * has finished. The earlier half is left out, since the first chunks are slowed by the virtual
   * machine's compiler.
   */
  public synchronized double slowness() {
    int half = predicted.size() / 2;
    double expected = sum(predicted.subList(half, predicted.size()));
    return expected > 0 ? sum(measured.subList(half, measured.size())) / expected : 1;
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(v -> v).sum();
  }

  /**
   * Seconds during which some core was idle at the end of the job. With n cores, the last n chunks
   * are the last of each core, so that the tail begins where the first of these n ended.
   */
  public synchronized double idleTailSeconds(int cores) {
    int n = ends.size();
    return n == 0 ? 0 : (ends.get(n - 1) - ends.get(Math.max(0, n - cores))) / 1e9;
  }
}
