package org.saddlemap.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.Chunker;
import org.saddlemap.plan.ClusterModel;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.CostTable;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Times;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.ChunkRange;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
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
      "Simulates a sweep on clusters of several sizes: the real chunks in the real order, each trial as long",
      "as predicted times a factor drawn from those of its measured trials that should cost the same.",
      "Strong scaling runs the sweep as it is; weak scaling gives each executor as many replicates more."
    })
public final class SimulateCommand implements Callable<Integer> {
  /** A simulation draws one number a trial: about a second for so many. */
  private static final long MOST_NUMBERS = 50_000_000;

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
  private double taskMillis = 80;

  @Option(
      names = "--start-ms",
      paramLabel = "MS",
      description = "Core's time before its first trial (default: ${DEFAULT-VALUE}).")
  private double startMillis = 3000;

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
    SweepInput input =
        SweepInput.read(
            path, SparkHadoopUtil.get().conf(), () -> SparkSession.builder().getOrCreate());
    CostModel model = CostModel.of(input.data(), input.spec().examination(), speed.speed());
    NavigableMap<Double, List<Double>> factors = factors(model);
    List<List<Object>> rows = new ArrayList<>();
    for (String scaling : List.of("strong", "weak")) {
      double alone = 0;
      for (int n : executors) {
        int cores = Math.multiplyExact(n, executorCores);
        long times = (long) (replicates > 0 ? replicates : input.spec().replicates());
        SweepPlan plan = plan(input.spec(), scaling.equals("weak") ? times * n : times);
        double[] seconds = chunkSeconds(plan, model, cores, factors);
        ClusterModel.Outcome o =
            new ClusterModel(cores, launchMillis / 1e3, taskMillis / 1e3, startMillis / 1e3)
                .run(seconds);
        double rate = plan.planned() / o.wallSeconds();
        alone = alone == 0 ? rate / n : alone;
        rows.add(
            List.of(
                scaling,
                n,
                plan.planned(),
                (long) seconds.length,
                rounded(o.wallSeconds()),
                rounded(o.busySeconds()),
                percent(rate / n / alone),
                percent(o.utilization()),
                rounded(o.idleTailSeconds()),
                rounded(o.longestSeconds()),
                percent(o.driverShare())));
      }
    }
    new RowPrinter(output.format(), command.commandLine().getOut(), OptionalInt.empty())
        .print(
            new QueryResult(
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
                    "driver_busy"),
                rows.iterator()));
    return Saddlemap.OK;
  }

  /** What measured trials took as a multiple of what was predicted, by what was predicted. */
  private NavigableMap<Double, List<Double>> factors(CostModel model) throws IOException {
    Warehouse tables = warehouse.open();
    StoredSweep sweep = SweepArgument.find(tables, Optional.of(path), WarehouseOption.hadoop());
    NavigableMap<Double, List<Double>> factors = new TreeMap<>();
    new TrialReader(tables)
        .forEach(
            sweep.id(),
            t -> {
              Times times = t.times();
              CostModel.Cost cost = model.of(t.configuration());
              factors
                  .computeIfAbsent(cost.seconds(), seconds -> new ArrayList<>())
                  .add(
                      (times.load() + times.train() + times.examine())
                          / 1e3
                          / (cost.seconds() - cost.otherSeconds()));
            });
    if (factors.isEmpty()) {
      throw new InvalidInput(
          "The sweep %s has no measured trial yet; run it first".formatted(sweep.id()));
    }
    return factors;
  }

  private static SweepPlan plan(SweepSpec s, long replicates) {
    if (replicates > MOST_NUMBERS || replicates * (double) s.space().size() > MOST_NUMBERS) {
      throw new InvalidInput(
          "Cannot simulate %s replicates of %d configurations: more than %d trials; give fewer --executors or --replicates"
              .formatted(replicates, s.space().size(), MOST_NUMBERS));
    }
    return new SweepPlan(
        new SweepSpec(
            s.name(),
            s.data(),
            s.space(),
            Math.toIntExact(replicates),
            s.seed(),
            s.limits(),
            s.examination()));
  }

  /** Seconds of the real chunks in the real order. */
  private double[] chunkSeconds(
      SweepPlan plan, CostModel model, int cores, NavigableMap<Double, List<Double>> factors) {
    CostTable costs = new CostTable(plan, model);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    List<Chunk> chunks = new Chunker(costs, cores).chunks(List.of(new ChunkRange(0, plan.size())));
    double[] seconds = new double[chunks.size()];
    for (int i = 0; i < seconds.length; i++) {
      ChunkRange range = chunks.get(i).range();
      for (long index = range.from(); index < range.to(); index++) {
        double predicted = costs.seconds(index);
        if (predicted > 0) { // excluded numbers have no trial
          Map.Entry<Double, List<Double>> below = factors.floorEntry(predicted);
          List<Double> like = below == null ? factors.firstEntry().getValue() : below.getValue();
          seconds[i] += predicted * like.get(random.nextInt(like.size()));
        }
      }
    }
    return seconds;
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
