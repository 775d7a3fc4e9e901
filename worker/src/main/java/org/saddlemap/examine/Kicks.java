package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.HO_CLIMB;
import static org.saddlemap.verdict.Measure.HO_COMPLETE;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.HO_DIST;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.VerdictRule;

/**
 * Small kicks in the kernel of H, each followed by a descent that must not climb much: ho_dec.
 *
 * @param eps decrease, in G, that is nothing
 */
record Kicks(Point point, VerdictRule rule, double eps) implements Measurement {
  /** Sizes in units of r, and starts of each. */
  private static final double[] SIZES = {0.03, 0.3};

  private static final int STARTS = 4;

  /** Share of a threshold below which a walk's gain gives no hope. */
  private static final double HOPELESS = 0.25;

  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    StiffSpace stiff = new StiffSpace(point.spaces().fromRandom());
    double enough = point.above(rule.kicksDown(known));
    double best = 0;
    double bestClimb = 0;
    double bestDistance = 0;
    boolean sufficed = false;
    for (double size : SIZES) {
      double most = 0;
      // Where two starts of a size find next to nothing, the other two are not tried.
      for (int k = 0; k < STARTS && !sufficed && (k < 2 || most > HOPELESS * enough); k++) {
        double[] d = Vectors.gaussian(point.theta().length, random);
        stiff.remove(d);
        if (Vectors.norm(d) < 1e-9) {
          continue;
        }
        d = Vectors.scaled(d, size * point.ball().radius() / point.ball().distance(d));
        // A way down may climb by a tenth of what it gains.
        double climb = point.valueAt(d) - point.loss();
        Walk walk = walk(d, stiff, enough, Math.max(enough, 10 * climb));
        double dec = point.gain(walk);
        most = Math.max(most, dec);
        if (dec > best && climb <= 0.1 * dec + 1e-12 * point.range()) {
          best = dec;
          bestClimb = climb;
          bestDistance = point.ball().distance(walk.d());
        }
        sufficed = best > enough;
      }
      if (best > eps * point.range()) {
        break;
      }
    }
    e.put(HO_DEC, best / point.range());
    e.put(HO_CLIMB, bestClimb / point.range());
    e.put(HO_DIST, bestDistance);
    e.put(HO_COMPLETE, !sufficed);
  }

  private Walk walk(double[] from, StiffSpace stiff, double enough, double goal) {
    Recheck recheck = new Recheck(point, goal);
    return Walk.besideThePoint(
        point,
        from,
        Optional.of(stiff),
        recheck.unless(
            (dec, more) -> dec + more < (recheck.rechecked() ? recheck.needed() : enough)));
  }
}
