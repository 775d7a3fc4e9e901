package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what runs that died, or outlived their time, left in a sweep's folders, and makes the
 * folders hold each trial once again. It goes by file names alone.
 */
public final class Reconciliation {
  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  private final Warehouse warehouse;
  private final Chunks chunks;
  private final String sweepId;

  public Reconciliation(Warehouse warehouse, String sweepId) {
    this.warehouse = warehouse;
    this.chunks = new Chunks(warehouse);
    this.sweepId = sweepId;
  }

  /**
   * Files in a sweep's folders that are no chunk's and no temporary ones either, by their path
   * below the warehouse, in order.
   */
  List<String> foreign() throws IOException {
    return files(name -> !Warehouse.isHidden(name) && ChunkFile.range(name).isEmpty());
  }

  /** Temporary files that a run which died, or still writes, has in a sweep's folders, in order. */
  List<String> temporary() throws IOException {
    return files(AtomicFiles::isTemporary);
  }

  private List<String> files(Predicate<String> wanted) throws IOException {
    List<String> found = new ArrayList<>();
    for (Table<?> table : Warehouse.CHUNKED) {
      for (String name : warehouse.names(table, sweepId)) {
        if (wanted.test(name)) {
          found.add(Warehouse.relativeFile(table, sweepId, name));
        }
      }
    }
    return found.stream().sorted().toList();
  }

  /**
   * Deletes what interrupted runs left behind: temporary files, and curves and layers whose chunk
   * was never committed (another cut of the plan would write their rows again). Only for the
   * sweep's single writer, before it starts.
   *
   * @return number of files deleted
   */
  public int clean() throws IOException {
    Set<ChunkRange> committed = new TreeSet<>(chunks.list(Tables.TRIALS, sweepId));
    int deleted = delete(Tables.SWEEPS, AtomicFiles::isTemporary);
    for (Table<?> table : Warehouse.CHUNKED) {
      deleted +=
          delete(
              table,
              name ->
                  AtomicFiles.isTemporary(name)
                      || ChunkFile.range(name).filter(r -> !committed.contains(r)).isPresent());
    }
    if (deleted > 0) {
      LOG.info("Deleted {} files that interrupted runs of {} left behind", deleted, sweepId);
    }
    return deleted;
  }

  private int delete(Table<?> table, Predicate<String> wanted) throws IOException {
    int deleted = 0;
    for (String name : warehouse.names(table, sweepId)) {
      Path file = new Path(warehouse.folder(table, sweepId), name);
      if (wanted.test(name) && warehouse.fileSystem().delete(file, false)) {
        deleted++;
      }
    }
    return deleted;
  }

  /**
   * Moves to {@code _quarantine} what must not stay where it is: chunks that overlap better ones
   * (an attempt that outlived its run has committed them), and chunks whose curves or layers are
   * gone. Only for the sweep's single writer.
   *
   * @return chunks moved; the plan may have holes now
   */
  public List<ChunkRange> reconcile() throws IOException {
    Set<ChunkRange> curves = new TreeSet<>(chunks.list(Tables.CURVES, sweepId));
    Set<ChunkRange> layers = new TreeSet<>(chunks.list(Tables.LAYERS, sweepId));
    List<ChunkRange> committed = chunks.list(Tables.TRIALS, sweepId);
    List<ChunkRange> whole =
        committed.stream().filter(c -> curves.contains(c) && layers.contains(c)).toList();
    Set<ChunkRange> kept = new TreeSet<>(Coverage.of(whole).disjoint());
    List<ChunkRange> moved = committed.stream().filter(c -> !kept.contains(c)).toList();
    if (!moved.isEmpty()) {
      Quarantine quarantine = Quarantine.of(warehouse, sweepId);
      for (ChunkRange chunk : moved) {
        quarantine.move(chunk);
      }
      LOG.warn(
          "{} chunks of {} overlapped others or lacked a file; they are in {} now",
          moved.size(),
          sweepId,
          quarantine.folder());
    }
    return moved;
  }
}
