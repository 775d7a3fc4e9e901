package org.saddlemap.schedule;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.saddlemap.data.Dataset;
import org.saddlemap.record.Build;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.run.Engine;
import org.saddlemap.run.SharedWork;
import org.saddlemap.run.TrialRunner;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Evidence;

/** The work of a real sweep, whose trials the worker's {@link TrialRunner} trains and examines. */
public final class TrialWork implements Work {
  private static final long serialVersionUID = 1L;

  private final String effectiveSpec;
  private final Dataset data;
  private transient SweepSpec spec;
  private transient SharedWork shared;

  /**
   * @param effectiveSpec as {@link org.saddlemap.spec.EffectiveSpec} writes it
   */
  public TrialWork(String effectiveSpec, Dataset data) {
    this.effectiveSpec = effectiveSpec;
    this.data = data;
  }

  @Override
  public synchronized SweepSpec spec() {
    if (spec == null) {
      spec = SpecReader.read(effectiveSpec, "the effective spec");
    }
    return spec;
  }

  /** What all tasks of this process share. */
  private synchronized SharedWork shared() {
    if (shared == null) {
      shared = new SharedWork(spec(), data);
    }
    return shared;
  }

  @Override
  public TrialId id(Trial trial) {
    return TrialContext.of(spec(), data.fingerprint(), Engine.version(spec().arithmetic()))
        .id(trial.configuration(), trial.replicate());
  }

  @Override
  public TrialRecord lost(Trial trial, String reason) {
    return new TrialRecord(
        id(trial),
        trial,
        TrialStatus.FAILED,
        Optional.empty(),
        Evidence.NONE,
        Optional.empty(),
        Times.NONE,
        Optional.of(new TrialRecord.Failure(reason, "")),
        List.of(),
        List.of(),
        new Provenance(
            Build.version(),
            Engine.version(spec().arithmetic()),
            System.getProperty("java.version"),
            System.getProperty("os.name") + " " + System.getProperty("os.arch"),
            "unknown",
            1,
            "unknown"));
  }

  @Override
  public Trials open(int threads) {
    TrialRunner runner = new TrialRunner(shared(), Engine.start(threads, spec().arithmetic()));
    return new Trials() {
      @Override
      public TrialRecord run(Trial trial, double queueMillis, BooleanSupplier stopped) {
        return runner.run(trial, queueMillis, stopped);
      }

      @Override
      public void close() {
        runner.close();
      }
    };
  }
}
