package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Sweeps on a real master with two workers, while things break; the short form. */
@Tag("slow")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FaultsTest {
  private static final long SEED = 5;
  private static final String SPEC =
      """
      name: faults
      data: {synthetic: {problem: xor, rows: 200, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 8, activation: tanh, loss: cross_entropy}
      train: {optimizer: sgd, max_steps: 30}
      grid:
        depth: [1, 2]
        initializer: [zeros, xavier_uniform, he_normal]
        learning_rate: {log: [0.01, 3], count: 10}
        batch_size: [16, full]
      exclude:
        - where: {depth: 2, initializer: zeros}
      replicates: 12
      seed: 7
      """;

  @TempDir private static Path folder;
  private static LoopbackCluster cluster;
  private static FaultCampaign campaign;
  private static Path spec;

  @BeforeAll
  static void start() throws IOException {
    spec = Files.writeString(folder.resolve("faults.yaml"), SPEC);
    cluster = new LoopbackCluster(Path.of("target"), folder.resolve("cluster"), 2);
    campaign =
        new FaultCampaign(
            cluster, spec, folder, SEED, new PrintStream(System.out, true, StandardCharsets.UTF_8));
    campaign.undisturbed("undisturbed");
    assertThat(campaign.verify("undisturbed")).isZero();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static void assertSameAsUndisturbed(String warehouse) throws IOException {
    assertThat(campaign.verify(warehouse)).isZero();
    assertThat(campaign.compare("undisturbed", warehouse))
        .as("seed %d", SEED)
        .satisfies(c -> assertThat(c.clean()).isTrue());
  }

  private static Process run(String warehouse, String... conf) throws IOException {
    return cluster.submit(
        "run", cluster.options(conf), List.of("run", spec.toString(), "--warehouse", warehouse));
  }

  /** On one machine, without the cluster: what only files are concerned with. */
  private static int runHere(String name, String warehouse) throws IOException {
    return FaultCampaign.exit(
        cluster.submit(
            name,
            List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"),
            List.of("run", spec.toString(), "--warehouse", warehouse)),
        600);
  }

  private static List<Path> chunks(Path warehouse, String table) throws IOException {
    if (!Files.isDirectory(warehouse.resolve(table))) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(warehouse.resolve(table))) {
      return files.filter(f -> f.getFileName().toString().startsWith("chunk-")).sorted().toList();
    }
  }

  @Test
  void aSweepSurvivesTheDeathOfOneOfTwoWorkersWithItsExecutor() throws IOException {
    Path warehouse = folder.resolve("worker-dies");
    Process run = run(warehouse.toString());
    LoopbackCluster.await(
        "a chunk", 300, () -> !chunks(warehouse, "trials").isEmpty() || !run.isAlive());
    cluster.killWorker(0);
    try {
      assertThat(FaultCampaign.exit(run, 600)).as(cluster.printed("run")).isZero();
    } finally {
      cluster.replaceWorker(0);
    }
    assertSameAsUndisturbed("worker-dies");
  }

  @Test
  void aSweepSurvivesRandomKillsWithSpeculation() throws IOException {
    campaign.disturbed("killed", true, 6, System.nanoTime() + TimeUnit.MINUTES.toNanos(3));
    assertSameAsUndisturbed("killed");
  }

  @Test
  void ofTwoRunsAtOnceOneWorksAndTheOtherSaysWhatToDo() throws IOException {
    String warehouse = folder.resolve("two").toString();
    Process first = run(warehouse);
    LoopbackCluster.await(
        "the lock", 120, () -> Files.isDirectory(Path.of(warehouse, "sweeps")) || !first.isAlive());
    int second = runHere("second", warehouse);
    assertThat(second).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(cluster.printed("second"))
        .contains("Another run of the sweep")
        .contains("process " + first.pid())
        .contains("run again");
    assertThat(FaultCampaign.exit(first, 600)).isZero();
    assertSameAsUndisturbed("two");
  }

  @Test
  void verifyNamesEveryDamagedFileAndRepairAndRunBringTheTrialsBack() throws IOException {
    Path warehouse = folder.resolve("damaged");
    copy(folder.resolve("undisturbed"), warehouse);
    List<Path> trials = chunks(warehouse, "trials");
    assertThat(trials).hasSizeGreaterThan(2);
    Random random = new Random(SEED);
    // Cut off.
    byte[] bytes = Files.readAllBytes(trials.get(0));
    Files.write(trials.get(0), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    // A single bit, in another chunk's curves.
    Path curves = chunks(warehouse, "curves").get(1);
    byte[] flipped = Files.readAllBytes(curves);
    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(curves, flipped);
    // Another chunk's file under this one's name.
    Path layers = chunks(warehouse, "layers").get(2);
    Files.copy(chunks(warehouse, "layers").get(0), layers, StandardCopyOption.REPLACE_EXISTING);
    // A stranger, and what an interrupted attempt leaves.
    Path stranger = Files.writeString(trials.get(0).resolveSibling("notes.parquet"), "hello");
    Files.writeString(trials.get(0).resolveSibling(".chunk-0-1.parquet.x.tmp"), "half");
    StringWriter out = new StringWriter();
    CommandLine verify =
        new CommandLine(new VerifyCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out));
    String[] arguments = {"--warehouse", warehouse.toString(), "--format", "csv"};
    assertThat(verify.execute(arguments)).isEqualTo(Saddlemap.INCOMPLETE);
    List<String> wheres = new ArrayList<>();
    for (Path damaged : List.of(trials.get(0), curves, layers, stranger)) {
      wheres.add(warehouse.relativize(damaged).toString());
    }
    assertThat(out.toString()).contains(wheres);
    assertThat(
            out.toString().lines().filter(l -> l.contains("chunk-") || l.contains("notes")).count())
        .as(out.toString())
        .isEqualTo(4);

    assertThat(campaign.verify("damaged", "--repair")).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(warehouse.resolve("_quarantine")).isDirectoryRecursivelyContaining("glob:**/notes*");
    assertThat(runHere("repaired", warehouse.toString())).isZero();
    assertSameAsUndisturbed("damaged");
  }

  @Test
  void aFullDiskEndsTheRunWithAMessageAndARunWithSpaceCompletesIt() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "size=32k", "none", disk.toString()),
        "mounting is not permitted here");
    try {
      assertThat(runHere("full", disk.resolve("w").toString())).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(cluster.printed("full")).contains("saddlemap:").contains("No space left");
      assertThat(command("mount", "-o", "remount,size=50m", disk.toString())).isTrue();
      assertThat(runHere("space", disk.resolve("w").toString())).isZero();
      copy(disk.resolve("w"), folder.resolve("was-full"));
      assertSameAsUndisturbed("was-full");
    } finally {
      command("umount", disk.toString());
    }
  }

  /** The time of day alone: a clock that is set leaves the monotonic one as it is. */
  @Test
  void aClockThatGoesBackDuringARunAndBetweenRunsChangesNothing() throws IOException {
    Path library = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    assumeTrue(Files.exists(library), "there is no libfaketime (Debian: apt-get install faketime)");
    Path warehouse = folder.resolve("clock");
    Path clock = Files.writeString(folder.resolve("clock-offset"), "+0");
    Map<String, String> environment =
        Map.of(
            "LD_PRELOAD",
            library.toString(),
            "FAKETIME_TIMESTAMP_FILE",
            clock.toString(),
            "FAKETIME_CACHE_DURATION",
            "1",
            "FAKETIME_DONT_FAKE_MONOTONIC",
            "1");
    Process first = runByThatClock(warehouse, environment);
    LoopbackCluster.await(
        "a chunk", 300, () -> !chunks(warehouse, "trials").isEmpty() || !first.isAlive());
    Files.writeString(clock, "-3d");
    int before = chunks(warehouse, "trials").size();
    LoopbackCluster.await(
        "another chunk",
        300,
        () -> chunks(warehouse, "trials").size() > before || !first.isAlive());
    LoopbackCluster.kill(first);
    Files.writeString(clock, "-30d");
    assertThat(FaultCampaign.exit(runByThatClock(warehouse, environment), 600))
        .as(cluster.printed("clock"))
        .isZero();
    Files.writeString(clock, "-300d");
    assertThat(FaultCampaign.exit(runByThatClock(warehouse, environment), 600)).isZero();
    assertThat(cluster.printed("clock")).contains("Nothing to train");
    assertSameAsUndisturbed("clock");
  }

  private static Process runByThatClock(Path warehouse, Map<String, String> environment)
      throws IOException {
    return cluster.submit(
        "clock",
        List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"),
        List.of("run", spec.toString(), "--warehouse", warehouse.toString()),
        environment);
  }

  @Test
  void aWarehouseThatIsReadOnlyEndsTheRunWithAMessage() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("read-only"));
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "ro,size=1m", "none", disk.toString()),
        "mounting is not permitted here");
    try {
      assertThat(runHere("readonly", disk.resolve("w").toString())).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(cluster.printed("readonly")).contains("saddlemap:");
    } finally {
      command("umount", disk.toString());
    }
  }

  private static boolean command(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such program
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
