package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.saddlemap.analysis.Kernels;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Chunker;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.CostTable;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Build;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Tags;
import org.saddlemap.schedule.ChunkSummary;
import org.saddlemap.schedule.CompactionJob;
import org.saddlemap.schedule.Cores;
import org.saddlemap.schedule.OtherSweep;
import org.saddlemap.schedule.Pace;
import org.saddlemap.schedule.Progress;
import org.saddlemap.schedule.RetrialJob;
import org.saddlemap.schedule.RootCause;
import org.saddlemap.schedule.StopSignals;
import org.saddlemap.schedule.SweepJob;
import org.saddlemap.schedule.TrialWork;
import org.saddlemap.schedule.Work;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Space;
import org.saddlemap.spec.Arithmetic;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.Reconciliation;
import org.saddlemap.store.Removal;
import org.saddlemap.store.Retry;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.saddlemap.train.BlasRuntime;
import org.saddlemap.train.FlushToZero;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.People;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap run}: trains what a sweep still lacks, or several, one after the other. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a sweep, or what is missing of it: what stands in the warehouse is not trained again.",
      "Ctrl-C ends it with everything finished on disk; the same command goes on."
    },
    footer = {
      "",
      "Exit codes: 0 complete, 2 wrong input, 3 incomplete, 130 interrupted.",
      "Options of spark-submit (--master, --conf, --executor-memory …) are Spark's."
    })
public final class RunCommand implements Callable<Integer> {
  private static final int MOST_ROWS = 100;

  /** Of an axis that the closing table tells apart. */
  private static final int FEW_VALUES = 20;

  /** Each round runs what the one before lost to another run's stragglers. */
  private static final int MOST_ROUNDS = 5;

  @Parameters(
      arity = "1..*",
      paramLabel = "SPEC",
      description = "The sweep's spec, a YAML file; several are run one after the other.")
  private List<String> paths;

  @Option(
      names = "--retry",
      paramLabel = "STATUS",
      split = ",",
      description =
          "Trains trials again that failed or timed_out (both: failed,timed_out); their rows are replaced.")
  private Set<TrialStatus> retry = EnumSet.noneOf(TrialStatus.class);

  @Option(
      names = "--train-all",
      description =
          "Trains also what stands in other sweeps of the warehouse, such as to measure times; without it, their rows are taken over.")
  private boolean trainAll;

