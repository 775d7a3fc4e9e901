package org.saddlemap.schedule;

import java.util.function.BooleanSupplier;
import org.saddlemap.data.Dataset;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.run.Engine;
import org.saddlemap.run.TrialRunner;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.Trial;

/** A sweep's trials as they are: trained and examined by the worker's {@link TrialRunner}. */
public final class TrialWork implements Work {
  private static final long serialVersionUID = 1L;

  private final String effectiveSpec;
  private final Dataset data;
  private transient SweepSpec spec;

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

  @Override
  public Trials open(int threads) {
    TrialRunner runner = new TrialRunner(spec(), data, Engine.start(threads));
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
