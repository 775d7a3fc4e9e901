package org.saddlemap.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.schedule.ChunkSummary;
import org.saddlemap.schedule.OtherSweep;
import org.saddlemap.schedule.RootCause;
import org.saddlemap.schedule.StopSignals;
import org.saddlemap.schedule.SweepInput;
import org.saddlemap.schedule.SweepListener;
import org.saddlemap.schedule.SweepRun;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.People;

/** Says in sentences on standard error what happens in a run, and how it ended. */
final class RunPrinter implements SweepListener {
  private static final int MAX_SWEEPS = 3;

  private final PrintWriter err;
  private final String warehouse;
  private final SweepInput input;
  private final SweepPlan plan;
  private final Set<TrialStatus> retry;
  private final String sameCommand;

  /** Of the job that runs; null between two jobs. */
  private Progress progress;

  /**
   * @param warehouse its location
   * @param retry statuses that are trained again
   * @param sameCommand the command line, for its user to copy
   */
  RunPrinter(
      PrintWriter err,
      String warehouse,
      SweepInput input,
      Set<TrialStatus> retry,
      String sameCommand) {
    this.err = err;
    this.warehouse = warehouse;
    this.input = input;
    this.plan = new SweepPlan(input.spec());
    this.retry = retry;
    this.sameCommand = sameCommand;
  }

  private void say(String sentence, Object... values) {
    err.printf(Locale.ROOT, sentence + "%n", values);
    err.flush();
  }

  @Override
  public void removalFinished() {
    say("A removal of this sweep that was interrupted is finished; it begins anew.");
  }

  @Override
  public void compactionFinished() {
    say("A compaction that was interrupted is finished.");
  }

  @Override
  public void retryFinished() {
    say("What an interrupted retry had trained is in its place.");
  }

  @Override
  public void quarantined(int chunks) {
    say(
        "%d chunks overlapped others or lacked a file; they are in %s/_quarantine now.",
        chunks, warehouse);
  }

  @Override
  public void nothingToRetry() {
    say(
        "Nothing to retry: no trial %s.",
        retry.stream()
            .map(s -> s.text().replace('_', ' '))
            .sorted()
            .collect(Collectors.joining(" or ")));
  }

  @Override
  public void nothingToTrain() {
    say(
        "Sweep %s is complete: all %d trials are there. Nothing to train.",
        input.id(), plan.planned());
  }

  @Override
  public void starting(long trials, int cores, double seconds) {
    say(
        "Sweep %s: %d of %d trials to run on %d cores; %s. About %s.",
        input.id(),
        trials,
        plan.planned(),
        cores,
        input.data().summary(),
        Numbers.duration(seconds / cores));
    if (input.repetitions().points() > 0) {
      say(
          "%d more would only repeat these, and are not trained: %s.",
          input.repetitions().points() * plan.replicates(), input.repetitions().why());
    }
  }

  @Override
  public void knownElsewhere(OtherSweep.Known known) {
    OptionalLong trials = known.trials();
    List<String> sweeps = known.sweeps();
    say(
        "%s of them stand in other sweeps already (%s): what completed there is taken over, not trained again.",
        trials.isPresent() ? trials.getAsLong() : "Some",
        String.join(", ", sweeps.subList(0, Math.min(MAX_SWEEPS, sweeps.size())))
            + (sweeps.size() > MAX_SWEEPS ? ", …" : ""));
  }

  @Override
  public void machineWarning(String warning) {
    say("Warning: %s", warning);
  }

  @Override
  public void jobStarting(List<Chunk> chunks) {
    OptionalInt columns = terminalColumns();
    progress = Progress.start(err, columns.isPresent(), columns.orElse(Integer.MAX_VALUE), chunks);
  }

  @Override
  public void finished(Chunk chunk, ChunkSummary summary) {
    progress.finished(chunk, summary);
  }

  @Override
  public void jobEnded() {
    progress.close();
    progress = null;
  }

  @Override
  public void adapted(double slowness, double seconds) {
    say(
        "Trials take %.2f times as long as predicted; chunks are cut by that: about %s in all.",
        slowness, Numbers.duration(seconds));
  }

