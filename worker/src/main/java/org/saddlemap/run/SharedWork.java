package org.saddlemap.run;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.ExaminedRows;
import org.saddlemap.examine.Start;
import org.saddlemap.network.Network;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Parametrization;
import org.saddlemap.spec.SweepSpec;

/**
 * What the trials of a sweep have in common in one process, computed once: the training rows in
 * float64, what initial weights are like, from which all trials start that differ in the training
 * alone, and trials whose steps clipping did not touch. Thread-safe.
 */
public final class SharedWork {
  /** So many initial weights are remembered: a few kB each. */
  private static final int REMEMBERED = 256;

  private final SweepSpec spec;
  private final Dataset data;
  private final Map<Loss, ExaminedRows> rows = new ConcurrentHashMap<>();

  private final UnclippedRuns unclipped = new UnclippedRuns();

  private final Map<InitialWeights, InitialLook> looks = new Recent<>(REMEMBERED);

  /**
   * All that initial weights, and the objective there, depend on within a sweep, and whether their
   * sharpness is wanted.
   */
  record InitialWeights(
      Network network,
      Initializer initializer,
      Parametrization parametrization,
      int replicate,
      double l2,
      boolean sharpness) {}

  /**
   * What they are like.
   *
   * @param sharpness λmax of the Hessian; NaN where it is not wanted, or the loss is not finite
   */
  record InitialLook(Start start, double sharpness) {}

  public SharedWork(SweepSpec spec, Dataset data) {
    this.spec = spec;
    this.data = data;
  }

  SweepSpec spec() {
    return spec;
  }

  Dataset data() {
    return data;
  }

  ExaminedRows rows(Loss loss) {
    return rows.computeIfAbsent(loss, l -> ExaminedRows.of(data, l, spec.examination()));
  }

  UnclippedRuns unclipped() {
    return unclipped;
  }

  /** The look at these weights; where it is not known, taken by {@code look}, perhaps at twice. */
  InitialLook look(InitialWeights weights, Supplier<InitialLook> look) {
    synchronized (looks) {
      InitialLook known = looks.get(weights);
      if (known != null) {
        return known;
      }
    }
    InitialLook taken = look.get();
    synchronized (looks) {
      looks.put(weights, taken);
    }
    return taken;
  }
}
