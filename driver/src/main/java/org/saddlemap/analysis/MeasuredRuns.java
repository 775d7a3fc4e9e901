package org.saddlemap.analysis;

import java.io.IOException;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.EffectiveSpec;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/** Sweeps that ran on known numbers of executors, against which a simulation is held. */
public record MeasuredRuns(List<Run> runs) {
  /**
   * A sweep that ran, in one go.
   *
   * @param replicates trials of each configuration
   * @param seconds from the submission of its job to the end of its last trial
   */
  public record Run(int executors, int replicates, double seconds) {
    private double replicatesPerSecond() {
      return replicates / seconds;
    }
  }

  /** Finds the sweep that a user means. */
  @FunctionalInterface
  public interface Finder {
    StoredSweep find(String reference) throws IOException;
  }

  /**
   * The runs that a simulation of this spec can be held against.
   *
   * @param ran executors by the user's reference to a sweep; perhaps none
   * @param simulated numbers of executors
   * @param executorCores of each
   * @throws InvalidInput where one has not ended, or cannot be compared
   */
  public static MeasuredRuns find(
      Warehouse tables,
      Finder sweeps,
      SweepSpec spec,
      Map<String, Integer> ran,
      List<Integer> simulated,
      int executorCores)
      throws IOException {
    List<Run> runs = new ArrayList<>();
    for (Map.Entry<String, Integer> e : ran.entrySet()) {
      int n = e.getValue();
      if (!simulated.contains(n)) {
        throw new InvalidInput(
            "--ran %s=%d: %d is not among --executors".formatted(e.getKey(), n, n));
      }
      StoredSweep sweep = sweeps.find(e.getKey());
      int replicates = replicates(sweep, spec);
      if (replicates != spec.replicates() && replicates != (long) spec.replicates() * n) {
        throw new InvalidInput(
            "--ran %s=%d: the sweep %s has %d replicates; %d are strong scaling, and %d weak"
                .formatted(
                    e.getKey(),
                    n,
                    sweep.id(),
                    replicates,
                    spec.replicates(),
                    (long) spec.replicates() * n));
      }
      if (new MeasuredRuns(runs).of(n, replicates).isPresent()) {
        throw new InvalidInput(
            "--ran %s=%d: another sweep with %d replicates ran on as many; give one of them"
                .formatted(e.getKey(), n, replicates));
      }
      runs.add(new Run(n, replicates, seconds(tables, sweep, n * (long) executorCores)));
    }
    MeasuredRuns all = new MeasuredRuns(runs);
    if (!runs.isEmpty() && all.of(1, spec.replicates()).isEmpty()) {
      throw new InvalidInput(
          "--ran needs a sweep that ran on 1 executor, such as --ran %s=1: efficiency is over it"
              .formatted(spec.name()));
    }
    return all;
  }

  /** The run on so many executors with so many replicates. */
  public Optional<Run> of(int executors, int replicates) {
    return runs.stream()
        .filter(r -> r.executors() == executors && r.replicates() == replicates)
        .findFirst();
  }

  /** Replicates a second of a run, over those of the run on one executor. */
  public double speedup(Run run) {
    double alone =
        runs.stream()
            .filter(r -> r.executors() == 1)
            .findFirst()
            .orElseThrow()
            .replicatesPerSecond();
    return run.replicatesPerSecond() / alone;
  }

  /** Replicates of a sweep that is like the spec in all but these, its name, and its seeds. */
  private static int replicates(StoredSweep sweep, SweepSpec spec) {
    SweepSpec stored = sweep.spec();
    DataSpec data = stored.data();
    SweepSpec alike =
        new SweepSpec(
            spec.name(),
            // Data without a seed of their own are drawn or divided by the sweep's seed.
            new DataSpec(
                data.source(),
                data.task(),
                data.scale(),
                data.holdout(),
                spec.data().seed(),
                data.limit()),
            stored.space(),
            spec.replicates(),
            spec.seed(),
            stored.limits(),
            stored.examination(),
            spec.arithmetic());
    if (!EffectiveSpec.yaml(alike).equals(EffectiveSpec.yaml(spec))) {
      throw new InvalidInput(
          "--ran %s: the sweep differs from %s in more than name, replicates and seeds"
              .formatted(sweep.id(), spec.name()));
    }
    return stored.replicates();
  }

  /** Seconds from the submission of the sweep's job to the end of its last trial. */
  private static double seconds(Warehouse tables, StoredSweep sweep, long cores)
      throws IOException {
    if (sweep.record().finished() == null) {
      throw new InvalidInput(
          "--ran %s: the sweep is not complete; run it first".formatted(sweep.id()));
    }
    DoubleSummaryStatistics busy = new DoubleSummaryStatistics();
    DoubleSummaryStatistics end = new DoubleSummaryStatistics();
    new TrialReader(tables)
        .forEach(
            sweep.id(),
            t -> {
              double trial = t.times().load() + t.times().train() + t.times().examine();
              busy.accept(trial);
              end.accept(t.times().queue() + trial);
            });
    if (!(busy.getSum() <= cores * end.getMax())) {
      throw new InvalidInput(
          "--ran %s: its trials took %.1f core-seconds, more than %d cores have in the %.1f s that it took; it ran on more, or was interrupted and resumed"
              .formatted(sweep.id(), busy.getSum() / 1e3, cores, end.getMax() / 1e3));
    }
    return end.getMax() / 1e3;
  }
}
