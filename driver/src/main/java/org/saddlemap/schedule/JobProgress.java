package org.saddlemap.schedule;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.store.RunProgress;

/**
 * How far a job is. The time left follows from predicted costs and not from the number of trials,
 * since costly chunks run first.
 */
public final class JobProgress implements SweepJob.Observer {
  private final LongSupplier nanoTime;
  private final long begun;
  private final long trials;
  private final double seconds;
  private final TreeSet<ChunkRange> running = new TreeSet<>();
  private ChunkSummary sum = ChunkSummary.NONE;
  private double finishedSeconds;

  /**
   * @param chunks of the job, which begins now
   * @param nanoTime as {@link System#nanoTime}
   */
  public JobProgress(List<Chunk> chunks, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
    this.trials = chunks.stream().mapToLong(Chunk::trials).sum();
    this.seconds = chunks.stream().mapToDouble(Chunk::seconds).sum();
  }

  @Override
  public synchronized void started(Chunk chunk) {
    running.add(chunk.range());
  }

  @Override
  public synchronized void stopped(Chunk chunk) {
    running.remove(chunk.range());
  }

  @Override
  public synchronized void finished(Chunk chunk, ChunkSummary summary) {
    sum = sum.plus(summary);
    finishedSeconds += chunk.seconds();
  }

  /** Trials of the job, as they were counted when it was cut. */
  public long trials() {
    return trials;
  }

  /** Trials that are finished. */
  public synchronized long finished() {
    return sum.trials();
  }

  /** Finished trials by their outcome. */
  public synchronized Map<String, Long> outcomes() {
    return sum.outcomes();
  }

  /** Of its trials, the share that is finished. */
  public synchronized double share() {
    return trials == 0 ? 1 : (double) sum.trials() / trials;
  }

  /** Trials a second so far. */
  public synchronized double rate() {
    return sum.trials() / elapsed();
  }

  /** Seconds left; empty before anything is finished. */
  public synchronized OptionalDouble secondsLeft() {
    return finishedSeconds > 0
        ? OptionalDouble.of(elapsed() * Math.max(0, seconds - finishedSeconds) / finishedSeconds)
        : OptionalDouble.empty();
  }

  private double elapsed() {
    return (nanoTime.getAsLong() - begun) / 1e9;
  }

  /** The same for a heartbeat. */
  public synchronized RunProgress told() {
    return RunProgress.of(rate(), secondsLeft().orElse(Double.NaN), List.copyOf(running));
  }
}
