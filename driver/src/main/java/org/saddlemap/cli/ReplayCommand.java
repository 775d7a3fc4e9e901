package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.data.Dataset;
import org.saddlemap.load.DataLoader;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.run.Engine;
import org.saddlemap.run.TrialRunner;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code saddlemap replay}: trains one stored trial again and shows the difference. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Trains one stored trial again from its row, and shows what differs (expected: nothing).")
final class ReplayCommand implements Callable<Integer> {
  /** What says where and when, and not what came out. */
  private static final Set<String> CIRCUMSTANCES =
      Set.of("queue_ms", "load_ms", "train_ms", "examine_ms", "host", "stack_trace");

  /** What says with which tools; worth a word, but no difference in what came out. */
  private static final Set<String> TOOLS =
      Set.of("java", "platform", "blas", "blas_threads", "version");

  @Mixin private TrialReference reference;
  @Mixin private WarehouseOption warehouseOption;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Warehouse warehouse = warehouseOption.open();
    StoredTrial stored = reference.find(warehouse);
    StoredSweep sweep =
        warehouse
            .sweep(stored.sweepId())
            .orElseThrow(
                () -> new InvalidInput("The sweep's row of " + stored.sweepId() + " is missing"));
    SweepSpec sweepSpec =
        SpecReader.read(sweep.record().spec(), "the stored spec of " + sweep.id());
    Dataset data =
        DataLoader.load(
            sweepSpec.data(), WarehouseOption.hadoop(), () -> SparkSession.builder().getOrCreate());
    if (!data.fingerprint().equals(sweep.record().dataFingerprint())) {
      throw new InvalidInput(
          "The data are not those of the sweep any more: their fingerprint is %s, it was %s"
              .formatted(data.fingerprint(), sweep.record().dataFingerprint()));
    }
    TrialRecord before = new TrialReader(warehouse).record(stored);
    int threads = before.provenance().blasThreads();
    try (TrialRunner runner =
        new TrialRunner(sweepSpec, data, Engine.start(threads, sweepSpec.arithmetic()))) {
      return report(before, runner.run(before.trial(), 0, () -> false));
    }
  }

  private int report(TrialRecord before, TrialRecord after) {
    PrintWriter out = spec.commandLine().getOut();
    List<String> differences = new ArrayList<>();
    List<String> tools = new ArrayList<>();
    for (Column<TrialRecord> column : Tables.TRIALS.columns()) {
      Object was = column.of(before);
      Object is = column.of(after);
      if (!CIRCUMSTANCES.contains(column.name()) && !Objects.equals(was, is)) {
        (TOOLS.contains(column.name()) ? tools : differences)
            .add("  %-24s was %s, is %s".formatted(column.name(), was, is));
      }
    }
    if (!before.curve().equals(after.curve())) {
      differences.add("  the curve differs");
    }
    if (!before.layers().equals(after.layers())) {
      differences.add("  the layers differ");
    }
    out.printf(
        "Trial %s trained again: %s%n",
        before.id().hex().substring(0, 12),
        differences.isEmpty() ? "no difference." : differences.size() + " differences:");
    differences.forEach(out::println);
    if (!tools.isEmpty()) {
      out.println("It ran with other tools:");
      tools.forEach(out::println);
    }
    out.flush();
    return differences.isEmpty() ? Saddlemap.OK : Saddlemap.INCOMPLETE;
  }
}
