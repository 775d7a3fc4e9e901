package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.VerdictRule;

/** Every kind of finding, brought about on purpose; and nothing is found where nothing is amiss. */
class SweepVerifierTest {
  private static final String ID = SoundSweep.ID;
  private static final List<ChunkRange> CHUNKS = SoundSweep.CHUNKS;

  @TempDir private Path folder;
  private Warehouse warehouse;

  @BeforeEach
  void writeASoundSweep() throws IOException {
    warehouse = Warehouse.open(folder.toString(), new Configuration());
    SoundSweep.write(warehouse);
  }

  private SweepVerifier verifier() throws IOException {
    return SoundSweep.verifier(warehouse);
  }

  private Path file(String table, ChunkRange chunk) {
    return folder.resolve(table + "/sweep=" + ID + "/" + ChunkFile.name(chunk));
  }

  /** Finds that kind alone (and the hole it leaves), repairs, fills the hole, and finds nothing. */
  private void assertFoundAndRepaired(VerificationReport.Kind kind, long sound, String where)
      throws IOException {
    VerificationReport report = verifier().verify();
    assertThat(report.isSound()).isFalse();
    assertThat(report.sound()).isEqualTo(sound);
    assertThat(report.findings().stream().filter(f -> f.kind() != VerificationReport.Kind.MISSING))
        .as("%s", report.findings())
        .singleElement()
        .satisfies(f -> assertThat(f.kind()).isEqualTo(kind))
        .satisfies(f -> assertThat(f.where()).startsWith(where));
    long files = files();
    verifier().repair(report);
    assertThat(files()).as("nothing is deleted").isEqualTo(files);
    for (ChunkRange hole : new Chunks(warehouse).coverage(ID).missing(SoundSweep.PLAN.size())) {
      new Chunks(warehouse).write(ID, hole, SoundSweep.records(hole, "nonfinite", "1"));
    }
    assertThat(verifier().verify().findings()).isEmpty();
    assertThat(verifier().verify().isSound()).isTrue();
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void reportOfASoundSweepIsSound() throws IOException {
    VerificationReport report = verifier().verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.isSound()).isTrue();
    assertThat(report.sound()).isEqualTo(11);
    assertThat(report.undecided()).isZero();
    assertThat(verifier().repair(report)).isEmpty();
  }

