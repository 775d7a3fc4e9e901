package org.saddlemap.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.record.Table;

/**
 * Makes few large files of the many small ones of a complete sweep; every row stays as it is. The
 * large ones are written and read back in a hidden folder first, {@code
 * _compaction/sweep=<id>/run-<number>/<table>}. One small file, {@code _compaction/sweep=<id>/
 * committed}, then says that they stand for the small ones, and readers of this program look there
 * from that moment on. Only then does each folder take the place of the one in its table. Dying at
 * any moment leaves either the small files as they were, or a committed compaction, which {@link
 * #finish} brings to its end.
 *
 * <p>Where folders can be renamed, readers of other programs find the sweep in a table whole as it
 * was, or not at all for the moment between two renames, or whole as it is now. On object stores,
 * where they cannot, the rows of one large file at a time are missing between the deletion of its
 * small ones and the moment that it appears. Nobody ever finds a row twice.
 *
 * <p>Only for the sweep's single writer, the merging apart, which may run anywhere.
 */
public final class Compaction {
  /** Below the warehouse; readers ignore it. */
  static final String FOLDER = "_compaction";

  private static final String COMMITTED = "committed";
  private static final String REPLACED = "replaced";

  /** A table of so few files stays as it is. */
  static final int FEW = 16;

  /** Of a large file, in any table. */
  private static final long MOST_BYTES = 128L << 20;

  /** Numbers of the plan in a large file: what a broken file costs, and a reader of one trial. */
  private static final long MOST_NUMBERS = 100_000;

  private final Warehouse warehouse;
  private final String sweepId;
  private final String run;

  /**
   * @param run number of the run in the sweep's {@link SweepLock}
   */
  public Compaction(Warehouse warehouse, String sweepId, long run) {
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.run = String.format(Locale.ROOT, "run-%06d", run);
  }

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
   * the number of files. By names and sizes alone.
   */
  public static List<Merge> plan(Warehouse warehouse, String sweepId) throws IOException {
    return plan(warehouse, sweepId, FEW, MOST_BYTES, MOST_NUMBERS);
  }

