package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Removal;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.SweepLock;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;

/**
 * {@code status}, {@code verify} and {@code remove}: what is told, and becomes, of a sweep that is
 * stored.
 */
@Tag("slow")
@Tag("spark")
class StoredSweepCommandsTest extends OnTrainedSweep {
  @Test
  void statusCountsWhatWasNotExamined() throws IOException {
    Replaced.trials(
        warehouse,
        sweep().id(),
        r ->
            new TrialRecord(
                r.id(),
                r.trial(),
                r.status(),
                Optional.of(new Verdict(Optional.empty(), "not examined", "No look was taken.")),
                Evidence.NONE,
                r.outcome(),
                r.times(),
                r.failure(),
                r.curve(),
                r.layers(),
                r.provenance()));
    JsonNode status = json("status", "--format", "json").path(0);
    assertThat(status.path("trials").asLong()).isEqualTo(TrainedSweep.TRIALS);
    assertThat(status.path("unjudged").asLong()).isEqualTo(TrainedSweep.TRIALS);
    assertThat(status.path("optimum").asLong()).isZero();
  }

  @Test
  void aSweepWhoseRowIsDamagedStopsNoOther() throws IOException {
    Path second =
        Files.writeString(
            work.resolve("second.yaml"), TrainedSweep.YAML.replace("name: small", "name: second"));
    assertThat(onWarehouse("run", second.toString())).isZero();
    String id = sweep().id();
    Path row = location.resolve("sweeps/sweep=" + id + "/sweep.parquet");
    byte[] bytes = Files.readAllBytes(row);
    Files.write(row, Arrays.copyOf(bytes, bytes.length / 2));

    assertThat(onWarehouse("status", "--format", "csv")).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(out.toString()).contains("second-").doesNotContain("small-");
    assertThat(err.toString()).contains("Cannot read").contains(id + "/sweep.parquet");
    for (String reference : List.of("second", second.toString())) {
      assertThat(onWarehouse("verify", reference)).as("%s", err).isZero();
      assertThat(onWarehouse("status", reference)).as("%s", err).isZero();
    }
    for (String reference : List.of("small", id)) {
      assertThat(onWarehouse("verify", reference)).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(err.toString()).contains(id + "/sweep.parquet").hasLineCount(1);
    }
    assertThat(onWarehouse("run", spec.toString())).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(err.toString()).contains(id + "/sweep.parquet").contains("move this file away");
    Files.move(row, work.resolve("sweep.parquet"));
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(err.toString()).contains("Nothing to train");
    assertThat(onWarehouse("verify", id)).as("%s", out).isZero();
  }

  /** The sweep's row as that of a run that began then and has not ended. */
  private void unfinishedSince(String started) throws IOException {
    SweepRecord r = sweep().record();
    new Catalogue(warehouse)
        .write(
            sweep().id(),
            new SweepRecord(
                r.name(),
                r.spec(),
                r.specPath(),
                r.planDigest(),
                r.dataFingerprint(),
                r.dataSummary(),
                r.trainingRows(),
                r.plannedTrials(),
                r.version(),
                r.sparkVersion(),
                started,
                null));
  }

