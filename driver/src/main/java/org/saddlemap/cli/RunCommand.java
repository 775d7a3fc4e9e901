package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.Stack;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.saddlemap.plan.Chunker;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.CostTable;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Tags;
import org.saddlemap.schedule.Cores;
import org.saddlemap.schedule.StopSignals;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.schedule.SweepRun;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.watch.LiveSweep;
import org.saddlemap.watch.WatchServer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
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

  @Option(
      names = "--watch",
      paramLabel = "PORT",
      arity = "0..1",
      fallbackValue = "" + WatchServer.DEFAULT_PORT,
      preprocessor = OnlyAttached.class,
      description =
          "Shows the sweep in a browser while it fills (port: ${FALLBACK-VALUE}; 0 for any that is free).")
  private Integer watch;

  /** {@code --watch SPEC} is no port; {@code --watch=PORT} is. */
  static final class OnlyAttached implements IParameterPreprocessor {
    @Override
    public boolean preprocess(
        Stack<String> arguments,
        CommandSpec command,
        CommandLine.Model.ArgSpec argument,
        Map<String, Object> info) {
      if (" ".equals(info.get("separator"))) {
        arguments.push("" + WatchServer.DEFAULT_PORT);
      }
      return false; // picocli reads what is on the stack
    }
  }

  @Mixin private WatchOptions watching;
  @Mixin private SpeedOption speed;
  @Mixin private WarehouseOption warehouse;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    if (retry.contains(TrialStatus.COMPLETED)) {
      throw new InvalidInput("--retry takes failed, timed_out, or both; completed trials stay");
    }
    if (watching.isGiven() && watch == null) {
      throw new InvalidInput("--bind is for the live page; add --watch");
    }
    Tags.merged(null, tags); // refuses invalid tags before anything else is done
    // All specs and data are read before Spark takes its seconds to start, so that wrong ones are
    // said at once.
    Configuration hadoop = WarehouseOption.hadoop();
    List<SweepInput> inputs = new ArrayList<>();
    for (String path : paths) {
      SweepInput input = SweepInput.read(path, hadoop, Spark::session);
      requireRunnable(input);
      inputs.add(input);
    }
    Warehouse tables = warehouse.open();
    tables.requireWritable();
    if (watch == null) {
      return run(inputs, tables, input -> {});
    }
    try (WatchServer server =
        watching.start(watch, tables, false, command.commandLine().getErr())) {
      return run(
          inputs, tables, input -> server.show(new LiveSweep(tables, input.id(), input.spec())));
    }
  }

  /**
   * Runs one sweep after the other, as long as they become complete.
   *
   * @param begins told of each before it is run
   */
  private int run(List<SweepInput> inputs, Warehouse tables, Consumer<SweepInput> begins)
      throws IOException {
    for (SweepInput input : inputs) {
      begins.accept(input);
      int code = run(input, tables);
      if (code != Saddlemap.OK) {
        return code;
      }
    }
    return Saddlemap.OK;
  }

  /**
   * Refuses a sweep whose chunks would take all of the driver's memory, by {@code plan}'s numbers.
   */
  private void requireRunnable(SweepInput input) {
    SweepPlan plan = new SweepPlan(input.spec());
    CostTable costs = new CostTable(plan, CostModel.of(input.data(), input.spec(), speed.speed()));
    Chunker chunker = new Chunker(costs, Spark.cores());
    if (!chunker.canRun(plan.size())) {
      throw new InvalidInput(
          String.format(
              Locale.ROOT,
              "The sweep of %s is too large to run: %,d trials in about %,d chunks would take about %s of a core and %s of tables. Give its axes fewer values, exclude some, or cut it into several specs; 'saddlemap plan %s' counts again",
              input.path(),
              plan.planned(),
              chunker.count(plan.size()),
              Numbers.time(costs.totalSeconds()),
              Numbers.bytes(costs.tableBytes()),
              Shell.word(input.path())));
    }
  }

  private int run(SweepInput input, Warehouse tables) throws IOException {
    JavaSparkContext spark = Spark.context();
    int cores = Cores.awaitSlots(spark);
    CostModel model = CostModel.of(input.data(), input.spec(), speed.speed());
    SweepRun.Options options =
        new SweepRun.Options(retry, trainAll, tags, Optional.ofNullable(note));
    PrintWriter err = command.commandLine().getErr();
    RunPrinter printer = new RunPrinter(err, tables.location(), input, retry, sameCommand());
    try (SweepLock lock = SweepLock.take(tables, input.id())) {
      SweepRun run = new SweepRun(spark, tables, input, model, cores, options, lock, printer);
      SweepRun.End end = train(run);
      if (end.ending() == SweepRun.Ending.COMPLETE) {
        run.finish();
        new RunSummary(command.commandLine().getOut(), err)
            .print(tables, input, run.spent(), warehouseArgument());
      }
      return printer.ended(end);
    }
  }

  /** Signals are caught for as long as training takes, also between two of its jobs. */
  @SuppressWarnings("try")
  private static SweepRun.End train(SweepRun run) throws IOException {
    try (StopSignals signals = new StopSignals(run::interrupt)) {
      return run.train();
    }
  }

  private String sameCommand() {
    return "saddlemap run %s%s%s%s"
        .formatted(
            paths.stream().map(Shell::word).collect(Collectors.joining(" ")),
            warehouseArgument(),
            (trainAll ? " --train-all" : "") + (watch == null ? "" : " --watch=" + watch),
            retry.isEmpty()
                ? ""
                : " --retry "
                    + retry.stream().map(TrialStatus::text).collect(Collectors.joining(",")));
  }

  private String warehouseArgument() {
    return warehouse.location().equals("warehouse")
        ? ""
        : " --warehouse " + Shell.word(warehouse.location());
  }
}
