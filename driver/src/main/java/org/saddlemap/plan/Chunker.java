package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Cuts ranges of the plan into chunks of about equal predicted cost: long enough that a task's own
 * cost (3 ms locally, 15 ms on a cluster) does not matter, short enough that all cores are busy to
 * the end and little is lost when a machine dies.
 *
 * @param cores that will work on them
 */
public record Chunker(CostTable costs, int cores) {
  static final int MAX_TRIALS = 2_000;

  /** A pilot pays where more than so many seconds are predicted for each core. */
  private static final double PILOT_WORTH = 300;

  private static final double PILOT_SECONDS = 1;
  private static final int PILOTS_PER_CORE = 8;

  /** A chunk has no more numbers than this, since excluded ones are nearly free, but not free. */
  private static final long MAX_NUMBERS = 100_000;

  private static final double MIN_SECONDS = 1;

  /**
   * Where a core gets this many of so many seconds, chunks are no shorter: each writes a file a
   * table, which a short sweep feels.
   */
  private static final double SHORT_SECONDS = 2;

  private static final int SHORT_PER_CORE = 8;

  /**
   * The driver launches one task after the other, some milliseconds each: with chunks of so many
   * seconds for each core it is busy half of the time.
   */
  private static final double MIN_SECONDS_PER_CORE = 0.008;

  private static final double MAX_SECONDS = 20;
  private static final int CHUNKS_PER_CORE = 32;

  /** The last chunks are cut into so many pieces, where that leaves them long enough. */
  private static final int LAST_PIECES = 4;

  private static final int LAST_CHUNKS_PER_CORE = 2;

  /**
   * Chunks are made longer, as far as {@link #MAX_TRIALS} lets them, so that there are no more than
   * this: each costs the driver some hundred bytes.
   */
  private static final double MAX_CHUNKS = 100_000;

  /** The number of chunks is estimated where there are more stretches of equal cost than this. */
  private static final double MAX_COUNTED = 1e7;

  /** A sweep may have so many chunks; where there are more, their number is estimated. */
  private static final double MAX_LISTED = 1e6;

  private static final Comparator<Chunk> COSTLIEST_FIRST =
      Comparator.comparingDouble(Chunk::seconds)
          .reversed()
          .thenComparingLong(c -> c.range().from());

  public Chunker {
    if (cores < 1) {
      throw new IllegalArgumentException("Invalid cores: " + cores + " < 1");
    }
  }

  /**
   * The chunks that cover these ranges exactly, the costliest first. The last ones are shorter, so
   * that the cores run out of work at about the same time.
   */
  public List<Chunk> chunks(List<ChunkRange> missing) {
    double total = seconds(missing);
    double target = targetSeconds(total);
    List<Chunk> chunks = new ArrayList<>();
    for (ChunkRange range : missing) {
      cut(range, target, chunks::add);
    }
    chunks.sort(COSTLIEST_FIRST);
    if (target / LAST_PIECES >= leastSeconds(total)) {
      int last = (int) Math.min(chunks.size(), (long) LAST_CHUNKS_PER_CORE * cores);
      List<Chunk> whole = chunks.subList(chunks.size() - last, chunks.size());
      List<Chunk> pieces = new ArrayList<>();
      whole.forEach(c -> cut(c.range(), target / LAST_PIECES, pieces::add));
      whole.clear();
      chunks.addAll(pieces);
      chunks.sort(COSTLIEST_FIRST);
    }
    return chunks;
  }

  /**
   * Chunks for these numbers alone, the costliest first: between two of them a chunk may reach over
   * numbers that are not wanted, and cost nothing.
   *
   * @param wanted disjoint, in order; gone through twice
   */
  public List<Chunk> among(Iterable<ChunkRange> wanted) {
    double target = targetSeconds(seconds(wanted));
    List<Chunk> chunks = new ArrayList<>();
    for (ChunkRange range : wanted) {
      cut(range, target, piece -> append(piece, target, chunks));
    }
    chunks.sort(COSTLIEST_FIRST);
    return chunks;
  }

