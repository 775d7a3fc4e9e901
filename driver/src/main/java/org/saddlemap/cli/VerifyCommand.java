package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.RowPrinter;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.SweepVerifier;
import org.saddlemap.store.VerificationReport;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code saddlemap verify}: holds a sweep's tables against its plan. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Checks that every planned trial stands in the tables once, whole and unchanged.",
      "Coverage, digests and checksums of every file, identities, and that verdicts follow from evidence.",
      "Reads every file of the sweep; trains nothing."
    },
    footer = {"", "Exit codes: 0 all is sound, 2 wrong input, 3 something is amiss."})
final class VerifyCommand implements Callable<Integer> {
  private static final int SHOWN = 50;

  @Parameters(
      arity = "0..1",
      paramLabel = "SWEEP",
      description = "A sweep's id, name, or spec file; the latest without one.")
  private String sweep;

  @Option(
      names = "--repair",
      description =
          "Moves what is amiss to _quarantine in the warehouse (nothing is deleted), so that 'run' fills the hole.")
  private boolean repair;

  @Mixin private FormatOption output;

  @Mixin private WarehouseOption warehouse;

  @Spec private CommandSpec command;

  @Override
  public Integer call() throws IOException {
    Configuration hadoop = WarehouseOption.hadoop();
    Warehouse tables = warehouse.open();
    StoredSweep stored = SweepArgument.find(tables, Optional.ofNullable(sweep), hadoop);
    SweepVerifier verifier = verifier(tables, stored);
    if (!repair) {
      VerificationReport report = verifier.verify();
      print(stored, report);
      Optional<String> running = SweepLock.running(tables, stored.id());
      running.ifPresent(who -> say("A run of it is at work: " + who + "."));
      if (running.isEmpty() && Compaction.isPending(tables, stored.id())) {
        say(
            "A compaction was interrupted: nothing is lost, but other programs may not find the sweep until 'run' or 'verify --repair' ends it.");
      }
      return report.isSound() ? Saddlemap.OK : Saddlemap.INCOMPLETE;
    }
    tables.requireWritable();
    try (SweepLock lock = SweepLock.take(tables, stored.id())) {
      if (Compaction.finish(tables, stored.id())) {
        say("A compaction that was interrupted is finished.");
      }
      VerificationReport report = verifier.verify();
      print(stored, report);
      if (!report.isSound() && lock.isHeld()) {
        verifier
            .repair(report)
            .ifPresent(folder -> say("What was amiss is in " + folder + " now."));
        say(
            "Fill the hole with: saddlemap run SPEC (its spec was "
                + stored.record().specPath()
                + ")");
      }
      return report.isSound() ? Saddlemap.OK : Saddlemap.INCOMPLETE;
    }
  }

  private static SweepVerifier verifier(Warehouse tables, StoredSweep stored) {
    if (stored.record().trainingRows() == null) {
      throw new InvalidInput(
          "The sweep %s was written by a Saddlemap (%s) whose trials have ids of another kind; verify it with that one"
              .formatted(stored.id(), stored.record().version()));
    }
    SweepSpec spec;
    try {
      spec = stored.spec();
    } catch (InvalidInput e) {
      throw new IllegalStateException("Cannot verify: " + e.getMessage(), e);
    }
    return new SweepVerifier(tables, stored, spec);
  }

  private void print(StoredSweep stored, VerificationReport report) throws IOException {
    PrintWriter out = command.commandLine().getOut();
    List<VerificationReport.Finding> findings = report.findings();
    if (output.format() == RowPrinter.Format.JSON) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("sweep", stored.id());
      all.put("planned", report.planned());
      all.put("sound", report.sound());
      all.put("missing", report.missing());
      all.put("failed_or_timed_out", report.unfinished());
      all.put("undecided", report.undecided());
      all.put("chunks", report.chunks());
      all.put("temporary_files", report.temporary());
      all.put("is_sound", report.isSound());
      all.put(
          "findings",
          findings.stream()
              .map(f -> Map.of("kind", f.kind().text(), "where", f.where(), "what", f.what()))
              .toList());
      out.println(Json.text(all));
      out.flush();
      return;
    }
    boolean all = output.format() == RowPrinter.Format.CSV || findings.size() <= SHOWN;
    if (output.format() == RowPrinter.Format.CSV || !findings.isEmpty()) {
      new RowPrinter(output.format(), out, OptionalInt.empty())
          .print(
              new QueryResult(
                  List.of("kind", "where", "what"),
                  findings.stream()
                      .limit(all ? findings.size() : SHOWN)
                      .map(f -> List.<Object>of(f.kind().text(), f.where(), f.what()))
                      .iterator()));
      out.flush();
    }
    if (!all) {
      say("(the first %d of %d; --format csv or json has all)".formatted(SHOWN, findings.size()));
    }
    say(
        "%s: %d of %d planned trials stand once, whole and unchanged, in %d chunks%s%s. %s"
            .formatted(
                stored.id(),
                report.sound(),
                report.planned(),
                report.chunks(),
                report.unfinished() > 0
                    ? "; %d of them failed or timed out".formatted(report.unfinished())
                    : "",
                report.undecided() > 0
                    ? "; %d verdicts cannot be decided again from the tables alone"
                        .formatted(report.undecided())
                    : "",
                report.isSound()
                    ? "Nothing is amiss."
                    : "%d findings; %d trials are missing or unsound."
                        .formatted(findings.size(), report.missing())));
    if (report.temporary() > 0) {
      say(
          "%d temporary files stand there, which readers ignore; the next run removes them."
              .formatted(report.temporary()));
    }
  }

  private void say(String line) {
    PrintWriter err = command.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
