package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.trial.TrialId;
import org.saddlemap.verdict.Verdict;

class ChunksTest {
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