  @Override
  public void compacting(int files, int merged) {
    say("Compacting: %d files a table become %d.", files, merged);
  }

  @Override
  public void compactionFailed(IOException reason) {
    say(
        "Warning: the sweep is complete, but its files stay small: %s. The same command tries again.",
        reason.getMessage());
  }

  /** Says how training ended, where it is not complete, and returns the exit code. */
  int ended(SweepRun.End end) {
    if (end.ending() == SweepRun.Ending.COMPLETE) {
      return Saddlemap.OK;
    }
    say("%s", sentence(end));
    return end.ending() == SweepRun.Ending.INTERRUPTED
        ? StopSignals.EXIT_CODE
        : Saddlemap.INCOMPLETE;
  }

  private String sentence(SweepRun.End end) {
    return switch (end.ending()) {
      case COMPLETE -> "The sweep is complete.";
      case INTERRUPTED -> "Interrupted. " + howToGoOn(end);
      case FAILED -> failed(end, end.cause().map(RunPrinter::firstLine).orElse("unknown"));
      case TAKEN_OVER ->
          failed(end, "another run has taken it over, since this one gave no sign of life");
      case CONTENDED -> "saddlemap: another run is at work on this sweep; run it again.";
      case FILES_MISSING ->
          "saddlemap: %d trials are missing although all tasks succeeded; is %s the same place on every machine?"
              .formatted(end.missing(), warehouse);
    };
  }

  private String failed(SweepRun.End end, String reason) {
    return "saddlemap: the sweep ended with an error: %s%n%s".formatted(reason, howToGoOn(end));
  }

  private static String firstLine(Throwable e) {
    return RootCause.of(e).toString().lines().findFirst().orElse("");
  }

  private String howToGoOn(SweepRun.End end) {
    return "%d of %d trials are on disk; the same command goes on: %s"
        .formatted(plan.planned() - end.missing(), plan.planned(), sameCommand);
  }

  /** What a job took, in one line. */
  static String spent(SweepRun.Spent spent) {
    ChunkSummary sum = spent.sum();
    double busy = sum.trainMillis() + sum.examineMillis();
    double all = 1000 * spent.wallSeconds() * spent.cores();
    return String.format(
        Locale.ROOT,
        "%d trials in %s, %s a second%s; examination took %.0f %% of their time, and cores were busy for %.0f %% of theirs: all else took %s ms a trial. The last chunk ended %.1f s after a core had found no more.%s",
        sum.trials(),
        Numbers.duration(spent.wallSeconds()),
        Numbers.rate(sum.trials() / spent.wallSeconds()),
        sum.taken() > 0 ? ", " + sum.taken() + " of them taken over from other sweeps" : "",
        busy > 0 ? 100 * sum.examineMillis() / busy : 0,
        100 * busy / all,
        People.number(sum.trials() > 0 ? (all - busy) / sum.trials() : 0),
        spent.idleTailSeconds(),
        unfinished(sum));
  }

  private static String unfinished(ChunkSummary sum) {
    long failed = sum.outcomes().getOrDefault(TrialStatus.FAILED.text(), 0L);
    long timedOut = sum.outcomes().getOrDefault(TrialStatus.TIMED_OUT.text(), 0L);
    return failed + timedOut == 0
        ? ""
        : " %d failed and %d timed out; the column reason says why.".formatted(failed, timedOut);
  }

  /** Columns of the terminal that standard error goes to; empty where it goes elsewhere. */
  private static OptionalInt terminalColumns() {
    try {
      // The terminal is not closed, since that would close standard error with it.
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .systemOutput(TerminalBuilder.SystemOutput.SysErr)
              .nativeSignals(false)
              .dumb(true)
              .build();
      return terminal.getWidth() > 0 && !terminal.getType().startsWith("dumb")
          ? OptionalInt.of(terminal.getWidth())
          : OptionalInt.empty();
    } catch (IOException | IllegalStateException e) {
      return OptionalInt.empty(); // then progress is lines, one below the other
    }
  }
}
