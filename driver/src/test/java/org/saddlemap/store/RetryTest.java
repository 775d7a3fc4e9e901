package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;

/** The law: trials that were trained again have their new rows, all others their old ones. */
@Tag("slow")
@Tag("store")
class RetryTest {
  private static final String SWEEP = SweepId.of("retried", TrialId.sha256("plan"));
  private static final Set<TrialStatus> UNFINISHED =
      EnumSet.of(TrialStatus.FAILED, TrialStatus.TIMED_OUT);
  private static final int TRIALS = 40;
  private static final ChunkRange ALL = new ChunkRange(0, TRIALS);

  @TempDir private Path folder;

  @AfterEach
  void live() {
    DyingFileSystem.dieAfter(Integer.MAX_VALUE);
  }

  private Warehouse open(CommitStrategy strategy, String name) throws IOException {
    return DyingFileSystem.open(strategy, folder.resolve(name));
  }

  /** Chunks of random lengths that cover the plan. */
  private static List<ChunkRange> cut(Random random, int most) {
    List<ChunkRange> chunks = new ArrayList<>();
    for (int from = 0; from < TRIALS; ) {
      int to = Math.min(TRIALS, from + 1 + random.nextInt(most));
      chunks.add(new ChunkRange(from, to));
      from = to;
    }
    return chunks;
  }

  /** Trials of which some failed or timed out. */
  private static void write(Warehouse warehouse, Random random, int most) throws IOException {
    RandomRecords records = new RandomRecords(random.nextLong());
    for (ChunkRange chunk : cut(random, most)) {
      new Chunks(warehouse).write(SWEEP, chunk, records.of(chunk));
    }
  }

  /** Trains these trials again: anything may come out, under the same id. */
  private static Map<Long, TrialRecord> stage(
      Warehouse warehouse, Set<Long> wanted, List<ChunkRange> chunks, Random random)
      throws IOException {
    Map<Long, TrialRecord> old = records(warehouse);
    RandomRecords again = new RandomRecords(random.nextLong());
    Map<Long, TrialRecord> trained = new TreeMap<>();
    for (ChunkRange chunk : chunks) {
      List<TrialRecord> fresh = new ArrayList<>();
      for (long i = chunk.from(); i < chunk.to(); i++) {
        if (wanted.contains(i)) {
          TrialRecord r = again.record(i);
          fresh.add(
              new TrialRecord(
                  old.get(i).id(),
                  r.trial(),
                  r.status(),
                  r.verdict(),
                  r.evidence(),
                  r.outcome(),
                  r.times(),
                  r.failure(),
                  r.curve(),
                  r.layers(),
                  r.provenance()));
        }
      }
      fresh.forEach(r -> trained.put(r.trial().index(), RandomRecords.stored(r)));
      new Chunks(new Retry(warehouse, SWEEP).staged()).write(SWEEP, chunk, fresh);
    }
    return trained;
  }

  /** As the job of a run does it, in one process. */
  private static void finish(Warehouse warehouse) throws IOException {
    Retry retry = new Retry(warehouse, SWEEP);
    for (Retry.Replacement replacement : retry.outdated()) {
      retry.replace(replacement);
    }
    retry.discard();
  }

  private static Map<Long, TrialRecord> records(Warehouse warehouse) throws IOException {
    Map<Long, TrialRecord> records = new TreeMap<>();
    for (ChunkRange chunk : new Chunks(warehouse).list(Tables.TRIALS, SWEEP)) {
      for (TrialRecord r : new TrialReader(warehouse).records(SWEEP, chunk)) {
        assertThat(records.put(r.trial().index(), r)).as("once").isNull();
      }
    }
    return records;
  }

