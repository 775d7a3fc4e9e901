package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Column;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/**
 * Runs a small sweep on a real cluster again and again while its processes are killed at random,
 * seeded moments, and holds what the tables hold afterwards against an undisturbed run.
 *
 * <p>{@code main KILLS MINUTES SEED REPORT TARGET SPECULATION} is the long form ({@code
 * scripts/fault-suite}).
 */
final class FaultCampaign {
  /**
   * 2,184 trials, in many more chunks than a compaction leaves alone. The widest need more memory
   * than there is, and fail before they train a step: 168.
   */
  static final String LONG_SPEC =
      """
      name: faults
      data: {synthetic: {problem: xor, rows: 200, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {activation: tanh, loss: cross_entropy}
      train: {optimizer: sgd, max_steps: 100}
      limits: {trial_megabytes: 64}
      examine: {rows: 64, ceiling: 300}
      grid:
        depth: [1, 2]
        initializer: [zeros, normal(0.01), xavier_uniform, he_normal]
        learning_rate: [0.01, 0.03, 0.1, 0.3, 1.0, 3.0]
        batch_size: [16, full]
        clipping: [none, norm(1.0), value(0.5)]
        width: [8, 60000]
      exclude:
        - where: {width: 60000, depth: 1}
        - where: {width: 60000, batch_size: 16}
        - where: {width: 60000, clipping: [norm(1.0), value(0.5)]}
      replicates: 7
      seed: 7
      """;

  /** What and when, not what came out. */
  private static final Set<String> CIRCUMSTANCES =
      Set.of("queue_ms", "load_ms", "train_ms", "examine_ms", "host", "stack_trace");

  /** Spark gives a task up after four. */
  private static final int MOST_EXECUTOR_DEATHS = 3;

  /** Of one sweep's compaction. */
  private static final int MOST_INTERRUPTIONS = 6;

  /** Kills of a warehouse, of all kinds: with more, another is begun. */
  private static final int KILLS_A_WAREHOUSE = 75;

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

  /**
   * What a comparison found.
   *
   * @param planned trials
   * @param lost that stand nowhere
   * @param doubled that stand more than once
   * @param differing in any column but times and places
   */
  record Comparison(long planned, long lost, long doubled, long differing) {
    boolean clean() {
      return lost == 0 && doubled == 0 && differing == 0;
    }

    Comparison plus(Comparison other) {
      return new Comparison(
          planned + other.planned,
          lost + other.lost,
          doubled + other.doubled,
          differing + other.differing);
    }
  }

  /** Whom a compaction loses, and when. */
  private enum Interruption {
    DRIVER,
    /** At the moment that the large files begin to stand for the small ones. */
    DRIVER_AT_COMMIT,
    /** All of them, so that the one that merges is among them. */
    EXECUTORS;

    /** So many; a committed one is the sweep's last, since the next run only ends it. */
    static Deque<Interruption> some(int count, Random random) {
      List<Interruption> some = new ArrayList<>();
      for (int i = 0; i < count - 1; i++) {
        some.add(i % 2 == 0 ? EXECUTORS : DRIVER);
      }
      Collections.shuffle(some, random);
      if (count > 0) {
        some.add(DRIVER_AT_COMMIT);
      }
      return new ArrayDeque<>(some);
    }
  }

  /** What became of the compaction of one disturbed sweep. */
  static final class Compactions {
    private int filesBefore;
    private int filesAfter;
    private int committed;
    private final List<Integer> verified = new ArrayList<>();

    /** In each table: the most that a compaction found there, and what stands there at the end. */
    boolean happened() {
      return filesBefore > 0 && 2 * filesAfter <= filesBefore;
    }

    /** Those of another sweep of the warehouse. */
    void add(Compactions other) {
      committed += other.committed;
      verified.addAll(other.verified);
    }

    int interrupted() {
      return verified.size();
    }

    /** Whether {@code verify} found nothing amiss after each interrupted one. */
    boolean clean() {
      return verified.stream().allMatch(code -> code == Saddlemap.OK);
    }

