package org.saddlemap.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.trial.TrialId;

/** Processes that compact one warehouse after the other, and get SIGKILL at random moments. */
@Tag("slow")
@Tag("process")
class CompactionKillTest {
  private static final String SWEEP = SweepId.of("killed", TrialId.sha256("plan"));
  private static final long SEED = 3;
  private static final int KILLS = 3;
  private static final int WAREHOUSES = 6;

  @TempDir private Path folder;

  @Test
  void everyRowIsThereOnceWheneverAProcessIsKilled() throws Exception {
    Random random = new Random(SEED);
    Path template = folder.resolve("template");
    Warehouse written = open(template);
    for (long i = 0; i < 8; i++) {
      ChunkRange chunk = new ChunkRange(3 * i, 3 * (i + 1));
      written.write(SWEEP, chunk, new RandomRecords(SEED + i).of(chunk));
    }
    List<String> rows = rows(written);
    Map<String, Integer> states = new TreeMap<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Path round = Files.createDirectory(folder.resolve("round-" + kill));
      for (int i = 0; i < WAREHOUSES; i++) {
        copy(template, round.resolve("w" + i));
      }
      killWhileCompacting(round, 1 + random.nextInt(WAREHOUSES - 1), random.nextDouble());
      for (int i = 0; i < WAREHOUSES; i++) {
        Path root = round.resolve("w" + i);
        states.merge(state(root), 1, Integer::sum);
        Warehouse found = open(root);
        assertThat(rows(found)).as("seed %d, kill %d, %s", SEED, kill, root).isEqualTo(rows);
        Compaction.finish(found, SWEEP);
        assertThat(rows(found)).as("seed %d, kill %d, %s", SEED, kill, root).isEqualTo(rows);
        assertThat(root.resolve(Compaction.FOLDER)).doesNotExist();
      }
    }
    System.out.printf(
        "CompactionKillTest: seed %d, %d kills; warehouses were found %s%n", SEED, KILLS, states);
    assertThat(states).as("kills come too early or too late").hasSizeGreaterThan(1);
  }

  private static String state(Path root) {
    return Files.exists(root.resolve(Compaction.FOLDER + "/sweep=" + SWEEP + "/committed"))
        ? "committed"
        : Files.exists(root.resolve(Compaction.FOLDER))
            ? "in the middle"
            : Files.exists(root.resolve("done")) ? "compacted" : "as they were";
  }

  /** Kills once so many are compacted, and that part of the time that the last one took. */
  private void killWhileCompacting(Path round, int compacted, double part) throws Exception {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes,
                CompactionKillTest.class.getName(),
                round.toString())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      long before = 0;
      long last = System.nanoTime();
      for (int i = 0; i < compacted; i++) {
        assertThat(out.readLine()).as(() -> read(folder.resolve("err"))).isEqualTo("done");
        before = last;
        last = System.nanoTime();
      }
      // The first one loads classes, and says nothing of the second.
      long gap = Math.min(last - before, TimeUnit.SECONDS.toNanos(1));
      TimeUnit.NANOSECONDS.sleep((long) (part * gap));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Warehouse open(Path root) throws IOException {
    return Warehouse.open(root.toString(), new Configuration());
  }

  private static List<String> rows(Warehouse warehouse) throws IOException {
    List<String> rows = new ArrayList<>();
    new TrialReader(warehouse).forEach(SWEEP, trial -> rows.add(trial.row().toString()));
    for (ChunkRange chunk : warehouse.chunks(org.saddlemap.record.Tables.CURVES, SWEEP)) {
      new TrialReader(warehouse)
          .rows(org.saddlemap.record.Tables.CURVES, SWEEP, chunk)
          .forEach(row -> rows.add(row.toString()));
    }
    return rows;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  /** The process that is killed. */
  public static void main(String[] args) throws IOException {
    for (int i = 0; i < WAREHOUSES; i++) {
      Path root = Path.of(args[0]).resolve("w" + i);
      Warehouse warehouse = open(root);
      List<Compaction.Merge> merges = Compaction.plan(warehouse, SWEEP, 2, 1 << 20, 12);
      Compaction compaction = new Compaction(warehouse, SWEEP, 1);
      compaction.begin();
      for (Compaction.Merge merge : merges) {
        compaction.merge(merge);
      }
      compaction.commit(merges);
      Compaction.finish(warehouse, SWEEP);
      Files.createFile(root.resolve("done"));
      System.out.println("done");
    }
  }
}
