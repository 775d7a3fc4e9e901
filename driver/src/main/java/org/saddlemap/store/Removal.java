package org.saddlemap.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a sweep out of its warehouse, with all of its rows, and nothing else: rows that other
 * sweeps have taken over are copies, in their own folders. One small file, {@code
 * _removed/sweep=<id>}, commits it: readers of this program find nothing of the sweep from that
 * moment on, and {@link #finish} deletes what is left. Dying at any moment leaves the sweep either
 * whole or gone.
 *
 * <p>Where folders can be renamed, readers of other programs find the sweep whole in a table, or
 * not at all; elsewhere its files go one by one. Only for who holds the sweep's {@link SweepLock}.
 */
public final class Removal {
  private static final Logger LOG = LoggerFactory.getLogger(Removal.class);

  private Removal() {}

  /**
   * What goes with a sweep.
   *
   * @param trials rows; those of files that cannot be read do not count
   * @param files of all tables, and what was moved to {@code _quarantine}
   * @param foreign what else is in its folders, by path; it is no one's to delete
   */
  public record Inventory(long trials, long files, long bytes, List<Path> foreign) {
    public Inventory {
      foreign = List.copyOf(foreign);
    }
  }

  /** Counts what is there; the sweep has no compaction under way. */
  public static Inventory inventory(Warehouse warehouse, String sweepId) throws IOException {
    long files = 0;
    long bytes = 0;
    List<Path> foreign = new ArrayList<>();
    for (Table<?> table : Tables.ALL) {
      for (FileStatus file : warehouse.list(warehouse.folder(table, sweepId))) {
        if (file.isDirectory() || !isOwn(table, file.getPath().getName())) {
          foreign.add(file.getPath());
        } else {
          files++;
          bytes += file.getLen();
        }
      }
    }
    for (Path folder : besides(warehouse, sweepId)) {
      for (FileStatus file : filesBelow(warehouse, folder)) {
        files++;
        bytes += file.getLen();
      }
    }
    long trials = 0;
    for (ChunkRange chunk : new Chunks(warehouse).list(Tables.TRIALS, sweepId)) {
      try {
        trials += Footer.read(warehouse, warehouse.file(Tables.TRIALS, sweepId, chunk)).rows();
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        // So Parquet says that a file is none: it holds no trials, and goes with the rest.
      }
    }
    return new Inventory(trials, files, bytes, foreign);
  }

  /** Whether a file of that name in a sweep's folder of a table is one that this program writes. */
  private static boolean isOwn(Table<?> table, String name) {
    if (AtomicFiles.isTemporary(name)) {
      return true;
    }
    if (Warehouse.CHUNKED.contains(table)) {
      return ChunkFile.range(name).isPresent();
    }
    return table.equals(Tables.SWEEPS)
        ? name.equals(Catalogue.SWEEP_FILE) || LockFiles.isName(name)
        : name.equals(Catalogue.derivedFile(table));
  }

  private static List<FileStatus> filesBelow(Warehouse warehouse, Path folder) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus file : warehouse.list(folder)) {
      files.addAll(file.isDirectory() ? filesBelow(warehouse, file.getPath()) : List.of(file));
    }
    return files;
  }

  /** Says in one step that the sweep is gone; {@link #finish} comes next. */
  public static void commit(Warehouse warehouse, String sweepId) throws IOException {
    warehouse.fileSystem().mkdirs(warehouse.path(Warehouse.REMOVED));
    warehouse
        .files()
        .writeIntoFolder(
            marker(warehouse, sweepId), out -> out.write(sweepId.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether a removal is committed, and not finished yet. */
  static boolean isCommitted(Warehouse warehouse, String sweepId) throws IOException {
    return warehouse.fileSystem().exists(marker(warehouse, sweepId));
  }

  /** Sweeps whose removal is committed, and not finished yet. */
  public static List<String> pending(Warehouse warehouse) throws IOException {
    return warehouse.partitions(warehouse.path(Warehouse.REMOVED)).stream().sorted().toList();
  }

  /**
   * Deletes all that is left of a sweep whose removal is committed, but for the files of its lock;
   * idempotent.
   *
   * @return whether there was a committed one
   */
  public static boolean finish(Warehouse warehouse, String sweepId) throws IOException {
    if (!isCommitted(warehouse, sweepId)) {
      return false;
    }
    FileSystem fs = warehouse.fileSystem();
    for (Table<?> table : Tables.ALL) {
      if (table.equals(Tables.SWEEPS)) {
        continue; // The lock is there.
      }
      Path own = warehouse.folder(table, sweepId);
      Path aside = warehouse.path("%s/%s-%s".formatted(Warehouse.REMOVED, table.name(), sweepId));
      fs.delete(aside, true); // An earlier attempt did not come to delete it.
      if (warehouse.files().canMoveFolders() && fs.exists(own)) {
        warehouse.files().moveFolder(own, aside);
        fs.delete(aside, true);
      }
      fs.delete(own, true);
    }
    for (Path folder : besides(warehouse, sweepId)) {
      fs.delete(folder, true);
    }
    new Catalogue(warehouse).delete(sweepId);
    fs.delete(marker(warehouse, sweepId), false);
    for (String folder :
        List.of(Warehouse.REMOVED, Warehouse.COMPACTION, Warehouse.RETRY, Warehouse.QUARANTINE)) {
      warehouse.deleteIfEmpty(warehouse.path(folder));
    }
    LOG.info("Removed the sweep {}", sweepId);
    return true;
  }

  /** What belongs to a sweep outside of the tables. */
  private static List<Path> besides(Warehouse warehouse, String sweepId) throws IOException {
    List<Path> folders = new ArrayList<>();
    folders.add(warehouse.compaction(sweepId).path());
    folders.add(Quarantine.home(warehouse, sweepId));
    for (Table<?> table : Tables.ALL) {
      folders.add(warehouse.within(Warehouse.RETRY).folder(table, sweepId));
    }
    return folders;
  }

  private static Path marker(Warehouse warehouse, String sweepId) {
    return Warehouse.partition(warehouse.path(Warehouse.REMOVED), sweepId);
  }
}
