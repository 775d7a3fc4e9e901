package org.saddlemap.schedule;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.saddlemap.data.Dataset;
import org.saddlemap.record.Build;
import org.saddlemap.record.Provenance;
import org.saddlemap.run.TrialRunner;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.train.BlasRuntime;

/** A sweep's trials as they are: trained and examined by the worker's {@link TrialRunner}. */
public final class TrialWork implements Work {
  /**
   * Version of the numerical engine: to be raised whenever the same spec and data would give other
   * numbers, so that old and new results do not mix in one sweep.
   */
  public static final String ENGINE = "1";

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
    return new TrialRunner(spec(), data, provenance(BlasRuntime.start(threads)))::run;
  }

  /** What results of this process come from. */
  public static Provenance provenance(BlasRuntime blas) {
    return new Provenance(
        Build.version(),
        ENGINE,
        Runtime.version().toString(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        blas.text(),
        blas.threads(),
        host());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown"; // a machine that cannot resolve its own name still trains
    }
  }
}
