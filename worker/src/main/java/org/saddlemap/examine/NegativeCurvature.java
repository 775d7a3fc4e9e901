package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.KRYLOV_PRODUCTS;
import static org.saddlemap.verdict.Measure.KW_TOL99;
import static org.saddlemap.verdict.Measure.LAMBDA_MAX;
import static org.saddlemap.verdict.Measure.LAMBDA_MIN;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_COMPLETE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NC_DIST;
import static org.saddlemap.verdict.Measure.NC_RATIO;
import static org.saddlemap.verdict.Measure.RAYLEIGH;
import static org.saddlemap.verdict.Measure.RAYLEIGH_RAW;
import static org.saddlemap.verdict.Measure.RESIDUAL_MAX;
import static org.saddlemap.verdict.Measure.RESIDUAL_MIN;

import java.util.Optional;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.HessianOperator;
import org.saddlemap.curvature.KuczynskiWozniakowski;
import org.saddlemap.curvature.Lanczos;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.RitzPairs;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.VerdictRule;

/**
 * The search for negative curvature, and the walk along what it finds: where a promising direction
 * turns up early, at once; in the end, any.
 */
final class NegativeCurvature implements Measurement {
  /** A certificate of negative curvature needs so much of λmax. */
  private static final double CERTIFICATE = 1e-7;

  /** Differences of the loss below this share of it are rounding. */
  private static final double ROUNDING = 1e-13;

  /**
   * Larger networks stop the search after so many products where none is in sight that could matter
   * within the ball; kw_tol99 says what that certifies.
   */
  private static final int LARGE = 2000;

  private static final int ENOUGH_PRODUCTS = 20;

  private final Point point;
  private final KrylovSpaces spaces;
  private final VerdictRule rule;
  private double walkedValue = Double.NaN;

