package org.saddlemap.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.record.Outcome;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.verdict.Comparison;
import org.saddlemap.verdict.Decision;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Thresholds;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code saddlemap explain}: one stored trial, its verdict, what decided, and the evidence. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Tells of one stored trial where its descent ended, why, what decided, and what was measured.")
final class ExplainCommand implements Callable<Integer> {
  /** Between which losses the trial moved. */
  private static final Set<Measure> LEVELS = EnumSet.of(Measure.F_BASE, Measure.F_LB);

  /** Scale of the data and what it does to the objective. */
  private static final Set<String> SCALE =
      Set.of(
          "INPUT_MEAN_MAX",
          "INPUT_RMS_MAX",
          "TARGET_MIN",
          "TARGET_MAX",
          "OUTPUT_MIN",
          "OUTPUT_MAX",
          "PENALTY_SHARE",
          "F_REACH");

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
    TrialRecord record = new TrialReader(warehouse).record(trial);
    VerdictRule rule = new VerdictRule(thresholds(warehouse, trial.sweepId()));
    List<Comparison> decided = DecisionText.trace(rule, record.evidence());
    PrintWriter out = spec.commandLine().getOut();
    if (format == TextFormat.JSON) {
      out.println(json(trial, record, decided));
    } else {
      print(out, trial, record, rule, decided);
    }
    out.flush();
    return Saddlemap.OK;
  }

  /** Those of the stored spec; the defaults, with a warning, where it cannot be read any more. */
  private Thresholds thresholds(Warehouse warehouse, String sweepId) throws IOException {
    Optional<StoredSweep> sweep = new Catalogue(warehouse).sweep(sweepId);
    try {
      if (sweep.isPresent()) {
        String name = "the stored spec of " + sweepId;
        return SpecReader.read(sweep.get().record().spec(), name).examination().thresholds();
      }
    } catch (InvalidInput e) {
      spec.commandLine()
          .getErr()
          .println("saddlemap: default thresholds are shown, since " + e.getMessage());
    }
    return Thresholds.DEFAULT;
  }

  private static String json(StoredTrial trial, TrialRecord record, List<Comparison> decided)
      throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("sweep", trial.sweepId());
    all.put("trial_id", record.id().hex());
    all.put("replicate", record.trial().replicate());
    all.put("configuration", record.trial().configuration().canonical());
    all.put("status", record.status().text());
    DecisionText.putVerdict(all, record.verdict());
    all.put(
        "reason",
        record
            .verdict()
            .map(Verdict::reason)
            .or(() -> record.failure().map(TrialRecord.Failure::reason))
            .orElse(""));
    all.put("rule_version", trial.ruleVersion());
    all.put("decided", DecisionText.json(decided));
    all.put("evidence", Json.evidence(record.evidence()));
    all.put("curve", Json.rows(Tables.CURVES, record, record.curve()));
    all.put("layers", Json.rows(Tables.LAYERS, record, record.layers()));
    return Json.text(all);
  }

  private static void print(
      PrintWriter out,
      StoredTrial trial,
      TrialRecord record,
      VerdictRule rule,
      List<Comparison> decided) {
    out.printf("Trial %s of sweep %s%n%n", record.id().hex(), trial.sweepId());
    record
        .verdict()
        .ifPresent(verdict -> DecisionText.printVerdict(out, "  ", verdict, record.evidence()));
    record
        .failure()
        .ifPresent(
            f ->
                out.printf(
                    "  %s%n  %s%n%s",
                    record.status().text(), f.reason(), f.stackTrace().indent(0)));
    record.verdict().flatMap(v -> present(trial, v, rule)).ifPresent(out::println);
    DecisionText.printDecided(out, decided);
    record.outcome().ifPresent(o -> losses(out, o, record.evidence()));
    measures(out, "The data's scale", record.evidence(), ExplainCommand::isScale);
    configuration(out, record);
    measures(
        out,
        "Evidence",
        record.evidence(),
        m -> !isScale(m) && !(LEVELS.contains(m) && record.outcome().isPresent()));
    layers(out, record.layers());
    if (record.curve().size() > 1) {
      out.printf(
          "%nLoss of the steps' own rows, both axes logarithmic%n%s",
          CurvePlot.of(record.curve(), 72, 12));
    }
  }

  /** What the present rule says of a verdict that an older one gave. */
  private static Optional<String> present(StoredTrial trial, Verdict stored, VerdictRule rule) {
    if (trial.ruleVersion() == VerdictRule.VERSION) {
      return Optional.empty();
    }
    String now;
    try {
      Decision decision = rule.decide(trial.evidence());
      now =
          decision instanceof Verdict verdict
              ? verdict.name().equals(stored.name())
                  ? "says the same"
                  : "would call it " + verdict.name()
              : "would need evidence that is not stored";
    } catch (IllegalStateException e) {
      now = "would need evidence that is not stored";
    }
    return Optional.of(
        "%n  Version %d of the rule judged it; the present one (%d) %s."
            .formatted(trial.ruleVersion(), VerdictRule.VERSION, now));
  }

  private static boolean isScale(Measure measure) {
    return SCALE.contains(measure.name());
  }

  private static void losses(PrintWriter out, Outcome o, Evidence evidence) {
    out.printf("%n%-42s %-14s %s%n", "Loss and accuracy", "training rows", "held-out rows");
    out.printf("  %-40s %s%n", "loss at the start", Numbers.text(o.initialLoss()));
    out.printf(
        "  %-40s %-14s %s%n",
        "loss where it stopped",
        Numbers.text(o.finalLoss()),
        Double.isNaN(o.heldoutLoss()) ? "–" : Numbers.text(o.heldoutLoss()));
    if (!Double.isNaN(o.accuracy()) || !Double.isNaN(o.heldoutAccuracy())) {
      out.printf(
          "  %-40s %-14s %s%n",
          "accuracy", Numbers.shareOrNone(o.accuracy()), Numbers.shareOrNone(o.heldoutAccuracy()));
    }
    for (Measure level : LEVELS) {
      evidence
          .find(level)
          .ifPresent(value -> out.printf("  %-40s %s%n", level.doc(), Numbers.text(value)));
    }
  }

  private static void configuration(PrintWriter out, TrialRecord record) {
    Configuration configuration = record.trial().configuration();
    out.printf("%nConfiguration%n");
    for (Hyperparameter h : Hyperparameter.values()) {
      configuration
          .text(h)
          .ifPresent(text -> out.printf("  %-20s %-18s %s%n", h.key(), text, h.doc()));
    }
    out.printf("  %-20s %-18d %s%n", "replicate", record.trial().replicate(), "seed index");
    String unused =
        Arrays.stream(Hyperparameter.values())
            .filter(h -> h.governor().isPresent() && configuration.value(h).isEmpty())
            .map(Hyperparameter::key)
            .collect(Collectors.joining(", "));
    if (!unused.isEmpty()) {
      out.printf("  Without effect here: %s%n", unused);
    }
  }

  private static void measures(
      PrintWriter out,
      String title,
      Evidence evidence,
      java.util.function.Predicate<Measure> wanted) {
    if (evidence.values().keySet().stream().noneMatch(wanted)) {
      return;
    }
    out.printf("%n%s%n", title);
    evidence
        .values()
        .forEach(
            (measure, value) -> {
              if (wanted.test(measure)) {
                out.printf(
                    "  %-28s %-14s %s%s%n",
                    measure.key(),
                    Numbers.text(measure, value),
                    measure.doc(),
                    measure.unit().isEmpty() ? "" : " [" + measure.unit() + "]");
              }
            });
  }

  private static void layers(PrintWriter out, List<LayerPoint> layers) {
    if (layers.isEmpty()) {
      return;
    }
    out.printf(
        "%nLayers%n  %-8s %5s %6s %10s %10s %10s %12s %12s %12s %8s%n",
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
          "  %-8s %5d %6d %10.2e %10.2e %10.2e %12s %12s %12s %8d%n",
          l.moment().text(),
          l.layer(),
          l.units(),
          l.forwardNorm(),
          l.backwardNorm(),
          l.gradientNorm(),
          Numbers.shareOrNone(l.gradientShare()),
          Numbers.shareOrNone(l.dead()),
          Numbers.shareOrNone(l.saturated()),
          l.distinctUnits());
    }
  }
}
