package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.Speed;
import org.saddlemap.plan.SpeedFit;
import org.saddlemap.record.Times;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Measure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap calibrate}: fits the predictions of {@code plan} to sweeps that have run. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Fits the times that plan predicts to those of sweeps that have run, and shows both.",
      "conf/calibration.yaml is a sweep made for it. Use the result with --speed FILE."
    })
public final class CalibrateCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "SWEEP",
      description = "Ids, names, or spec files of sweeps (default: all of the warehouse).")
  private List<String> sweeps = List.of();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write the speed; an existing file is replaced.")
  private Path out;

  @Option(
      names = "--check",
      description = "Fits nothing: shows how the predictions compare with what was measured.")
  private boolean check;

  @Mixin private SpeedOption start;
  @Mixin private WarehouseOption warehouse;

  @Mixin private FormatOption output;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    if (check && out != null) {
      throw new InvalidInput("--check fits nothing that --out could write");
    }
    OutputFile.require(out);
    Warehouse tables = warehouse.open();
    TrialReader reader = new TrialReader(tables);
    Speed speed = start.speed();
    Map<StoredSweep, CostModel> models = models(tables, speed);
    if (!check) {
      SpeedFit fit = new SpeedFit();
      TreeSet<String> machines = new TreeSet<>();
      for (Map.Entry<StoredSweep, CostModel> e : models.entrySet()) {
        reader.forEach(
            e.getKey().id(),
            t -> {
              if (t.status() == TrialStatus.COMPLETED) {
                machines.add(t.provenance().blas() + ", Java " + t.provenance().java());
                fit.add(
                    e.getValue(),
                    t.configuration(),
                    t.outcome().orElseThrow(),
                    t.times(),
                    t.evidence().getOr(Measure.EXAMINATION_COST, 0));
              }
            });
      }
      if (fit.shapes() == 0) {
        throw new InvalidInput(
            "The warehouse %s holds no completed trial to fit to".formatted(tables.location()));
      }
      String names = String.join(", ", models.keySet().stream().map(StoredSweep::id).toList());
      speed = fit.fit(speed, names + " on " + String.join("; ", machines));
      write(speed);
    }
    compare(reader, models, speed);
    return Saddlemap.OK;
  }

  /** The cost models of the sweeps that the user means, or of all. */
  private Map<StoredSweep, CostModel> models(Warehouse tables, Speed speed) throws IOException {
    List<StoredSweep> found = new ArrayList<>();
    for (String sweep : sweeps) {
      found.add(SweepArgument.find(tables, Optional.of(sweep), WarehouseOption.hadoop()));
    }
    if (sweeps.isEmpty()) {
      Catalogue.Sweeps all = new Catalogue(tables).sweeps();
      all.unreadable()
          .forEach(e -> command.commandLine().getErr().println("saddlemap: " + e.getMessage()));
      found.addAll(all.readable());
    }
    Map<StoredSweep, CostModel> models = new LinkedHashMap<>();
    for (StoredSweep sweep : found) {
      models.put(sweep, SweepInput.costs(sweep, speed, WarehouseOption.hadoop(), Spark::session));
    }
    return models;
  }

  private void write(Speed speed) throws IOException {
    StringWriter text = new StringWriter();
    speed.write(text);
    if (out == null) {
      PrintWriter err = command.commandLine().getErr();
      err.print(text);
      err.flush();
      return;
    }
    OutputFile.write(out, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Prints predicted and measured core-seconds of each sweep. */
  private void compare(TrialReader reader, Map<StoredSweep, CostModel> models, Speed speed)
      throws IOException {
    List<List<Object>> rows = new ArrayList<>();
    for (Map.Entry<StoredSweep, CostModel> e : models.entrySet()) {
      Sums sums = new Sums();
      CostModel model = e.getValue().at(speed);
      reader.forEach(e.getKey().id(), t -> sums.add(model, t));
      rows.add(sums.row(e.getKey().id()));
    }
    new RowPrinter(output.format(), command.commandLine().getOut(), OptionalInt.empty())
        .print(
            new QueryResult(
                List.of(
                    "sweep",
                    "trials",
                    "train_predicted",
                    "train_measured",
                    "examine_predicted",
                    "examine_measured",
                    "predicted",
                    "measured",
                    "ratio"),
                rows.iterator()));
  }

  /** Sums core-seconds over the trials of a sweep, as predicted and as measured. */
  private static final class Sums {
    private long trials;
    private double trainPredicted;
    private double examinePredicted;
    private double trainMeasured;
    private double examineMeasured;

    void add(CostModel model, StoredTrial trial) {
      trials++;
      Times times = trial.times();
      if (!times.worked()) {
        return; // it took over another trial's steps, and its times say nothing
      }
      CostModel.Cost cost = model.of(trial.configuration());
      trainPredicted += cost.trainSeconds();
      examinePredicted += cost.examineSeconds();
      trainMeasured += times.train() / 1e3;
      examineMeasured += times.examine() / 1e3;
    }

    List<Object> row(String sweep) {
      double predicted = trainPredicted + examinePredicted;
      double measured = trainMeasured + examineMeasured;
      List<Object> row = new ArrayList<>(List.of(sweep, trials));
      for (double seconds :
          new double[] {
            trainPredicted, trainMeasured, examinePredicted, examineMeasured, predicted, measured
          }) {
        row.add(String.format(Locale.ROOT, "%.3g", seconds));
      }
      row.add(String.format(Locale.ROOT, "%.2f", predicted / measured));
      return row;
    }
  }
}