  @Test
  void reportIsSoundBeforeWhileAndAfterACompaction() throws IOException {
    Compaction compaction = new Compaction(warehouse, ID, 1);
    compaction.begin();
    List<CompactionPlan.Merge> merges = CompactionPlan.of(warehouse, ID, 1, 1 << 20, 100);
    for (CompactionPlan.Merge merge : merges) {
      compaction.merge(merge);
      assertThat(verifier().verify().isSound()).isTrue();
    }
    compaction.commit(merges);
    assertThat(verifier().verify().isSound()).isTrue();
    assertThat(Compaction.finish(warehouse, ID)).isTrue();
    VerificationReport report = verifier().verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.sound()).isEqualTo(11);
    assertThat(report.chunks()).isEqualTo(1);
    // A large file that is broken leaves a hole like any other.
    ChunkRange large = new ChunkRange(0, 12);
    byte[] bytes = Files.readAllBytes(file("curves", large));
    bytes[bytes.length / 2] ^= 1;
    Files.write(file("curves", large), bytes);
    assertFoundAndRepaired(VerificationReport.Kind.UNREADABLE, 0, "curves/");
  }

  @Test
  void verifyGoesOnInTheLargeFilesOfACompactionThatComesBetween() throws IOException {
    Configuration conf = new Configuration();
    conf.setClass("fs.file.impl", Interrupting.class, FileSystem.class);
    conf.setBoolean("fs.file.impl.disable.cache", true);
    Warehouse watched = Warehouse.open(warehouse.location(), conf);
    Interrupting.before = ChunkFile.name(CHUNKS.get(1));
    Interrupting.action =
        () -> {
          Compaction compaction = new Compaction(warehouse, ID, 1);
          compaction.begin();
          List<CompactionPlan.Merge> merges = CompactionPlan.of(warehouse, ID, 1, 1 << 20, 100);
          compaction.merge(merges.get(0));
          compaction.commit(merges);
          Compaction.finish(warehouse, ID);
        };
    VerificationReport report = SoundSweep.verifier(watched).verify();
    assertThat(Interrupting.action).isNull();
    assertThat(report.findings()).isEmpty();
    assertThat(report.chunks()).isEqualTo(1);
  }

  /** The local file system, where something else happens before a file is read. */
  public static final class Interrupting extends LocalFileSystem {
    /** Name of the file; static, as the action is, since Hadoop makes the object. */
    private static String before = "";

    /** Null once it has happened. */
    private static Action action;

    /** What happens. */
    @FunctionalInterface
    private interface Action {
      void run() throws IOException;
    }

    public Interrupting() {
      super(
          new RawLocalFileSystem() {
            @Override
            public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer)
                throws IOException {
              runOnce(path.getName());
              return super.open(path, buffer);
            }
          });
    }

    private static synchronized void runOnce(String name) throws IOException {
      if (action != null && name.equals(before)) {
        Action now = action;
        action = null;
        now.run();
      }
    }
  }

  @Test
  void findsChunkThatIsMissing() throws IOException {
    for (String table : List.of("trials", "curves", "layers")) {
      Files.delete(file(table, CHUNKS.get(1)));
    }
    VerificationReport report = verifier().verify();
    assertThat(report.missing()).isEqualTo(3);
    assertThat(report.findings())
        .singleElement()
        .satisfies(f -> assertThat(f.where()).isEqualTo("plan numbers 5 to 8"));
  }

  @Test
  void findsFileThatWasCutOff() throws IOException {
    byte[] bytes = Files.readAllBytes(file("layers", CHUNKS.get(0)));
    Files.write(file("layers", CHUNKS.get(0)), java.util.Arrays.copyOf(bytes, 100));
    assertFoundAndRepaired(VerificationReport.Kind.UNREADABLE, 6, "layers/");
  }

  @Test
  void findsVerdictThatDoesNotFollow() throws IOException {
    Replaced.chunk(warehouse, ID, CHUNKS.get(1), SoundSweep.records(CHUNKS.get(1), "rising", "1"));
    assertFoundAndRepaired(VerificationReport.Kind.VERDICT, 8, "trials/");
  }

  @Test
  void findsCauseThatDoesNotFollow() throws IOException {
    Evidence.Builder evidence = SoundSweep.EVIDENCE.toBuilder();
    for (Measure signal :
        List.of(
            Measure.FORWARD_LOG10,
            Measure.BACKWARD_LOG10,
            Measure.INITIAL_FORWARD_LOG10,
            Measure.INITIAL_BACKWARD_LOG10)) {
      evidence.put(signal, 0);
    }
    Replaced.trials(warehouse, ID, r -> causedBy(r, Cause.SATURATED_UNITS, evidence.build()));
    VerificationReport report = verifier().verify();
    assertThat(report.findings())
        .filteredOn(f -> f.kind() == VerificationReport.Kind.VERDICT)
        .hasSize(CHUNKS.size())
        .allSatisfy(f -> assertThat(f.what()).contains("by saturated_units"));
    assertThat(report.sound()).isZero();
  }

  @Test
  void leavesCauseUndecidedThatAnInfiniteMeasureMayHaveShown() throws IOException {
    Replaced.trials(warehouse, ID, r -> causedBy(r, Cause.SATURATED_UNITS, SoundSweep.EVIDENCE));
    VerificationReport report = verifier().verify();
    assertThat(report.isSound()).isTrue();
    assertThat(report.undecided()).isEqualTo(11);
  }

  @Test
  void leavesVerdictsOfAnOlderRuleUndecided() throws IOException {
    for (ChunkRange chunk : CHUNKS) {
      Replaced.chunk(
          warehouse,
          ID,
          chunk,
          SoundSweep.records(chunk, "nonfinite", "1", VerdictRule.VERSION - 1L));
    }
    Replaced.asOfOld(warehouse, ID);
    SoundSweep.writeRow(warehouse, VerdictRule.VERSION - 1L);
    VerificationReport report = verifier().verify();
    assertThat(report.findings()).isEmpty();
    assertThat(report.isSound()).isTrue();
    assertThat(report.undecided()).isEqualTo(11);
  }

  private static TrialRecord causedBy(TrialRecord r, Cause cause, Evidence evidence) {
    return new TrialRecord(
        r.id(),
        r.trial(),
        r.status(),
        Optional.of(SoundSweep.verdict("nonfinite", Optional.of(cause))),
        evidence,
        r.outcome(),
        r.times(),
        r.failure(),
        r.curve(),
        r.layers(),
        r.provenance());
  }

  @Test
  void findsTrialsOfAnotherEngine() throws IOException {
    Replaced.chunk(
        warehouse, ID, CHUNKS.get(2), SoundSweep.records(CHUNKS.get(2), "nonfinite", "2"));
    assertFoundAndRepaired(VerificationReport.Kind.FOREIGN_TRIAL, 8, "trials/");
  }

  @Test
  void findsChunkThatLacksATrial() throws IOException {
    List<TrialRecord> records = SoundSweep.records(CHUNKS.get(0), "nonfinite", "1");
    Replaced.chunk(warehouse, ID, CHUNKS.get(0), records.subList(0, 4));
    assertFoundAndRepaired(VerificationReport.Kind.INCOMPLETE, 6, "trials/");
  }

  @Test
  void findsChunkWithoutItsCurves() throws IOException {
    Files.delete(file("curves", CHUNKS.get(0)));
    assertFoundAndRepaired(VerificationReport.Kind.INCOMPLETE, 6, "curves/");
  }

  @Test
  void findsChunksThatOverlap() throws IOException {
    ChunkRange other = new ChunkRange(4, 6);
    new Chunks(warehouse).write(ID, other, SoundSweep.records(other, "nonfinite", "1"));
    assertFoundAndRepaired(VerificationReport.Kind.DOUBLED, 11, "trials/");
  }

  @Test
  void findsAnotherChunksFileUnderThisOnesName() throws IOException {
    Files.write(file("trials", CHUNKS.get(0)), Files.readAllBytes(file("trials", CHUNKS.get(1))));
    assertFoundAndRepaired(VerificationReport.Kind.MISPLACED, 6, "trials/");
  }

  @Test
  void findsChunkBeyondThePlan() throws IOException {
    ChunkRange beyond = new ChunkRange(12, 14);
    new Chunks(warehouse).write(ID, beyond, List.of());
    assertFoundAndRepaired(VerificationReport.Kind.FOREIGN_TRIAL, 11, "trials/");
  }

  @Test
  void findsNewerSchema() throws IOException {
    Files.write(
        file("layers", CHUNKS.get(0)),
        TableFile.bytes(
            Tables.LAYERS,
            List.of(),
            Map.of(Footer.SCHEMA_VERSION_KEY, "9999", Footer.SWEEP_KEY, ID),
            new Configuration()));
    assertFoundAndRepaired(VerificationReport.Kind.MISPLACED, 6, "layers/");
  }

  @Test
  void findsCurvesWithoutTrials() throws IOException {
    Files.copy(file("curves", CHUNKS.get(0)), file("curves", new ChunkRange(3, 7)));
    assertFoundAndRepaired(VerificationReport.Kind.UNCOMMITTED, 11, "curves/");
  }

  @Test
  void findsForeignFile() throws IOException {
    Files.writeString(file("trials", CHUNKS.get(0)).resolveSibling("notes.parquet"), "hello");
    assertFoundAndRepaired(VerificationReport.Kind.FOREIGN_FILE, 11, "trials/");
  }

  @Test
  void reportIsSoundWithATemporaryFile() throws IOException {
    Files.writeString(file("trials", CHUNKS.get(0)).resolveSibling(".x.tmp"), "half");
    assertThat(verifier().verify().isSound()).isTrue();
    assertThat(verifier().verify().temporary()).isEqualTo(1);
  }
}
