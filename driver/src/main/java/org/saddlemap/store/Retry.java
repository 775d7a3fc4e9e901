package org.saddlemap.store;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetReader;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.plan.IndexSet;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.trial.TrialStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the rows of trials that are trained again. The new rows are committed, chunk by chunk,
 * to a warehouse within the warehouse ({@code _retry}, which readers ignore), so that this training
 * is cut, spread and interrupted like any other, whatever files the old rows are in. Once it has
 * ended, every file that holds old rows of these trials is written anew with the new rows in their
 * place; all other rows stay as they are, bit by bit.
 *
 * <p>Dying at any moment leaves each trial with its old rows or its new ones; only a trial's curve
 * and layers may be new already while its own row is still old. Only the sweep's single writer may
 * call this; {@link #replace} alone may run anywhere.
 */
public final class Retry {
  private static final Logger LOG = LoggerFactory.getLogger(Retry.class);

  private final Warehouse warehouse;
  private final String sweepId;
  private final Warehouse staged;

  public Retry(Warehouse warehouse, String sweepId) {
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.staged = warehouse.within(Warehouse.RETRY);
  }

  /**
   * A chunk whose files are to be written anew.
   *
   * @param fresh chunks of new rows that share numbers of the plan with it, in order
   */
  public record Replacement(ChunkRange chunk, List<ChunkRange> fresh) implements Serializable {
    private static final long serialVersionUID = 1L;

    public Replacement {
      fresh = List.copyOf(fresh);
    }
  }

  /** Where the new rows are committed. */
  public Warehouse staged() {
    return staged;
  }

  /**
   * Plan numbers in a range whose trials have one of these statuses in the tables. Reads two
   * columns of every file that meets the range, one row at a time.
   */
  public IndexSet unfinished(ChunkRange range, Set<TrialStatus> statuses) throws IOException {
    Set<String> wanted = statuses.stream().map(TrialStatus::text).collect(Collectors.toSet());
    TrialReader reader = new TrialReader(warehouse);
    IndexSet unfinished = new IndexSet();
    for (ChunkRange chunk : meeting(new Chunks(warehouse).list(Tables.TRIALS, sweepId), range)) {
      reader.forEach(
          Tables.TRIALS,
          sweepId,
          chunk,
          Set.of(TrialReader.INDEX, "status"),
          row -> {
            long index = row.whole(TrialReader.INDEX);
            if (range.contains(index) && wanted.contains(row.text("status"))) {
              unfinished.add(index);
            }
          });
    }
    return unfinished;
  }

  /** Chunks of the sweep that may hold old rows of trials that were trained again, in order. */
  public List<Replacement> outdated() throws IOException {
    Coverage fresh = Coverage.of(fresh());
    return new Chunks(warehouse)
        .list(Tables.TRIALS, sweepId).stream()
            .map(chunk -> new Replacement(chunk, fresh.meeting(chunk)))
            .filter(replacement -> !replacement.fresh().isEmpty())
            .toList();
  }

  /**
   * Writes a chunk's files anew, with the new rows of those of its trials that were trained again
   * and have not completed before; idempotent. Holds one row group of each file at a time, and the
   * chunk's ids.
   *
   * @throws IOException where a file is broken
   */
  public void replace(Replacement replacement) throws IOException {
    Set<String> trained = new HashSet<>();
    for (ChunkRange range : replacement.fresh()) {
      new TrialReader(staged)
          .forEach(
              Tables.TRIALS,
              sweepId,
              range,
              Set.of(TrialReader.ID),
              row -> trained.add(row.text(TrialReader.ID)));
    }
    Map<String, Integer> order = new HashMap<>();
    Set<String> replaced = new HashSet<>();
    new TrialReader(warehouse)
        .forEach(
            Tables.TRIALS,
            sweepId,
            replacement.chunk(),
            Set.of(TrialReader.ID, "status"),
            row -> {
              String id = row.text(TrialReader.ID);
              order.put(id, order.size());
              if (trained.contains(id)
                  && !row.text("status").equals(TrialStatus.COMPLETED.text())) {
                replaced.add(id);
              }
            });
    if (!replaced.isEmpty()) {
      LOG.info(
          "Putting {} trials of {} that were trained again into the chunk {}",
          replaced.size(),
          sweepId,
          replacement.chunk());
      for (Table<?> table : Warehouse.CHUNKED) {
        replace(table, replacement, order, replaced);
      }
    }
  }

  private void replace(
      Table<?> table, Replacement replacement, Map<String, Integer> order, Set<String> replaced)
      throws IOException {
    Path file = warehouse.file(table, sweepId, replacement.chunk());
    List<Path> others = new ArrayList<>();
    for (ChunkRange range : replacement.fresh()) {
      others.add(staged.file(table, sweepId, range));
    }
    List<Path> all = new ArrayList<>(others);
    all.add(file);
    RowSchema schema = RowSchema.of(warehouse, table, all);
    warehouse
        .files()
        .writeIntoFolder(
            file,
            out ->
                TableFile.write(
                    out,
                    schema.rows(),
                    schema.metadata(sweepId, replacement.chunk()),
                    warehouse.configuration(),
                    rows -> {
                      try (Rows old = new Rows(List.of(file), id -> !replaced.contains(id));
                          Rows now = new Rows(others, replaced::contains)) {
                        while (old.row != null || now.row != null) {
                          rows.add(old.isBefore(now, order) ? old.take() : now.take());
                        }
                      }
                    }));
  }

  /** Rows of some files, one after the other, of trials that are wanted. */
  private final class Rows implements Closeable {
    private final Iterator<Path> files;
    private final Predicate<String> wanted;
    private ParquetReader<Row> reader;

    /** The row that comes next; null after the last. */
    private Row row;

    Rows(List<Path> files, Predicate<String> wanted) throws IOException {
      this.files = files.iterator();
      this.wanted = wanted;
      advance();
    }

    Row take() throws IOException {
      Row taken = row;
      advance();
      return taken;
    }

    private void advance() throws IOException {
      do {
        row = reader == null ? null : reader.read();
        while (row == null && files.hasNext()) {
          close();
          reader = RowReader.open(files.next(), warehouse.configuration(), Set.of());
          row = reader.read();
        }
      } while (row != null && !wanted.test(row.text(TrialReader.ID)));
    }

    /** Whether the next row belongs before the other's next one, by the order of their trials. */
    boolean isBefore(Rows other, Map<String, Integer> order) {
      return other.row == null
          || (row != null
              && order.getOrDefault(row.text(TrialReader.ID), -1)
                  < order.getOrDefault(other.row.text(TrialReader.ID), -1));
    }

    @Override
    public void close() throws IOException {
      if (reader != null) {
        reader.close();
      }
    }
  }

  /**
   * Chunks of new rows, in order, no two of which share a trial. A broken one is left out, as if it
   * had never been trained.
   */
  private List<ChunkRange> fresh() throws IOException {
    List<ChunkRange> whole = new ArrayList<>();
    for (ChunkRange range : new Chunks(staged).list(Tables.TRIALS, sweepId)) {
      boolean right = true;
      for (Table<?> table : Warehouse.CHUNKED) {
        Path file = staged.file(table, sweepId, range);
        right &=
            warehouse.fileSystem().exists(file)
                && FileDigest.check(warehouse.fileSystem(), file) == FileDigest.Finding.RIGHT;
      }
      if (right) {
        whole.add(range);
      }
    }
    return Coverage.of(whole).disjoint();
  }

  private static List<ChunkRange> meeting(List<ChunkRange> chunks, ChunkRange range) {
    return chunks.stream().filter(range::meets).toList();
  }

  /** Deletes the staged rows, once they are in the tables. */
  public void discard() throws IOException {
    // Trials go first: without them the rest is no chunk.
    for (Table<?> table : List.of(Tables.TRIALS, Tables.CURVES, Tables.LAYERS)) {
      warehouse.fileSystem().delete(staged.folder(table, sweepId), true);
      warehouse.deleteIfEmpty(staged.folder(table));
    }
    warehouse.deleteIfEmpty(warehouse.path(Warehouse.RETRY));
  }
}
