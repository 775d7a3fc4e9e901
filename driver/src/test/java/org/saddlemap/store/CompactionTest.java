package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.saddlemap.store.CompactedSweep.SWEEP;
import static org.saddlemap.store.CompactedSweep.compact;
import static org.saddlemap.store.CompactedSweep.counts;
import static org.saddlemap.store.CompactedSweep.rows;
import static org.saddlemap.store.CompactedSweep.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;

/** The law: the rows of every table are the same before, during and after, whatever dies when. */
@Tag("slow")
@Tag("store")
class CompactionTest {
  /** Trials of the sweep that dies. */
  private static final int DYING = 12;

  @TempDir private Path folder;

  @AfterEach
  void live() {
    DyingFileSystem.dieAfter(Integer.MAX_VALUE);
  }

  private Warehouse open(CommitStrategy strategy, String name) throws IOException {
    return DyingFileSystem.open(strategy, folder.resolve(name));
  }

  /** How often each row stands in the files that {@code <table>/*}{@code /*.parquet} names. */
  private Map<String, Integer> globbed(Warehouse warehouse, String name, Table<?> table)
      throws IOException {
    Map<String, Integer> counts = new HashMap<>();
    Path root = folder.resolve(name).resolve(table.name());
    if (!Files.isDirectory(root)) {
      return counts;
    }
    try (Stream<Path> files = Files.walk(root, 2)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".parquet")).toList()) {
        RowReader.forEach(
            new org.apache.hadoop.fs.Path(file.toUri().getPath()),
            warehouse.configuration(),
            Set.of(),
            FilterCompat.NOOP,
            row -> counts.merge(row.toString(), 1, Integer::sum));
      }
    }
    return counts;
  }

  @ParameterizedTest
  @EnumSource(CommitStrategy.class)
  void compactionKeepsRowsAndTheirOrder(CommitStrategy strategy) throws IOException {
    for (long seed = 0; seed < 4; seed++) {
      String name = "law" + seed;
      Warehouse warehouse = open(strategy, name);
      Random random = new Random(seed);
      write(warehouse, random, 20 + random.nextInt(20));
      Coverage before = new Chunks(warehouse).coverage(SWEEP);
      Map<String, List<String>> rows = rows(warehouse);
      if (compact(warehouse, random, 1)) {
        Coverage after = new Chunks(warehouse).coverage(SWEEP);
        assertThat(after.covered()).as("seed %d", seed).isEqualTo(before.covered());
        assertThat(after.overlapping()).isEmpty();
        assertThat(2 * after.chunks().size()).isLessThanOrEqualTo(before.chunks().size());
      }
      assertThat(rows(warehouse)).as("seed %d", seed).isEqualTo(rows);
      for (Table<?> table : Warehouse.CHUNKED) {
        assertThat(globbed(warehouse, name, table)).isEqualTo(counts(rows.get(table.name())));
        for (ChunkRange chunk : new Chunks(warehouse).list(table, SWEEP)) {
          assertThat(FileDigest.check(warehouse.fileSystem(), warehouse.file(table, SWEEP, chunk)))
              .isEqualTo(FileDigest.Finding.RIGHT);
          Footer footer = Footer.read(warehouse, warehouse.file(table, SWEEP, chunk));
          assertThat(footer.metadata())
              .containsEntry(Footer.RANGE_KEY, chunk.from() + "-" + chunk.to())
              .containsEntry(Footer.ROWS_KEY, Long.toString(footer.rows()));
        }
      }
      assertThat(folder.resolve(name).resolve(Warehouse.COMPACTION)).doesNotExist();
      assertThat(new Reconciliation(warehouse, SWEEP).reconcile()).isEmpty();
      assertThat(new Reconciliation(warehouse, SWEEP).clean()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(CommitStrategy.class)
  void compactionKeepsEachRowOnceWhereItDiesAfterAnyChange(CommitStrategy strategy)
      throws IOException {
    long seed = 5;
    Random random = new Random(seed);
    Warehouse template = open(strategy, "template");
    write(template, random, DYING);
    Map<String, List<String>> rows = rows(template);
    boolean dead = true;
    Set<String> states = new HashSet<>();
    int changes = 0;
    for (; dead; changes++) {
      String name = "dying" + changes;
      copy(folder.resolve("template"), folder.resolve(name));
      Warehouse warehouse = open(strategy, name);
      DyingFileSystem.dieAfter(changes);
      try {
        // Two large files a table.
        assertThat(compact(warehouse, CompactionPlan.of(warehouse, SWEEP, 2, 1 << 20, 7), 1))
            .isTrue();
        dead = false;
      } catch (IOException | RuntimeException e) {
        assertThat(e).as("after %d changes", changes).hasStackTraceContaining("dead");
      }
      DyingFileSystem.dieAfter(Integer.MAX_VALUE);
      Warehouse later = open(strategy, name); // as another process sees it
      assertSame(later, rows, changes);
      states.add(globbedNeverTwice(later, name, rows));

      // What brings it to an end may die as well.
      DyingFileSystem.dieAfter(random.nextInt(8));
      try {
        Compaction.finish(later, SWEEP);
      } catch (IOException | RuntimeException e) {
        assertThat(e).hasStackTraceContaining("dead");
      }
      DyingFileSystem.dieAfter(Integer.MAX_VALUE);
      states.add(globbedNeverTwice(later, name, rows));

      Compaction.finish(later, SWEEP);
      new Reconciliation(later, SWEEP).clean();
      for (Table<?> table : Warehouse.CHUNKED) {
        assertThat(globbed(later, name, table)).isEqualTo(counts(rows.get(table.name())));
      }
      assertThat(folder.resolve(name).resolve(Warehouse.COMPACTION)).doesNotExist();
    }
    System.out.printf(
        "CompactionTest, %s: died after each of %d changes, seed %d; other readers found %s%n",
        strategy, changes - 1, seed, states);
    assertThat(changes).isGreaterThan(25);
  }

  @ParameterizedTest
  @EnumSource(CommitStrategy.class)
  void compactionLeavesForeignFilesWhereTheyAre(CommitStrategy strategy) throws IOException {
    boolean dead = true;
    for (int changes = 0; dead; changes++) {
      String name = "foreign" + changes;
      Warehouse warehouse = open(strategy, name);
      write(warehouse, new Random(11), DYING);
      Path trials = folder.resolve(name).resolve("trials/sweep=" + SWEEP);
      Files.writeString(trials.resolve("notes on [these] trials.txt"), "mine");
      Files.writeString(trials.resolve("_SUCCESS"), "");
      Files.createDirectory(trials.resolve("plots"));
      Files.writeString(trials.resolve("plots/map.svg"), "<svg/>");
      List<String> foreign = new Reconciliation(warehouse, SWEEP).foreign();
      assertThat(foreign).hasSize(2);
      DyingFileSystem.dieAfter(changes);
      try {
        assertThat(compact(warehouse, CompactionPlan.of(warehouse, SWEEP, 2, 1 << 20, 7), 1))
            .isTrue();
        dead = false;
      } catch (IOException | RuntimeException e) {
        assertThat(e).as("after %d changes", changes).hasStackTraceContaining("dead");
      }
      DyingFileSystem.dieAfter(Integer.MAX_VALUE);
      Compaction.finish(open(strategy, name), SWEEP);
      assertThat(trials.resolve("notes on [these] trials.txt"))
          .as("after %d changes", changes)
          .hasContent("mine");
      assertThat(trials.resolve("_SUCCESS")).exists();
      assertThat(trials.resolve("plots/map.svg")).hasContent("<svg/>");
      assertThat(new Reconciliation(warehouse, SWEEP).foreign()).isEqualTo(foreign);
      assertThat(folder.resolve(name).resolve(Warehouse.COMPACTION)).doesNotExist();
    }
  }

  private static void assertSame(Warehouse warehouse, Map<String, List<String>> rows, int changes)
      throws IOException {
    assertThat(rows(warehouse)).as("after %d changes", changes).isEqualTo(rows);
    assertThat(new Chunks(warehouse).coverage(SWEEP).missing(DYING)).isEmpty();
    assertThat(new Chunks(warehouse).coverage(SWEEP).overlapping()).isEmpty();
    List<String> trials = new ArrayList<>();
    new TrialReader(warehouse).forEach(SWEEP, t -> trials.add(t.row().toString()));
    assertThat(trials).as("after %d changes", changes).isEqualTo(rows.get("trials"));
  }

  /** What a reader finds that knows the tables' folders alone: all rows, some, or none. */
  private String globbedNeverTwice(Warehouse warehouse, String name, Map<String, List<String>> rows)
      throws IOException {
    String state = "all";
    for (Table<?> table : Warehouse.CHUNKED) {
      Map<String, Integer> expected = counts(rows.get(table.name()));
      Map<String, Integer> found = globbed(warehouse, name, table);
      found.forEach(
          (row, count) ->
              assertThat(count).as(row).isLessThanOrEqualTo(expected.getOrDefault(row, 0)));
      if (found.isEmpty()) {
        state = "none";
      } else if (!found.equals(expected)) {
        state = "some";
      }
    }
    return state;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void readerGoesOnInTheLargeFilesOfACompactionThatComesBetween(long seed) throws IOException {
    Random random = new Random(seed);
    Warehouse warehouse = open(CommitStrategy.RENAME, "reader");
    write(warehouse, random, 50);
    List<String> rows = rows(warehouse).get("trials");
    int when = random.nextInt(rows.size());
    List<String> read = new ArrayList<>();
    AtomicBoolean compacted = new AtomicBoolean();
    new TrialReader(warehouse)
        .forEach(
            SWEEP,
            trial -> {
              read.add(trial.row().toString());
              if (read.size() == when + 1) {
                try {
                  compacted.set(compact(warehouse, random, 1));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              }
            });
    assertThat(compacted).isTrue();
    assertThat(read).as("seed %d", seed).isEqualTo(rows);
  }

  @Test
  void readerShowsTrialsOfOverlappingChunksTwice() throws IOException {
    Warehouse warehouse = open(CommitStrategy.RENAME, "twice");
    for (ChunkRange chunk : List.of(new ChunkRange(0, 9), new ChunkRange(3, 5))) {
      new Chunks(warehouse).write(SWEEP, chunk, new RandomRecords(1).of(chunk));
    }
    List<Long> numbers = new ArrayList<>();
    new TrialReader(warehouse).forEach(SWEEP, t -> numbers.add(t.trial().index()));
    assertThat(numbers).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 3L, 4L);
  }

  @Test
  void readerReadsATrialThatWasFoundBeforeACompaction() throws IOException {
    Warehouse warehouse = open(CommitStrategy.RENAME, "found");
    write(warehouse, new Random(1), 60);
    TrialReader reader = new TrialReader(warehouse);
    List<StoredTrial> trials = new ArrayList<>();
    reader.forEach(SWEEP, trials::add);
    StoredTrial trial = trials.get(31);
    TrialRecord before = reader.record(trial);
    assertThat(compact(warehouse, new Random(1), 1)).isTrue();
    assertThat(reader.record(trial)).isEqualTo(before);
    StoredTrial found = new TrialSearch(warehouse).find(List.of(SWEEP), trial.id().hex());
    assertThat(reader.record(found)).isEqualTo(before);
  }

  @Test
  void compactionRefusesABrokenChunk() throws IOException {
    long seed = 9;
    Random random = new Random(seed);
    Warehouse warehouse = open(CommitStrategy.RENAME, "broken");
    write(warehouse, random, 40);
    ChunkRange chunk = new Chunks(warehouse).coverage(SWEEP).chunks().get(3);
    Path file =
        folder.resolve("broken/curves").resolve("sweep=" + SWEEP).resolve(ChunkFile.name(chunk));
    byte[] bytes = Files.readAllBytes(file);
    bytes[random.nextInt(bytes.length)] ^= 4;
    Files.write(file, bytes);
    List<CompactionPlan.Merge> all = CompactionPlan.of(warehouse, SWEEP, 2, 1 << 30, 1000);
    assertThat(all).singleElement().satisfies(m -> assertThat(m.parts()).contains(chunk));
    assertThatThrownBy(() -> compact(warehouse, all, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(ChunkFile.name(chunk))
        .hasMessageContaining("verify");
    assertThat(Compaction.finish(warehouse, SWEEP)).isFalse();
    assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
  }

  @Test
  void planIsEmptyForFewChunksAndForOverlappingOnes() throws IOException {
    Warehouse warehouse = open(CommitStrategy.RENAME, "small");
    write(warehouse, new Random(3), 60);
    assertThat(CompactionPlan.of(warehouse, SWEEP, 1000, 1 << 20, 1000)).isEmpty();
    assertThat(CompactionPlan.of(warehouse, SWEEP, 2, 1 << 20, 1)).isEmpty();
    List<CompactionPlan.Merge> all = CompactionPlan.of(warehouse, SWEEP, 2, 1 << 30, 1000);
    assertThat(all).singleElement().satisfies(m -> assertThat(m.range().size()).isEqualTo(60));
    // A hole is no part of anything.
    ChunkRange gone = all.get(0).parts().get(5);
    for (Table<?> table : Warehouse.CHUNKED) {
      Files.delete(Path.of(warehouse.file(table, SWEEP, gone).toUri()));
    }
    assertThat(CompactionPlan.of(warehouse, SWEEP, 2, 1 << 30, 1000))
        .noneMatch(m -> m.range().contains(gone))
        .hasSize(2);
    new Chunks(warehouse).write(SWEEP, new ChunkRange(0, 60), List.of());
    assertThat(CompactionPlan.of(warehouse, SWEEP, 2, 1 << 30, 1000)).isEmpty();
  }

  @Test
  void compactionKeepsRowsOfAnOlderSchema() throws IOException {
    Warehouse warehouse = Warehouse.open(folder.resolve("old").toString(), new Configuration());
    write(warehouse, new Random(4), 30);
    // As a version wrote it that did not know the last column yet.
    ChunkRange first = new Chunks(warehouse).coverage(SWEEP).chunks().get(0);
    Table<Row> all = Replaced.copies(Tables.TRIALS);
    Table<Row> older =
        new Table<>("trials", "", all.columns().subList(0, all.columns().size() - 1));
    byte[] bytes =
        TableFile.bytes(
            older,
            Replaced.rows(warehouse, Tables.TRIALS, SWEEP, first),
            Footer.metadata(SWEEP, first),
            new Configuration());
    Files.write(Path.of(warehouse.file(Tables.TRIALS, SWEEP, first).toUri()), bytes);
    Map<String, List<String>> rows = rows(warehouse);
    assertThat(compact(warehouse, new Random(4), 1)).isTrue();
    assertThat(rows(warehouse)).isEqualTo(rows);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
