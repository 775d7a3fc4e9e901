package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of the plan that one task runs.
 *
 * @param range plan numbers
 * @param trials trials in it; an upper bound where the plan is huge and has exclusions
 * @param seconds predicted core-seconds
 */
public record Chunk(ChunkRange range, long trials, double seconds) {
  /** A part of this chunk, with its share of the trials and of the seconds. */
  public Chunk part(ChunkRange part) {
    double share = (double) part.size() / range.size();
    return new Chunk(part, Math.round(trials * share), seconds * share);
  }

  /** This chunk cut into at most so many pieces, as equal as they can be. */
  public List<Chunk> pieces(long max) {
    List<Chunk> pieces = new ArrayList<>();
    long size = range.size();
    long count = Math.max(1, Math.min(max, size));
    for (long i = 0; i < count; i++) {
      pieces.add(
          part(
              new ChunkRange(
                  range.from() + i * size / count, range.from() + (i + 1) * size / count)));
    }
    return pieces;
  }
}
