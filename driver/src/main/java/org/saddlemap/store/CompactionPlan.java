package org.saddlemap.store;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;

/**
 * Decides by the names and sizes of a sweep's files which of its chunks a {@link Compaction} makes
 * one of.
 */
public final class CompactionPlan {
  /** A table of no more files than this stays as it is. */
  static final int FEW = 16;

  /** A large file has no more bytes than this, in any table. */
  private static final long MAX_BYTES = 128L << 20;

  /**
   * A large file covers no more numbers of the plan than this: so many are lost with a broken file,
   * and are looked through by a reader of one trial.
   */
  private static final long MAX_NUMBERS = 100_000;

  private CompactionPlan() {}

  /**
   * Chunks that become one.
   *
   * @param range what they cover together
   * @param parts in order, without a hole
   */
  public record Merge(ChunkRange range, List<ChunkRange> parts) implements Serializable {
    private static final long serialVersionUID = 1L;

    public Merge {
      parts = List.copyOf(parts);
    }
  }

  /**
   * What to merge, all chunks of the sweep included; nothing where that would not at least halve
   * the number of files.
   */
  public static List<Merge> of(Warehouse warehouse, String sweepId) throws IOException {
    return of(warehouse, sweepId, FEW, MAX_BYTES, MAX_NUMBERS);
  }

  static List<Merge> of(
      Warehouse warehouse, String sweepId, int few, long maxBytes, long maxNumbers)
      throws IOException {
    Map<String, long[]> bytes = new HashMap<>();
    for (int i = 0; i < Warehouse.CHUNKED.size(); i++) {
      for (FileStatus file : warehouse.list(Warehouse.CHUNKED.get(i), sweepId)) {
        bytes
                .computeIfAbsent(file.getPath().getName(), n -> new long[Warehouse.CHUNKED.size()])[
                i] =
            file.getLen();
      }
    }
    Coverage coverage = new Chunks(warehouse).coverage(sweepId);
    List<ChunkRange> chunks = coverage.chunks();
    if (chunks.size() <= few || !coverage.overlapping().isEmpty()) {
      return List.of();
    }
    List<Merge> merges = new ArrayList<>();
    List<ChunkRange> parts = new ArrayList<>();
    long[] sum = new long[Warehouse.CHUNKED.size()];
    for (ChunkRange chunk : chunks) {
      long[] more = bytes.getOrDefault(ChunkFile.name(chunk), new long[sum.length]);
      if (!parts.isEmpty()
          && (parts.get(parts.size() - 1).to() != chunk.from()
              || chunk.to() - parts.get(0).from() > maxNumbers
              || exceeds(sum, more, maxBytes))) {
        merges.add(merge(parts));
        parts.clear();
        sum = new long[sum.length];
      }
      parts.add(chunk);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += more[i];
      }
    }
    merges.add(merge(parts));
    return 2 * merges.size() <= chunks.size() ? merges : List.of();
  }

  private static boolean exceeds(long[] sum, long[] more, long max) {
    for (int i = 0; i < sum.length; i++) {
      if (sum[i] + more[i] > max) {
        return true;
      }
    }
    return false;
  }

  private static Merge merge(List<ChunkRange> parts) {
    return new Merge(new ChunkRange(parts.get(0).from(), parts.get(parts.size() - 1).to()), parts);
  }
}
