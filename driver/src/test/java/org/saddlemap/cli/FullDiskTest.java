package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.schedule.TrialWork;
import org.saddlemap.schedule.Work;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Warehouse;

/** A disk that is full, or may only be read: one error, nothing lost, the same command goes on. */
@Tag("slow")
@Tag("store")
@ExtendWith(LocalSpark.class)
class FullDiskTest {
  private static final String YAML =
      """
      name: full
      data: {synthetic: {problem: xor, rows: 60, features: 2, classes: 2}}
      train: {max_steps: 2}
      grid: {depth: [0, 1, 2], learning_rate: {log: [0.01, 1], count: 20}}
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path disk;
  private Path spec;
  private Warehouse warehouse;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    spec = Files.writeString(folder.resolve("full.yaml"), YAML);
    assumeTrue(
        shell("mount", "-t", "tmpfs", "-o", "size=8m", "none", disk.toString()),
        "mounting is not permitted here");
    warehouse = Warehouse.open(disk.resolve("w").toString(), new Configuration());
  }

  @AfterEach
  void unmount() throws Exception {
    shell("umount", disk.toString());
  }

  private static boolean shell(String... command) throws IOException, InterruptedException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    }
  }

  private int command(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--warehouse", disk.resolve("w").toString()));
    return Saddlemap.run(
        Saddlemap.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true)),
        all.toArray(String[]::new));
  }

  /** Takes all of the disk, and gives so many bytes back. */
  private Path fill(int free) throws IOException {
    Path ballast = disk.resolve("ballast");
    byte[] block = new byte[4096];
    long written = 0;
    try (OutputStream to = Files.newOutputStream(ballast)) {
      while (true) {
        to.write(block);
        written += block.length;
      }
    } catch (IOException e) {
      // That is what was wanted.
    }
    try (var channel =
        java.nio.channels.FileChannel.open(ballast, java.nio.file.StandardOpenOption.WRITE)) {
      channel.truncate(written - free);
    }
    return ballast;
  }

  private List<String> errors() {
    return err.toString().lines().filter(line -> line.startsWith("saddlemap:")).toList();
  }

  /** All trials, in so many chunks that they are worth compacting. */
  private void trainInManyChunks() throws IOException {
    SweepInput input = SweepInput.read(spec.toString(), new Configuration(), () -> null);
    SweepPlan plan = new SweepPlan(input.spec());
    TrialWork work = new TrialWork(input.effectiveSpec(), input.data());
    try (Work.Trials trials = work.open(1)) {
      for (long from = 0; from < plan.size(); from += 2) {
        ChunkRange range = new ChunkRange(from, from + 2);
        List<TrialRecord> records =
            range
                .indices()
                .boxed()
                .flatMap(i -> plan.trial(i).stream())
                .map(t -> trials.run(t, 0, () -> false))
                .toList();
        new Chunks(warehouse).write(input.id(), range, records);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private int chunks() throws IOException {
    try (Stream<Path> files = Files.walk(disk.resolve("w").resolve("trials"))) {
      return (int) files.filter(f -> f.getFileName().toString().startsWith("chunk-")).count();
    }
  }

  private void requireSound() {
    assertThat(command("verify", "full")).as("%s%s", out, err).isZero();
    assertThat(err.toString()).contains("60 of 60 planned trials stand once");
  }

  @Test
  void aChunkThatDoesNotFitEndsTheRunWhichGoesOnOnceThereIsSpace() throws IOException {
    Files.createDirectory(disk.resolve("w"));
    Path ballast = fill(48 << 10);
    assertThat(command("run", spec.toString())).as("%s", err).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(errors()).singleElement().asString().contains("No space left on device");
    assertThat(err.toString()).doesNotContain("\tat ");
    Files.delete(ballast);
    assertThat(command("run", spec.toString())).as("%s", err).isZero();
    requireSound();
  }

  @Test
  void aCompactionThatDoesNotFitLeavesTheSmallFilesAndIsTriedAgain() throws IOException {
    trainInManyChunks();
    assertThat(command("run", spec.toString())).as("the sweep's row: %s", err).isZero();
    assertThat(chunks()).isEqualTo(1);
    assertThat(command("remove", "full", "--yes")).as("%s", err).isZero();

    trainInManyChunks();
    Path ballast = fill(40 << 10);
    assertThat(command("run", spec.toString())).as("%s", err).isZero();
    assertThat(err.toString())
        .contains("the sweep is complete, but its files stay small: ")
        .contains("No space left on device")
        .doesNotContain("\tat ");
    assertThat(chunks()).isEqualTo(30);
    requireSound();
    Files.delete(ballast);
    assertThat(command("run", spec.toString())).as("%s", err).isZero();
    assertThat(chunks()).isEqualTo(1);
    requireSound();
  }

  @Test
  void aReportThatDoesNotFitLeavesTheOldOne() throws IOException {
    assertThat(command("run", spec.toString())).as("%s", err).isZero();
    Path page = Files.writeString(disk.resolve("page.html"), "the old one");
    Path ballast = fill(40 << 10);
    assertThat(command("report", "full", "--out", page.toString()))
        .as("%s", err)
        .isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(errors())
        .singleElement()
        .asString()
        .startsWith("saddlemap: Cannot write " + page + ": No space left on device");
    assertThat(page).hasContent("the old one");
    try (Stream<Path> files = Files.list(disk)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("w", "page.html", "ballast");
    }
    Files.delete(ballast);
    assertThat(command("report", "full", "--out", page.toString())).as("%s", err).isZero();
    assertThat(Files.size(page)).isGreaterThan(100_000);
  }

  @Test
  void whatMayOnlyBeReadIsNotRepaired() throws Exception {
    assertThat(command("run", spec.toString())).as("%s", err).isZero();
    assertThat(shell("mount", "-o", "remount,ro", disk.toString())).isTrue();
    for (List<String> writing :
        List.of(
            List.of("verify", "full", "--repair"),
            List.of("remove", "full", "--yes"),
            List.of("run", spec.toString()))) {
      assertThat(command(writing.toArray(String[]::new)))
          .as("%s: %s", writing, err)
          .isEqualTo(Saddlemap.INVALID);
      assertThat(err.toString().lines())
          .singleElement()
          .asString()
          .startsWith("saddlemap: Cannot write to the warehouse ")
          .contains("Read-only file system");
    }
    requireSound();
  }
}
