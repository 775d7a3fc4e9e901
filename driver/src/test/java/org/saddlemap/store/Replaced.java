package org.saddlemap.store;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;

/** Other records in the place of a chunk's: something that no command does. */
public final class Replaced {
  private Replaced() {}

  /** Changes every record of a sweep. */
  public static void trials(Warehouse warehouse, String sweepId, UnaryOperator<TrialRecord> change)
      throws IOException {
    for (ChunkRange range : warehouse.chunks(Tables.TRIALS, sweepId)) {
      List<TrialRecord> records = new TrialReader(warehouse).records(sweepId, range);
      chunk(warehouse, sweepId, range, records.stream().map(change).toList());
    }
  }

  /** All indices of these ranges. */
  public static Set<Long> indices(List<ChunkRange> ranges) {
    return ranges.stream()
        .flatMap(range -> range.indices().boxed())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Takes the chunk's commit away, and commits these. */
  static void chunk(
      Warehouse warehouse, String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    warehouse.fileSystem().delete(warehouse.file(Tables.TRIALS, sweepId, range), false);
    warehouse.write(sweepId, range, records);
  }
}
