package org.saddlemap.schedule;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.saddlemap.plan.Chunk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a task may work on a chunk before it hands back what it has not begun, and into what
 * this is cut.
 *
 * @param minLease a chunk may take as long in any case
 */
record Overruns(Duration minLease) {
  private static final Logger LOG = LoggerFactory.getLogger(Overruns.class);

  /** A chunk may take so many times as long as predicted. */
  private static final double FACTOR = 3;

  /** What was handed back is cut into so many pieces for each core, within the bounds below. */
  private static final int PIECES_A_CORE = 8;

  /** The bound is well below a lease, so that a piece is seldom handed back again. */
  private static final double MAX_PIECE_SECONDS = 5;

  private static final double MIN_PIECE_SECONDS = 1;

  static final Overruns DEFAULT = new Overruns(Duration.ofSeconds(10));

  /**
   * What is left of a chunk that was handed back.
   *
   * @param seconds that it will take at the pace of the part that is finished
   */
  record Rest(Chunk chunk, double seconds) {}

  /** The chunk with the time that a task may work on it. */
  ChunkTask.Lease lease(Chunk chunk) {
    return new ChunkTask.Lease(
        chunk.range(), Math.max((long) (1e9 * FACTOR * chunk.seconds()), minLease.toNanos()));
  }

  /** Cuts what was handed back by the time that it will really take, the longest first. */
  List<Chunk> cut(List<Rest> rests, int cores) {
    if (rests.isEmpty()) {
      return List.of();
    }
    double total = rests.stream().mapToDouble(Rest::seconds).sum();
    double target =
        Math.max(MIN_PIECE_SECONDS, Math.min(MAX_PIECE_SECONDS, total / (PIECES_A_CORE * cores)));
    LOG.info(
        "{} chunks took more than {} times what was predicted; the rest, about {} s, is cut anew",
        rests.size(),
        FACTOR,
        Math.round(total));
    return rests.stream()
        .sorted(Comparator.comparingDouble(Rest::seconds).reversed())
        .flatMap(r -> r.chunk().pieces((long) Math.ceil(r.seconds() / target)).stream())
        .toList();
  }
}
