package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;

/**
 * No name of a warehouse's folder is read as a pattern, an escape or a scheme, whatever is done
 * with its files, on each kind of store.
 */
@Tag("slow")
@Tag("store")
class WarehousePathsTest {
  private static final String SWEEP = SweepId.of("paths", TrialId.sha256("plan"));
  private static final List<String> NAMES =
      List.of(
          "a [1]{2,*}? b",
          "100%25 #1 & it's",
          "\"q\" $HOME ${x} `y` \\n \\",
          "line\nbreak\ttab",
          "lr:0.1",
          "größe-尺寸-גודל-\u202Ezyx",
          "x".repeat(200));

  private static final Set<TrialStatus> UNFINISHED =
      Set.of(TrialStatus.FAILED, TrialStatus.TIMED_OUT);

  @TempDir private Path folder;

  static Stream<Arguments> places() {
    return NAMES.stream()
        .flatMap(
            name ->
                Stream.of(CommitStrategy.values()).map(strategy -> Arguments.of(strategy, name)));
  }

  @ParameterizedTest
  @MethodSource("places")
  void warehouseWorksInAFolderOfThatName(CommitStrategy strategy, String name) throws IOException {
    Path home = folder.resolve(name).resolve("w " + name);
    assertLives(() -> DyingFileSystem.open(strategy, home));
    assertThat(home.resolve("trials")).isDirectory();
  }

  /** Opens a warehouse, as each process does for itself. */
  private interface Opening {
    Warehouse open() throws IOException;
  }

  /** Written, locked, resumed, compacted, tried again, put aside. */
  private static void assertLives(Opening opening) throws IOException {
    Warehouse first = opening.open();
    Warehouse again = Warehouse.open(first.location(), first.configuration());
    assertThat(again.location()).isEqualTo(first.location());
    RandomRecords random = new RandomRecords(1);
    try (SweepLock lock = SweepLock.take(first, SWEEP)) {
      for (long from = 0; from < 18; from++) {
        ChunkRange chunk = new ChunkRange(from, from + 1);
        List<TrialRecord> rows = random.of(chunk);
        while (from == 0 && !UNFINISHED.contains(rows.get(0).status())) { // one to try again
          rows = random.of(chunk);
        }
        assertThat(new Chunks(first).write(SWEEP, chunk, rows)).isTrue();
      }
      assertThat(lock.isHeld()).isTrue();
      assertThat(SweepLock.isCurrent(again, SWEEP, lock.number())).isTrue();
    }
    assertThat(new Chunks(again).coverage(SWEEP).missing(18)).isEmpty();
    assertThat(again.folders(Tables.TRIALS, id -> true)).containsOnlyKeys(SWEEP);

    List<CompactionPlan.Merge> merges = CompactionPlan.of(again, SWEEP);
    Compaction compaction = new Compaction(again, SWEEP, 1);
    compaction.begin();
    for (CompactionPlan.Merge merge : merges) {
      compaction.merge(merge);
    }
    compaction.commit(merges);
    assertThat(Compaction.finish(again, SWEEP)).isTrue();
    ChunkRange all = new ChunkRange(0, 18);
    assertThat(new Chunks(first).list(Tables.TRIALS, SWEEP)).containsExactly(all);

    Retry retry = new Retry(first, SWEEP);
    List<TrialRecord> stored = new TrialReader(first).records(SWEEP, all);
    for (ChunkRange range : retry.unfinished(all, UNFINISHED)) {
      new Chunks(retry.staged())
          .write(SWEEP, range, stored.subList((int) range.from(), (int) range.to()));
    }
    List<Retry.Replacement> outdated = retry.outdated();
    assertThat(outdated).hasSize(1);
    retry.replace(outdated.get(0));
    retry.discard();
    List<String> rows = new ArrayList<>();
    new TrialReader(again).forEach(SWEEP, trial -> rows.add(trial.row().text("trial_id")));
    assertThat(rows).hasSize(18).doesNotHaveDuplicates();

    if (!DyingFileSystem.canRename(first)) {
      return; // The test's object store refuses what a real one does by copying.
    }
    ChunkRange within = new ChunkRange(3, 5);
    new Chunks(first).write(SWEEP, within, random.of(within));
    assertThat(new Reconciliation(again, SWEEP).reconcile()).containsExactly(within);
    assertThat(new Chunks(first).list(Tables.TRIALS, SWEEP)).containsExactly(all);
  }
}
