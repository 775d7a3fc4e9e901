package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.record.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes few large files of the many small ones of a complete sweep; every row stays as it is. The
 * large ones are written and read back in a {@link CompactionFolder} first. Its marker then says
 * that they replace the small ones, and readers of this program look there from that moment on.
 * Only then does each folder take the place of the one in its table. Dying at any moment leaves
 * either the small files as they were, or a committed compaction, which {@link #finish} brings to
 * its end.
 *
 * <p>Where folders can be renamed, readers of other programs find the sweep in a table whole as it
 * was, or not at all for the moment between two renames, or whole as it is now. On object stores,
 * where they cannot, the rows of one large file at a time are missing between the deletion of its
 * small ones and the moment that it appears. Nobody ever finds a row twice.
 *
 * <p>Rows are read and written one by one. Parquet's own {@code ParquetRewriter} copies row groups
 * as they are, so that a thousand small ones would stay a thousand; it refuses files whose schemas
 * differ, and leaves no way to write the footer's range, number of rows and digest.
 *
 * <p>Only the sweep's single writer may call this; {@link #merge} alone may run anywhere.
 */
public final class Compaction {
  private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

  /** Where the small files go, below the folder of the run. */
  private static final String REPLACED = "replaced";

  private final Warehouse warehouse;
  private final String sweepId;
  private final String run;

  /**
   * @param run number of the run in the sweep's {@link SweepLock}
   */
  public Compaction(Warehouse warehouse, String sweepId, long run) {
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.run = CompactionFolder.runName(run);
  }

  /**
   * Creates the folders that {@link #merge} writes to. A compaction that an earlier run committed
   * must be finished before.
   */
  public void begin() throws IOException {
    for (Table<?> table : Warehouse.CHUNKED) {
      warehouse.fileSystem().mkdirs(folder(table));
    }
  }

  /**
   * Writes the large files of some chunks, one in each table, and reads them back; idempotent.
   * Holds one row group at a time.
   *
   * @throws IOException where a chunk is broken, or the large file does not hold the same rows
   */
  public void merge(CompactionPlan.Merge merge) throws IOException {
    for (Table<?> table : Warehouse.CHUNKED) {
      merge(table, merge);
    }
  }

  private void merge(Table<?> table, CompactionPlan.Merge merge) throws IOException {
    List<Path> parts = new ArrayList<>();
    for (ChunkRange part : merge.parts()) {
      parts.add(warehouse.file(table, sweepId, part));
    }
    RowSchema schema = RowSchema.of(warehouse, table, parts);
    Fingerprint written = new Fingerprint();
    Path large = new Path(folder(table), ChunkFile.name(merge.range()));
    warehouse
        .files()
        .writeIntoFolder(
            large,
            out ->
                TableFile.write(
                    out,
                    schema.rows(),
                    schema.metadata(sweepId, merge.range()),
                    warehouse.configuration(),
                    rows -> {
                      for (Path part : parts) {
                        forEach(
                            part,
                            row -> {
                              rows.add(row);
                              written.add(row);
                            });
                      }
                    }));
    FileDigest.require(warehouse.fileSystem(), large);
    Fingerprint read = new Fingerprint();
    forEach(large, read::add);
    if (!read.matches(written)) {
      throw new IOException("Cannot compact: " + large + " does not hold what was written to it");
    }
  }

  private void forEach(Path file, Consumer<Row> action) throws IOException {
    RowReader.forEach(file, warehouse.configuration(), Set.of(), FilterCompat.NOOP, action);
  }

  /** A digest of rows in their order, to compare those that were read with those written. */
  private static final class Fingerprint {
    private long rows;
    private long hash;

    void add(Row row) {
      rows++;
      hash = 31 * hash + row.hashCode();
    }

    boolean matches(Fingerprint other) {
      return rows == other.rows && hash == other.hash;
    }
  }

  /**
   * Says in one step that the large files replace the small ones; {@link #finish} comes next.
   *
   * @throws IOException where not all of them are there
   */
  public void commit(List<CompactionPlan.Merge> merges) throws IOException {
    Set<String> expected =
        merges.stream().map(m -> ChunkFile.name(m.range())).collect(Collectors.toSet());
    for (Table<?> table : Warehouse.CHUNKED) {
      Set<String> names = new HashSet<>();
      for (FileStatus file : warehouse.fileSystem().listStatus(folder(table))) {
        if (ChunkFile.range(file.getPath().getName()).isPresent()) {
          names.add(file.getPath().getName());
        }
      }
      if (!names.equals(expected)) {
        throw new IOException(
            "Cannot compact: %s holds %s instead of %s".formatted(folder(table), names, expected));
      }
    }
    warehouse.compaction(sweepId).commit(run);
    LOG.info("Committed the compaction {} of {}: {} files a table", run, sweepId, merges.size());
  }

  /**
   * Brings a committed compaction to its end, and removes what is left of one that was not
   * committed; idempotent.
   *
   * @return whether there was a committed one
   */
  public static boolean finish(Warehouse warehouse, String sweepId) throws IOException {
    CompactionFolder folder = warehouse.compaction(sweepId);
    Optional<String> run = folder.committed();
    if (run.isPresent()) {
      Path replaced = folder.of(run.get(), REPLACED);
      for (Table<?> table : Warehouse.CHUNKED) {
        Optional<Path> large = folder.committed(table);
        if (large.isPresent() && warehouse.files().canMoveFolders()) {
          swapFolders(warehouse, large.get(), warehouse.folder(table, sweepId), replaced);
        } else if (large.isPresent()) {
          swapFiles(warehouse, large.get(), warehouse.folder(table, sweepId));
        }
      }
      giveBack(warehouse, sweepId, replaced);
      LOG.info("Finished the compaction {} of {}", run.get(), sweepId);
    }
    folder.delete();
    warehouse.deleteIfEmpty(warehouse.path(Warehouse.COMPACTION));
    return run.isPresent();
  }

  /** Whether a compaction is committed, and the large files are not all in their place yet. */
  public static boolean isPending(Warehouse warehouse, String sweepId) throws IOException {
    return warehouse.compaction(sweepId).committed().isPresent();
  }

  private static void swapFolders(Warehouse warehouse, Path large, Path own, Path replaced)
      throws IOException {
    FileSystem fs = warehouse.fileSystem();
    if (fs.exists(own)) {
      fs.mkdirs(replaced);
      Path aside = new Path(replaced, large.getName());
      // There is one already where an earlier call died after this step, and an attempt of a task
      // that outlived its run has written to the table since.
      for (int i = 2; fs.exists(aside); i++) {
        aside = new Path(replaced, large.getName() + "-" + i);
      }
      warehouse.files().moveFolder(own, aside);
    }
    warehouse.files().moveFolder(large, own);
  }

  /**
   * Moves back what was beside the small files, which is not this program's to delete, and chunks
   * whose rows are in no large file.
   */
  private static void giveBack(Warehouse warehouse, String sweepId, Path replaced)
      throws IOException {
    FileSystem fs = warehouse.fileSystem();
    if (!fs.exists(replaced)) {
      return;
    }
    for (FileStatus aside : fs.listStatus(replaced)) {
      String name = aside.getPath().getName();
      for (Table<?> table : Warehouse.CHUNKED) {
        if (name.equals(table.name()) || name.startsWith(table.name() + "-")) {
          giveBack(warehouse, table, sweepId, aside.getPath());
        }
      }
    }
  }

  private static void giveBack(Warehouse warehouse, Table<?> table, String sweepId, Path aside)
      throws IOException {
    FileSystem fs = warehouse.fileSystem();
    Path own = warehouse.folder(table, sweepId);
    Coverage large = Coverage.of(new Chunks(warehouse).list(table, sweepId));
    for (FileStatus file : fs.listStatus(aside)) {
      String name = file.getPath().getName();
      boolean merged =
          ChunkFile.range(name).map(small -> large.missing(small).isEmpty()).orElse(false);
      if (merged || AtomicFiles.isTemporary(name)) {
        continue;
      }
      Path back = new Path(own, name);
      for (int i = 2; fs.exists(back); i++) {
        back = new Path(own, name + "-" + i);
      }
      if (!fs.rename(file.getPath(), back)) {
        throw new IOException("Cannot move " + file.getPath() + " back to " + back);
      }
    }
  }

  /**
   * Copies each large file into the table's folder, and deletes its small ones before it appears:
   * an object appears when it is closed, and all of its bytes are on their way before.
   */
  private static void swapFiles(Warehouse warehouse, Path large, Path own) throws IOException {
    FileSystem fs = warehouse.fileSystem();
    // The folder is listed once: on an object store, that is a request for each thousand files.
    Map<ChunkRange, Path> before = new TreeMap<>();
    for (FileStatus old : fs.listStatus(own)) {
      ChunkFile.range(old.getPath().getName()).ifPresent(r -> before.put(r, old.getPath()));
    }
    Coverage chunks = Coverage.of(before.keySet());
    for (FileStatus file : fs.listStatus(large)) {
      Path target = new Path(own, file.getPath().getName());
      ChunkRange range = ChunkFile.range(target.getName()).orElseThrow();
      List<Path> small =
          chunks.within(range).stream().filter(c -> !c.equals(range)).map(before::get).toList();
      warehouse
          .files()
          .writeIntoFolder(
              target,
              out -> {
                try (FSDataInputStream in = fs.open(file.getPath())) {
                  IOUtils.copyBytes(in, out, 1 << 16, false);
                }
                for (Path path : small) {
                  fs.delete(path, false);
                }
              });
    }
  }

  private Path folder(Table<?> table) {
    return warehouse.compaction(sweepId).of(run, table.name());
  }
}
