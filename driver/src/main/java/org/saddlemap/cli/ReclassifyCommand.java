package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Decision;
import org.saddlemap.verdict.Thresholds;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code saddlemap reclassify}: decides stored trials again, by the present rule and perhaps other
 * thresholds; trains nothing.
 */
@Command(
    name = "reclassify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Decides every stored trial of a sweep again by the present rule, and tells what changes.",
      "Nothing is trained, and the tables stay as they are."
    })
final class ReclassifyCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "SWEEP",
      description = "Id or name; the latest without one.")
  private String sweep;

  @Option(
      names = "--thresholds",
      paramLabel = "FILE",
      description = {
        "YAML of thresholds, such as {eps: 1.0e-2}; the others keep their defaults.",
        "Without it, those of the sweep's stored spec."
      })
  private Path thresholds;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: ${DEFAULT-VALUE}).")
  private TextFormat format;

  @Mixin private WarehouseOption warehouseOption;
  @Spec private CommandSpec spec;

  /** From what to what, and how many trials. */
  private record Change(String from, String to) implements Comparable<Change> {
    @Override
    public int compareTo(Change other) {
      int order = from.compareTo(other.from);
      return order != 0 ? order : to.compareTo(other.to);
    }
  }

  /** What deciding again came to. */
  private static final class Tally {
    private final Set<Long> rules = new TreeSet<>();
    private final Map<Change, Long> verdicts = new TreeMap<>();
    private final Map<Change, Long> causes = new TreeMap<>();
    private final Map<String, Long> missing = new TreeMap<>();
    private long trials;
    private long newCauses;

    void add(StoredTrial trial, VerdictRule rule) {
      if (trial.status() != TrialStatus.COMPLETED) {
        return;
      }
      trials++;
      rules.add(trial.ruleVersion());
      Verdict before = trial.verdict().orElseThrow();
      Decision decision;
      try {
        decision = rule.decide(trial.evidence());
      } catch (IllegalStateException e) {
        // A measure that this rule needs: the trial's version did not take it, or it was infinite,
        // which tables store as NULL.
        missing.merge(e.getMessage().toLowerCase(Locale.ROOT), 1L, Long::sum);
        return;
      }
      if (decision instanceof Decision.Missing open) {
        missing.merge(open.probe().name().toLowerCase(Locale.ROOT), 1L, Long::sum);
      } else if (decision instanceof Verdict after) {
        count(verdicts, before.name(), after.name());
        if (before.cause().isPresent()) {
          count(causes, text(before.cause()), text(after.cause()));
        } else {
          newCauses += after.cause().isPresent() ? 1 : 0;
        }
      }
    }

    private static String text(Optional<Cause> cause) {
      return cause.map(Cause::text).orElse("no cause");
    }

    private static void count(Map<Change, Long> changes, String from, String to) {
      if (!from.equals(to)) {
        changes.merge(new Change(from, to), 1L, Long::sum);
      }
    }

    private static long sum(Map<?, Long> counts) {
      return counts.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  @Override
  public Integer call() throws IOException {
    if (thresholds != null && !Files.isRegularFile(thresholds)) {
      throw new InvalidInput("There is no file '" + thresholds + "' with thresholds");
    }
    Optional<Thresholds> given =
        thresholds == null
            ? Optional.empty()
            : Optional.of(
                SpecReader.thresholds(Files.readString(thresholds), thresholds.toString()));
    Warehouse warehouse = warehouseOption.open();
    StoredSweep stored =
        SweepArgument.find(warehouse, Optional.ofNullable(sweep), WarehouseOption.hadoop());
    VerdictRule rule =
        new VerdictRule(
            given.orElseGet(
                () ->
                    SpecReader.read(stored.record().spec(), "the stored spec of " + stored.id())
                        .examination()
                        .thresholds()));
    Tally tally = new Tally();
    new TrialReader(warehouse).forEach(stored.id(), trial -> tally.add(trial, rule));
    if (format == TextFormat.JSON) {
      spec.commandLine().getOut().println(Json.text(json(stored.id(), tally)));
    } else {
      print(stored.id(), tally);
    }
    spec.commandLine().getOut().flush();
    return Saddlemap.OK;
  }

  private static Map<String, Object> json(String id, Tally tally) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("sweep", id);
    all.put("rule_version", VerdictRule.VERSION);
    all.put("stored_rule_versions", tally.rules);
    all.put("trials", tally.trials);
    all.put("changed", Tally.sum(tally.verdicts));
    all.put("changes", json(tally.verdicts));
    all.put("changed_causes", Tally.sum(tally.causes));
    all.put("cause_changes", json(tally.causes));
    all.put("new_causes", tally.newCauses);
    all.put("kept_for_want_of_evidence", Tally.sum(tally.missing));
    all.put(
        "missing",
        tally.missing.entrySet().stream()
            .map(e -> Map.of("evidence", e.getKey(), "trials", e.getValue()))
            .toList());
    return all;
  }

  private static List<Map<String, Object>> json(Map<Change, Long> changes) {
    return changes.entrySet().stream()
        .map(
            e ->
                Map.<String, Object>of(
                    "from", e.getKey().from(), "to", e.getKey().to(), "trials", e.getValue()))
        .toList();
  }

  private void print(String id, Tally tally) {
    PrintWriter out = spec.commandLine().getOut();
    String versions =
        tally.rules.stream()
            .filter(v -> v != VerdictRule.VERSION)
            .map(String::valueOf)
            .collect(Collectors.joining(" and "));
    out.printf(
        "%s: %d of %d verdicts change under %s%s.%n",
        id,
        Tally.sum(tally.verdicts),
        tally.trials,
        thresholds == null ? "the present rule" : "these thresholds",
        versions.isEmpty()
            ? ""
            : " (version %d of the rule; stored are those of version %s)"
                .formatted(VerdictRule.VERSION, versions));
    print(out, tally.verdicts);
    if (!tally.causes.isEmpty() || tally.newCauses > 0) {
      out.printf(
          "%d causes change%s.%n",
          Tally.sum(tally.causes),
          tally.newCauses > 0
              ? "; %d trials get one that had none".formatted(tally.newCauses)
              : "");
      print(out, tally.causes);
    }
    if (!tally.missing.isEmpty()) {
      out.printf(
          "%d keep their verdict, since the stored evidence does not suffice; missing is%n",
          Tally.sum(tally.missing));
      tally.missing.forEach((evidence, n) -> out.printf("  %6d  %s%n", n, evidence));
    }
  }

  private static void print(PrintWriter out, Map<Change, Long> changes) {
    changes.forEach((c, n) -> out.printf("  %6d  %-32s -> %s%n", n, c.from(), c.to()));
  }
}