  @Option(
      names = "--tag",
      paramLabel = "TAG",
      description =
          "KEY=VALUE or WORD that is kept with the sweep, in status and the table sweeps; may be given more than once, and changes nothing else.")
  private List<String> tags = List.of();

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      description = "Text that is kept with the sweep likewise; an empty one takes it away.")
  private String note;

  @Mixin private SpeedOption speed;
  @Mixin private WarehouseOption warehouse;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    if (retry.contains(TrialStatus.COMPLETED)) {
      throw new InvalidInput("--retry takes failed, timed_out, or both; completed trials stay");
    }
    Tags.merged(null, tags); // valid, before anything else is done
    // Specs and data are all found valid before Spark takes its seconds to start.
    Configuration hadoop = WarehouseOption.hadoop();
    List<SweepInput> inputs = new ArrayList<>();
    for (String path : paths) {
      SweepInput input = SweepInput.read(path, hadoop, RunCommand::session);
      requireRunnable(input);
      inputs.add(input);
    }
    Warehouse tables = warehouse.open();
    tables.requireWritable();
    for (SweepInput input : inputs) {
      int code = run(input, tables);
      if (code != Saddlemap.OK) {
        return code;
      }
    }
    return Saddlemap.OK;
  }

  /** Said at once, with the numbers of {@code plan}, rather than by a driver out of memory. */
  private void requireRunnable(SweepInput input) {
    SweepPlan plan = new SweepPlan(input.spec());
    CostTable costs =
        new CostTable(plan, CostModel.of(input.data(), input.spec().examination(), speed.speed()));
    Chunker chunker = new Chunker(costs, Spark.cores());
    if (!chunker.canRun(plan.size())) {
      throw new InvalidInput(
          String.format(
              Locale.ROOT,
              "The sweep of %s is too large to run: %,d trials in about %,d chunks would take about %s of a core and %s of tables. Give its axes fewer values, exclude some, or cut it into several specs; 'saddlemap plan %s' counts again",
              input.path(),
              plan.planned(),
              chunker.count(plan.size()),
              PlanCommand.time(costs.totalSeconds()),
              PlanCommand.bytes(costs.tableBytes()),
              Shell.word(input.path())));
    }
  }

  private int run(SweepInput input, Warehouse tables) throws IOException {
    SweepPlan plan = new SweepPlan(input.spec());
    SparkSession session = session();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    int threads = spark.getConf().getInt(Spark.TASK_CORES, 1);
    int cores = Math.max(1, Cores.await(spark) / threads);
    CostModel model = CostModel.of(input.data(), input.spec().examination(), speed.speed());
    try (SweepLock lock = SweepLock.take(tables, input.id())) {
      return new Run(session, spark, tables, input, plan, model, cores, lock).call();
    }
  }

  /** What the machines that train lack, each once: asked of the executors that are there. */
  private static Set<String> machineWarnings(JavaSparkContext spark, int cores) {
    int threads = spark.getConf().getInt(Spark.TASK_CORES, 1);
    return ofMachines(
        spark,
        cores,
        () ->
            Stream.of(BlasRuntime.start(threads).warning(), FlushToZero.warning())
                .flatMap(Optional::stream)
                .toList());
  }

  /** Why the machines that train cannot have portable arithmetic. */
  private static Set<String> portableObstacles(JavaSparkContext spark, int cores) {
    return ofMachines(spark, cores, () -> BlasRuntime.portableObstacle().stream().toList());
  }

  /** What each executor that is there says, each sentence once. */
  private static Set<String> ofMachines(
      JavaSparkContext spark, int cores, Question<List<String>> question) {
    List<Integer> each = IntStream.range(0, cores).boxed().toList();
    return new TreeSet<>(
        spark.parallelize(each, cores).flatMap(i -> question.get().iterator()).collect());
  }

  /** Travels to executors. */
  private interface Question<T> extends Supplier<T>, Serializable {}

  /** One run, once the sweep is this process's alone. */
  private final class Run {
    private final PrintWriter err = command.commandLine().getErr();
    private final SparkSession session;
    private final JavaSparkContext spark;
    private final Warehouse tables;
    private final SweepInput input;
    private final SweepPlan plan;
    private final CostModel model;
    private final SweepLock lock;

    /** What executors get, with the data; null before it is needed. */
    private Broadcast<Work> work;

    /** Where rows of this sweep's trials may stand already. */
    private List<OtherSweep> others = List.of();

    private CostTable costs;
    private Chunker chunker;
    private Pace pace = new Pace();
    private Optional<SweepJob.Result> result = Optional.empty();

    /** What trains now; null between two jobs. Guarded by this, as is what follows. */
    private SweepJob current;

    /** Whether the user wants the run to end. */
    private boolean interrupted;

    Run(
        SparkSession session,
        JavaSparkContext spark,
        Warehouse tables,
        SweepInput input,
        SweepPlan plan,
        CostModel model,
        int cores,
        SweepLock lock) {
      this.session = session;
      this.spark = spark;
      this.tables = tables;
      this.input = input;
      this.plan = plan;
      this.model = model;
      this.costs = new CostTable(plan, model);
      this.chunker = new Chunker(costs, cores);
      this.lock = lock;
    }

    int call() throws IOException {
      int code = trainMissing();
      if (code == Saddlemap.OK) {
        finish(tables, input, plan, spark.version());
        compact();
        summarize(session, tables, input, result, cores(), pace);
      }
      return code;
    }

    /** Signals are caught for as long as it takes, also between two jobs. */
    @SuppressWarnings("try")
    private int trainMissing() throws IOException {
      lock.onLost(this::endJob);
      try (StopSignals signals = new StopSignals(this::interrupt)) {
        return train();
      } catch (IOException e) {
        if (isInterrupted()) {
          return interruptedHere(); // jobs that do not train were cancelled
        }
        throw e;
      } finally {
        if (work != null) {
          work.destroy();
        }
      }
    }

    private synchronized void interrupt() {
      interrupted = true;
      if (current != null) {
        current.interrupt();
      } else {
        spark.sc().cancelAllJobs();
      }
    }

    private synchronized void endJob() {
      if (current != null) {
        current.interrupt();
      }
    }

    private synchronized boolean isInterrupted() {
      return interrupted;
    }

    private int train() throws IOException {
      if (Removal.finish(tables, input.id())) {
        err.printf("A removal of this sweep that was interrupted is finished; it begins anew.%n");
      }
      if (Compaction.finish(tables, input.id())) {
        err.printf("A compaction that was interrupted is finished.%n");
      }
      new Reconciliation(tables, input.id()).clean();
      settle();
      if (renew()) {
        err.printf("What an interrupted retry had trained is in its place.%n");
      }
      List<Chunk> chunks = missing();
      List<Chunk> again = again();
      if (!retry.isEmpty() && again.isEmpty()) {
        err.printf(
            "Nothing to retry: no trial %s.%n",
            retry.stream()
                .map(s -> s.text().replace('_', ' '))
                .sorted()
                .collect(Collectors.joining(" or ")));
      }
      if (chunks.isEmpty() && again.isEmpty()) {
        err.printf(
            "Sweep %s is complete: all %d trials are there. Nothing to train.%n",
            input.id(), plan.planned());
        return Saddlemap.OK;
      }
      err.printf(
          Locale.ROOT,
          "Sweep %s: %d of %d trials to run on %d cores; %s. About %s.%n",
          input.id(),
          trials(chunks) + trials(again),
          plan.planned(),
          chunker.cores(),
          input.data().summary(),
          Progress.duration(
              Stream.concat(chunks.stream(), again.stream()).mapToDouble(Chunk::seconds).sum()
                  / chunker.cores()));
      if (input.repetitions().points() > 0) {
        err.printf(
            "%d more would only repeat these, and are not trained: %s.%n",
            input.repetitions().points() * plan.replicates(), input.repetitions().why());
      }
      if (!trainAll) {
        others = OtherSweep.of(tables, input.id(), input.spec(), input.data().fingerprint());
        sayWhatIsKnown(chunks);
      }
      if (input.spec().arithmetic() == Arithmetic.PORTABLE) {
        for (String obstacle : portableObstacles(spark, chunker.cores())) {
          throw new InvalidInput(input.path() + ": " + obstacle);
        }
      } else {
        machineWarnings(spark, chunker.cores()).forEach(w -> err.println("Warning: " + w));
      }
      err.flush();
      new Catalogue(tables).write(input.id(), record(tables, input, plan, spark.version()));
      work = spark.broadcast(new TrialWork(input.effectiveSpec(), input.data()));
      List<Chunk> pilot = chunker.pilot(chunks);
      if (!pilot.isEmpty()) {
        SweepJob.Result last = train(pilot, (job, progress) -> job.run(pilot, progress));
        if (last.ending() != SweepJob.Ending.COMPLETE) {
          return stopped(last);
        }
        adapt();
        chunks = missing();
      }
      // An attempt that outlived an earlier run may commit beside this one; what overlaps is moved
      // away, and the hole that it leaves is run.
      for (int round = 0; !chunks.isEmpty() && round < MOST_ROUNDS; round++) {
        List<Chunk> now = chunks;
        SweepJob.Result last = train(now, (job, progress) -> job.run(now, progress));
        if (last.ending() != SweepJob.Ending.COMPLETE) {
          return stopped(last);
        }
        boolean moved = settle();
        chunks = missing();
        if (!chunks.isEmpty() && !moved) {
          err.printf(
              "saddlemap: %d trials are missing although all tasks succeeded; is %s the same place on every machine?%n",
              trials(chunks), tables.location());
          return Saddlemap.INCOMPLETE;
        }
      }
      if (!again.isEmpty()) {
        SweepJob.Result last =
            train(again, (job, progress) -> job.runAgain(again, retry, progress));
        if (last.ending() != SweepJob.Ending.COMPLETE) {
          return stopped(last);
        }
        renew();
      }
      if (!missing().isEmpty() || !lock.isHeld()) {
        err.printf("saddlemap: another run is at work on this sweep; run it again.%n");
        return Saddlemap.INCOMPLETE;
      }
      return Saddlemap.OK;
    }

    private void sayWhatIsKnown(List<Chunk> chunks) throws IOException {
      OptionalLong known =
          OtherSweep.count(tables, plan, chunks.stream().map(Chunk::range).toList(), others);
      if (known.isEmpty() || known.getAsLong() > 0) {
        err.printf(
            "%s of them stand in other sweeps already (%s): what completed there is taken over, not trained again.%n",
            known.isPresent() ? known.getAsLong() : "Some",
            others.stream().limit(3).map(OtherSweep::id).collect(Collectors.joining(", "))
                + (others.size() > 3 ? ", …" : ""));
      }
    }

    /** Executors may have come after the chunks were cut. */
    private int cores() {
      return Math.max(
          chunker.cores(), Cores.now(spark) / spark.getConf().getInt(Spark.TASK_CORES, 1));
    }

    /** Predicts, and so cuts, by the speed that the pilot had. */
    private void adapt() {
      double slowness = pace.slowness();
      err.printf(
          Locale.ROOT,
          "Trials take %.2f times as long as predicted; chunks are cut by that: about %s in all.%n",
          slowness,
          Progress.duration(slowness * costs.totalSeconds() / chunker.cores()));
      costs = new CostTable(plan, model.at(model.speed().slower(slowness)));
      chunker = new Chunker(costs, chunker.cores());
    }

    private boolean settle() throws IOException {
      List<ChunkRange> moved = new Reconciliation(tables, input.id()).reconcile();
      if (!moved.isEmpty()) {
        err.printf(
            "%d chunks overlapped others or lacked a file; they are in %s/_quarantine now.%n",
            moved.size(), tables.location());
      }
      return !moved.isEmpty();
    }

    /** The sweep is complete with or without it: what goes wrong before the swap is only said. */
    private void compact() throws IOException {
      List<CompactionPlan.Merge> merges = CompactionPlan.of(tables, input.id());
      if (merges.isEmpty()) {
        return;
      }
      err.printf(
          "Compacting: %d files a table become %d.%n",
          merges.stream().mapToInt(m -> m.parts().size()).sum(), merges.size());
      err.flush();
      try {
        new CompactionJob(spark, tables, input.id(), lock).merge(merges);
      } catch (IOException e) {
        err.printf(
            "Warning: the sweep is complete, but its files stay small: %s. The same command tries again.%n",
            e.getMessage());
      }
      if (lock.isHeld()) {
        Compaction.finish(tables, input.id());
      }
    }

    private List<Chunk> missing() throws IOException {
      return chunker.chunks(new Chunks(tables).coverage(input.id()).missing(plan.size()));
    }

    /** Trials that are to be trained again, cut like any others. */
    private List<Chunk> again() throws IOException {
      if (retry.isEmpty()) {
        return List.of();
      }
      return chunker.among(
          new Retry(tables, input.id()).unfinished(new ChunkRange(0, plan.size()), retry));
    }

    private boolean renew() throws IOException {
      return new RetrialJob(spark, tables, input.id(), lock).finish();
    }

    private int stopped(SweepJob.Result result) throws IOException {
      if (result.ending() == SweepJob.Ending.INTERRUPTED && lock.isHeld()) {
        return interruptedHere();
      }
      List<Chunk> missing = missing();
      err.printf(
          "saddlemap: the sweep ended with an error: %s%n%s%n",
          lock.isHeld()
              ? result.cause().map(RunCommand::reason).orElse("unknown")
              : "another run has taken it over, since this one gave no sign of life",
          howToGoOn(plan, missing));
      return Saddlemap.INCOMPLETE;
    }

    private int interruptedHere() throws IOException {
      err.printf("Interrupted. %s%n", howToGoOn(plan, missing()));
      return StopSignals.EXIT_CODE;
    }

    /**
     * One job. An interruption that came before it begins, such as with the last task of the job
     * before, is its own.
     */
    private SweepJob.Result train(List<Chunk> chunks, Training training) throws IOException {
      SweepJob job =
          new SweepJob(spark, tables, input.id(), work, lock.number()).takingFrom(others);
      OptionalInt columns = terminalColumns();
      try (Progress progress =
          Progress.start(err, columns.isPresent(), columns.orElse(Integer.MAX_VALUE), chunks)) {
        synchronized (this) {
          current = job;
          if (interrupted || !lock.isHeld()) {
            job.interrupt();
          }
        }
        Pace timed = new Pace();
        pace = timed;
        lock.working(true);
        SweepJob.Result last =
            training.run(
                job,
                (chunk, summary) -> {
                  timed.finished(chunk, summary);
                  progress.finished(chunk, summary);
                });
        result = Optional.of(result.map(last::after).orElse(last));
        return last;
      } finally {
        lock.working(false);
        synchronized (this) {
          current = null;
        }
      }
    }
  }

  /** What is done with a job. */
  @FunctionalInterface
  private interface Training {
    SweepJob.Result run(SweepJob job, SweepJob.Observer progress) throws IOException;
  }

  private static SparkSession session() {
    return Spark.session();
  }

  /** Columns of the terminal that messages go to; empty where they go elsewhere. */
  private static OptionalInt terminalColumns() {
    try {
      // Not closed: that would close standard error with it.
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysErr)
              .nativeSignals(false)
              .dumb(true)
              .build();
      return terminal.getWidth() > 0 && !terminal.getType().startsWith("dumb")
          ? OptionalInt.of(terminal.getWidth())
          : OptionalInt.empty();
    } catch (IOException | IllegalStateException e) {
      return OptionalInt.empty(); // then lines rather than a line
    }
  }

  /** The sweep's row at the start of a run: the first start stays. */
  private SweepRecord record(
      Warehouse tables, SweepInput input, SweepPlan plan, String sparkVersion) throws IOException {
    Optional<SweepRecord> before = new Catalogue(tables).sweep(input.id()).map(StoredSweep::record);
    SweepRecord now =
        new SweepRecord(
            input.spec().name(),
            input.effectiveSpec(),
            input.path(),
            input.digest(),
            input.data().fingerprint(),
            input.data().summary(),
            (long) input.data().train().rows(),
            plan.planned(),
            Build.version(),
            sparkVersion,
            before.map(SweepRecord::started).orElseGet(RunCommand::now),
            null);
    return labelled(before.map(b -> now.labelled(b.tags(), b.note())).orElse(now));
  }

  /** With what the user says of it; what he said before stays where he is silent. */
  private SweepRecord labelled(SweepRecord record) {
    return record.labelled(
        Tags.merged(record.tags(), tags),
        note == null ? record.note() : note.isBlank() ? null : note.strip());
  }

  /** Says in the sweep's row that it is complete, where it does not say so yet. */
  private void finish(Warehouse tables, SweepInput input, SweepPlan plan, String sparkVersion)
      throws IOException {
    Optional<StoredSweep> stored = new Catalogue(tables).sweep(input.id());
    if (stored.isPresent() && stored.get().record().finished() != null) {
      SweepRecord labelled = labelled(stored.get().record());
      if (!labelled.equals(stored.get().record())) {
        new Catalogue(tables).write(input.id(), labelled);
      }
      return;
    }
    new Catalogue(tables)
        .write(input.id(), record(tables, input, plan, sparkVersion).finished(now()));
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static long trials(List<Chunk> chunks) {
    return chunks.stream().mapToLong(Chunk::trials).sum();
  }

  private String howToGoOn(SweepPlan plan, List<Chunk> missing) {
    return "%d of %d trials are on disk; the same command goes on: saddlemap run %s%s%s"
        .formatted(
            plan.planned() - trials(missing),
            plan.planned(),
            paths.stream().map(Shell::word).collect(Collectors.joining(" ")),
            warehouseArgument(),
            (trainAll ? " --train-all" : "") + retryArgument());
  }

  private String retryArgument() {
    return retry.isEmpty()
        ? ""
        : " --retry " + retry.stream().map(TrialStatus::text).collect(Collectors.joining(","));
  }

  private String warehouseArgument() {
    return warehouse.location().equals("warehouse")
        ? ""
        : " --warehouse " + Shell.word(warehouse.location());
  }

  private static String reason(Throwable e) {
    return RootCause.of(e).toString().lines().findFirst().orElse("");
  }

  private void summarize(
      SparkSession session,
      Warehouse tables,
      SweepInput input,
      Optional<SweepJob.Result> result,
      int cores,
      Pace pace) {
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    List<String> axes = fewValued(input.spec().space());
    SqlSession sql = new SqlSession(session, tables, Set.of(input.id()));
    long rows =
        new RowPrinter(RowPrinter.Format.TABLE, out, OptionalInt.empty())
            .print(
                sql.run(
                    "SELECT %s FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY min(plan_index) LIMIT %d"
                        .formatted(columns(axes, SweepCounts.COLUMNS), input.id(), MOST_ROWS)));
    out.flush();
    if (rows == MOST_ROWS) {
      err.printf("(the first %d rows)%n", MOST_ROWS);
    }
    Kernels.warnings(sql::run).forEach(warning -> err.println("Warning: " + warning));
    result.ifPresent(r -> err.println(spent(r, cores, pace)));
    String ask = "saddlemap sql" + warehouseArgument();
    err.printf(
        """
        The tables are in %s. Go on with
          %s "SELECT %s FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY ALL"
          %s "SELECT category, sub_category, count(*) AS trials, any_value(reason) FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY trials DESC"
        """,
        tables.location(), ask, columns(axes, "category, count(*)"), input.id(), ask, input.id());
    err.flush();
  }

  /**
   * The first two axes that have so few values that a row each can be looked at. A learning rate by
   * the sharpness is another for each network.
   */
  private static List<String> fewValued(Space space) {
    return space.axes().stream()
        .filter(axis -> axis.values().size() > 1 && axis.values().size() <= FEW_VALUES)
        .filter(axis -> axis.values().stream().noneMatch(LearningRate.Sharpness.class::isInstance))
        .map(axis -> axis.hyperparameter().key())
        .limit(2)
        .toList();
  }

  private static String columns(List<String> axes, String more) {
    return Stream.concat(axes.stream(), Stream.of(more)).collect(Collectors.joining(", "));
  }

  private static String spent(SweepJob.Result result, int cores, Pace pace) {
    ChunkSummary sum = result.sum();
    double busy = sum.trainMillis() + sum.examineMillis();
    return String.format(
        Locale.ROOT,
        "%d trials in %s, %s a second%s; examination took %.0f %% of their time, and cores were busy for %.0f %% of theirs: all else took %s ms a trial. The last chunk ended %.1f s after a core had found no more.%s",
        sum.trials(),
        Progress.duration(result.wallSeconds()),
        Progress.rate(sum.trials() / result.wallSeconds()),
        sum.taken() > 0 ? ", " + sum.taken() + " of them taken over from other sweeps" : "",
        busy > 0 ? 100 * sum.examineMillis() / busy : 0,
        100 * busy / (1000 * result.wallSeconds() * cores),
        People.number(
            sum.trials() > 0 ? (1000 * result.wallSeconds() * cores - busy) / sum.trials() : 0),
        pace.idleTailSeconds(cores),
        unfinished(sum.outcomes()));
  }

  private static String unfinished(Map<String, Long> outcomes) {
    long failed = outcomes.getOrDefault("failed", 0L);
    long timedOut = outcomes.getOrDefault("timed_out", 0L);
    return failed + timedOut == 0
        ? ""
        : " %d failed and %d timed out; the column reason says why.".formatted(failed, timedOut);
  }
}