  /** A table's rows in the order in which they stand, without those of some trials. */
  private static List<String> rows(Warehouse warehouse, Table<?> table, Set<String> without)
      throws IOException {
    List<String> rows = new ArrayList<>();
    for (ChunkRange chunk : new Chunks(warehouse).list(table, SWEEP)) {
      new TrialReader(warehouse)
          .forEach(
              table,
              SWEEP,
              chunk,
              Set.of(),
              row -> {
                if (!without.contains(row.text("trial_id"))) {
                  rows.add(row.toString());
                }
              });
    }
    return rows;
  }

  private static Set<String> ids(Warehouse warehouse, Set<Long> indices) throws IOException {
    Map<Long, TrialRecord> records = records(warehouse);
    Set<String> ids = new HashSet<>();
    indices.forEach(i -> ids.add(records.get(i).id().hex()));
    return ids;
  }

  @ParameterizedTest
  @EnumSource(CommitStrategy.class)
  void replaceKeepsAllOtherRowsBitByBit(CommitStrategy strategy) throws IOException {
    for (long seed = 0; seed < 4; seed++) {
      Random random = new Random(seed);
      Warehouse warehouse = open(strategy, "law" + seed);
      write(warehouse, random, seed % 2 == 0 ? 5 : TRIALS);
      Set<Long> wanted = Replaced.indices(new Retry(warehouse, SWEEP).unfinished(ALL, UNFINISHED));
      assertThat(wanted).as("seed %d", seed).isNotEmpty().hasSizeLessThan(TRIALS / 2);
      Map<Long, TrialRecord> expected = records(warehouse);
      Set<String> ids = ids(warehouse, wanted);
      Map<String, List<String>> others = new TreeMap<>();
      for (Table<?> table : Warehouse.CHUNKED) {
        others.put(table.name(), rows(warehouse, table, ids));
      }
      List<ChunkRange> chunks = new Chunks(warehouse).list(Tables.TRIALS, SWEEP);

      expected.putAll(stage(warehouse, wanted, cut(random, 20), random));
      finish(warehouse);

      assertThat(records(warehouse)).as("seed %d", seed).isEqualTo(expected);
      assertThat(new Chunks(warehouse).list(Tables.TRIALS, SWEEP)).isEqualTo(chunks);
      for (Table<?> table : Warehouse.CHUNKED) {
        assertThat(rows(warehouse, table, ids)).isEqualTo(others.get(table.name()));
        for (ChunkRange chunk : chunks) {
          assertThat(FileDigest.check(warehouse.fileSystem(), warehouse.file(table, SWEEP, chunk)))
              .isEqualTo(FileDigest.Finding.RIGHT);
        }
      }
      assertThat(folder.resolve("law" + seed).resolve(Warehouse.RETRY)).doesNotExist();
    }
  }

  @Test
  void unfinishedFindsTrialsByStatusWithinARange() throws IOException {
    Warehouse warehouse = open(CommitStrategy.RENAME, "status");
    write(warehouse, new Random(1), 9);
    Retry retry = new Retry(warehouse, SWEEP);
    for (Set<TrialStatus> statuses :
        List.of(UNFINISHED, EnumSet.of(TrialStatus.FAILED), EnumSet.of(TrialStatus.TIMED_OUT))) {
      for (ChunkRange range : List.of(ALL, new ChunkRange(7, 23))) {
        Set<Long> expected = new HashSet<>();
        records(warehouse)
            .forEach(
                (i, r) -> {
                  if (range.contains(i) && statuses.contains(r.status())) {
                    expected.add(i);
                  }
                });
        assertThat(Replaced.indices(retry.unfinished(range, statuses))).isEqualTo(expected);
      }
    }
  }

  @Test
  void replaceKeepsTheRowOfACompletedTrial() throws IOException {
    Warehouse warehouse = open(CommitStrategy.RENAME, "completed");
    write(warehouse, new Random(2), 9);
    Map<Long, TrialRecord> before = records(warehouse);
    Set<Long> completed = new HashSet<>(before.keySet());
    completed.removeAll(Replaced.indices(new Retry(warehouse, SWEEP).unfinished(ALL, UNFINISHED)));
    stage(warehouse, completed, List.of(ALL), new Random(3));
    finish(warehouse);
    assertThat(records(warehouse)).isEqualTo(before);
  }