  /** Adds a piece to the last chunk, where that has room. */
  private static void append(Chunk piece, double target, List<Chunk> chunks) {
    Chunk last = chunks.isEmpty() ? null : chunks.get(chunks.size() - 1);
    if (last != null
        && last.seconds() + piece.seconds() <= target
        && last.trials() + piece.trials() <= MAX_TRIALS) {
      chunks.set(
          chunks.size() - 1,
          new Chunk(
              new ChunkRange(last.range().from(), piece.range().to()),
              last.trials() + piece.trials(),
              last.seconds() + piece.seconds()));
    } else {
      chunks.add(piece);
    }
  }

  /**
   * Short pieces from all over these chunks, whose times show how far the predictions are from the
   * truth before the rest is cut; none where the whole is too short to gain by it.
   *
   * @param chunks as {@link #chunks} gave them
   */
  public List<Chunk> pilot(List<Chunk> chunks) {
    List<Chunk> pilot = new ArrayList<>();
    if (chunks.stream().mapToDouble(Chunk::seconds).sum() / cores >= PILOT_WORTH) {
      int count = Math.min(chunks.size(), PILOTS_PER_CORE * cores);
      for (int i = 0; i < count; i++) {
        List<Chunk> pieces = new ArrayList<>();
        cut(
            chunks.get((int) ((long) i * chunks.size() / count)).range(),
            PILOT_SECONDS,
            pieces::add);
        pilot.add(pieces.get(0));
      }
    }
    return pilot;
  }

  /** Chunks of a whole plan of that size; estimated where counting would take seconds. */
  public long count(long planSize) {
    double estimate = costs.estimateChunks(targetSeconds(costs.totalSeconds()));
    return costs.runs((double) planSize) > MAX_COUNTED || estimate > MAX_LISTED
        ? (long) estimate
        : chunks(List.of(new ChunkRange(0, planSize))).size();
  }

  /**
   * Whether a driver can hold the chunks of a whole plan of that size: Spark is given all of them
   * at once.
   */
  public boolean canRun(long planSize) {
    return Math.max(
            costs.estimateChunks(targetSeconds(costs.totalSeconds())),
            (double) planSize / MAX_NUMBERS)
        <= MAX_LISTED;
  }

  /** Predicted core-seconds of these ranges. */
  public double seconds(Iterable<ChunkRange> ranges) {
    double sum = 0;
    for (ChunkRange range : ranges) {
      for (long at = range.from(); at < range.to(); ) {
        long end = Math.min(range.to(), costs.runEnd(at));
        sum += (end - at) * costs.seconds(at);
        at = end;
      }
    }
    return sum;
  }

  private double targetSeconds(double total) {
    double share = total / cores;
    double least = Math.max(leastSeconds(total), Math.min(SHORT_SECONDS, share / SHORT_PER_CORE));
    double most = Math.max(MAX_SECONDS, least);
    return Math.max(Math.min(Math.max(share / CHUNKS_PER_CORE, least), most), total / MAX_CHUNKS);
  }

  private double leastSeconds(double total) {
    return Math.max(MIN_SECONDS, Math.min(MIN_SECONDS_PER_CORE * cores, total / cores));
  }

  private void cut(ChunkRange range, double target, Consumer<Chunk> out) {
    long from = range.from();
    long at = from;
    long trials = 0;
    double sum = 0;
    while (at < range.to()) {
      long end = Math.min(range.to(), costs.runEnd(at));
      boolean excluded = costs.excluded(at);
      double each = costs.seconds(at);
      long room = MAX_NUMBERS - (at - from);
      if (!excluded) {
        room = Math.min(room, MAX_TRIALS - trials);
        if (each > 0) {
          room = Math.min(room, (long) ((target - sum) / each));
        }
        room = trials == 0 ? Math.max(room, 1) : room;
      }
      if (room <= 0) {
        out.accept(new Chunk(new ChunkRange(from, at), trials, sum));
        from = at;
        trials = 0;
        sum = 0;
        continue;
      }
      long taken = Math.min(room, end - at);
      at += taken;
      trials += excluded ? 0 : taken;
      sum += taken * each;
    }
    if (from < range.to()) {
      out.accept(new Chunk(new ChunkRange(from, range.to()), trials, sum));
    }
  }
}