    /** Exit codes, each once. */
    String codes() {
      return verified.isEmpty()
          ? "–"
          : verified.stream()
              .distinct()
              .sorted()
              .map(String::valueOf)
              .collect(Collectors.joining(", "));
    }
  }

  /** In which sweeps of a campaign Spark speculates. */
  private enum Speculation {
    OFF,
    ON,
    ALTERNATE;

    boolean of(int sweep) {
      return this == ON || (this == ALTERNATE && sweep % 2 == 0);
    }
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
    Process run = start(spec, warehouse, false);
    while (run.isAlive() && !compacts(warehouse, Set.of())) {
      pause(run, 5);
    }
    long began = System.nanoTime();
    while (run.isAlive() && compacts(warehouse, Set.of())) {
      pause(run, 5);
    }
    compactionMillis = Math.max(100, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
    if (exit(run, 900) != 0) {
      throw new IllegalStateException("The undisturbed run failed:\n" + cluster.printed("run"));
    }
  }

  /** Numbers of the runs whose compaction has begun and is not over. */
  private Set<String> compactions(String warehouse) throws IOException {
    Set<String> runs = new TreeSet<>();
    Path folder = warehouse(warehouse).resolve("_compaction");
    try (DirectoryStream<Path> sweeps = Files.newDirectoryStream(folder)) {
      for (Path sweep : sweeps) {
        try (DirectoryStream<Path> begun = Files.newDirectoryStream(sweep, "run-*")) {
          begun.forEach(run -> runs.add(run.getFileName().toString()));
        }
      }
    } catch (NoSuchFileException e) {
      // There is none, or not any more.
    }
    return runs;
  }

  /**
   * @param earlier what earlier runs left; the first thing that a run does is to clear it away
   */
  private boolean compacts(String warehouse, Set<String> earlier) throws IOException {
    return !earlier.containsAll(compactions(warehouse));
  }

