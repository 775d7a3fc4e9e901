package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.Warehouse;

/**
 * Whole sweeps on YARN, with their warehouse on HDFS, while processes in containers are killed;
 * held against a run on this machine alone.
 */
@Tag("slow")
@Tag("yarn")
@ExtendWith(LocalSpark.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class YarnTest {
  private static final String SPEC =
      """
      name: yarn
      data: {csv: %s, label: last, scale: standard, holdout: 0.2}
      network: {width: 8, activation: tanh, loss: cross_entropy}
      train: {optimizer: sgd, max_steps: 30}
      grid:
        depth: [1, 2]
        initializer: [zeros, he_normal]
        learning_rate: {log: [0.01, 3], count: 10}
        batch_size: [16, full]
      replicates: 6
      seed: 7
      """;

  @TempDir private static Path folder;
  private static YarnCluster cluster;
  private static Path work;
  private static Path data;
  private static Path spec;
  private static Path reference;

  @BeforeAll
  static void start() throws IOException {
    cluster =
        new YarnCluster(Path.of("target/saddlemap.jar"), Path.of("../yarn/target/spark"), folder);
    Random random = new Random(5);
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      rows.append(String.format(Locale.ROOT, "%.4f,%.4f,%d%n", x, y, x * y > 0 ? 1 : 0));
    }
    work = Files.createDirectory(folder.resolve("work"));
    data = Files.writeString(work.resolve("points.csv"), rows);
    spec = Files.writeString(work.resolve("spec.yaml"), SPEC.formatted("points.csv"));
    Path here = Files.writeString(folder.resolve("here.yaml"), SPEC.formatted(data));
    reference = folder.resolve("here");
    assertThat(Saddlemap.run("run", here.toString(), "--warehouse", reference.toString())).isZero();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aSweepOfAClientSurvivesTheDeathOfAnExecutor() throws IOException {
    Process run = run("client", List.of());
    kill("CoarseGrainedExecutorBackend", run, "client");
    assertThat(LoopbackCluster.exit(run, 300)).as(cluster.printed("client")).isZero();
    assertThat(cluster.printed("client")).contains("Exit status: 137");
    assertThat(cluster.ending()).isEqualTo("SUCCEEDED at attempt 1");
    assertSameAsHere("client");
  }

  @Test
  void aSweepWhoseDriverIsInAContainerGoesOnInTheNext() throws IOException {
    Process run = run("cluster", List.of("--files", spec + "," + data));
    kill("deploy.yarn.ApplicationMaster", run, "cluster");
    assertThat(LoopbackCluster.exit(run, 300)).as(cluster.printed("cluster")).isZero();
    assertThat(cluster.ending()).isEqualTo("SUCCEEDED at attempt 2");
    assertSameAsHere("cluster");
  }

  private static String warehouse(String mode) {
    return cluster.hdfs() + "/warehouses/" + mode;
  }

  private static Process run(String mode, List<String> options) throws IOException {
    return cluster.submit(
        mode, mode, work, options, List.of("run", "spec.yaml", "--warehouse", warehouse(mode)));
  }

  /** Kills one container's process once a chunk is committed and others are not. */
  private static void kill(String word, Process run, String mode) throws IOException {
    LoopbackCluster.await("a chunk", 300, () -> chunks(mode) > 0 || !run.isAlive());
    assertThat(run.isAlive()).as("the run goes on: %s", cluster.printed(mode)).isTrue();
    ProcessHandle container = YarnCluster.containers(word).get(0);
    assertThat(container.destroyForcibly()).isTrue();
  }

  private static int chunks(String mode) throws IOException {
    org.apache.hadoop.fs.Path files =
        new org.apache.hadoop.fs.Path(warehouse(mode), "trials/sweep=*/chunk-*.parquet");
    FileStatus[] found = FileSystem.get(cluster.hadoop()).globStatus(files);
    return found == null ? 0 : found.length;
  }

  private static void assertSameAsHere(String mode) throws IOException {
    assertThat(Saddlemap.run("verify", "--warehouse", warehouse(mode))).isZero();
    RowsCompared comparison =
        RowsCompared.of(
            SpecReader.read(Files.readString(spec), spec.toString()),
            Warehouse.open(reference.toUri().toString(), cluster.hadoop()),
            Warehouse.open(warehouse(mode), cluster.hadoop()));
    assertThat(comparison.planned()).isEqualTo(480);
    assertThat(comparison.clean()).as("%s", comparison).isTrue();
  }
}
