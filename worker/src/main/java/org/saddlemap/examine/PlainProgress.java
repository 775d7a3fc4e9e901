package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.P_MEASURED;

import java.util.random.RandomGenerator;
import org.saddlemap.curvature.Lanczos;
import org.saddlemap.curvature.RitzPairs;
import org.saddlemap.verdict.Evidence;

/**
 * What as many plain steps again would gain by the local quadratic: p_eta.
 *
 * @param rate of the trial
 * @param steps of its budget
 */
record PlainProgress(Point point, double rate, int steps) implements Measurement {
  /** Rates above 2/λmax diverge on a quadratic; the surface itself bounces instead. */
  private static final double STABLE = 1.9;

  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    e.put(P_MEASURED, false);
    if (Vectors.norm(point.gradient()) == 0) {
      e.put(P_ETA, 0);
      e.put(P_COMPLETE, true);
      return;
    }
    Lanczos space = point.spaces().fromGradient(point);
    space.advanceTo(Stages.GRADIENT.after(space.steps()));
    RitzPairs pairs = space.pairs();
    double stable = Math.min(rate, STABLE / Math.max(pairs.magnitude(), 1e-300));
    double gain =
        Spectral.gradientDescent(
            pairs.values(), pairs.weights(space.startNorm()), stable, steps, point.room());
    e.put(P_ETA, gain / point.range());
    e.put(P_COMPLETE, space.complete());
  }
}
