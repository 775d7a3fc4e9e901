package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
import org.saddlemap.trial.TrialId;

/** A sweep is whole or gone, whatever dies when; all else stays. */
@Tag("slow")
@Tag("store")
class RemovalTest {
  private static final String OTHER = SweepId.of("other", TrialId.sha256("plan"));

  @TempDir private Path folder;

  @AfterEach
  void live() {
    DyingFileSystem.dieAfter(Integer.MAX_VALUE);
  }

  private Warehouse open(CommitStrategy strategy, String name) throws IOException {
    return DyingFileSystem.open(strategy, folder.resolve(name));
  }

  private static void write(Warehouse warehouse) throws IOException {
    SoundSweep.write(warehouse);
    ChunkRange chunk = new ChunkRange(0, 3);
    new Chunks(warehouse).write(OTHER, chunk, new RandomRecords(3).of(chunk));
    // What a run, a retry and a repair may have left.
    if (DyingFileSystem.canRename(warehouse)) {
      Quarantine.of(warehouse, SoundSweep.ID)
          .move(Tables.TRIALS, ChunkFile.name(SoundSweep.CHUNKS.get(0)));
    }
    new Chunks(warehouse.within(Warehouse.RETRY))
        .write(SoundSweep.ID, chunk, new RandomRecords(4).of(chunk));
  }

  private static void remove(Warehouse warehouse) throws IOException {
    try (SweepLock lock = SweepLock.take(warehouse, SoundSweep.ID)) {
      Removal.commit(warehouse, SoundSweep.ID);
      Removal.finish(warehouse, SoundSweep.ID);
      lock.forget();
    }
  }

  /** The sweep as readers of this program find it. */
  private static String found(Warehouse warehouse) throws IOException {
    boolean row = new Catalogue(warehouse).sweep(SoundSweep.ID).isPresent();
    Set<Boolean> tables = new HashSet<>();
    for (Table<?> table : Warehouse.CHUNKED) {
      tables.add(warehouse.folders(table, id -> true).containsKey(SoundSweep.ID));
    }
    return tables.equals(Set.of(row)) ? row ? "whole" : "gone" : "half";
  }

  private List<String> files(String name) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(name))) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> folder.resolve(name).relativize(f).toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @EnumSource(CommitStrategy.class)
  void removalThatDiesLeavesTheSweepWholeOrGone(CommitStrategy strategy) throws IOException {
    Set<String> states = new HashSet<>();
    boolean dead = true;
    int changes = 0;
    for (; dead; changes++) {
      String name = "dying" + changes;
      Warehouse warehouse = open(strategy, name);
      write(warehouse);
      List<String> before = files(name);
      long trials = Removal.inventory(warehouse, SoundSweep.ID).trials();
      DyingFileSystem.dieAfter(changes);
      try {
        remove(warehouse);
        dead = false;
      } catch (IOException | RuntimeException e) {
        assertThat(e).as("after %d changes", changes).hasStackTraceContaining("dead");
      }
      DyingFileSystem.dieAfter(Integer.MAX_VALUE);
      Warehouse later = open(strategy, name); // as another process sees it
      String found = found(later);
      states.add(found);
      assertThat(found).as("after %d changes", changes).isNotEqualTo("half");
      if (found.equals("whole")) {
        assertThat(files(name)).containsAll(before);
        assertThat(Removal.inventory(later, SoundSweep.ID).trials()).isEqualTo(trials);
        assertThat(Removal.finish(later, SoundSweep.ID)).isFalse();
        continue;
      }
      assertThat(Removal.pending(later)).isIn(List.of(), List.of(SoundSweep.ID));
      Removal.finish(later, SoundSweep.ID);
      new LockFiles(later, SoundSweep.ID).deleteAll();
      assertThat(files(name))
          .as("all that is left is the other sweep's")
          .isNotEmpty()
          .allMatch(f -> f.contains(OTHER));
      assertThat(files(name)).isEqualTo(before.stream().filter(f -> f.contains(OTHER)).toList());
      assertThat(found(later)).isEqualTo("gone");
    }
    assertThat(states).containsExactlyInAnyOrder("whole", "gone");
    assertThat(changes).isGreaterThan(10);
  }

  @Test
  void inventoryCountsAllThatGoesAndNamesWhatIsForeign() throws IOException {
    Warehouse warehouse = open(CommitStrategy.RENAME, "w");
    write(warehouse);
    new Catalogue(warehouse).writeDerived(Tables.RULES, SoundSweep.ID, List.of());
    Path trials = folder.resolve("w/trials/sweep=" + SoundSweep.ID);
    List<String> mine = files("w").stream().filter(f -> f.contains(SoundSweep.ID)).toList();
    long bytes = 0;
    for (String file : mine) {
      bytes += Files.size(folder.resolve("w").resolve(file));
    }
    Removal.Inventory goes = Removal.inventory(warehouse, SoundSweep.ID);
    assertThat(goes.files()).isEqualTo(mine.size());
    assertThat(goes.bytes()).isEqualTo(bytes);
    assertThat(goes.trials()).isEqualTo(SoundSweep.TRIALS - SoundSweep.CHUNKS.get(0).size());
    assertThat(goes.foreign()).isEmpty();

    Files.writeString(trials.resolve("notes.txt"), "mine");
    Files.createDirectory(trials.resolve("plots"));
    assertThat(Removal.inventory(warehouse, SoundSweep.ID).foreign())
        .extracting(org.apache.hadoop.fs.Path::getName)
        .containsExactlyInAnyOrder("notes.txt", "plots");
  }
}
