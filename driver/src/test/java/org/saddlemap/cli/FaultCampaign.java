package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Warehouse;

/**
 * Runs a small sweep on a real cluster again and again while its processes are killed at random,
 * seeded moments, and holds what the tables hold afterwards against an undisturbed run. The long
 * form is {@link FaultSuite}.
 */
final class FaultCampaign {
  /** Spark gives a task up after four. */
  private static final int MOST_EXECUTOR_DEATHS = 3;

  /** What a run is about while it is killed; as the report calls it. */
  private enum Phase {
    TRAINING("", 1500, 6000),
    TAKING_OVER(" while a run took rows over", 1500, 3000),
    /** As soon as something is trained again. */
    RETRY(" while a run tried again", 0, 1500);

    private final String text;
    private final int leastMillis;
    private final int spanMillis;

    Phase(String text, int leastMillis, int spanMillis) {
      this.text = text;
      this.leastMillis = leastMillis;
      this.spanMillis = spanMillis;
    }
  }

  private final LoopbackCluster cluster;
  private final Path spec;
  private final Path folder;
  private final Random random;
  private final PrintStream log;
  private final Map<String, Integer> kills = new TreeMap<>();
  private int runs;
  private long compactionMillis = 1000;
  private Phase phase = Phase.TRAINING;

  FaultCampaign(LoopbackCluster cluster, Path spec, Path folder, long seed, PrintStream log) {
    this.cluster = cluster;
    this.spec = spec;
    this.folder = folder;
    this.random = new Random(seed);
    this.log = log;
  }

  int kills() {
    return kills.values().stream().mapToInt(k -> k).sum();
  }

  Map<String, Integer> killsByTarget() {
    return new TreeMap<>(kills);
  }

  int runs() {
    return runs;
  }

  Path warehouse(String name) {
    return folder.resolve(name);
  }

  /** Runs the sweep on the cluster to its end, undisturbed. */
  void undisturbed(String warehouse) throws IOException {
    undisturbed(spec, warehouse);
  }

