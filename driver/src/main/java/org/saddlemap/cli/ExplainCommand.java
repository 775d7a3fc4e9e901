package org.saddlemap.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.ValueType;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code saddlemap explain}: one stored trial, its verdict, and the evidence with its meaning. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Tells of one stored trial where its descent ended, why, and what was measured.")
final class ExplainCommand implements Callable<Integer> {
  @Mixin private TrialReference reference;
  @Mixin private WarehouseOption warehouseOption;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: ${DEFAULT-VALUE}).")
  private TextFormat format;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Warehouse warehouse = warehouseOption.open();
    StoredTrial trial = reference.find(warehouse);
    TrialReader reader = new TrialReader(warehouse);
    List<CurvePoint> curve = reader.curve(trial);
    List<LayerPoint> layers = reader.layers(trial);
    PrintWriter out = spec.commandLine().getOut();
    if (format == TextFormat.JSON) {
      out.println(json(trial, curve, layers));
    } else {
      print(out, trial, curve, layers);
    }
    out.flush();
    return Saddlemap.OK;
  }

  private static String json(StoredTrial trial, List<CurvePoint> curve, List<LayerPoint> layers)
      throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("sweep", trial.sweepId());
    all.put("trial_id", trial.id().hex());
    all.put("replicate", trial.trial().replicate());
    all.put("configuration", trial.configuration().canonical());
    all.put("status", trial.status().text());
    Optional<Verdict> verdict = trial.verdict();
    all.put("category", verdict.flatMap(Verdict::category).map(c -> c.text()).orElse(null));
    all.put("sub_category", verdict.map(Verdict::subCategory).orElse(null));
    all.put("reason", reason(trial));
    all.put("evidence", Json.evidence(trial.evidence()));
    all.put(
        "curve", Json.rows(org.saddlemap.record.Tables.CURVES, trial.record(curve, layers), curve));
    all.put(
        "layers",
        Json.rows(org.saddlemap.record.Tables.LAYERS, trial.record(curve, layers), layers));
    return Json.text(all);
  }

  private static String reason(StoredTrial trial) {
    return trial
        .verdict()
        .map(Verdict::reason)
        .or(() -> trial.failure().map(f -> f.reason()))
        .orElse("");
  }

  private static void print(
      PrintWriter out, StoredTrial trial, List<CurvePoint> curve, List<LayerPoint> layers) {
    out.printf("Trial %s of sweep %s%n%n", trial.id().hex(), trial.sweepId());
    String verdict =
        trial
            .verdict()
            .map(
                v ->
                    v.category().map(c -> c.text()).orElse("no category")
                        + " ("
                        + v.subCategory()
                        + ")")
            .orElse(trial.status().text());
    out.printf(
        "  %s%s%n  %s%n%n",
        verdict, trial.evidence().is(Measure.SETTLED) ? ", at its noise floor" : "", reason(trial));
    trial
        .failure()
        .filter(f -> !f.stackTrace().isEmpty())
        .ifPresent(f -> out.println(f.stackTrace()));
    out.println("Configuration");
    for (Hyperparameter h : Hyperparameter.values()) {
      trial
          .configuration()
          .text(h)
          .ifPresent(text -> out.printf("  %-20s %-18s %s%n", h.key(), text, h.doc()));
    }
    out.printf("  %-20s %-18d %s%n%n", "replicate", trial.trial().replicate(), "seed index");
    out.println("Evidence");
    trial
        .evidence()
        .values()
        .forEach(
            (measure, value) ->
                out.printf(
                    "  %-20s %-18s %s%s%n",
                    measure.key(),
                    number(measure.type(), value),
                    measure.doc(),
                    measure.unit().isEmpty() ? "" : " [" + measure.unit() + "]"));
    if (!layers.isEmpty()) {
      out.printf(
          "%nLayers%n  %-8s %5s %6s %10s %10s %10s %7s %6s %6s %8s%n",
          "moment",
          "layer",
          "units",
          "forward",
          "backward",
          "gradient",
          "share",
          "dead",
          "satur.",
          "distinct");
      for (LayerPoint l : layers) {
        out.printf(
            Locale.ROOT,
            "  %-8s %5d %6d %10.2e %10.2e %10.2e %6.1f%% %5.0f%% %5.0f%% %8d%n",
            l.moment().text(),
            l.layer(),
            l.units(),
            l.forwardNorm(),
            l.backwardNorm(),
            l.gradientNorm(),
            100 * l.gradientShare(),
            100 * l.dead(),
            100 * l.saturated(),
            l.distinctUnits());
      }
    }
    if (curve.size() > 1) {
      out.printf(
          "%nLoss of the steps' own rows, both axes logarithmic%n%s", CurvePlot.of(curve, 72, 12));
    }
  }

  private static String number(ValueType type, double value) {
    return switch (type) {
      case BOOLEAN -> value == 1 ? "yes" : "no";
      case LONG -> Long.toString((long) value);
      default -> String.format(Locale.ROOT, "%.4g", value);
    };
  }
}
