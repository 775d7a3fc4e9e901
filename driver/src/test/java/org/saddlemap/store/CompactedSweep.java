package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.trial.TrialId;

/** A sweep of random records that is written, compacted and read as this program does. */
final class CompactedSweep {
  static final String SWEEP = SweepId.of("compacted", TrialId.sha256("plan"));

  private CompactedSweep() {}

  /** A sweep of so many trials, cut at random. */
  static void write(Warehouse warehouse, Random random, int trials) throws IOException {
    RandomRecords records = new RandomRecords(random.nextLong());
    for (int from = 0; from < trials; ) {
      int to = Math.min(trials, from + 1 + random.nextInt(5));
      ChunkRange chunk = new ChunkRange(from, to);
      List<TrialRecord> rows = new ArrayList<>(records.of(chunk));
      rows.removeIf(r -> random.nextInt(8) == 0); // excluded points of the plan
      new Chunks(warehouse).write(SWEEP, chunk, rows);
      from = to;
    }
  }

  static List<CompactionPlan.Merge> plan(Warehouse warehouse, Random random) throws IOException {
    return CompactionPlan.of(
        warehouse, SWEEP, 2, 200_000 + random.nextInt(400_000), 20 + random.nextInt(60));
  }

  /** All of it; false where there is nothing to do. */
  static boolean compact(Warehouse warehouse, Random random, long run) throws IOException {
    return compact(warehouse, plan(warehouse, random), run);
  }

  static boolean compact(Warehouse warehouse, List<CompactionPlan.Merge> merges, long run)
      throws IOException {
    if (merges.isEmpty()) {
      return false;
    }
    Compaction compaction = new Compaction(warehouse, SWEEP, run);
    compaction.begin();
    for (CompactionPlan.Merge merge : merges) {
      compaction.merge(merge);
    }
    compaction.commit(merges);
    Compaction.finish(warehouse, SWEEP);
    return true;
  }

  /** The rows of every table in their order, as this program's readers find them. */
  static Map<String, List<String>> rows(Warehouse warehouse) throws IOException {
    Map<String, List<String>> rows = new TreeMap<>();
    for (Table<?> table : Warehouse.CHUNKED) {
      List<String> all = new ArrayList<>();
      for (ChunkRange chunk : new Chunks(warehouse).list(table, SWEEP)) {
        new TrialReader(warehouse)
            .forEach(table, SWEEP, chunk, Set.of(), row -> all.add(row.toString()));
      }
      rows.put(table.name(), all);
    }
    return rows;
  }

  static Map<String, Integer> counts(List<String> rows) {
    Map<String, Integer> counts = new HashMap<>();
    rows.forEach(row -> counts.merge(row, 1, Integer::sum));
    return counts;
  }
}
