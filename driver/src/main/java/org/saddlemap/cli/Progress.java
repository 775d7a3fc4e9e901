package org.saddlemap.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.saddlemap.plan.Chunk;
import org.saddlemap.record.RowOutcome;
import org.saddlemap.schedule.ChunkSummary;
import org.saddlemap.schedule.JobProgress;
import org.saddlemap.schedule.SweepJob;
import org.saddlemap.store.Ticker;

/**
 * Shows how far a job is. On a terminal, one line is redrawn every second; elsewhere, a new line is
 * printed every ten seconds, and whenever another twentieth of the trials is done.
 */
final class Progress implements SweepJob.Observer, AutoCloseable {
  private static final String REDRAW = "\r\u001b[K";
  private static final double PLAIN_SECONDS = 10;
  private static final double PLAIN_SHARE = 0.05;

  private final PrintWriter out;
  private final boolean terminal;
  private final int columns;
  private final LongSupplier nanoTime;
  private final JobProgress job;
  private final Ticker clock = new Ticker("saddlemap-progress");
  private long printedAt;
  private double printedShare;

  /**
   * Starts to show the progress of a job.
   *
   * @param terminal whether a line can be redrawn
   * @param columns of the terminal
   * @param chunks that are to run
   */
  static Progress start(PrintWriter out, boolean terminal, int columns, List<Chunk> chunks) {
    Progress progress = new Progress(out, terminal, columns, chunks, System::nanoTime);
    progress.clock.every(Duration.ofSeconds(1), progress::tick);
    return progress;
  }

  Progress(
      PrintWriter out, boolean terminal, int columns, List<Chunk> chunks, LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.columns = columns;
    this.nanoTime = nanoTime;
    this.job = new JobProgress(chunks, nanoTime);
    this.printedAt = nanoTime.getAsLong();
  }

  @Override
  public synchronized void finished(Chunk chunk, ChunkSummary summary) {
    job.finished(chunk, summary);
    tick();
  }

  /** Prints a line where it is time for one. */
  synchronized void tick() {
    long now = nanoTime.getAsLong();
    if (terminal) {
      String line = line();
      out.print(REDRAW + (line.length() < columns ? line : line.substring(0, columns - 1)));
      out.flush();
    } else if ((now - printedAt) / 1e9 >= PLAIN_SECONDS
        || job.share() - printedShare >= PLAIN_SHARE) {
      out.println(line());
      out.flush();
      printedAt = now;
      printedShare = job.share();
    }
  }

  private String line() {
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(
            Locale.ROOT,
            "%d/%d trials  %d %%",
            job.finished(),
            job.trials(),
            (long) (100 * job.share())));
    if (job.finished() > 0) {
      parts.add(Numbers.rate(job.rate()) + " trials/s");
    }
    job.secondsLeft().ifPresent(left -> parts.add(Numbers.duration(left) + " left"));
    Map<String, Long> outcomes = job.outcomes();
    for (String outcome : RowOutcome.ALL) {
      if (outcomes.containsKey(outcome)) {
        parts.add(outcome + " " + outcomes.get(outcome));
      }
    }
    return String.join("  ", parts);
  }

  /** Stops the clock, and leaves the cursor on a line of its own. */
  @Override
  public synchronized void close() {
    clock.close();
    if (terminal) {
      tick();
      out.println();
      out.flush();
    }
  }
}
