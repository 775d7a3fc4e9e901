package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.data.Dataset;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.run.Engine;
import org.saddlemap.run.TrialRunner;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.spec.Arithmetic;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Catalogue;
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
    description = {
      "Trains one stored trial again from its row, and shows what differs.",
      "The row's own BLAS kernel and threads are taken where this processor can execute them. Where anything differs, it says why, how far the numbers are apart, and whether the verdict is the same."
    })
final class ReplayCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Writes the trained network, once nothing differs: NumPy arrays W0, b0, … where it ends in .npz, else JSON that examine reads.")
  private Path out;

  @Option(
      names = "--with-data",
      description =
          "Writes the prepared training data into that JSON, instead of where they are and how they are prepared.")
  private boolean withData;

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
    if (withData && (out == null || NetworkFile.isNumPy(out))) {
      throw new InvalidInput("--with-data goes with --out FILE.json");
    }
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
        new Catalogue(warehouse)
            .sweep(stored.sweepId())
            .orElseThrow(
                () -> new InvalidInput("The sweep's row of " + stored.sweepId() + " is missing"));
    SweepSpec sweepSpec = sweep.spec();
    DataSpec place = moved == null ? sweepSpec.data() : DataPlace.moved(sweepSpec.data(), moved);
    Dataset data = data(sweep, place);
    if (!data.fingerprint().equals(sweep.record().dataFingerprint())) {
      throw new InvalidInput(
          "The data are not those of the sweep any more: their fingerprint is %s, it was %s; --data PATH reads them from elsewhere"
              .formatted(data.fingerprint(), sweep.record().dataFingerprint()));
    }
    TrialRecord before = new TrialReader(warehouse).record(stored);
    Optional<String> obstacle = engine(sweepSpec.arithmetic(), before.provenance());
    Provenance tools = Engine.start(before.provenance().blasThreads(), sweepSpec.arithmetic());
    try (TrialRunner runner = new TrialRunner(sweepSpec, data, tools)) {
      AtomicReference<Trajectory> trained = new AtomicReference<>();
      TrialRecord after = runner.run(before.trial(), 0, () -> false, trained::set);
      RepeatedTrial repeated = new RepeatedTrial(before, after, obstacle);
      spec.commandLine().getOut().print(repeated.text());
      spec.commandLine().getOut().flush();
      int code = repeated.isSame() ? Saddlemap.OK : Saddlemap.INCOMPLETE;
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
          withData
              ? NetworkFile.data(data, trained.get().network().loss())
              : section(DataPlace.absolute(place, sweep.record().specPath())));
      err.println("saddlemap: wrote " + out);
      return code;
    }
  }

  /** Loads the kernel that the row names. Returns what stands in the way. */
  private static Optional<String> engine(Arithmetic arithmetic, Provenance before) {
    if (arithmetic != Arithmetic.PORTABLE) {
      return Engine.loadKernelOf(before);
    }
    BlasRuntime.portableObstacle()
        .ifPresent(
            why -> {
              throw new InvalidInput(why);
            });
    return Optional.empty();
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
}
