package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.trial.TrialId;
import org.saddlemap.verdict.Verdict;

class WarehouseTest {
  private static final String SWEEP = SweepId.of("depth-and-init", TrialId.sha256("plan"));
  private static final ChunkRange CHUNK = new ChunkRange(20, 60);

  @TempDir Path folder;
  private Warehouse warehouse;
  private TrialReader reader;

  @BeforeEach
  void open() throws IOException {
    warehouse = Warehouse.open(folder.resolve("ware house").toString(), new Configuration());
    reader = new TrialReader(warehouse);
  }

  @Test
  void chunkIsReadBackAsItWasWritten() throws IOException {
    for (long seed = 0; seed < 5; seed++) {
      ChunkRange chunk = new ChunkRange(100 * seed, 100 * seed + 40);
      List<TrialRecord> records = new RandomRecords(seed).of(chunk);
      assertThat(new Chunks(warehouse).write(SWEEP, chunk, records)).isTrue();
      List<TrialRecord> expected = records.stream().map(RandomRecords::stored).toList();
      assertThat(reader.records(SWEEP, chunk)).as("seed %d", seed).isEqualTo(expected);

      TrialRecord one = expected.get(17);
      StoredTrial found =
          new TrialSearch(warehouse).find(List.of(SWEEP), one.id().hex().substring(0, 12));
      assertThat(reader.record(found)).as("seed %d", seed).isEqualTo(one);
      assertThat(found.ruleVersion()).isEqualTo(org.saddlemap.verdict.VerdictRule.VERSION);
    }
    List<Long> indices = new ArrayList<>();
    reader.forEach(SWEEP, t -> indices.add(t.trial().index()));
    assertThat(indices).hasSize(200).isSorted();
  }

