package org.saddlemap.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.saddlemap.plan.Chunk;

/** How long chunks took against their predictions, and when the cores ran out of them. */
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
   * How many times as long as predicted the later half of the chunks took: the first ones run
   * before their process has compiled its code. 1 before any chunk ended.
   */
  public synchronized double slowness() {
    int half = predicted.size() / 2;
    double expected = sum(predicted.subList(half, predicted.size()));
    return expected > 0 ? sum(measured.subList(half, measured.size())) / expected : 1;
  }

  private static double sum(List<Double> values) {
    return values.stream().mapToDouble(v -> v).sum();
  }

  /** Seconds from the moment that one of so many cores found no further chunk to the last end. */
  public synchronized double idleTailSeconds(int cores) {
    int n = ends.size();
    return n == 0 ? 0 : (ends.get(n - 1) - ends.get(Math.max(0, n - cores))) / 1e9;
  }
}
