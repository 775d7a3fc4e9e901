package org.saddlemap.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.saddlemap.analysis.MeasuredRuns;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Chunker;
import org.saddlemap.plan.ClusterModel;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.CostTable;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.plan.TimeFactors;
import org.saddlemap.report.ScalingImage;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap simulate}: how a sweep that has run would go on more cores. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Simulates a sweep that has run, or one like it, on clusters of several sizes.",
      "The real chunks in the real order; each trial takes as long as predicted times a factor, drawn from",
      "those of the measured trials that should cost the same.",
      "Strong scaling runs the sweep as it is; weak scaling gives each executor as many replicates more.",
      "Efficiency is trials a second and executor, over those of one executor."
    },
    footer = {
      "",
      "Examples:",
      "  saddlemap simulate big.yaml --measured small --executors 8,64",
      "  saddlemap simulate small.yaml --ran small=1,small-twice=2 --picture scaling.png"
    })
public final class SimulateCommand implements Callable<Integer> {
  /** A simulation draws one number a trial, and takes about a second for so many. */
  private static final long MAX_TRIALS = 50_000_000;

  @Parameters(paramLabel = "SPEC", description = "The sweep's spec, a YAML file.")
  private String path;

  @Option(
      names = "--executors",
      paramLabel = "N",
      split = ",",
      description = "Numbers of executors (default: 1,2,10,100,1000).")
  private List<Integer> executors = List.of(1, 2, 10, 100, 1000);

  @Option(
      names = "--executor-cores",
      paramLabel = "N",
      description = "Cores of each (default: ${DEFAULT-VALUE}).")
  private int executorCores = 1;

  @Option(names = "--replicates", paramLabel = "N", description = "Instead of those in the spec.")
  private int replicates;

  @Option(
      names = "--launch-ms",
      paramLabel = "MS",
      description = "Driver's time a task, one after the other (default: ${DEFAULT-VALUE}).")
  private double launchMillis = 4;

  @Option(
      names = "--task-ms",
      paramLabel = "MS",
      description = "Core's time a task beside its trials (default: ${DEFAULT-VALUE}).")
  private double taskMillis = 70;

  @Option(
      names = "--start-ms",
      paramLabel = "MS",
      description = "Core's time once, to load and compile code (default: ${DEFAULT-VALUE}).")
  private double startMillis = 1000;

  @Option(
      names = "--measured",
      paramLabel = "SWEEP",
      description =
          "The sweep that ran and gives the factors: its id, name, or spec file (default: that of SPEC).")
  private String measured;