  private boolean committed(String warehouse) throws IOException {
    Path folder = warehouse(warehouse).resolve("_compaction");
    try (DirectoryStream<Path> sweeps = Files.newDirectoryStream(folder)) {
      for (Path sweep : sweeps) {
        if (Files.exists(sweep.resolve("committed"))) {
          return true;
        }
      }
    } catch (NoSuchFileException e) {
      // It is over.
    }
    return false;
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

  static int exit(Process process, int seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        LoopbackCluster.kill(process);
        throw new IllegalStateException("A run did not end within " + seconds + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
      exit = exit(run, 900);
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
    Compactions compactions = new Compactions();
    Deque<Interruption> planned = Interruption.some(interruptions, random);
    int reserved =
        planned.stream().mapToInt(i -> i == Interruption.EXECUTORS ? cluster.workers() : 1).sum();
    for (int attempt = 0; ; attempt++) {
      if (attempt > 200) {
        throw new IllegalStateException("200 runs did not complete the sweep");
      }
      Set<String> earlier = compactions(warehouse);
      Process run = start(spec, warehouse, speculation);
      long next = nextStrike();
      while (run.isAlive() && !compacts(warehouse, earlier)) {
        pause(run, 5);
        // Executors take seconds to come up.
        if (wanted(mostKills - reserved, deadline)
            && System.nanoTime() - next > 0
            && !cluster.executors().isEmpty()) {
          strike(run);
          next = nextStrike();
        }
      }
      if (compacts(warehouse, earlier)) {
        compactions.filesBefore =
            Math.max(compactions.filesBefore, chunks(warehouse, Tables.TRIALS));
        interrupt(run, warehouse, earlier, planned, compactions);
      }
      int exit = exit(run, 900);
      said(warehouse, exit);
      // A run is content with a compaction that failed; the next one tries again.
      if (exit == 0 && !canBeCompacted(warehouse)) {
        compactions.filesAfter = files(warehouse);
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
      Deque<Interruption> planned,
      Compactions compactions)
      throws IOException {
    int executors = 0;
    while (!planned.isEmpty() && run.isAlive() && compacts(warehouse, earlier)) {
      Interruption what = planned.peek();
      if (what == Interruption.EXECUTORS && executors == MOST_EXECUTOR_DEATHS) {
        what = Interruption.DRIVER;
      }
      await(run, warehouse, earlier, what);
      boolean hit = run.isAlive() && compacts(warehouse, earlier);
      String kind = what == Interruption.EXECUTORS ? "executor" : "driver";
      int killed = 0;
      if (run.isAlive() && what == Interruption.EXECUTORS) {
        executors++;
        for (ProcessHandle executor : cluster.executors()) {
          killed += executor.destroyForcibly() ? 1 : 0;
        }
      } else if (run.isAlive()) {
        LoopbackCluster.kill(run);
        killed++;
      }
      hit &= killed > 0 && compacts(warehouse, earlier);
      if (killed > 0) {
        kills.merge(kind + (hit ? " while it compacted" : phase.text), killed, Integer::sum);
      }
      if (!hit) {
        return;
      }
      planned.remove();
      boolean committed = committed(warehouse);
      compactions.committed += committed ? 1 : 0;
      int code = verify(warehouse);
      compactions.verified.add(code);
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
  private void await(Process run, String warehouse, Set<String> earlier, Interruption what)
      throws IOException {
    while (what == Interruption.EXECUTORS
        && run.isAlive()
        && compacts(warehouse, earlier)
        && cluster.executors().isEmpty()) {
      pause(run, 5);
    }
    long delay = TimeUnit.MILLISECONDS.toNanos(random.nextInt((int) compactionMillis));
    long start = System.nanoTime();
    while (run.isAlive()
        && compacts(warehouse, earlier)
        && (what == Interruption.DRIVER_AT_COMMIT
            ? !committed(warehouse)
            : System.nanoTime() - start < delay)) {
      LockSupport.parkNanos(200_000);
    }
  }

  /** Of each table, the same. */
  private int files(String warehouse) throws IOException {
    int files = chunks(warehouse, Tables.TRIALS);
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      if (chunks(warehouse, table) != files) {
        throw new IllegalStateException(warehouse + ": not as many files in " + table.name());
      }
    }
    return files;
  }

  private int chunks(String warehouse, Table<?> table) throws IOException {
    int chunks = 0;
    Warehouse tables = Warehouse.open(warehouse(warehouse).toString(), new Configuration());
    for (StoredSweep sweep : new Catalogue(tables).sweeps().readable()) {
      chunks += new Chunks(tables).list(table, sweep.id()).size();
    }
    return chunks;
  }

  private boolean canBeCompacted(String warehouse) throws IOException {
    Warehouse tables = Warehouse.open(warehouse(warehouse).toString(), new Configuration());
    for (StoredSweep sweep : new Catalogue(tables).sweeps().readable()) {
      if (!CompactionPlan.of(tables, sweep.id()).isEmpty()) {
        return true;
      }
    }
    return false;
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
  Comparison compare(String reference, String warehouse) throws IOException {
    return compare(spec, reference, warehouse);
  }

  /** The same for another sweep of the warehouse. */
  Comparison compare(Path spec, String reference, String warehouse) throws IOException {
    return compare(
        SpecReader.read(Files.readString(spec), spec.toString()),
        Warehouse.open(warehouse(reference).toString(), new Configuration()),
        Warehouse.open(warehouse(warehouse).toString(), new Configuration()));
  }

  /** Every planned trial of one warehouse against the other's, column by column. */
  static Comparison compare(SweepSpec sweep, Warehouse reference, Warehouse warehouse)
      throws IOException {
    SweepPlan plan = new SweepPlan(sweep);
    Map<Long, List<String>> expected = rows(sweep.name(), reference);
    Map<Long, List<String>> found = rows(sweep.name(), warehouse);
    Set<Long> planned = new TreeSet<>();
    for (long i = 0; i < plan.size(); i++) {
      if (plan.trial(i).isPresent()) {
        planned.add(i);
      }
    }
    if (!expected.keySet().equals(planned)) {
      throw new IllegalStateException("The undisturbed run does not hold the plan");
    }
    long lost = planned.stream().filter(i -> !found.containsKey(i)).count();
    long doubled = found.values().stream().filter(r -> r.size() > 1).count();
    long differing =
        found.entrySet().stream()
            .filter(e -> !Objects.equals(e.getValue().get(0), expected.get(e.getKey()).get(0)))
            .count();
    return new Comparison(planned.size(), lost, doubled, differing);
  }

  private static Map<Long, List<String>> rows(String name, Warehouse warehouse) throws IOException {
    Map<Long, List<String>> rows = new TreeMap<>();
    for (StoredSweep sweep : new Catalogue(warehouse).sweeps(name).readable()) {
      new TrialReader(warehouse)
          .forEach(
              sweep.id(),
              trial ->
                  rows.computeIfAbsent(trial.trial().index(), i -> new ArrayList<>())
                      .add(text(trial)));
    }
    return rows;
  }

  private static String text(StoredTrial trial) {
    StringBuilder text = new StringBuilder();
    for (Column<TrialRecord> column : Tables.TRIALS.columns()) {
      if (!CIRCUMSTANCES.contains(column.name())) {
        text.append(column.name()).append('=');
        text.append(trial.row().find(column.name()).orElse(null)).append('\n');
      }
    }
    return text.toString();
  }

  /** The same sweep with more replicates, under another name. */
  static String moreReplicates(String spec, int replicates, int more) {
    return spec.replaceFirst("name: .*", "name: more")
        .replace("replicates: " + replicates + "\n", "replicates: " + more + "\n");
  }

  /** The long form. */
  public static void main(String[] args) throws IOException {
    int wanted = Integer.parseInt(args[0]);
    double minutes = Double.parseDouble(args[1]);
    long seed = Long.parseLong(args[2]);
    Path report = Path.of(args[3]);
    Path target = Path.of(args[4]);
    Speculation speculation = Speculation.valueOf(args[5].toUpperCase(Locale.ROOT));
    Path folder = Files.createTempDirectory("saddlemap-faults");
    Path spec = Files.writeString(folder.resolve("faults.yaml"), LONG_SPEC);
    Path more = Files.writeString(folder.resolve("more.yaml"), moreReplicates(LONG_SPEC, 7, 10));
    long started = System.nanoTime();
    long deadline = started + (long) (minutes * 60e9);
    PrintStream log = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    log.println("Logs and warehouses are in " + folder);
    List<String> lines = new ArrayList<>();
    boolean clean = true;
    long trials = 0;
    try (LoopbackCluster cluster = new LoopbackCluster(target, folder.resolve("cluster"), 2)) {
      FaultCampaign campaign = new FaultCampaign(cluster, spec, folder, seed, log);
      campaign.undisturbed("undisturbed");
      campaign.undisturbed(more, "undisturbed-more");
      clean = campaign.verify("undisturbed") == 0 && campaign.verify("undisturbed-more") == 0;
      log.printf(
          Locale.ROOT, "The undisturbed runs took %.0f s.%n", (System.nanoTime() - started) / 1e9);
      long lost = 0;
      long doubled = 0;
      long differing = 0;
      int interrupted = 0;
      int committed = 0;
      int sweeps = 0;
      int warehouses = Math.max(2, (wanted + KILLS_A_WAREHOUSE - 1) / KILLS_A_WAREHOUSE);
      do {
        String name = "disturbed-" + ++sweeps;
        boolean speculative = speculation.of(sweeps);
        int before = campaign.kills();
        int runsBefore = campaign.runs();
        // Equal shares of the kills and of the time, at least one warehouse of each kind, and in
        // each at least one kill while rows are taken over, and one while trials are tried again.
        int share = Math.min(wanted - before, (wanted + warehouses - 1) / warehouses);
        long end =
            sweeps < warehouses ? started + (deadline - started) * sweeps / warehouses : deadline;
        Compactions compactions =
            campaign.disturbed(
                name,
                speculative,
                before + share * 6 / 10,
                Math.max(3, Math.min(MOST_INTERRUPTIONS, share / 4)),
                end);
        Comparison first = campaign.compare("undisturbed", name);
        Compactions others =
            campaign.takingOver(
                more,
                name,
                speculative,
                Math.max(before + share * 8 / 10, campaign.kills() + 1),
                3,
                end);
        campaign.retried(name, speculative, Math.max(before + share, campaign.kills() + 1), end);
        int verified = Math.max(campaign.verify(name, "faults"), campaign.verify(name, "more"));
        Comparison c =
            campaign
                .compare("undisturbed", name)
                .plus(campaign.compare(more, "undisturbed-more", name));
        clean &= verified == 0 && first.clean() && c.clean();
        clean &= compactions.happened() && compactions.clean() && others.clean();
        compactions.add(others);
        interrupted += compactions.interrupted();
        committed += compactions.committed;
        trials += c.planned();
        lost += c.lost();
        doubled += c.doubled();
        differing += c.differing();
        lines.add(
            String.format(
                Locale.ROOT,
                "| %d | %s | %d | %d | %d | %d | %d | %d | %d | %d → %d | %d | %s |",
                sweeps,
                speculative ? "on" : "off",
                campaign.kills() - before,
                campaign.runs() - runsBefore,
                c.planned(),
                c.lost(),
                c.doubled(),
                c.differing(),
                verified,
                compactions.filesBefore,
                compactions.filesAfter,
                compactions.interrupted(),
                compactions.codes()));
        log.println(lines.get(lines.size() - 1));
        Files.writeString(
            report,
            text(
                campaign,
                seed,
                wanted,
                minutes,
                speculation,
                trials,
                lost,
                doubled,
                differing,
                interrupted,
                committed,
                lines,
                (System.nanoTime() - started) / 60e9));
      } while (campaign.kills() < wanted && System.nanoTime() < deadline);
    }
    log.println(clean ? "All is well." : "Something is amiss.");
    System.exit(clean ? 0 : 1);
  }

  private static String text(
      FaultCampaign campaign,
      long seed,
      int wanted,
      double minutes,
      Speculation speculation,
      long trials,
      long lost,
      long doubled,
      long differing,
      int interrupted,
      int committed,
      List<String> lines,
      double took) {
    StringBuilder kinds = new StringBuilder();
    campaign
        .killsByTarget()
        .forEach((k, n) -> kinds.append("| ").append(k).append(" | " + n + " |\n"));
    return String.format(
        Locale.ROOT,
        """
        # Reliability

        *Written by `scripts/fault-suite`; do not edit. To repeat it: `./scripts/fault-suite %d %.0f %d %s`
        (kills, minutes, seed, Spark's speculation in every other sweep, in none, or in all).*

        A Spark master and two workers of one core ran two sweeps of small networks on loopback, into an empty warehouse
        each time, while processes were killed (SIGKILL) at random, seeded moments: while the first sweep was trained; while
        the second, which has more replicates of the same trials, took the rows of the first over and trained the rest; and
        while the first sweep's failed trials were tried again (`--retry failed`) and put in the place of their old rows.
        Where the driver died, or ended with an error, the same `run` was started again until it said that the sweep is
        complete and its many small files were compacted to few. Those compactions were killed too: the driver, or all
        executors, at random, seeded moments after one had begun, and the driver at the moment of its commit; after each of
        these, `verify` was called before anything else was started (where executors had died, beside the run that went on).
        In the end `verify` checked both sweeps once more, and every row was held against runs that nobody disturbed, each
        in a warehouse of its own: all columns but times and the machine's name.

        | | |
        |---|---|
        | kills | %d |
        | trials | %d |
        | lost | %d |
        | doubled | %d |
        | differing losses (or any other result) | %d |
        | compactions interrupted | %d |
        | of these after their commit | %d |
        | runs started | %d |
        | minutes | %.1f |

        | killed | times |
        |---|---|
        %s
        | warehouse | speculation | kills | runs | trials | lost | doubled | differing | `verify` exit code | files a table | compactions interrupted | `verify` after these |
        |---|---|---|---|---|---|---|---|---|---|---|---|
        %s

        "Files a table" are those that the first sweep's compaction found and those that it left.
        """,
        wanted,
        minutes,
        seed,
        speculation.name().toLowerCase(Locale.ROOT),
        campaign.kills(),
        trials,
        lost,
        doubled,
        differing,
        interrupted,
        committed,
        campaign.runs(),
        took,
        kinds,
        String.join("\n", lines));
  }
}
