package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.Chunker;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.CostTable;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Build;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.schedule.ChunkSummary;
import org.saddlemap.schedule.Progress;
import org.saddlemap.schedule.StopSignals;
import org.saddlemap.schedule.SweepJob;
import org.saddlemap.schedule.TrialWork;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import org.saddlemap.train.BlasRuntime;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap run}: trains what a sweep still lacks. */
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

  @Parameters(paramLabel = "SPEC", description = "The sweep's spec, a YAML file.")
  private String path;

  @Mixin private WarehouseOption warehouse;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = command.commandLine().getErr();
    // Spec and data are found valid before Spark takes its seconds to start.
    Configuration hadoop = SparkHadoopUtil.get().conf();
    SweepInput input = SweepInput.read(path, hadoop, RunCommand::session);
    Warehouse tables = Warehouse.open(warehouse.location(), hadoop);
    SweepPlan plan = new SweepPlan(input.spec());
    SparkSession session = session();
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    int threads = spark.getConf().getInt("spark.task.cpus", 1);
    int cores = Math.max(1, spark.defaultParallelism() / threads);
    CostTable costs = new CostTable(plan, CostModel.of(input.data(), input.spec().examination()));
    Chunker chunker = new Chunker(costs, cores);
    List<Chunk> chunks = chunker.chunks(tables.coverage(input.id()).missing(plan.size()));
    long missing = trials(chunks);
    if (chunks.isEmpty()) {
      err.printf(
          "Sweep %s is complete: all %d trials are there. Nothing to train.%n",
          input.id(), plan.planned());
      finish(tables, input, plan, spark.version());
      summarize(session, tables, input, Optional.empty(), cores);
      return Saddlemap.OK;
    }
    err.printf(
        Locale.ROOT,
        "Sweep %s: %d of %d trials to run on %d cores; %s. About %s.%n",
        input.id(),
        missing,
        plan.planned(),
        cores,
        input.data().summary(),
        Progress.duration(chunks.stream().mapToDouble(Chunk::seconds).sum() / cores));
    if (spark.sc().isLocal()) {
      BlasRuntime.start(threads).warning().ifPresent(w -> err.println("Warning: " + w));
    }
    err.flush();
    tables.clean(input.id());
    SweepRecord record = record(tables, input, plan, spark.version());
    tables.writeSweep(input.id(), record);
    SweepJob.Result result = run(spark, tables, input, chunks, err);
    chunks = chunker.chunks(tables.coverage(input.id()).missing(plan.size()));
    switch (result.ending()) {
      case COMPLETE -> {
        if (!chunks.isEmpty()) {
          err.printf(
              "saddlemap: %d trials are missing although all tasks succeeded; is %s the same place on every machine?%n",
              trials(chunks), tables.location());
          return Saddlemap.INCOMPLETE;
        }
        finish(tables, input, plan, spark.version());
        summarize(session, tables, input, Optional.of(result), cores);
        return Saddlemap.OK;
      }
      case INTERRUPTED -> {
        err.printf("Interrupted. %s%n", howToGoOn(plan, chunks));
        return StopSignals.EXIT_CODE;
      }
      default -> {
        err.printf(
            "saddlemap: the sweep ended with an error: %s%n%s%n",
            result.cause().map(RunCommand::reason).orElse("unknown"), howToGoOn(plan, chunks));
        return Saddlemap.INCOMPLETE;
      }
    }
  }

  private static SparkSession session() {
    return SparkSession.builder().appName("saddlemap").getOrCreate();
  }

  @SuppressWarnings("try") // the signals are caught as long as they are open
  private SweepJob.Result run(
      JavaSparkContext spark,
      Warehouse tables,
      SweepInput input,
      List<Chunk> chunks,
      PrintWriter err) {
    SweepJob job =
        new SweepJob(spark, tables, input.id(), new TrialWork(input.effectiveSpec(), input.data()));
    OptionalInt columns = terminalColumns();
    try (Progress progress =
            Progress.start(err, columns.isPresent(), columns.orElse(Integer.MAX_VALUE), chunks);
        StopSignals signals = new StopSignals(job::interrupt)) {
      return job.run(chunks, progress);
    }
  }

  /** Columns of the terminal that messages go to; empty where they go elsewhere. */
  private static OptionalInt terminalColumns() {
    try (Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            .systemOutput(TerminalBuilder.SystemOutput.SysErr)
            .nativeSignals(false)
            .dumb(true)
            .build()) {
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
    return new SweepRecord(
        input.spec().name(),
        input.effectiveSpec(),
        path,
        input.digest(),
        input.data().fingerprint(),
        input.data().summary(),
        plan.planned(),
        Build.version(),
        sparkVersion,
        tables.sweep(input.id()).map(s -> s.record().started()).orElseGet(RunCommand::now),
        null);
  }

  /** Says in the sweep's row that it is complete, where it does not say so yet. */
  private void finish(Warehouse tables, SweepInput input, SweepPlan plan, String sparkVersion)
      throws IOException {
    Optional<StoredSweep> stored = tables.sweep(input.id());
    if (stored.isPresent() && stored.get().record().finished() != null) {
      return;
    }
    SweepRecord r = record(tables, input, plan, sparkVersion);
    tables.writeSweep(
        input.id(),
        new SweepRecord(
            r.name(),
            r.spec(),
            r.specPath(),
            r.planDigest(),
            r.dataFingerprint(),
            r.dataSummary(),
            r.plannedTrials(),
            r.version(),
            r.sparkVersion(),
            r.started(),
            now()));
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static long trials(List<Chunk> chunks) {
    return chunks.stream().mapToLong(Chunk::trials).sum();
  }

  private String howToGoOn(SweepPlan plan, List<Chunk> missing) {
    return "%d of %d trials are on disk; the same command goes on: saddlemap run %s%s"
        .formatted(plan.planned() - trials(missing), plan.planned(), path, warehouseArgument());
  }

  private String warehouseArgument() {
    return warehouse.location().equals("warehouse") ? "" : " --warehouse " + warehouse.location();
  }

  /** Spark wraps what went wrong, and prints its stack into the message. */
  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString().lines().findFirst().orElse("");
  }

  private void summarize(
      SparkSession session,
      Warehouse tables,
      SweepInput input,
      Optional<SweepJob.Result> result,
      int cores) {
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    long rows =
        new RowPrinter(RowPrinter.Format.TABLE, out, OptionalInt.empty())
            .print(
                new SqlSession(session, tables)
                    .run(
                        "SELECT depth, initializer, %s FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY min(plan_index) LIMIT %d"
                            .formatted(SweepCounts.COLUMNS, input.id(), MOST_ROWS)));
    out.flush();
    if (rows == MOST_ROWS) {
      err.printf("(the first %d rows)%n", MOST_ROWS);
    }
    result.ifPresent(r -> err.println(spent(r, cores)));
    String sql = "saddlemap sql" + warehouseArgument();
    err.printf(
        """
        The tables are in %s. Go on with
          %s "SELECT depth, learning_rate, category, count(*) FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY ALL"
          %s "SELECT category, sub_category, count(*) AS trials, any_value(reason) FROM trials WHERE sweep = '%s' GROUP BY ALL ORDER BY trials DESC"
        """,
        tables.location(), sql, input.id(), sql, input.id());
    err.flush();
  }

  private static String spent(SweepJob.Result result, int cores) {
    ChunkSummary sum = result.sum();
    double busy = sum.trainMillis() + sum.examineMillis();
    return String.format(
        Locale.ROOT,
        "%d trials in %s, %s a second; examination took %.0f %% of their time, and cores were busy for %.0f %% of theirs.%s",
        sum.trials(),
        Progress.duration(result.wallSeconds()),
        Progress.rate(sum.trials() / result.wallSeconds()),
        busy > 0 ? 100 * sum.examineMillis() / busy : 0,
        100 * busy / (1000 * result.wallSeconds() * cores),
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