  /** As after a clock that was set back by decades: all that stands there is of the future. */
  @Test
  void aSweepOfTheFutureGoesOnAndKnowsItsSpeed() throws IOException {
    Map<Long, String> sound = rows();
    unfinishedSince("2100-01-01T00:00:00Z");
    for (Path chunk : chunkFiles()) {
      if (chunk.getFileName().equals(chunkFiles().get(0).getFileName())) {
        Files.delete(chunk);
      }
    }
    FileTime future = FileTime.from(Instant.parse("2100-01-01T00:00:00Z"));
    try (var files = Files.walk(location)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, future);
      }
    }
    assertThat(onWarehouse("verify")).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(rows()).isEqualTo(sound);
    assertThat(sweep().record().started()).isEqualTo("2100-01-01T00:00:00Z");
    assertThat(Instant.parse(sweep().record().finished())).isBefore(future.toInstant());
    assertThat(onWarehouse("status", "--format", "json")).isZero();
    assertThat(out.toString()).doesNotContain("\"trials_per_second\":null");
    assertThat(onWarehouse("verify")).as("%s", out).isZero();
  }

  /** It is the work that counts, not the nights between two runs. */
  @Test
  void statusLeavesTimeWithoutARunOutOfTheSpeed() throws IOException {
    unfinishedSince("2001-01-01T00:00:00Z");
    assertThat(onWarehouse("status", "--format", "json")).isZero();
    Matcher speed = Pattern.compile("\"trials_per_second\":([0-9.Ee-]+)").matcher(out.toString());
    assertThat(speed.find()).as("%s", out).isTrue();
    assertThat(Double.parseDouble(speed.group(1))).isGreaterThan(TrainedSweep.TRIALS / 3600.0);
  }

  @Test
  void aSweepOfSeveralKernelsSaysSoOnceWhereverItIsShown() throws IOException {
    String several = "Several BLAS kernels computed the trials of " + sweep().id();
    for (String engine : List.of("duckdb", "spark")) {
      assertThat(onWarehouse("status", "--engine", engine)).as("%s", err).isZero();
      assertThat(err.toString()).doesNotContain("kernels");
    }
    Replaced.trials(
        warehouse,
        sweep().id(),
        t -> t.trial().index() < 3 ? withKernel(t, "OpenBLAS 0.3.31 SapphireRapids") : t);
    String counts = ": 9 by OpenBLAS [^:]*, 3 by OpenBLAS 0.3.31 SapphireRapids. ";
    for (String engine : List.of("duckdb", "spark")) {
      assertThat(onWarehouse("status", "--engine", engine)).as("%s", err).isZero();
      assertThat(err.toString()).containsOnlyOnce(several).containsPattern(several + counts);
    }
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(err.toString()).containsOnlyOnce(several).containsPattern(several + counts);
    Path page = work.resolve("page.html");
    assertThat(onWarehouse("report", "small", "--out", page.toString())).as("%s", err).isZero();
    assertThat(Files.readString(page)).containsOnlyOnce(several).containsPattern(several + counts);
  }

  private static TrialRecord withKernel(TrialRecord t, String blas) {
    Provenance p = t.provenance();
    return Replaced.with(
        t,
        new Provenance(
            p.version(), p.engine(), p.java(), p.platform(), blas, p.blasThreads(), p.host()));
  }

  @Test
  void aSweepIsRemovedOnDemandAlone() throws IOException {
    String id = sweep().id();
    // Where no terminal is, nobody can be asked.
    assertThat(onWarehouse("remove", "small")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("--yes removes " + id, "12 trials");
    assertThat(rows()).hasSize(TrainedSweep.TRIALS);
    assertThat(onWarehouse("remove")).isEqualTo(Saddlemap.INVALID);
    assertThat(onWarehouse("remove", "smal", "--yes")).isEqualTo(Saddlemap.INVALID);

    try (SweepLock lock = SweepLock.take(warehouse, id)) {
      assertThat(lock.isHeld()).isTrue();
      assertThat(onWarehouse("remove", "small", "--yes")).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(err.toString()).contains("is at work: process");
    }
    Path notes = location.resolve("trials/sweep=" + id + "/notes.txt");
    Files.writeString(notes, "mine");
    assertThat(onWarehouse("remove", "small", "--yes")).isEqualTo(Saddlemap.INVALID);
    assertThat(err.toString()).contains("move it away first", "notes.txt");
    assertThat(rows()).hasSize(TrainedSweep.TRIALS);
    Files.delete(notes);

    assertThat(onWarehouse("remove", spec.toString(), "--yes")).as("%s", err).isZero();
    assertThat(onWarehouse("status", "--format", "csv")).isZero();
    assertThat(out.toString()).doesNotContain(id);
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(rows()).hasSize(TrainedSweep.TRIALS);

    // One that died after its commit.
    Removal.commit(warehouse, id);
    assertThat(onWarehouse("sql", "--format", "csv", "SELECT count(*) FROM trials")).isZero();
    assertThat(out.toString().lines().toList()).contains("0");
    assertThat(onWarehouse("remove", "small")).as("%s", err).isZero();
    assertThat(err.toString()).contains("interrupted, is finished");
    Removal.commit(warehouse, id);
    assertThat(onWarehouse("run", spec.toString())).as("%s", err).isZero();
    assertThat(err.toString()).contains("12 of 12 trials to run");
  }
}