  static List<Merge> plan(
      Warehouse warehouse, String sweepId, int few, long mostBytes, long mostNumbers)
      throws IOException {
    Map<String, long[]> bytes = new HashMap<>();
    for (int i = 0; i < Warehouse.CHUNKED.size(); i++) {
      for (FileStatus file : warehouse.files(Warehouse.CHUNKED.get(i), sweepId)) {
        bytes
                .computeIfAbsent(file.getPath().getName(), n -> new long[Warehouse.CHUNKED.size()])[
                i] =
            file.getLen();
      }
    }
    Coverage coverage = warehouse.coverage(sweepId);
    List<ChunkRange> chunks = coverage.chunks();
    if (chunks.size() <= few || !coverage.overlapping().isEmpty()) {
      return List.of();
    }
    List<Merge> merges = new ArrayList<>();
    List<ChunkRange> parts = new ArrayList<>();
    long[] sum = new long[Warehouse.CHUNKED.size()];
    for (ChunkRange chunk : chunks) {
      long[] more = bytes.getOrDefault(chunk.fileName(), new long[sum.length]);
      if (!parts.isEmpty()
          && (parts.get(parts.size() - 1).to() != chunk.from()
              || chunk.to() - parts.get(0).from() > mostNumbers
              || exceeds(sum, more, mostBytes))) {
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

  private static boolean exceeds(long[] sum, long[] more, long most) {
    for (int i = 0; i < sum.length; i++) {
      if (sum[i] + more[i] > most) {
        return true;
      }
    }
    return false;
  }

  private static Merge merge(List<ChunkRange> parts) {
    return new Merge(new ChunkRange(parts.get(0).from(), parts.get(parts.size() - 1).to()), parts);
  }

  /** Makes room; before the first {@link #merge}. What an earlier one left must be finished. */
  public void begin() throws IOException {
    for (Table<?> table : Warehouse.CHUNKED) {
      warehouse.fileSystem().mkdirs(folder(table));
    }
  }

  /**
   * Writes the large files of some chunks, one in each table, and reads them back. Twice is as good
   * as once. Holds one row group at a time.
   *
   * @throws IOException where a chunk is broken, or the large file does not hold the same rows
   */
  public void merge(Merge merge) throws IOException {
    for (Table<?> table : Warehouse.CHUNKED) {
      merge(table, merge);
    }
  }

  private void merge(Table<?> table, Merge merge) throws IOException {
    List<Path> parts = new ArrayList<>();
    for (ChunkRange part : merge.parts()) {
      parts.add(warehouse.file(table, sweepId, part));
    }
    RowSchema schema = RowSchema.of(warehouse, table, parts);
    Fingerprint written = new Fingerprint();
    Path large = new Path(folder(table), merge.range().fileName());
    warehouse.placeIn(
        large,
        out ->
            TableFile.write(
                out,
                schema.rows(),
                schema.metadata(sweepId, merge.range()),
                warehouse.configuration(),
                rows -> {
                  for (Path part : parts) {
                    TrialReader.forEach(
                        warehouse,
                        part,
                        Set.of(),
                        row -> {
                          rows.add(row);
                          written.add(row);
                        });
                  }
                }));
    warehouse.requireDigest(large);
    Fingerprint read = new Fingerprint();
    TrialReader.forEach(warehouse, large, Set.of(), read::add);
    if (!read.matches(written)) {
      throw new IOException("Cannot compact: " + large + " does not hold what was written to it");
    }
  }

  /** Rows in their order, in few bits. */
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
   * Says that the large files stand for the small ones, in one step; {@link #finish} comes next.
   *
   * @throws IOException where not all of them are there
   */
  public void commit(List<Merge> merges) throws IOException {
    Set<String> expected =
        merges.stream().map(m -> m.range().fileName()).collect(Collectors.toSet());
    for (Table<?> table : Warehouse.CHUNKED) {
      Set<String> names = new HashSet<>();
      for (FileStatus file : warehouse.fileSystem().listStatus(folder(table))) {
        if (ChunkRange.parse(file.getPath().getName()).isPresent()) {
          names.add(file.getPath().getName());
        }
      }
      if (!names.equals(expected)) {
        throw new IOException(
            "Cannot compact: %s holds %s instead of %s".formatted(folder(table), names, expected));
      }
    }
    warehouse.placeIn(
        marker(warehouse, sweepId), out -> out.write(run.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Brings a committed compaction to its end, and removes what is left of one that was not
   * committed. Twice is as good as once.
   *
   * @return whether there was a committed one
   */
  public static boolean finish(Warehouse warehouse, String sweepId) throws IOException {
    FileSystem fs = warehouse.fileSystem();
    Path marker = marker(warehouse, sweepId);
    Optional<String> run = read(warehouse, marker);
    if (run.isPresent()) {
      Path replaced = new Path(new Path(marker.getParent(), run.get()), REPLACED);
      for (Table<?> table : Warehouse.CHUNKED) {
        Optional<Path> large = committed(warehouse, table, sweepId);
        if (large.isPresent() && warehouse.placement() == Placement.RENAME) {
          swapFolders(warehouse, large.get(), warehouse.folder(table, sweepId), replaced);
        } else if (large.isPresent()) {
          swapFiles(warehouse, large.get(), warehouse.folder(table, sweepId));
        }
      }
      giveBack(warehouse, sweepId, replaced);
      fs.delete(marker, false); // first: without it, what is left is no one's
    }
    fs.delete(marker.getParent(), true);
    if (fs.exists(warehouse.path(FOLDER)) && fs.listStatus(warehouse.path(FOLDER)).length == 0) {
      fs.delete(warehouse.path(FOLDER), false);
    }
    return run.isPresent();
  }

  /** Whether a compaction is committed, and the large files are not all in their place yet. */
  public static boolean isPending(Warehouse warehouse, String sweepId) throws IOException {
    return read(warehouse, marker(warehouse, sweepId)).isPresent();
  }

  private static void swapFolders(Warehouse warehouse, Path large, Path own, Path replaced)
      throws IOException {
    FileSystem fs = warehouse.fileSystem();
    if (fs.exists(own)) {
      fs.mkdirs(replaced);
      Path aside = new Path(replaced, large.getName());
      // There is one already where it died after that, and an attempt that outlived its run wrote.
      for (int i = 2; fs.exists(aside); i++) {
        aside = new Path(replaced, large.getName() + "-" + i);
      }
      warehouse.moveFolder(own, aside);
    }
    warehouse.moveFolder(large, own);
  }

  /**
   * Whatever stood beside the small files is no one's to delete: it goes back to where it was, with
   * chunks whose rows are in no large file.
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
    Coverage large = Coverage.of(warehouse.chunks(table, sweepId));
    for (FileStatus file : fs.listStatus(aside)) {
      String name = file.getPath().getName();
      boolean merged =
          ChunkRange.parse(name).map(small -> large.missing(small).isEmpty()).orElse(false);
      if (merged || Warehouse.isTemporary(name)) {
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

  /** An object appears when it is closed: all of its bytes are on their way before. */
  private static void swapFiles(Warehouse warehouse, Path large, Path own) throws IOException {
    FileSystem fs = warehouse.fileSystem();
    // Listed once: on an object store, that is a request for each thousand files.
    Map<ChunkRange, Path> before = new TreeMap<>();
    for (FileStatus old : fs.listStatus(own)) {
      ChunkRange.parse(old.getPath().getName()).ifPresent(r -> before.put(r, old.getPath()));
    }
    Coverage chunks = Coverage.of(before.keySet());
    for (FileStatus file : fs.listStatus(large)) {
      Path target = new Path(own, file.getPath().getName());
      ChunkRange range = ChunkRange.parse(target.getName()).orElseThrow();
      List<Path> small =
          chunks.within(range).stream().filter(c -> !c.equals(range)).map(before::get).toList();
      warehouse.placeIn(
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

  /** The folder of large files that stands for a sweep's own in a table now, where one does. */
  static Optional<Path> committed(Warehouse warehouse, Table<?> table, String sweepId)
      throws IOException {
    Path marker = marker(warehouse, sweepId);
    Optional<String> run = read(warehouse, marker);
    if (run.isEmpty()) {
      return Optional.empty();
    }
    Path large = new Path(new Path(marker.getParent(), run.get()), table.name());
    return warehouse.fileSystem().exists(large) ? Optional.of(large) : Optional.empty();
  }

  private Path folder(Table<?> table) {
    return new Path(new Path(home(warehouse, sweepId), run), table.name());
  }

  private static Path marker(Warehouse warehouse, String sweepId) {
    return new Path(home(warehouse, sweepId), COMMITTED);
  }

  static Path home(Warehouse warehouse, String sweepId) {
    return warehouse.path(FOLDER + "/" + Warehouse.PARTITION + SweepId.require(sweepId));
  }

  private static Optional<String> read(Warehouse warehouse, Path marker) throws IOException {
    try (FSDataInputStream in = warehouse.fileSystem().open(marker)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }
}
