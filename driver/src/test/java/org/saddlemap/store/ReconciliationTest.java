package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Tables;
import org.saddlemap.trial.TrialId;

class ReconciliationTest {
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