  @Option(
      names = "--ran",
      paramLabel = "SWEEP=N",
      split = ",",
      description = {
        "Sweeps that ran on N executors, shown beside the simulated: of this spec, or with N times",
        "its replicates (weak scaling). One must have run on 1 executor; name and seeds may differ."
      })
  private Map<String, Integer> ran = Map.of();

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "Draws efficiency and speed-up, a PNG file; an existing file is replaced.")
  private Path picture;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the drawn factors (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Mixin private SpeedOption speed;
  @Mixin private WarehouseOption warehouse;

  @Mixin private FormatOption output;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    if (executorCores < 1 || replicates < 0 || executors.stream().anyMatch(n -> n < 1)) {
      throw new InvalidInput("--executors, --executor-cores and --replicates need at least 1");
    }
    if (!(launchMillis >= 0 && taskMillis >= 0 && startMillis >= 0)) {
      throw new InvalidInput("--launch-ms, --task-ms and --start-ms need at least 0");
    }
    OutputFile.require(picture);
    SweepInput input = SweepInput.read(path, WarehouseOption.hadoop(), Spark::session);
    CostModel model = CostModel.of(input.data(), input.spec(), speed.speed());
    SweepSpec spec =
        withReplicates(input.spec(), replicates > 0 ? replicates : input.spec().replicates());
    Warehouse tables = warehouse.open();
    MeasuredRuns runs =
        MeasuredRuns.find(
            tables, reference -> find(tables, reference), spec, ran, executors, executorCores);
    TimeFactors factors = factors(tables, model);
    double alone = simulate(new SweepPlan(spec), model, factors, 1).rate();
    List<List<Object>> rows = new ArrayList<>();
    ScalingImage.Curve strong = curve("strong", spec, model, factors, alone, runs, rows);
    ScalingImage.Curve weak = curve("weak", spec, model, factors, alone, runs, rows);
    List<String> columns =
        new ArrayList<>(
            List.of(
                "scaling",
                "executors",
                "trials",
                "chunks",
                "wall_seconds",
                "busy_seconds",
                "efficiency",
                "utilization",
                "idle_tail_seconds",
                "longest_chunk_seconds",
                "driver_busy"));
    if (!ran.isEmpty()) {
      columns.addAll(List.of("measured_seconds", "measured_efficiency"));
    }
    new RowPrinter(output.format(), command.commandLine().getOut(), OptionalInt.empty())
        .print(new QueryResult(columns, rows.iterator()));
    if (picture != null) {
      OutputFile.write(
          picture,
          ScalingImage.png(
              String.format(
                  Locale.ROOT, "%s: %,d trials", spec.name(), new SweepPlan(spec).planned()),
              strong,
              weak));
      command.commandLine().getErr().println("saddlemap: wrote " + picture);
    }
    return Saddlemap.OK;
  }

  /** Simulates one way to scale on each number of executors, and adds its rows. */
  private ScalingImage.Curve curve(
      String scaling,
      SweepSpec spec,
      CostModel model,
      TimeFactors factors,
      double alone,
      MeasuredRuns runs,
      List<List<Object>> rows) {
    List<ScalingImage.Point> simulated = new ArrayList<>();
    List<ScalingImage.Point> measured = new ArrayList<>();
    for (int n : executors) {
      long times = scaling.equals("weak") ? (long) spec.replicates() * n : spec.replicates();
      SweepPlan plan = new SweepPlan(withReplicates(spec, times));
      Simulated s = simulate(plan, model, factors, n);
      ClusterModel.Outcome o = s.outcome();
      ScalingImage.Point point = new ScalingImage.Point(n, s.rate() / alone);
      simulated.add(point);
      List<Object> row =
          new ArrayList<>(
              List.of(
                  scaling,
                  n,
                  plan.planned(),
                  s.chunks(),
                  rounded(o.wallSeconds()),
                  rounded(o.busySeconds()),
                  percent(point.efficiency()),
                  percent(o.utilization()),
                  rounded(o.idleTailSeconds()),
                  rounded(o.longestSeconds()),
                  percent(o.driverShare())));
      if (!ran.isEmpty()) {
        Optional<MeasuredRuns.Run> run = runs.of(n, plan.replicates());
        run.ifPresent(r -> measured.add(point(runs, r)));
        row.add(run.map(r -> rounded(r.seconds())).orElse(null));
        row.add(run.map(r -> percent(point(runs, r).efficiency())).orElse(null));
      }
      rows.add(row);
    }
    return new ScalingImage.Curve(simulated, measured);
  }

  private static StoredSweep find(Warehouse tables, String reference) throws IOException {
    return SweepArgument.find(tables, Optional.of(reference), WarehouseOption.hadoop());
  }

  private static ScalingImage.Point point(MeasuredRuns runs, MeasuredRuns.Run run) {
    return new ScalingImage.Point(run.executors(), runs.speedup(run));
  }

  /**
   * A sweep on a simulated cluster.
   *
   * @param rate trials a second
   */
  private record Simulated(ClusterModel.Outcome outcome, long chunks, double rate) {}

  private Simulated simulate(SweepPlan plan, CostModel model, TimeFactors factors, int executors) {
    int cores = Math.multiplyExact(executors, executorCores);
    CostTable costs = new CostTable(plan, model);
    List<Chunk> chunks = new Chunker(costs, cores).chunks(List.of(new ChunkRange(0, plan.size())));
    ClusterModel.Outcome outcome =
        new ClusterModel(cores, launchMillis / 1e3, taskMillis / 1e3, startMillis / 1e3)
            .run(factors.chunkSeconds(costs, chunks, seed));
    return new Simulated(outcome, chunks.size(), plan.planned() / outcome.wallSeconds());
  }

  /** The factors of the spec's own sweep, or of another sweep, which may have other data. */
  private TimeFactors factors(Warehouse tables, CostModel own) throws IOException {
    StoredSweep sweep = find(tables, measured == null ? path : measured);
    CostModel model =
        measured == null
            ? own
            : SweepInput.costs(sweep, speed.speed(), WarehouseOption.hadoop(), Spark::session);
    TimeFactors factors = new TimeFactors();
    new TrialReader(tables)
        .forEach(
            sweep.id(),
            t -> {
              // The time of a trial that failed says nothing about the others.
              if (t.status() == TrialStatus.COMPLETED) {
                factors.add(model.of(t.configuration()), t.times());
              }
            });
    if (factors.trials() == 0) {
      throw new InvalidInput(
          "The sweep %s has no completed trial yet; run it first".formatted(sweep.id()));
    }
    command
        .commandLine()
        .getErr()
        .printf("Times are those of %d trials of %s.%n", factors.trials(), sweep.id());
    return factors;
  }

  private static SweepSpec withReplicates(SweepSpec s, long replicates) {
    if (replicates > MAX_TRIALS || replicates * (double) s.space().size() > MAX_TRIALS) {
      throw new InvalidInput(
          "Cannot simulate %s replicates of %d configurations: more than %d trials; give fewer --executors or --replicates"
              .formatted(replicates, s.space().size(), MAX_TRIALS));
    }
    return new SweepSpec(
        s.name(),
        s.data(),
        s.space(),
        Math.toIntExact(replicates),
        s.seed(),
        s.limits(),
        s.examination(),
        s.arithmetic());
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
