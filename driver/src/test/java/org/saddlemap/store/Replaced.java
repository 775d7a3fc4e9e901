package org.saddlemap.store;

import java.io.IOException;
import java.util.List;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;

/** Other records in the place of a chunk's: something that no command does. */
public final class Replaced {
  private Replaced() {}

  /** Takes the chunk's commit away, and commits these. */
  public static void chunk(
      Warehouse warehouse, String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    warehouse.fileSystem().delete(warehouse.file(Tables.TRIALS, sweepId, range), false);
    warehouse.write(sweepId, range, records);
  }
}