  NegativeCurvature(Point point, VerdictRule rule) {
    this.point = point;
    this.spaces = point.spaces();
    this.rule = rule;
  }

  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    double enough = point.above(rule.curvesDown(known, true));
    Lanczos space = spaces.fromRandom(point, random);
    do {
      space.advanceTo(Stages.CURVATURE.after(space.steps()));
    } while (!searched(enough) && !promising(enough));
    RitzPairs pairs = space.pairs();
    int products = space.steps();
    e.put(LAMBDA_MAX, spaces.largest());
    e.put(LAMBDA_MIN, pairs.smallest());
    e.put(RESIDUAL_MIN, pairs.residuals()[0]);
    e.put(RESIDUAL_MAX, pairs.residuals()[pairs.size() - 1]);
    e.put(KRYLOV_PRODUCTS, products);
    e.put(
        KW_TOL99,
        space.exhausted()
            ? 0
            : KuczynskiWozniakowski.tolerance(point.theta().length, products, 0.01));
    if (walked()) {
      e.put(NC_COMPLETE, searched(enough));
    } else {
      double oneSided = point.above(rule.curvesDown(known, false));
      certify(e, known.get(AVAIL), enough, oneSided);
      walkedValue = spaces.lowest().pairs().smallest();
    }
  }

  /** Whether the lowest Ritz vector is (nearly) the one that was walked before, to no avail. */
  private boolean walked() {
    double lowest = spaces.lowest().pairs().smallest();
    return Math.abs(lowest - walkedValue) <= 0.05 * Math.abs(lowest);
  }

  /** Whether the search has done what it is to do. */
  private boolean searched(double enough) {
    Lanczos space = spaces.fromRandom();
    return space.complete()
        || (point.theta().length > LARGE && space.steps() >= ENOUGH_PRODUCTS && !promising(enough));
  }

  /** Whether the lowest Ritz value could already be worth something within the ball. */
  private boolean promising(double enough) {
    double lowest = spaces.lowest().pairs().smallest();
    if (!(lowest < -CERTIFICATE * spaces.magnitude()) || walked()) {
      return false;
    }
    double reach = point.ball().radius() / point.ball().distance(spaces.lowest().vector(0));
    return 0.5 * -lowest * reach * reach >= 0.3 * enough;
  }

  /**
   * Walks the better way along the lowest Ritz vector, where one leads down.
   *
   * @param avail that is known of the point
   * @param enough what a way must be worth that leads down on both sides
   * @param oneSided what one must be worth that does on one
   */
  private void certify(Evidence.Builder e, double avail, double enough, double oneSided) {
    double[] v = spaces.lowest().vector(0);
    v = Vectors.scaled(v, 1 / Vectors.norm(v));
    double magnitude = spaces.magnitude();
    double rayleigh = spaces.lowest().pairs().smallest();
    if (point.full().isEmpty() || rayleigh < -CERTIFICATE * magnitude) {
      LossSurface all = point.all();
      all.moveTo(point.theta());
      double[] hv = new double[v.length];
      HessianOperator.scaled(all, point.scale()).apply(v, hv);
      rayleigh = Vectors.dot(v, hv);
    }
    double[] unscaled = Vectors.times(point.scale(), v);
    e.put(RAYLEIGH, rayleigh);
    e.put(RAYLEIGH_RAW, rayleigh / Vectors.dot(unscaled, unscaled));
    e.put(NC_RATIO, rayleigh / magnitude);
    e.put(NC_BOTH, 0);
    e.put(NC_DEC, 0);
    e.put(NC_DIST, 0);
    e.put(NC_COMPLETE, searched(enough));
    if (!(rayleigh < -CERTIFICATE * magnitude)) {
      return;
    }
    Sides sides = Sides.of(point, v, rayleigh);
    e.put(NC_BOTH, sides.both() / point.range());
    if (sides.start().isEmpty()) {
      return;
    }
    // On one side alone it may be the slope that leads down, which must be worth more to count.
    double counts = sides.both() > 0 ? enough : oneSided;
    Walk walk = walk(sides.start().get(), 10 * avail * point.range(), new Recheck(point, counts));
    double dec = Math.max(point.gain(walk), 0);
    e.put(NC_DEC, dec / point.range());
    e.put(NC_DIST, point.ball().distance(walk.d()));
    e.put(NC_COMPLETE, searched(enough) && !(dec > counts));
  }

  /**
   * What leads down beside the point along a direction.
   *
   * @param both decrease that both sides reach at one distance; hardly above 0 where rounding hides
   *     it, and the slope is nothing beside the curvature
   * @param start the lowest place that was seen; empty where none is below the point
   */
  private record Sides(double both, Optional<double[]> start) {
    static Sides of(Point point, double[] v, double rayleigh) {
      double[] u = Vectors.scaled(v, 1 / point.ball().distance(v));
      double both = 0;
      double best = 0;
      double[] bothAt = null;
      double[] from = null;
      for (int i = 0; i < 9; i++) {
        double x = 1e-3 * StrictMath.pow(0.5 * point.ball().radius() / 1e-3, i / 8.0);
        double[] plus = Vectors.scaled(u, x);
        double[] minus = Vectors.scaled(u, -x);
        double ahead = point.loss() - point.valueAt(plus);
        double behind = point.loss() - point.valueAt(minus);
        if (Math.min(ahead, behind) > both) {
          both = Math.min(ahead, behind);
          bothAt = plus;
        }
        if (Math.max(ahead, behind) > best) {
          best = Math.max(ahead, behind);
          from = ahead > behind ? plus : minus;
        }
      }
      if (point.full().isPresent() && bothAt != null) {
        both =
            point.loss()
                - Math.max(
                    point.fullValueAt(bothAt), point.fullValueAt(Vectors.scaled(bothAt, -1)));
      }
      double rounding = ROUNDING * Math.abs(point.loss());
      if (both <= rounding) {
        // The slope is held against the curvature at 0.1 % of the radius's unit.
        double odd =
            Math.abs(Vectors.dot(point.slope(), v)) / (-rayleigh * 1e-3 / point.ball().distance(v));
        both = odd < 1e-3 && best > rounding ? 1e-300 * point.range() : 0;
      }
      return new Sides(both, Optional.ofNullable(from));
    }
  }

  /** Walks on until all is known that the rule compares the decrease with. */
  private Walk walk(double[] from, double weak, Recheck recheck) {
    return Walk.besideThePoint(
        point,
        from,
        Optional.empty(),
        recheck.unless(
            (dec, more) -> dec + more < recheck.needed() && (dec > weak || dec + more < weak)));
  }
}
