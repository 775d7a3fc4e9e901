package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Chunker;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.CostTable;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.schedule.OtherSweep;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap plan}: what a sweep would be, without running it. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Checks a spec and its data, and says what the sweep would consist of and cost.",
      "Times are predicted from shapes alone, at the speed of the cores that calibrate saw."
    })
public final class PlanCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SPEC", description = "The sweep's spec, a YAML file.")
  private String path;

  @Option(
      names = "--cores",
      paramLabel = "N",
      description =
          "Cores to predict the duration for (default: those of a --master that is local, else this machine's).")
  private int cores = Spark.cores();

  @Mixin private SpeedOption speed;

  @Mixin private WarehouseOption warehouse;

  @Mixin private FormatOption output;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    if (cores < 1) {
      throw new InvalidInput("--cores needs at least 1, got " + cores);
    }
    SweepInput input = SweepInput.read(path, WarehouseOption.hadoop(), Spark::session);
    SweepPlan plan = new SweepPlan(input.spec());
    CostTable costs = new CostTable(plan, CostModel.of(input.data(), input.spec(), speed.speed()));
    double seconds = costs.totalSeconds();

    List<String> columns = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    Facts facts =
        (name, value, text) -> {
          columns.add(name);
          values.add(value);
          shown.add(text);
        };
    facts.add("sweep", input.id(), input.id());
    facts.add("data", input.data().summary(), input.data().summary());
    count(facts, "trials", plan.planned());
    count(facts, "excluded_trials", plan.size() - plan.planned() - plan.repeated());
    long repeated = input.repetitions().points() * plan.replicates();
    facts.add(
        "repeated_trials",
        repeated,
        String.format(Locale.ROOT, "%,d", repeated)
            + (repeated > 0 ? ", trained once with what they repeat: " : "")
            + input.repetitions().why());
    OptionalLong trained = trained(input, plan);
    facts.add(
        "already_trained",
        trained.isPresent() ? trained.getAsLong() : null,
        trained.isPresent()
            ? String.format(Locale.ROOT, "%,d", trained.getAsLong())
            : "not counted");
    count(facts, "configurations", plan.space().included());
    count(facts, "replicates", plan.replicates());
    count(facts, "chunks", new Chunker(costs, cores).count(plan.size()));
    facts.add("core_seconds", seconds, "about " + Numbers.time(seconds));
    facts.add(
        "examination_share",
        1 - costs.trainSeconds() / seconds,
        String.format(Locale.ROOT, "about %.0f %%", 100 * (1 - costs.trainSeconds() / seconds)));
    count(facts, "cores", cores);
    facts.add("wall_seconds", seconds / cores, "about " + Numbers.time(seconds / cores));
    facts.add("peak_trial_bytes", costs.peakBytes(), "about " + Numbers.bytes(costs.peakBytes()));
    facts.add("table_bytes", costs.tableBytes(), "about " + Numbers.bytes(costs.tableBytes()));

    warnOfMemory(costs, input);
    PrintWriter out = command.commandLine().getOut();
    if (output.format() == RowPrinter.Format.TABLE) {
      for (int i = 0; i < columns.size(); i++) {
        out.printf("%-18s %s%n", columns.get(i).replace('_', ' '), shown.get(i));
      }
      out.flush();
    } else {
      new RowPrinter(output.format(), out, OptionalInt.empty())
          .print(new QueryResult(columns, List.of(values).iterator()));
    }
    return Saddlemap.OK;
  }

  /**
   * Warns of trials that need more memory than their limit, each of which would fail as it starts.
   */
  private void warnOfMemory(CostTable costs, SweepInput input) {
    long limit = input.spec().limits().megabytes();
    double peak = costs.peakBytes() / (1 << 20);
    if (peak > limit) {
      PrintWriter err = command.commandLine().getErr();
      err.printf(
          Locale.ROOT,
          "Warning: the largest trials would need about %,.0f MB, more than limits.trial_megabytes: %d; they would fail. Allow more, or make the networks or examine.rows smaller.%n",
          peak,
          limit);
      err.flush();
    }
  }

  /**
   * How many trials have a row in the warehouse, in any sweep; empty where counting takes too long.
   */
  private OptionalLong trained(SweepInput input, SweepPlan plan) throws IOException {
    Warehouse tables = warehouse.open();
    List<OtherSweep> sweeps = new ArrayList<>();
    sweeps.add(new OtherSweep(input.id(), input.effectiveSpec()));
    sweeps.addAll(OtherSweep.of(tables, input.id(), input.spec(), input.data().fingerprint()));
    return OtherSweep.count(tables, plan, List.of(new ChunkRange(0, plan.size())), sweeps).trials();
  }

  /** Takes a fact, as a value for programs and as a text for people. */
  @FunctionalInterface
  private interface Facts {
    void add(String name, Object value, String text);
  }

  private static void count(Facts facts, String name, long value) {
    facts.add(name, value, String.format(Locale.ROOT, "%,d", value));
  }
}
