package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.saddlemap.data.Dataset;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.run.Engine;
import org.saddlemap.run.TrialRunner;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.TrialStatus;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Writes the trained network, once nothing differs: NumPy arrays W0, b0, … where it ends in .npz, else JSON that examine reads.")
  private Path out;

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "Where the sweep's data are now: a file, or the folder of its files (default: where they were).")
  private String moved;

  @Mixin private TrialReference reference;
  @Mixin private WarehouseOption warehouseOption;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    OutputFile.require(out);
    Warehouse warehouse = warehouseOption.open();
    StoredTrial stored = reference.find(warehouse);
    if (out != null && stored.status() != TrialStatus.COMPLETED) {
      throw new InvalidInput(
          "The trial %s %s, and left no network to write"
              .formatted(
                  stored.id().hex().substring(0, 12), stored.status().text().replace('_', ' ')));
    }
    StoredSweep sweep =
        warehouse
            .sweep(stored.sweepId())
            .orElseThrow(
                () -> new InvalidInput("The sweep's row of " + stored.sweepId() + " is missing"));
    SweepSpec sweepSpec = StoredCosts.spec(sweep);
    DataSpec place = moved == null ? sweepSpec.data() : DataPlace.moved(sweepSpec.data(), moved);
    Dataset data = data(sweep, place);
    if (!data.fingerprint().equals(sweep.record().dataFingerprint())) {
      throw new InvalidInput(
          "The data are not those of the sweep any more: their fingerprint is %s, it was %s; --data PATH reads them from elsewhere"
              .formatted(data.fingerprint(), sweep.record().dataFingerprint()));
    }
    TrialRecord before = new TrialReader(warehouse).record(stored);
    int threads = before.provenance().blasThreads();
    try (TrialRunner runner =
        new TrialRunner(sweepSpec, data, Engine.start(threads, sweepSpec.arithmetic()))) {
      AtomicReference<Trajectory> trained = new AtomicReference<>();
      int code = report(before, runner.run(before.trial(), 0, () -> false, trained::set));
      if (out == null) {
        return code;
      }
      PrintWriter err = spec.commandLine().getErr();
      if (code != Saddlemap.OK) {
        err.println("saddlemap: nothing is written to " + out + ": it would be another network");
        return code;
      }
      NetworkFile.write(
          out,
          "trial " + before.id().hex().substring(0, 12),
          before.trial().configuration(),
          trained.get(),
          section(DataPlace.absolute(place, sweep.record().specPath())));
      err.println("saddlemap: wrote " + out);
      return code;
    }
  }

  private Dataset data(StoredSweep sweep, DataSpec place) {
    try {
      return SweepInput.data(sweep, place, WarehouseOption.hadoop(), Spark::session);
    } catch (InvalidInput e) {
      throw moved == null
          ? new InvalidInput(e.getMessage() + "; --data PATH says where they are now", e)
          : e;
    }
  }

  @SuppressWarnings("unchecked") // a mapping of words, as YAML writes it
  private static Map<String, Object> section(DataSpec data) {
    Map<String, Object> text =
        (Map<String, Object>)
            new Load(LoadSettings.builder().build()).loadFromString(EffectiveSpec.yaml(data));
    return (Map<String, Object>) text.get("data");
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
