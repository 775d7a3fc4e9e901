package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.saddlemap.record.SweepRecord;
import picocli.CommandLine;

/** Sweeps on a real master with two workers, while things break; the short form. */
@Tag("slow")
@Tag("cluster")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class FaultsTest extends UndisturbedSweeps {
  /** At the start of a line of Spark's log. */
  private static final Pattern LOGGED =
      Pattern.compile("^\\d{2}/\\d{2}/\\d{2} \\d{2}:\\d{2}:\\d{2}(?= )", Pattern.MULTILINE);

  private static final DateTimeFormatter LOG_TIME =
      DateTimeFormatter.ofPattern("yy/MM/dd HH:mm:ss", Locale.ROOT);

  private static List<Path> chunks(Path warehouse, String table) throws IOException {
    return files(warehouse.resolve(table), "chunk-*");
  }

  /** In the folders of the sweeps. By names alone: temporary files come and go meanwhile. */
  private static List<Path> files(Path table, String pattern) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(table)) {
      try (DirectoryStream<Path> sweeps = Files.newDirectoryStream(table, "sweep=*")) {
        for (Path sweep : sweeps) {
          try (DirectoryStream<Path> files = Files.newDirectoryStream(sweep, pattern)) {
            files.forEach(found::add);
          }
        }
      }
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /** What the lock of a warehouse's only sweep says; empty while there is none. */
  private static OptionalLong lock(Path warehouse, String name) throws IOException {
    for (Path file : files(warehouse.resolve("sweeps"), "_run-*")) {
      try {
        Matcher m = Pattern.compile("(?m)^" + name + "=(\\d+)$").matcher(Files.readString(file));
        if (m.find()) {
          return OptionalLong.of(Long.parseLong(m.group(1)));
        }
      } catch (NoSuchFileException e) {
        // A later one took its place.
      }
    }
    return OptionalLong.empty();
  }

  @Test
  void aSweepSurvivesTheDeathOfOneOfTwoWorkersWithItsExecutor() throws IOException {
    Path warehouse = folder.resolve("worker-dies");
    Process run = run(warehouse.toString());
    LoopbackCluster.await(
        "a chunk", 300, () -> !chunks(warehouse, "trials").isEmpty() || !run.isAlive());
    cluster.killWorker(0);
    try {
      assertThat(LoopbackCluster.exit(run, 600)).as(cluster.printed("run")).isZero();
    } finally {
      cluster.replaceWorker(0);
    }
    assertSameAsUndisturbed("worker-dies");
  }

  @Test
  void aSweepSurvivesRandomKillsWithSpeculation() throws IOException {
    campaign.disturbed("killed", true, 6, 0, System.nanoTime() + TimeUnit.MINUTES.toNanos(3));
    assertSameAsUndisturbed("killed");
  }

  @Test
  void ofTwoRunsAtOnceOneWorksAndTheOtherSaysWhatToDo() throws IOException {
    Path warehouse = folder.resolve("two");
    List<String> run = List.of("run", longerSpec.toString(), "--warehouse", warehouse.toString());
    Process first = cluster.submit("first", cluster.options(), run);
    LoopbackCluster.await(
        "the lock", 120, () -> lock(warehouse, "process").isPresent() || !first.isAlive());
    int second = LoopbackCluster.exit(cluster.submit("second", HERE, run), 600);
    assertThat(second).isEqualTo(Saddlemap.INCOMPLETE);
    assertThat(cluster.printed("second"))
        .contains("Another run of the sweep")
        .contains("process " + first.pid())
        .contains("run again");
    assertThat(LoopbackCluster.exit(first, 600)).isZero();
    assertSame(longer, "undisturbed-longer", "two");
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

  @Test
  void aClockThatGoesBackDuringARunAndBetweenRunsChangesNothing() throws IOException {
    SetClock clock = clock();
    Path warehouse = folder.resolve("clock");
    // One core, so that there is time for a heartbeat and another chunk.
    Process first =
        runLonger(
            "clock",
            List.of("--master", "local[1]", "--conf", "spark.ui.enabled=false"),
            warehouse,
            clock);
    setBackInTheMiddle(first, warehouse, clock);
    int before = chunks(warehouse, "trials").size();
    LoopbackCluster.await(
        "another chunk",
        300,
        () -> chunks(warehouse, "trials").size() > before || !first.isAlive());
    assertThat(first.isAlive()).as(cluster.printed("clock")).isTrue();
    LoopbackCluster.kill(first);
    clock.forget(first.pid());
    assertLogWentBack("clock");

    clock.set(-30);
    assertThat(LoopbackCluster.exit(runLonger("clock-second", HERE, warehouse, clock), 600))
        .as(cluster.printed("clock-second"))
        .isZero();
    SweepRecord sweep = longer.sweep("clock");
    assertThat(Duration.between(Instant.parse(sweep.finished()), Instant.parse(sweep.started())))
        .isBetween(Duration.ofDays(29), Duration.ofDays(30));
    assertThat(Files.getLastModifiedTime(chunks(warehouse, "trials").get(0)).toInstant())
        .isAfter(Instant.parse(sweep.finished()).plus(Duration.ofDays(29)));

    clock.set(-300);
    assertThat(LoopbackCluster.exit(runLonger("clock-third", HERE, warehouse, clock), 600))
        .as(cluster.printed("clock-third"))
        .isZero();
    assertThat(cluster.printed("clock-third")).contains("Nothing to train");
    assertSame(longer, "undisturbed-longer", "clock");
  }

  @Test
  void onAClusterOnlyTheDriversClockGoesBack() throws IOException {
    SetClock clock = clock();
    Path warehouse = folder.resolve("clock-cluster");
    Process run =
        runLonger("clock-cluster", cluster.options("spark.cores.max=1"), warehouse, clock);
    setBackInTheMiddle(run, warehouse, clock);
    assertThat(LoopbackCluster.exit(run, 600)).as(cluster.printed("clock-cluster")).isZero();
    assertLogWentBack("clock-cluster");
    SweepRecord sweep = longer.sweep("clock-cluster");
    assertThat(Duration.between(Instant.parse(sweep.finished()), Instant.parse(sweep.started())))
        .isBetween(Duration.ofDays(2), Duration.ofDays(3));
    assertSame(longer, "undisturbed-longer", "clock-cluster");
  }

  private static SetClock clock() throws IOException {
    Optional<Path> library = SetClock.library();
    assumeTrue(
        library.isPresent(), "there is no libfaketime here (Debian: apt-get install faketime)");
    return new SetClock(library.orElseThrow(), folder.resolve("clock-offset"));
  }

  private static Process runLonger(
      String name, List<String> options, Path warehouse, SetClock clock) throws IOException {
    return cluster.submit(
        name,
        options,
        List.of("run", longerSpec.toString(), "--warehouse", warehouse.toString()),
        clock.environment());
  }

  /** By three days, after the first chunk; the run's heartbeat must go on, or it is taken over. */
  private static void setBackInTheMiddle(Process run, Path warehouse, SetClock clock)
      throws IOException {
    LoopbackCluster.await(
        "a chunk", 300, () -> !chunks(warehouse, "trials").isEmpty() || !run.isAlive());
    clock.set(-3);
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1500)); // until the process sees it
    OptionalLong before = lock(warehouse, "beat");
    assertThat(before).isPresent();
    LoopbackCluster.await(
        "a heartbeat", 60, () -> !lock(warehouse, "beat").equals(before) || !run.isAlive());
    assertThat(run.isAlive()).as("no heartbeat after the clock was set back").isTrue();
  }

  private static void assertLogWentBack(String name) throws IOException {
    List<LocalDateTime> times =
        LOGGED
            .matcher(cluster.printed(name))
            .results()
            .map(m -> LocalDateTime.parse(m.group(), LOG_TIME))
            .toList();
    assertThat(times).isNotEmpty();
    assertThat(times.get(times.size() - 1)).isBefore(times.get(0).minusDays(2));
  }

  @Test
  void inClusterModeTheSameSubmitGoesOnWhereAKilledDriverEnded() throws IOException {
    Path warehouse = folder.resolve("cluster-killed");
    Process first = submitToCluster("cluster-killed", longerSpec, warehouse);
    ProcessHandle driver = driverOnAWorker(first, warehouse);
    LoopbackCluster.await(
        "a chunk", 300, () -> !chunks(warehouse, "trials").isEmpty() || !first.isAlive());
    assertThat(driver.destroyForcibly()).isTrue();
    // Spark's own word for it; its exit code is 0 however a driver ended.
    assertThat(LoopbackCluster.exit(first, 300)).isZero();
    assertThat(cluster.printed("cluster-killed")).contains("is FAILED");
    assertThat(longer.verify("cluster-killed")).isEqualTo(Saddlemap.INCOMPLETE);
    Process second = submitToCluster("cluster-killed", longerSpec, warehouse);
    assertThat(LoopbackCluster.exit(second, 600)).as(cluster.drivers()).isZero();
    assertThat(cluster.printed("cluster-killed")).contains("is FINISHED");
    assertSame(longer, "undisturbed-longer", "cluster-killed");
  }

  @Test
  void aSupervisedDriverThatIsKilledGoesOnByItself() throws IOException {
    Path warehouse = folder.resolve("supervised");
    Process submit = submitToCluster("supervised", longerSpec, warehouse, "--supervise");
    ProcessHandle driver = driverOnAWorker(submit, warehouse);
    LoopbackCluster.await(
        "a chunk", 300, () -> !chunks(warehouse, "trials").isEmpty() || !submit.isAlive());
    assertThat(driver.destroyForcibly()).isTrue();
    assertThat(LoopbackCluster.exit(submit, 600)).as(cluster.drivers()).isZero();
    assertSame(longer, "undisturbed-longer", "supervised");
  }

  private static Process submitToCluster(String name, Path spec, Path warehouse, String... more)
      throws IOException {
    List<String> options =
        new ArrayList<>(cluster.options("spark.standalone.submit.waitAppCompletion=true"));
    options.addAll(List.of("--deploy-mode", "cluster", "--driver-memory", "512m"));
    options.addAll(List.of(more));
    return cluster.submit(
        name,
        options,
        List.of("run", spec.toString(), "--warehouse", warehouse.toUri().toString()));
  }

  /** Whom the sweep's lock names, once it is there. */
  private static ProcessHandle driverOnAWorker(Process submit, Path warehouse) throws IOException {
    LoopbackCluster.await(
        "the lock", 120, () -> lock(warehouse, "process").isPresent() || !submit.isAlive());
    OptionalLong process = lock(warehouse, "process");
    assertThat(process).as(cluster.drivers()).isPresent();
    ProcessHandle driver = ProcessHandle.of(process.getAsLong()).orElseThrow();
    assertThat(cluster.executors()).contains(driver);
    return driver;
  }

  @Test
  void aWarehouseThatTurnsReadOnlyEndsTheRunWithAMessageAndALaterRunCompletesIt() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("read-only"));
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "size=50m", "none", disk.toString()),
        "mounting is not permitted here");
    Path warehouse = disk.resolve("w");
    List<String> run = List.of("run", longerSpec.toString(), "--warehouse", warehouse.toString());
    try {
      Process first = cluster.submit("read-only", HERE, run);
      LoopbackCluster.await(
          "a chunk", 300, () -> !chunks(warehouse, "trials").isEmpty() || !first.isAlive());
      // Refused as long as a file is open for writing.
      LoopbackCluster.await("the mount", 60, () -> remount("ro", disk));
      assertThat(LoopbackCluster.exit(first, 600)).isEqualTo(Saddlemap.INCOMPLETE);
      assertThat(cluster.printed("read-only").lines().filter(l -> l.startsWith("saddlemap:")))
          .as("one error")
          .singleElement()
          .asString()
          .contains("Read-only file system");
      copy(warehouse, folder.resolve("was-read-only"));
      assertThat(longer.verify("was-read-only")).isEqualTo(Saddlemap.INCOMPLETE);

      assertThat(remount("rw", disk)).isTrue();
      assertThat(LoopbackCluster.exit(cluster.submit("writable", HERE, run), 600)).isZero();
      copy(warehouse, folder.resolve("writable"));
      assertSame(longer, "undisturbed-longer", "writable");
    } finally {
      command("umount", disk.toString());
    }
  }

  private static boolean remount(String how, Path disk) throws IOException {
    try {
      return command("mount", "-o", "remount," + how, disk.toString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
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