  @Test
  void replaceLeavesOutABrokenNewChunk() throws IOException {
    Random random = new Random(4);
    Warehouse warehouse = open(CommitStrategy.RENAME, "broken");
    write(warehouse, random, TRIALS);
    Map<Long, TrialRecord> expected = records(warehouse);
    Set<Long> wanted = Replaced.indices(new Retry(warehouse, SWEEP).unfinished(ALL, UNFINISHED));
    ChunkRange broken = new ChunkRange(0, 20);
    Map<Long, TrialRecord> trained =
        stage(warehouse, wanted, List.of(broken, new ChunkRange(20, TRIALS)), random);
    Path curves =
        folder.resolve("broken/_retry/curves/sweep=%s/%s".formatted(SWEEP, ChunkFile.name(broken)));
    byte[] bytes = Files.readAllBytes(curves);
    bytes[random.nextInt(bytes.length)] ^= 16;
    Files.write(curves, bytes);
    trained.keySet().removeIf(broken::contains);
    assertThat(trained).isNotEmpty();
    expected.putAll(trained);
    finish(warehouse);
    assertThat(records(warehouse)).isEqualTo(expected);
  }

  /** A trial's own row is its commit; curves and layers come a moment before. */
  @ParameterizedTest
  // Where a file can only be taken away before another takes its place, dying in between loses it.
  @EnumSource(value = CommitStrategy.class, names = "COPY", mode = EnumSource.Mode.EXCLUDE)
  void replaceThatDiesLeavesEachTrialWithItsOldRowOrItsNewOne(CommitStrategy strategy)
      throws IOException {
    long seed = 6;
    Random random = new Random(seed);
    Warehouse template = open(strategy, "template");
    write(template, random, 30);
    Map<Long, TrialRecord> before = records(template);
    Set<Long> wanted = Replaced.indices(new Retry(template, SWEEP).unfinished(ALL, UNFINISHED));
    Map<Long, TrialRecord> after = new TreeMap<>(before);
    after.putAll(stage(template, wanted, cut(random, 40), random));
    boolean dead = true;
    int changes = 0;
    for (; dead; changes++) {
      String name = "dying" + changes;
      copy(folder.resolve("template"), folder.resolve(name));
      Warehouse warehouse = open(strategy, name);
      DyingFileSystem.dieAfter(changes);
      try {
        finish(warehouse);
        dead = false;
      } catch (IOException | RuntimeException e) {
        assertThat(e).as("after %d changes", changes).hasStackTraceContaining("dead");
      }
      DyingFileSystem.dieAfter(Integer.MAX_VALUE);
      Warehouse later = open(strategy, name);
      Map<Long, TrialRecord> found = records(later);
      assertThat(found.keySet()).isEqualTo(before.keySet());
      for (long i : found.keySet()) {
        assertThat(withoutDetails(found.get(i)))
            .as("seed %d, after %d changes, trial %d", seed, changes, i)
            .isIn(withoutDetails(before.get(i)), withoutDetails(after.get(i)));
      }
      finish(later);
      new Reconciliation(later, SWEEP).clean();
      assertThat(records(later)).as("seed %d, after %d changes", seed, changes).isEqualTo(after);
      assertThat(folder.resolve(name).resolve(Warehouse.RETRY)).doesNotExist();
    }
    assertThat(changes).isGreaterThan(20);
  }

  private static TrialRecord withoutDetails(TrialRecord r) {
    return new TrialRecord(
        r.id(),
        r.trial(),
        r.status(),
        r.verdict(),
        r.evidence(),
        r.outcome(),
        r.times(),
        r.failure(),
        List.of(),
        List.of(),
        r.provenance());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