  @Test
  void trialsOfAnOlderSchemaHaveNeitherCauseNorMargin() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(3).of(CHUNK));
    List<TrialRecord> now = reader.records(SWEEP, CHUNK);
    assertThat(now).anyMatch(r -> r.verdict().flatMap(Verdict::cause).isPresent());
    Replaced.asOfOld(warehouse, SWEEP);
    List<TrialRecord> then = reader.records(SWEEP, CHUNK);
    assertThat(then).hasSameSizeAs(now);
    for (int i = 0; i < now.size(); i++) {
      assertThat(then.get(i).verdict())
          .isEqualTo(
              now.get(i)
                  .verdict()
                  .map(v -> new Verdict(v.category(), v.subCategory(), v.reason())));
      assertThat(then.get(i).evidence()).isEqualTo(now.get(i).evidence());
    }
  }

  @Test
  void footerSaysWhatAFileIs() throws IOException {
    List<TrialRecord> records = new RandomRecords(1).of(CHUNK);
    new Chunks(warehouse).write(SWEEP, CHUNK, records);
    Footer footer = Footer.read(warehouse, warehouse.file(Tables.TRIALS, SWEEP, CHUNK));
    assertThat(footer.rows()).isEqualTo(40);
    assertThat(footer.metadata())
        .containsEntry("saddlemap.schema_version", Integer.toString(Tables.SCHEMA_VERSION))
        .containsEntry("saddlemap.sweep", SWEEP)
        .containsEntry("saddlemap.range", "20-60")
        .containsEntry("saddlemap.rows", "40");
    assertThat(Footer.read(warehouse, warehouse.file(Tables.CURVES, SWEEP, CHUNK)).rows())
        .isEqualTo(records.stream().mapToLong(r -> r.curve().size()).sum());
    assertThat(reader.ids(SWEEP, CHUNK).get(3))
        .isEqualTo(java.util.Map.entry(23L, records.get(3).id().hex()));
  }

  @Test
  void writeChangesNothingWhereTheChunkIsCommitted() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(1).of(CHUNK));
    List<TrialRecord> first = reader.records(SWEEP, CHUNK);
    List<String> files = files();
    assertThat(new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(2).of(CHUNK))).isFalse();
    assertThat(files()).isEqualTo(files).hasSize(3);
    assertThat(reader.records(SWEEP, CHUNK)).isEqualTo(first);
  }

  @Test
  void reconcileMovesChunksThatOverlapOrLackAFileAndDeletesNone() throws IOException {
    for (ChunkRange chunk :
        List.of(new ChunkRange(0, 10), new ChunkRange(5, 8), new ChunkRange(10, 20), CHUNK)) {
      new Chunks(warehouse).write(SWEEP, chunk, new RandomRecords(1).of(chunk));
    }
    Files.delete(path("layers", new ChunkRange(10, 20)));
    assertThat(new Reconciliation(warehouse, SWEEP).reconcile())
        .containsExactly(new ChunkRange(5, 8), new ChunkRange(10, 20));
    assertThat(new Chunks(warehouse).coverage(SWEEP).missing(60))
        .containsExactly(new ChunkRange(10, 20));
    assertThat(files()).hasSize(4 * 3 - 1);
    assertThat(new Reconciliation(warehouse, SWEEP).reconcile()).isEmpty();
  }

  @Test
  void writeReplacesCurvesOfAnAttemptThatDied() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(1).of(CHUNK));
    Files.delete(path(Tables.TRIALS.name(), CHUNK)); // as if it had died just before the commit
    List<TrialRecord> second = new RandomRecords(2).of(CHUNK);
    assertThat(new Chunks(warehouse).write(SWEEP, CHUNK, second)).isTrue();
    assertThat(reader.records(SWEEP, CHUNK))
        .isEqualTo(second.stream().map(RandomRecords::stored).toList());
  }

  @Test
  void writeCommitsAChunkWithoutTrials() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, List.of());
    assertThat(new Chunks(warehouse).isCommitted(SWEEP, CHUNK)).isTrue();
    assertThat(new Chunks(warehouse).coverage(SWEEP).missing(60))
        .containsExactly(new ChunkRange(0, 20));
    assertThat(reader.records(SWEEP, CHUNK)).isEmpty();
  }

  @Test
  void racingWritesLeaveOneReadableChunk() throws Exception {
    List<TrialRecord> records = new RandomRecords(3).of(CHUNK);
    List<TrialRecord> expected = records.stream().map(RandomRecords::stored).toList();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 8; round++) {
        ChunkRange chunk = CHUNK;
        String sweep = SweepId.of("round" + round, TrialId.sha256("plan"));
        CyclicBarrier barrier = new CyclicBarrier(2);
        Callable<Boolean> attempt =
            () -> {
              Warehouse own = Warehouse.open(warehouse.location(), new Configuration());
              barrier.await();
              return new Chunks(own).write(sweep, chunk, records);
            };
        List<Future<Boolean>> attempts = List.of(threads.submit(attempt), threads.submit(attempt));
        assertThat(List.of(attempts.get(0).get(), attempts.get(1).get())).contains(true);
        assertThat(reader.records(sweep, chunk)).isEqualTo(expected);
      }
      assertThat(files()).hasSize(8 * 3);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void cleanDeletesLeftoversAndNoForeignFile() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(1).of(CHUNK));
    Path trials = path("trials", CHUNK).getParent();
    Path curves = path("curves", CHUNK).getParent();
    ChunkRange never = new ChunkRange(60, 70);
    Files.writeString(trials.resolve("." + ChunkFile.name(never) + ".abc.tmp"), "half a file");
    Files.writeString(trials.resolve("_SUCCESS"), "");
    Files.writeString(trials.resolve("part-0.parquet"), "");
    Files.writeString(curves.resolve(ChunkFile.name(never)), "an orphan");

    assertThat(new Chunks(warehouse).coverage(SWEEP).chunks()).containsExactly(CHUNK);
    assertThat(new Reconciliation(warehouse, SWEEP).foreign())
        .containsExactly("trials/sweep=" + SWEEP + "/part-0.parquet");
    assertThat(new Reconciliation(warehouse, SWEEP).clean()).isEqualTo(2);
    assertThat(new Chunks(warehouse).list(Tables.CURVES, SWEEP)).containsExactly(CHUNK);
    assertThat(new Reconciliation(warehouse, SWEEP).clean()).isZero();
    assertThat(reader.records(SWEEP, CHUNK)).hasSize(40);
  }

  @Test
  void readerNamesAFileThatWasCutOff() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(1).of(CHUNK));
    Path file = path("trials", CHUNK);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> reader.trials(SWEEP, CHUNK))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(ChunkFile.name(CHUNK));
  }

  @Test
  void writeRefusesRecordsOutsideTheRangeAndDoubledOnes() {
    RandomRecords random = new RandomRecords(1);
    assertThatThrownBy(() -> new Chunks(warehouse).write(SWEEP, CHUNK, List.of(random.record(60))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot write trial 60 into the chunk [20, 60)");
    assertThatThrownBy(
            () ->
                new Chunks(warehouse)
                    .write(SWEEP, CHUNK, List.of(random.record(20), random.record(20))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot write trial 20 twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "..", "a/../b-0123456789", "1a-0123456789", "a-012345678", "a-0123456789/"})
  void pathsAreMadeOfValidSweepIdsOnly(String id) {
    assertThatThrownBy(() -> new Chunks(warehouse).write(id, CHUNK, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid sweep id: '" + id + "'");
    assertThatThrownBy(() -> new Catalogue(warehouse).sweep(id))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void findTakesAnIdANameOrTheNewest() throws IOException {
    RandomRecords random = new RandomRecords(1);
    SweepRecord old = random.sweep("maps", "2026-01-01T00:00:05Z", "2026-01-01T01:00:00Z");
    SweepRecord newer = random.sweep("maps", "2026-01-01T00:00:05.123Z", null);
    SweepRecord newest = random.sweep("other", "2026-02-01T00:00:00Z", null);
    String oldId = put(old);
    String newerId = put(newer);
    String newestId = put(newest);
    assertThat(new Catalogue(warehouse).sweeps().readable())
        .containsExactly(
            new StoredSweep(newestId, newest),
            new StoredSweep(newerId, newer),
            new StoredSweep(oldId, old));
    assertThat(new Catalogue(warehouse).find(Optional.empty()).id()).isEqualTo(newestId);
    assertThat(new Catalogue(warehouse).find(Optional.of("maps")).id()).isEqualTo(newerId);
    assertThat(new Catalogue(warehouse).find(Optional.of(oldId)).record()).isEqualTo(old);
    assertThatThrownBy(() -> new Catalogue(warehouse).find(Optional.of("map")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no sweep 'map'. Did you mean 'maps'? There are ")
        .hasMessageContaining(newestId);
  }

  @Test
  void writeReplacesTheRowOfASweep() throws IOException {
    RandomRecords random = new RandomRecords(1);
    SweepRecord started = random.sweep("maps", "2026-01-01T00:00:00Z", null);
    String id = put(started);
    SweepRecord finished = started.finished("2026-01-01T05:00:00Z");
    new Catalogue(warehouse).write(id, finished);
    assertThat(new Catalogue(warehouse).sweeps().readable())
        .containsExactly(new StoredSweep(id, finished));
    assertThat(files()).hasSize(1);
  }

  @Test
  void emptyWarehouseHasNoSweepsAndNoChunks() throws IOException {
    assertThat(new Catalogue(warehouse).sweeps().readable()).isEmpty();
    assertThat(new Chunks(warehouse).coverage(SWEEP).chunks()).isEmpty();
    assertThat(new Catalogue(warehouse).sweep(SWEEP)).isEmpty();
    assertThat(new Reconciliation(warehouse, SWEEP).clean()).isZero();
    assertThatThrownBy(() -> new Catalogue(warehouse).find(Optional.empty()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("holds no sweep yet");
  }

  @Test
  void searchRefusesPrefixesThatAreShortOrUnknown() throws IOException {
    new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(1).of(CHUNK));
    assertThatThrownBy(() -> new TrialSearch(warehouse).find(List.of(SWEEP), "abc"))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("'abc' is no trial: give 6 to 64 hexadecimal digits of its trial_id");
    assertThatThrownBy(() -> new TrialSearch(warehouse).find(List.of(SWEEP), "000000000000"))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("There is no trial whose id starts with 000000000000 in the sweep " + SWEEP);
    String again = SweepId.of("again", TrialId.sha256("plan"));
    new Chunks(warehouse).write(again, CHUNK, new RandomRecords(1).of(CHUNK));
    String id = reader.ids(SWEEP, CHUNK).get(0).getValue();
    assertThat(new TrialSearch(warehouse).find(List.of(again, SWEEP), id.substring(0, 8)).sweepId())
        .isEqualTo(again);
  }

  @Test
  void quarantinesStayApartWhereTheClockGoesBack() throws IOException {
    Instant noon = Instant.parse("2026-01-01T12:00:00Z");
    List<String> folders = new ArrayList<>();
    long files = 0;
    // The same moment twice, an hour back, and the first moment once more.
    for (Instant time : List.of(noon, noon, noon.minusSeconds(3600), noon)) {
      new Chunks(warehouse).write(SWEEP, CHUNK, new RandomRecords(1).of(CHUNK));
      Quarantine quarantine = Quarantine.of(warehouse, SWEEP, time);
      quarantine.move(CHUNK);
      folders.add(quarantine.folder().getName());
      files += 3;
      assertThat(files()).as("nothing is overwritten").hasSize((int) files);
      assertThat(new Chunks(warehouse).list(Tables.TRIALS, SWEEP)).isEmpty();
    }
    assertThat(folders)
        .containsExactly(
            "20260101-120000.000",
            "20260101-120000.000-2",
            "20260101-110000.000",
            "20260101-120000.000-3");
  }

  @Test
  void openRefusesPlacesThatCannotHoldAWarehouse() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> Warehouse.open(file.toString(), new Configuration()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is a file, not a folder");
    assertThatThrownBy(() -> Warehouse.open("nosuch://x/y", new Configuration()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("nosuch");
    assertThatThrownBy(() -> Warehouse.open("", new Configuration()))
        .isInstanceOf(InvalidInput.class);
  }

  @ParameterizedTest
  @EnumSource(CommitStrategy.class)
  void writeWorksWithEachCommitStrategy(CommitStrategy strategy) throws IOException {
    Warehouse objects = DyingFileSystem.open(strategy, folder.resolve("bucket"));
    assertThat(CommitStrategy.of(objects.fileSystem(), objects.path("x"))).isEqualTo(strategy);
    List<TrialRecord> records = new RandomRecords(1).of(CHUNK);
    assertThat(new Chunks(objects).write(SWEEP, CHUNK, records)).isTrue();
    assertThat(new Chunks(objects).write(SWEEP, CHUNK, records)).isFalse();
    Replaced.chunk(objects, SWEEP, CHUNK, records);
    assertThat(new TrialReader(objects).records(SWEEP, CHUNK))
        .isEqualTo(records.stream().map(RandomRecords::stored).toList());
    assertThat(files()).hasSize(3);
  }

  @Test
  void copyStrategyShowsNoHalfAFile() throws IOException {
    Warehouse unknown = DyingFileSystem.open(CommitStrategy.COPY, folder.resolve("bucket"));
    org.apache.hadoop.fs.Path target = unknown.path("trials/" + ChunkFile.name(CHUNK));
    unknown.fileSystem().mkdirs(target.getParent());
    unknown
        .files()
        .writeIntoFolder(
            target,
            out -> {
              out.write(1);
              out.flush();
              assertThat(unknown.fileSystem().exists(target)).isFalse();
            });
    assertThat(unknown.fileSystem().exists(target)).isTrue();
  }

  @Test
  void racingWritesLeaveThreeFilesOfOneAttempt() throws IOException {
    Configuration conf = new Configuration();
    conf.setClass("fs.file.impl", Racing.class, org.apache.hadoop.fs.FileSystem.class);
    conf.setBoolean("fs.file.impl.disable.cache", true);
    List<TrialRecord> faster = new RandomRecords(1).of(CHUNK);
    List<TrialRecord> slower = new RandomRecords(2).of(CHUNK);
    Racing.meanwhile = () -> assertThat(new Chunks(warehouse).write(SWEEP, CHUNK, faster)).isTrue();
    Warehouse slow = Warehouse.open(warehouse.location(), conf);
    assertThat(new Chunks(slow).write(SWEEP, CHUNK, slower)).isFalse();
    assertThat(reader.records(SWEEP, CHUNK))
        .isIn(
            faster.stream().map(RandomRecords::stored).toList(),
            slower.stream().map(RandomRecords::stored).toList());
    assertThat(files()).hasSize(3);
  }

  /** Lets another attempt write its whole chunk just before the first file appears. */
  public static final class Racing extends LocalFileSystem {
    /** Something that reads and writes. */
    interface Attempt {
      void run() throws IOException;
    }

    private static Attempt meanwhile = () -> {};

    public Racing() {
      super(
          new RawLocalFileSystem() {
            @Override
            public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
                throws IOException {
              Attempt other = meanwhile;
              meanwhile = () -> {};
              other.run();
              return super.rename(from, to);
            }
          });
    }
  }

  private String put(SweepRecord sweep) throws IOException {
    String id = SweepId.of(sweep.name(), sweep.planDigest());
    new Catalogue(warehouse).write(id, sweep);
    return id;
  }

  private Path path(String table, ChunkRange range) {
    return folder
        .resolve("ware house")
        .resolve(table)
        .resolve("sweep=" + SWEEP)
        .resolve(ChunkFile.name(range));
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
  }
}
