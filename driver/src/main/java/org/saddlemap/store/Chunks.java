package org.saddlemap.store;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.hadoop.fs.FileStatus;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;

/**
 * The chunks of a warehouse's sweeps. A chunk is three files of one name, one in each of {@code
 * curves}, {@code layers} and {@code trials}; the last is written last and is the chunk's commit.
 */
public final class Chunks {
  private final Warehouse warehouse;

  public Chunks(Warehouse warehouse) {
    this.warehouse = warehouse;
  }

  /** The chunks of a table's sweep, by file names alone, in order. */
  public List<ChunkRange> list(Table<?> table, String sweepId) throws IOException {
    return warehouse.names(table, sweepId).stream()
        .flatMap(name -> ChunkFile.range(name).stream())
        .sorted()
        .toList();
  }

  /**
   * What tells a chunk's file from one that takes its place.
   *
   * @param bytes its length
   * @param modified when it was written, in milliseconds since 1970 by its file system's clock
   */
  public record Stamp(long bytes, long modified) {}

  /** The committed chunks of a sweep, in order, with the stamps of their trials' files. */
  public SortedMap<ChunkRange, Stamp> stamps(String sweepId) throws IOException {
    SortedMap<ChunkRange, Stamp> stamps = new TreeMap<>();
    for (FileStatus file : warehouse.list(Tables.TRIALS, sweepId)) {
      ChunkFile.range(file.getPath().getName())
          .ifPresent(
              range -> stamps.put(range, new Stamp(file.getLen(), file.getModificationTime())));
    }
    return stamps;
  }

  /** Which indices of its plan a sweep has committed, by file names alone. */
  public Coverage coverage(String sweepId) throws IOException {
    return Coverage.of(list(Tables.TRIALS, sweepId));
  }

  /** Whether the chunk's trials are in the warehouse. */
  public boolean isCommitted(String sweepId, ChunkRange range) throws IOException {
    return warehouse.fileSystem().exists(warehouse.file(Tables.TRIALS, sweepId, range));
  }

  /**
   * Writes and commits a chunk: curves, layers, then trials. Nothing happens where it is already
   * committed, so attempts may repeat and race; exactly one file of the chunk is left in each
   * table, and the three are of one attempt.
   *
   * @param records of trials in the range, in any order; may be fewer than the range (excluded
   *     points), or none
   * @return whether this call committed it
   * @throws IllegalArgumentException where a record is outside the range or is there twice
   */
  public boolean write(String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    List<TrialRecord> sorted = checked(range, records);
    if (isCommitted(sweepId, range)) {
      return false;
    }
    writeDetails(sweepId, range, sorted);
    if (write(Tables.TRIALS, sweepId, range, sorted, false)) {
      return true;
    }
    // Another attempt committed in between, and this one's curves and layers may be beside its
    // trials by now. The other has nothing left to write, so that all three become this one's.
    writeDetails(sweepId, range, sorted);
    write(Tables.TRIALS, sweepId, range, sorted, true);
    return false;
  }

  private static List<TrialRecord> checked(ChunkRange range, List<TrialRecord> records) {
    Set<Long> seen = new HashSet<>();
    for (TrialRecord record : records) {
      long index = record.trial().index();
      if (!range.contains(index)) {
        throw new IllegalArgumentException(
            "Cannot write trial %d into the chunk %s".formatted(index, range));
      }
      if (!seen.add(index)) {
        throw new IllegalArgumentException("Cannot write trial %d twice".formatted(index));
      }
    }
    return records.stream().sorted(Comparator.comparingLong(r -> r.trial().index())).toList();
  }

  /** Later attempts replace what comes before the commit, so that it belongs to the trials. */
  private void writeDetails(String sweepId, ChunkRange range, List<TrialRecord> records)
      throws IOException {
    write(Tables.CURVES, sweepId, range, logged(records, TrialRecord::curve), true);
    write(Tables.LAYERS, sweepId, range, logged(records, TrialRecord::layers), true);
  }

  private static <P> List<Tables.Logged<P>> logged(
      List<TrialRecord> records, Function<TrialRecord, List<P>> points) {
    return records.stream()
        .flatMap(r -> points.apply(r).stream().map(p -> new Tables.Logged<>(r, p)))
        .toList();
  }

  private <R> boolean write(
      Table<R> table, String sweepId, ChunkRange range, List<R> rows, boolean replace)
      throws IOException {
    Map<String, String> metadata = Footer.metadata(sweepId, range);
    byte[] bytes = TableFile.bytes(table, rows, metadata, warehouse.configuration());
    return warehouse
        .files()
        .write(warehouse.file(table, sweepId, range), out -> out.write(bytes), replace);
  }
}
