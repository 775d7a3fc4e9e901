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
import org.saddlemap.schedule.SweepJob;
import org.saddlemap.store.Ticker;

/**
 * Shows how far a job is. On a terminal, one line is redrawn every second; elsewhere, a new line is
 * printed every ten seconds, and whenever another twentieth of the trials is done. The time left
 * follows from predicted costs and not from the number of trials, since costly chunks run first.
 */
final class Progress implements SweepJob.Observer, AutoCloseable {
  private static final String REDRAW = "\r\u001b[K";
  private static final double PLAIN_SECONDS = 10;
  private static final double PLAIN_SHARE = 0.05;

  private final PrintWriter out;
  private final boolean terminal;
  private final int columns;
  private final LongSupplier nanoTime;
  private final long started;
  private final long trials;
  private final double seconds;
  private final Ticker clock = new Ticker("saddlemap-progress");
  private ChunkSummary sum = ChunkSummary.NONE;
  private double finishedSeconds;
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
    this.started = nanoTime.getAsLong();
    this.printedAt = started;
    this.trials = chunks.stream().mapToLong(Chunk::trials).sum();
    this.seconds = chunks.stream().mapToDouble(Chunk::seconds).sum();
  }

  @Override
  public synchronized void finished(Chunk chunk, ChunkSummary summary) {
    sum = sum.plus(summary);
    finishedSeconds += chunk.seconds();
    tick();
  }

  /** Prints a line where it is time for one. */
  synchronized void tick() {
    long now = nanoTime.getAsLong();
    if (terminal) {
      String line = line(now);
      out.print(REDRAW + (line.length() < columns ? line : line.substring(0, columns - 1)));
      out.flush();
    } else if ((now - printedAt) / 1e9 >= PLAIN_SECONDS || share() - printedShare >= PLAIN_SHARE) {
      out.println(line(now));
      out.flush();
      printedAt = now;
      printedShare = share();
    }
  }

  private double share() {
    return trials == 0 ? 1 : (double) sum.trials() / trials;
  }

  private String line(long now) {
    double elapsed = (now - started) / 1e9;
    List<String> parts = new ArrayList<>();
    parts.add(
        String.format(
            Locale.ROOT, "%d/%d trials  %d %%", sum.trials(), trials, (long) (100 * share())));
    if (sum.trials() > 0) {
      parts.add(Numbers.rate(sum.trials() / elapsed) + " trials/s");
    }
    if (finishedSeconds > 0) {
      parts.add(
          Numbers.duration(elapsed * Math.max(0, seconds - finishedSeconds) / finishedSeconds)
              + " left");
    }
    Map<String, Long> outcomes = sum.outcomes();
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
