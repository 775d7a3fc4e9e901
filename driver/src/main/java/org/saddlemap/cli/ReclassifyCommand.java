package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Decision;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code saddlemap reclassify}: decides stored trials again under other thresholds; trains nothing.
 */
@Command(
    name = "reclassify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Decides every stored trial of a sweep again under other thresholds, and tells what changes.",
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
      required = true,
      paramLabel = "FILE",
      description = "YAML of thresholds, such as {eps: 1.0e-2}; the others keep their defaults.")
  private Path thresholds;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: ${DEFAULT-VALUE}).")
  private TextFormat format;

  @Mixin private WarehouseOption warehouseOption;
  @Spec private CommandSpec spec;

  /** What became of trials that had the same verdict and get the same one. */
  private record Change(String from, String to) implements Comparable<Change> {
    @Override
    public int compareTo(Change other) {
      int order = from.compareTo(other.from);
      return order != 0 ? order : to.compareTo(other.to);
    }
  }

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(thresholds)) {
      throw new InvalidInput("There is no file '" + thresholds + "' with thresholds");
    }
    VerdictRule rule =
        new VerdictRule(SpecReader.thresholds(Files.readString(thresholds), thresholds.toString()));
    Warehouse warehouse = warehouseOption.open();
    StoredSweep stored = warehouse.find(Optional.ofNullable(sweep));
    Map<Change, Long> changes = new TreeMap<>();
    long[] counts = new long[3];
    new TrialReader(warehouse)
        .forEach(
            stored.id(),
            trial -> {
              if (trial.status() != TrialStatus.COMPLETED) {
                return;
              }
              counts[0]++;
              Verdict before = trial.verdict().orElseThrow();
              Decision decision = rule.decide(trial.evidence());
              if (decision instanceof Verdict after) {
                if (!text(before).equals(text(after))) {
                  counts[1]++;
                  changes.merge(new Change(text(before), text(after)), 1L, Long::sum);
                }
              } else {
                counts[2]++;
              }
            });
    print(stored.id(), changes, counts[0], counts[1], counts[2]);
    return Saddlemap.OK;
  }

  private static String text(Verdict v) {
    return v.category().map(c -> c.text()).orElse("no category") + " (" + v.subCategory() + ")";
  }

  private void print(String id, Map<Change, Long> changes, long trials, long changed, long open)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (format == TextFormat.JSON) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("sweep", id);
      all.put("trials", trials);
      all.put("changed", changed);
      all.put("kept_for_want_of_evidence", open);
      all.put(
          "changes",
          changes.entrySet().stream()
              .map(
                  e ->
                      Map.of(
                          "from", e.getKey().from(), "to", e.getKey().to(), "trials", e.getValue()))
              .toList());
      out.println(Json.text(all));
    } else {
      out.printf("%s: %d of %d verdicts change under these thresholds.%n", id, changed, trials);
      changes.forEach((c, n) -> out.printf("  %6d  %-32s -> %s%n", n, c.from(), c.to()));
      if (open > 0) {
        out.printf(
            "%d keep their verdict because the examination left out evidence that these thresholds would need.%n",
            open);
      }
    }
    out.flush();
  }
}