  /** The same for another spec. */
  void undisturbed(Path spec, String warehouse) throws IOException {
    CompactionFolder compaction = compaction(warehouse);
    Process run = start(spec, warehouse, false);
    while (run.isAlive() && !compaction.isAtWork(Set.of())) {
      pause(run, 5);
    }
    long began = System.nanoTime();
    while (run.isAlive() && compaction.isAtWork(Set.of())) {
      pause(run, 5);
    }
    compactionMillis = Math.max(100, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    if (LoopbackCluster.exit(run, 900) != 0) {
      throw new IllegalStateException("The undisturbed run failed:\n" + cluster.printed("run"));
    }
  }

  private CompactionFolder compaction(String warehouse) {
    return new CompactionFolder(warehouse(warehouse));
  }

  private Process start(Path spec, String warehouse, boolean speculation, String... more)
      throws IOException {
    runs++;
    List<String> command = new ArrayList<>(List.of("run", spec.toString()));
    command.addAll(List.of("--warehouse", warehouse(warehouse).toString()));
    command.addAll(List.of(more));
    return cluster.submit(
        "run",
        cluster.options(
            "spark.speculation=" + speculation,
            "spark.speculation.interval=500ms",
            "spark.speculation.multiplier=1.2",
            "spark.speculation.quantile=0.1"),
        command);
  }

  /**
   * Runs the sweep until it is complete and compacted, killing on the way.
   *
   * @param mostKills stops killing after so many in all
   * @param interruptions so many of the compaction, as far as it lasts; their kills are among the
   *     others
   * @param deadline in {@link System#nanoTime}; kills of the sweep end there
   */
  Compactions disturbed(
      String warehouse, boolean speculation, int mostKills, int interruptions, long deadline)
      throws IOException {
    phase = Phase.TRAINING;
    return disturbed(spec, warehouse, speculation, mostKills, interruptions, deadline);
  }

  /**
   * Does the same with a sweep that shares trials with what stands in the warehouse, and so takes
   * their rows over.
   */
  Compactions takingOver(
      Path more,
      String warehouse,
      boolean speculation,
      int mostKills,
      int interruptions,
      long deadline)
      throws IOException {
    phase = Phase.TAKING_OVER;
    return disturbed(more, warehouse, speculation, mostKills, interruptions, deadline);
  }

  /**
   * Tries the failed trials of the sweep again, and again, killing while something is trained or
   * put in place, until so many kills are made in all; and then once to its end.
   */
  void retried(String warehouse, boolean speculation, int mostKills, long deadline)
      throws IOException {
    phase = Phase.RETRY;
    for (int attempt = 0, exit = -1; exit != 0 || wanted(mostKills, deadline); attempt++) {
      if (attempt > 200) {
        throw new IllegalStateException("200 runs did not try the sweep's trials again");
      }
      Process run = start(spec, warehouse, speculation, "--retry", "failed");
      long next = Long.MAX_VALUE;
      while (run.isAlive()) {
        pause(run, 5);
        boolean begun =
            Files.exists(warehouse(warehouse).resolve("_retry")) && !cluster.executors().isEmpty();
        if (!begun || !wanted(mostKills, deadline)) {
          next = Long.MAX_VALUE;
        } else if (next == Long.MAX_VALUE) {
          next = nextStrike();
        } else if (System.nanoTime() - next > 0) {
          strike(run);
          next = Long.MAX_VALUE;
        }
      }
      exit = LoopbackCluster.exit(run, 900);
      said(warehouse, exit);
    }
  }

  private boolean wanted(int mostKills, long deadline) {
    return kills() < mostKills && System.nanoTime() < deadline;
  }

  private void said(String warehouse, int exit) {
    log.printf(
        Locale.ROOT,
        "%s: run %d ended with %d; %d kills so far %s%n",
        warehouse,
        runs,
        exit,
        kills(),
        kills);
  }

  private Compactions disturbed(
      Path spec,
      String warehouse,
      boolean speculation,
      int mostKills,
      int interruptions,
      long deadline)
      throws IOException {
    CompactionFolder compaction = compaction(warehouse);
    Compactions compactions = new Compactions();
    Deque<Compactions.Interruption> planned = Compactions.Interruption.some(interruptions, random);
    int reserved =
        planned.stream()
            .mapToInt(i -> i == Compactions.Interruption.EXECUTORS ? cluster.workers() : 1)
            .sum();
    for (int attempt = 0; ; attempt++) {
      if (attempt > 200) {
        throw new IllegalStateException("200 runs did not complete the sweep");
      }
      Set<String> earlier = compaction.begun();
      Process run = start(spec, warehouse, speculation);
      long next = nextStrike();
      while (run.isAlive() && !compaction.isAtWork(earlier)) {
        pause(run, 5);
        // Executors take seconds to come up.
        if (wanted(mostKills - reserved, deadline)
            && System.nanoTime() - next > 0
            && !cluster.executors().isEmpty()) {
          strike(run);
          next = nextStrike();
        }
      }
      if (compaction.isAtWork(earlier)) {
        compactions.began(compaction.chunks(Tables.TRIALS));
        interrupt(run, warehouse, earlier, planned, compactions);
      }
      int exit = LoopbackCluster.exit(run, 900);
      said(warehouse, exit);
      // A run is content with a compaction that failed; the next one tries again.
      if (exit == 0 && !compaction.isWanting()) {
        compactions.left(compaction.files());
        return compactions;
      }
    }
  }

  private long nextStrike() {
    return System.nanoTime()
        + TimeUnit.MILLISECONDS.toNanos(phase.leastMillis + random.nextInt(phase.spanMillis));
  }

  /** Kills what is planned as long as this run compacts, at random moments. */
  private void interrupt(
      Process run,
      String warehouse,
      Set<String> earlier,
      Deque<Compactions.Interruption> planned,
      Compactions compactions)
      throws IOException {
    CompactionFolder compaction = compaction(warehouse);
    int executors = 0;
    while (!planned.isEmpty() && run.isAlive() && compaction.isAtWork(earlier)) {
      Compactions.Interruption what = planned.peek();
      if (what == Compactions.Interruption.EXECUTORS && executors == MOST_EXECUTOR_DEATHS) {
        what = Compactions.Interruption.DRIVER;
      }
      await(run, compaction, earlier, what);
      boolean hit = run.isAlive() && compaction.isAtWork(earlier);
      String kind = what == Compactions.Interruption.EXECUTORS ? "executor" : "driver";
      int killed = 0;
      if (run.isAlive() && what == Compactions.Interruption.EXECUTORS) {
        executors++;
        for (ProcessHandle executor : cluster.executors()) {
          killed += executor.destroyForcibly() ? 1 : 0;
        }
      } else if (run.isAlive()) {
        LoopbackCluster.kill(run);
        killed++;
      }
      hit &= killed > 0 && compaction.isAtWork(earlier);
      if (killed > 0) {
        kills.merge(kind + (hit ? " while it compacted" : phase.text), killed, Integer::sum);
      }
      if (!hit) {
        return;
      }
      planned.remove();
      boolean committed = compaction.isCommitted();
      int code = verify(warehouse);
      compactions.interrupted(committed, code);
      log.printf(
          Locale.ROOT,
          "%s: %s in a compaction, %s; verify ended with %d%n",
          warehouse,
          what,
          committed ? "which was committed" : "before it was committed",
          code);
    }
  }

  /** For a random time, or the commit; less where the compaction ends before. */
  private void await(
      Process run, CompactionFolder compaction, Set<String> earlier, Compactions.Interruption what)
      throws IOException {
    while (what == Compactions.Interruption.EXECUTORS
        && run.isAlive()
        && compaction.isAtWork(earlier)
        && cluster.executors().isEmpty()) {
      pause(run, 5);
    }
    long delay = TimeUnit.MILLISECONDS.toNanos(random.nextInt((int) compactionMillis));
    long start = System.nanoTime();
    while (run.isAlive()
        && compaction.isAtWork(earlier)
        && (what == Compactions.Interruption.DRIVER_AT_COMMIT
            ? !compaction.isCommitted()
            : System.nanoTime() - start < delay)) {
      LockSupport.parkNanos(200_000);
    }
  }

  private static void pause(Process run, int millis) {
    try {
      run.waitFor(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void strike(Process driver) throws IOException {
    int what = random.nextInt(100);
    List<ProcessHandle> executors = cluster.executors();
    if (what < 80) {
      if (!executors.isEmpty()
          && executors.get(random.nextInt(executors.size())).destroyForcibly()) {
        kills.merge("executor" + phase.text, 1, Integer::sum);
      }
    } else if (what < 90) {
      cluster.replaceWorker(random.nextInt(cluster.workers()));
      kills.merge("worker" + phase.text, 1, Integer::sum);
    } else if (what < 97) {
      LoopbackCluster.kill(driver);
      kills.merge("driver" + phase.text, 1, Integer::sum);
    } else {
      LoopbackCluster.kill(driver);
      kills.merge("driver (with all)" + phase.text, 1, Integer::sum);
      kills.merge(
          "master, workers and executors at once" + phase.text, cluster.replaceAll(), Integer::sum);
    }
  }

  /** Exit code of {@code verify}. */
  int verify(String warehouse, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("verify", "--warehouse", warehouse(warehouse).toString()));
    arguments.addAll(List.of(more));
    return Saddlemap.run(arguments.toArray(String[]::new));
  }

  /** The row of the only sweep of a warehouse. */
  SweepRecord sweep(String name) throws IOException {
    return new Catalogue(Warehouse.open(warehouse(name).toString(), new Configuration()))
        .sweeps()
        .readable()
        .get(0)
        .record();
  }

  /** Every planned trial of one warehouse against the other's, column by column. */
  RowsCompared compare(String reference, String warehouse) throws IOException {
    return compare(spec, reference, warehouse);
  }

  /** The same for another sweep of the warehouse. */
  RowsCompared compare(Path spec, String reference, String warehouse) throws IOException {
    return RowsCompared.of(
        SpecReader.read(Files.readString(spec), spec.toString()),
        Warehouse.open(warehouse(reference).toString(), new Configuration()),
        Warehouse.open(warehouse(warehouse).toString(), new Configuration()));
  }
}
