package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.AVAIL_PRODUCTS;
import static org.saddlemap.verdict.Measure.CURV_G;
import static org.saddlemap.verdict.Measure.DESCENT_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.DESCENT_DIST;
import static org.saddlemap.verdict.Measure.EIGENVALUE_MAX;
import static org.saddlemap.verdict.Measure.EIGENVALUE_MIN;
import static org.saddlemap.verdict.Measure.FLAT_G;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.GRADIENT_NORM;
import static org.saddlemap.verdict.Measure.HO_CLIMB;
import static org.saddlemap.verdict.Measure.HO_COMPLETE;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.HO_DIST;
import static org.saddlemap.verdict.Measure.KRYLOV_PRODUCTS;
import static org.saddlemap.verdict.Measure.KW_TOL99;
import static org.saddlemap.verdict.Measure.LAMBDA_MAX;
import static org.saddlemap.verdict.Measure.LAMBDA_MIN;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_COMPLETE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NC_DIST;
import static org.saddlemap.verdict.Measure.NC_RATIO;
import static org.saddlemap.verdict.Measure.NEGATIVE_EIGENVALUES;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.P_MEASURED;
import static org.saddlemap.verdict.Measure.RADIUS;
import static org.saddlemap.verdict.Measure.RAYLEIGH;
import static org.saddlemap.verdict.Measure.RAYLEIGH_RAW;
import static org.saddlemap.verdict.Measure.RESIDUAL_MAX;
import static org.saddlemap.verdict.Measure.RESIDUAL_MIN;
import static org.saddlemap.verdict.Measure.SEARCH_CLIMB;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SEARCH_DIST;
import static org.saddlemap.verdict.Measure.SENS_COMPLETE;
import static org.saddlemap.verdict.Measure.SENS_LAYER;
import static org.saddlemap.verdict.Measure.SENS_MIN;
import static org.saddlemap.verdict.Measure.ZERO_EIGENVALUES;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.ExactSpectrum;
import org.saddlemap.curvature.HessianOperator;
import org.saddlemap.curvature.KuczynskiWozniakowski;
import org.saddlemap.curvature.Lanczos;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.RitzPairs;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Thresholds;

/**
 * One point of a loss surface under examination. Each method measures something, or something
 * further, and puts it into the evidence; Krylov spaces grow from call to call.
 */
final class Point implements AutoCloseable {
  private static final int[] GRADIENT_STAGES = {2, 4, 6, 8, 12, 20, 30};
  private static final int[] CURVATURE_STAGES = {5, 10, 20, 40, 60};

  /** A certificate of negative curvature needs so much of λmax. */
  private static final double CERTIFICATE = 1e-7;

  /** Differences of the loss below this share of it are rounding. */
  private static final double ROUNDING = 1e-13;

  /** A settling step goes along Ritz values above so much of the largest. */
  private static final double SETTLING = 1e-6;

  /** Settling steps, and radii that they may travel in all. */
  private static final int ROUNDS = 6;

  /**
   * A settling step is known where so much more of what it promises would come of more products.
   */
  private static final double SETTLED = 1e-3;

  /** Share of a threshold below which a walk's gain gives no hope. */
  private static final double HOPELESS = 0.25;

  /**
   * Larger networks stop the search for negative curvature after so many products where none is in
   * sight that could matter within the ball; kw_tol99 says what that certifies.
   */
  private static final int LARGE = 2000;

  private static final int ENOUGH_PRODUCTS = 20;

  private final LossSurface surface;
  private final Optional<LossSurface> full;
  private final Thresholds thresholds;
  private final double[] theta;
  private final double[] scale;
  private final double[] gradient;
  private final double[] slope;
  private final double loss;
  private final double range;
  private final Ball ball;

  private double lastQuadrature = Double.NaN;
  private double walkedValue = Double.NaN;
  private Lanczos fromSlope;
  private Lanczos fromRandom;
  private Lanczos fromGradient;

  /**
   * @param surface whose value and gradient at {@code theta} are {@code loss} and {@code gradient}
   * @param full all rows, where the surface's curvature is that of a subset
   */
  Point(
      LossSurface surface,
      Optional<LossSurface> full,
      Thresholds thresholds,
      double[] theta,
      double loss,
      double[] gradient) {
    this.surface = surface;
    this.full = full;
    this.thresholds = thresholds;
    this.theta = theta;
    this.loss = loss;
    this.gradient = gradient;
    this.scale = new double[theta.length];
    surface.scale(theta, scale);
    this.slope = Flat.times(scale, gradient);
    this.range = surface.base() - surface.lowerBound();
    this.ball = new Ball(surface.blocks(), radius(surface.layers()));
  }

  /** r = min(0.3, 2^(1/L) − 1): so much in all L layers together at most doubles the signal. */
  static double radius(int layers) {
    return Math.min(0.3, StrictMath.pow(2, 1.0 / layers) - 1);
  }

  double[] theta() {
    return theta;
  }

  double loss() {
    return loss;
  }

  double[] gradient() {
    return gradient;
  }

  /** Relative distance to other parameters. */
  double distance(double[] other) {
    return ball.distance(Flat.relative(other, theta, scale));
  }

  private double valueAt(double[] d) {
    return surface.value(Flat.moved(theta, scale, d));
  }

  /** What costs nothing more. */
  void describe(Evidence.Builder e) {
    e.put(LOSS, loss);
    e.put(GAP, (loss - surface.lowerBound()) / range);
    e.put(PENALTY_SHARE, loss > 0 ? surface.penalty(theta) / loss : 0);
    e.put(GRADIENT_NORM, Flat.norm(gradient));
    e.put(RADIUS, ball.radius());
    e.put(PHI1, ball.firstOrder(slope) / range);
  }

  /** Takes the Krylov space of the scaled gradient a stage further: avail and its like. */
  void availableDecrease(Evidence.Builder e) {
    if (Flat.norm(slope) == 0) {
      e.put(AVAIL, 0);
      e.put(AVAIL_PRODUCTS, 0);
      e.put(AVAIL_COMPLETE, true);
      e.put(CURV_G, 0);
      e.put(FLAT_G, 1);
      e.put(NEG_G, 0);
      return;
    }
    surface.moveTo(theta);
    if (fromSlope == null) {
      fromSlope =
          Lanczos.from(HessianOperator.scaled(surface, scale), slope, last(GRADIENT_STAGES));
    }
    fromSlope.advanceTo(next(GRADIENT_STAGES, fromSlope.steps()));
    if (fromSlope.steps() == 0) {
      throw new ArithmeticException("Cannot examine: H·∇f is not finite where the loss is");
    }
    RitzPairs pairs = fromSlope.pairs();
    double[] w = pairs.weights(fromSlope.startNorm());
    double magnitude = pairs.magnitude();
    double total = 0;
    double curvature = 0;
    double flat = 0;
    double negative = 0;
    for (int i = 0; i < w.length; i++) {
      double value = pairs.values()[i];
      total += w[i];
      curvature += w[i] * value;
      flat += Math.abs(value) <= 1e-4 * magnitude ? w[i] : 0;
      negative += value < -1e-4 * magnitude ? w[i] : 0;
    }
    double quadrature = Spectral.newtonDecrement(pairs.values(), w);
    boolean converged =
        fromSlope.steps() >= 8
            && quadrature <= 0.1 * thresholds.eps() * range
            && Math.abs(quadrature - lastQuadrature) <= 0.02 * quadrature;
    lastQuadrature = quadrature;
    double decrement =
        fromSlope.complete() || converged
            ? quadrature
            : 0.5 * pairs.inverseAbsoluteBound(fromSlope.startNorm());
    e.put(AVAIL, Math.min(decrement, room()) / range);
    e.put(AVAIL_PRODUCTS, fromSlope.steps());
    e.put(AVAIL_COMPLETE, fromSlope.complete() || converged);
    e.put(CURV_G, curvature / total);
    e.put(FLAT_G, flat / total);
    e.put(NEG_G, negative / total);
  }

  /** A decrease that is more than so much of the range, whichever way it rounds. */
  private double above(double share) {
    return share * range * (1 + 1e-9);
  }

  private double room() {
    return Math.max(loss - surface.lowerBound(), 0);
  }

  private static int next(int[] stages, int taken) {
    for (int s : stages) {
      if (s > taken) {
        return s;
      }
    }
    return last(stages);
  }

  private static int last(int[] stages) {
    return stages[stages.length - 1];
  }

  /**
   * Takes the search for negative curvature a stage further, and walks what it finds: where a
   * promising direction turns up early, at once; in the end, any.
   *
   * @param avail that is known of the point
   * @param worth what a way down must be worth that leads down on both sides, in G
   * @param oneSided what one must be worth that does on one
   */
  void negativeCurvature(
      Evidence.Builder e, double avail, double worth, double oneSided, RandomGenerator random) {
    surface.moveTo(theta);
    if (fromRandom == null) {
      fromRandom =
          Lanczos.random(HessianOperator.scaled(surface, scale), random, last(CURVATURE_STAGES));
    }
    double enough = above(worth);
    fromRandom.advanceTo(next(CURVATURE_STAGES, fromRandom.steps()));
    while (!searched(enough) && !promising(enough)) {
      fromRandom.advanceTo(next(CURVATURE_STAGES, fromRandom.steps()));
    }
    RitzPairs pairs = fromRandom.pairs();
    int top = pairs.size() - 1;
    int products = fromRandom.steps();
    e.put(
        LAMBDA_MAX, Math.max(pairs.largest(), fromSlope == null ? 0 : fromSlope.pairs().largest()));
    e.put(LAMBDA_MIN, pairs.smallest());
    e.put(RESIDUAL_MIN, pairs.residuals()[0]);
    e.put(RESIDUAL_MAX, pairs.residuals()[top]);
    e.put(KRYLOV_PRODUCTS, products);
    e.put(
        KW_TOL99,
        fromRandom.exhausted() ? 0 : KuczynskiWozniakowski.tolerance(theta.length, products, 0.01));
    if (walked()) {
      e.put(NC_COMPLETE, searched(enough));
    } else {
      certify(e, avail, enough, above(oneSided));
      walkedValue = lowest().pairs().smallest();
    }
  }

  /** Whether the lowest Ritz vector is (nearly) the one that was walked before, to no avail. */
  private boolean walked() {
    double lowest = lowest().pairs().smallest();
    return Math.abs(lowest - walkedValue) <= 0.05 * Math.abs(lowest);
  }

  /** Whether the search for negative curvature has done what it is to do. */
  private boolean searched(double enough) {
    if (fromRandom.complete()) {
      return true;
    }
    return theta.length > LARGE && fromRandom.steps() >= ENOUGH_PRODUCTS && !promising(enough);
  }

  private Lanczos lowest() {
    return fromSlope != null && fromSlope.pairs().smallest() < fromRandom.pairs().smallest()
        ? fromSlope
        : fromRandom;
  }

  private double magnitude() {
    double m = Math.max(fromRandom.pairs().magnitude(), 1e-300);
    return fromSlope == null ? m : Math.max(m, fromSlope.pairs().largest());
  }

  /** Whether the lowest Ritz value could already be worth something within the ball. */
  private boolean promising(double enough) {
    double lowest = lowest().pairs().smallest();
    if (!(lowest < -CERTIFICATE * magnitude()) || walked()) {
      return false;
    }
    double reach = ball.radius() / ball.distance(lowest().vector(0));
    return 0.5 * -lowest * reach * reach >= 0.3 * enough;
  }

  /** The better way along the lowest Ritz vector is walked, where one leads down. */
  private void certify(Evidence.Builder e, double avail, double enough, double oneSided) {
    double[] v = lowest().vector(0);
    double norm = Flat.norm(v);
    v = Flat.scaled(v, 1 / norm);
    double rayleigh = lowest().pairs().smallest();
    if (full.isEmpty() || rayleigh < -CERTIFICATE * magnitude()) {
      LossSurface all = full.orElse(surface);
      all.moveTo(theta);
      double[] hv = new double[v.length];
      HessianOperator.scaled(all, scale).apply(v, hv);
      rayleigh = Flat.dot(v, hv);
    }
    double raw = rayleigh / square(Flat.times(scale, v));
    e.put(RAYLEIGH, rayleigh);
    e.put(RAYLEIGH_RAW, raw);
    e.put(NC_RATIO, rayleigh / magnitude());
    e.put(NC_BOTH, 0);
    e.put(NC_DEC, 0);
    e.put(NC_DIST, 0);
    e.put(NC_COMPLETE, searched(enough));
    if (!(rayleigh < -CERTIFICATE * magnitude())) {
      return;
    }
    double[] u = Flat.scaled(v, 1 / ball.distance(v));
    double both = 0;
    double best = 0;
    double[] bothAt = null;
    double[] from = null;
    for (int i = 0; i < 9; i++) {
      double x = 1e-3 * StrictMath.pow(0.5 * ball.radius() / 1e-3, i / 8.0);
      double[] plus = Flat.scaled(u, x);
      double[] minus = Flat.scaled(u, -x);
      double down = loss - valueAt(plus);
      double up = loss - valueAt(minus);
      if (Math.min(down, up) > both) {
        both = Math.min(down, up);
        bothAt = plus;
      }
      if (Math.max(down, up) > best) {
        best = Math.max(down, up);
        from = down > up ? plus : minus;
      }
    }
    if (full.isPresent() && bothAt != null) {
      both = loss - Math.max(fullValue(bothAt), fullValue(Flat.scaled(bothAt, -1)));
    }
    if (both <= ROUNDING * Math.abs(loss)) {
      // Slope against curvature at 0.1 % of the radius's unit.
      double odd = Math.abs(Flat.dot(slope, v)) / (-rayleigh * 1e-3 / ball.distance(v));
      both = odd < 1e-3 && best > ROUNDING * Math.abs(loss) ? 1e-300 * range : 0;
    }
    e.put(NC_BOTH, both / range);
    if (from == null) {
      return;
    }
    double weak = 10 * avail * range;
    // On one side alone it may be the slope that leads down, which must be worth more to count.
    double counts = both > 0 ? enough : oneSided;
    Recheck recheck = new Recheck(counts);
    Walk walk =
        walk(
            from,
            null,
            new Walk.Goal() {
              @Override
              public boolean reached(double f, double[] d) {
                return recheck.holds(loss - f, d);
              }

              @Override
              public boolean beyondReach(double f, double more) {
                double dec = loss - f;
                return dec + more < recheck.needed() && (dec > weak || dec + more < weak);
              }
            });
    double dec = Math.max(loss - fullLoss(walk), 0);
    e.put(NC_DEC, dec / range);
    e.put(NC_DIST, ball.distance(walk.d()));
    e.put(NC_COMPLETE, searched(enough) && !(dec > counts));
  }

  private static double square(double[] v) {
    return Flat.dot(v, v);
  }

  private double fullValue(double[] d) {
    return full.isPresent() ? full.get().value(Flat.moved(theta, scale, d)) : valueAt(d);
  }

  private double fullLoss(Walk walk) {
    return full.isPresent() ? fullValue(walk.d()) : walk.loss();
  }

  /**
   * Whether a walk went down far enough, on all rows too: what a subset promises may be the doing
   * of a few of its rows, and then the walk goes on.
   */
  private final class Recheck {
    private final double goal;
    private double needed;

    Recheck(double goal) {
      this.goal = goal;
      this.needed = goal;
    }

    /** The decrease that the walk has to show on the examined rows, as far as is known. */
    double needed() {
      return needed;
    }

    /** Whether all rows were asked, and said no. */
    boolean rechecked() {
      return needed > goal;
    }

    boolean holds(double decrease, double[] d) {
      if (!(decrease > needed)) {
        return false;
      }
      if (full.isEmpty()) {
        return true;
      }
      double real = loss - fullValue(d);
      // Proportionally further, and far enough that rechecks stay few.
      needed = decrease * Math.max(1.3, goal / Math.max(real, 0));
      return real > goal;
    }
  }

  private Walk walk(double[] from, StiffSpace stiff, Walk.Goal goal) {
    return Walk.descend(surface, theta, scale, from, ball, stiff, goal);
  }

  /**
   * A descent from the point itself within the ball, until it has gained the largest of some
   * decreases, or none of them is within reach that it has not gained.
   *
   * @param marks decreases that matter, in G, ascending
   */
  void descent(Evidence.Builder e, double... marks) {
    double dec = 0;
    double distance = 0;
    double most = above(marks[marks.length - 1]);
    if (Flat.norm(slope) > 0) {
      Recheck recheck = new Recheck(most);
      Walk walk =
          Walk.fromThePoint(
              surface,
              theta,
              scale,
              ball,
              new StiffSpace(longest()),
              new Walk.Goal() {
                @Override
                public boolean reached(double f, double[] d) {
                  return recheck.holds(loss - f, d);
                }

                @Override
                public boolean beyondReach(double f, double more) {
                  double so = loss - f;
                  for (double mark : marks) {
                    if (so < above(mark) && so + more >= above(mark)) {
                      return false;
                    }
                  }
                  return !recheck.rechecked() || so + more < recheck.needed();
                }
              });
      dec = Math.max(loss - fullLoss(walk), 0);
      distance = ball.distance(walk.d());
    }
    e.put(DESCENT_DEC, dec / range);
    e.put(DESCENT_DIST, distance);
    e.put(DESCENT_COMPLETE, !(dec > most));
  }

  /**
   * A last search of the ball, before it is said that nothing there leads down: descents from the
   * point, from both ends of the lowest directions of curvature, and from kicks, and relative steps
   * that may climb. It stops where one has gained enough.
   *
   * @param enough decrease, in G
   */
  void surroundings(Evidence.Builder e, double enough, RandomGenerator random) {
    Surroundings.Found found =
        new Surroundings(surface, full, theta, scale, ball, loss, above(enough))
            .search(lowestDirections(), random);
    e.put(SEARCH_DEC, found.decrease() / range);
    e.put(SEARCH_CLIMB, found.climb() / range);
    e.put(SEARCH_DIST, ball.distance(found.d()));
  }

  private List<double[]> lowestDirections() {
    List<double[]> directions = new ArrayList<>();
    for (int i = 0; i < Math.min(2, fromRandom.pairs().size()); i++) {
      directions.add(fromRandom.vector(i));
    }
    return directions;
  }

  private Lanczos longest() {
    return fromRandom != null && (fromSlope == null || fromRandom.steps() > fromSlope.steps())
        ? fromRandom
        : fromSlope;
  }

  /**
   * Small kicks in the kernel of H, each followed by a descent that must not climb much.
   *
   * @param worth what a way down must be worth, in G
   */
  void higherOrder(Evidence.Builder e, double worth, RandomGenerator random) {
    StiffSpace stiff = new StiffSpace(fromRandom);
    double enough = above(worth);
    double best = 0;
    double bestClimb = 0;
    double bestDistance = 0;
    boolean sufficed = false;
    for (double kick : new double[] {0.03, 0.3}) {
      double most = 0;
      // Two starts of a size that find next to nothing speak for the other two.
      for (int k = 0; k < 4 && !sufficed && (k < 2 || most > HOPELESS * enough); k++) {
        double[] d = Flat.gaussian(theta.length, random);
        stiff.remove(d);
        if (Flat.norm(d) < 1e-9) {
          continue;
        }
        d = Flat.scaled(d, kick * ball.radius() / ball.distance(d));
        double climb = valueAt(d) - loss;
        Recheck recheck = new Recheck(Math.max(enough, 10 * climb));
        Walk walk =
            walk(
                d,
                stiff,
                new Walk.Goal() {
                  @Override
                  public boolean reached(double f, double[] to) {
                    return recheck.holds(loss - f, to);
                  }

                  @Override
                  public boolean beyondReach(double f, double more) {
                    return loss - f + more < (recheck.rechecked() ? recheck.needed() : enough);
                  }
                });
        double dec = loss - fullLoss(walk);
        most = Math.max(most, dec);
        if (dec > best && climb <= 0.1 * dec + 1e-12 * range) {
          best = dec;
          bestClimb = climb;
          bestDistance = ball.distance(walk.d());
        }
        sufficed = best > enough;
      }
      if (best > thresholds.eps() * range) {
        break;
      }
    }
    e.put(HO_DEC, best / range);
    e.put(HO_CLIMB, bestClimb / range);
    e.put(HO_DIST, bestDistance);
    e.put(HO_COMPLETE, !sufficed);
  }

  /**
   * Moves each weight matrix by 10 % in random directions, until one does not matter.
   *
   * @param level change of the loss that does not, in G
   */
  void sensitivity(Evidence.Builder e, double level, RandomGenerator random) {
    double smallest = Double.POSITIVE_INFINITY;
    int layer = 0;
    boolean flat = false;
    for (int l = 0; l < surface.weightBlocks().size() && !flat; l++) {
      LossSurface.Block block = surface.weightBlocks().get(l);
      double largest = 0;
      // A layer that matters a hundred times too much to be flat needs no further directions.
      for (int k = 0; k < 3 && largest < 100 * level; k++) {
        double[] d = new double[theta.length];
        double sum = 0;
        for (int i = block.from(); i < block.from() + block.length(); i++) {
          d[i] = random.nextGaussian();
          sum += d[i] * d[i];
        }
        double unit = 0.1 * Math.sqrt(block.length()) / Math.sqrt(sum);
        for (double sign : new double[] {unit, -unit}) {
          double change = Math.abs(valueAt(Flat.scaled(d, sign)) - loss) / range;
          largest = Double.isNaN(change) ? Double.POSITIVE_INFINITY : Math.max(largest, change);
        }
      }
      if (largest < smallest) {
        smallest = largest;
        layer = l + 1;
      }
      flat = largest <= level;
    }
    e.put(SENS_MIN, smallest);
    e.put(SENS_LAYER, layer);
    e.put(SENS_COMPLETE, !flat || layer == surface.weightBlocks().size());
  }

  /** Takes the Krylov space of the raw gradient a stage further: p_eta as plain steps would be. */
  void progress(Evidence.Builder e, double eta, int steps) {
    e.put(P_MEASURED, false);
    if (Flat.norm(gradient) == 0) {
      e.put(P_ETA, 0);
      e.put(P_COMPLETE, true);
      return;
    }
    growRaw(next(GRADIENT_STAGES, fromGradient == null ? 0 : fromGradient.steps()));
    RitzPairs pairs = fromGradient.pairs();
    double rate = Math.min(eta, 1.9 / Math.max(pairs.magnitude(), 1e-300));
    double gain =
        Spectral.gradientDescent(
            pairs.values(), pairs.weights(fromGradient.startNorm()), rate, steps, room());
    e.put(P_ETA, gain / range);
    e.put(P_COMPLETE, fromGradient.complete());
  }

  private void growRaw(int products) {
    surface.moveTo(theta);
    if (fromGradient == null) {
      fromGradient = Lanczos.from(HessianOperator.raw(surface), gradient, last(GRADIENT_STAGES));
    }
    fromGradient.advanceTo(products);
  }

  /** All eigenvalues of H; one product a parameter. */
  void exactSpectrum(Evidence.Builder e) {
    surface.moveTo(theta);
    ExactSpectrum s = ExactSpectrum.of(HessianOperator.raw(surface));
    e.put(EIGENVALUE_MIN, s.smallest());
    e.put(EIGENVALUE_MAX, s.largest());
    e.put(NEGATIVE_EIGENVALUES, s.negative());
    e.put(ZERO_EIGENVALUES, s.zero());
  }

  /**
   * Where noise and oscillation settle: up to {@value #ROUNDS} Krylov–Newton steps, and as many
   * radii, on positive Ritz values alone, which take them off the stiff directions without
   * travelling along flat or negatively curved ones. Loss and gradient are those of all rows, so
   * that no step leads up.
   */
  double[] settle() {
    LossSurface all = full.orElse(surface);
    double[] t = theta.clone();
    double f = loss;
    double[] s = slope.clone();
    double left = ROUNDS * ball.radius();
    for (int round = 0; round < ROUNDS && left > 0; round++) {
      if (round > 0) {
        all.gradient(t, s);
        for (int i = 0; i < s.length; i++) {
          s[i] *= scale[i];
        }
      }
      if (Flat.norm(s) == 0) {
        break;
      }
      double[] d = settlingStep(t, s);
      if (d == null) {
        break;
      }
      double reach = ball.distance(d);
      if (reach > left) {
        d = Flat.scaled(d, left / reach);
      }
      double descent = Flat.dot(d, s);
      double[] to = null;
      double low = f;
      double taken = 0;
      double a = 1;
      for (int attempt = 0; attempt < 12; attempt++) {
        double[] candidate = Flat.moved(t, scale, Flat.scaled(d, a));
        double fn = all.value(candidate);
        if (to != null && !(fn < low)) {
          break; // the longer step was better
        }
        if (Double.isFinite(fn) && fn <= f + 1e-4 * a * descent) {
          to = candidate;
          low = fn;
          taken = a;
        }
        a *= 0.5;
      }
      if (to == null) {
        break;
      }
      left -= taken * Math.min(reach, left);
      boolean settled = f - low <= 0.01 * thresholds.eps() * range;
      t = to;
      f = low;
      if (settled) {
        break;
      }
    }
    return t;
  }

  /** −Σ over positive Ritz values of v (vᵀs)/θ; null where settled, or where there are none. */
  private double[] settlingStep(double[] t, double[] s) {
    surface.moveTo(t);
    try (Lanczos lanczos =
        Lanczos.from(HessianOperator.scaled(surface, scale), s, last(GRADIENT_STAGES))) {
      double promise = Double.NaN;
      boolean converged = false;
      while (!converged) {
        lanczos.advanceTo(next(GRADIENT_STAGES, lanczos.steps()));
        if (lanczos.steps() == 0) {
          return null;
        }
        double before = promise;
        promise = promise(lanczos);
        converged =
            lanczos.complete()
                || (lanczos.steps() >= 12 && Math.abs(promise - before) <= SETTLED * promise);
      }
      RitzPairs pairs = lanczos.pairs();
      double[] w = pairs.weights(lanczos.startNorm());
      if (Spectral.newtonDecrement(pairs.values(), w) / range <= 0.01 * thresholds.eps()) {
        return null;
      }
      int m = pairs.size();
      double[] c = new double[m];
      boolean any = false;
      for (int i = 0; i < m; i++) {
        double value = pairs.values()[i];
        if (value > SETTLING * pairs.magnitude()) {
          any = true;
          double along = -lanczos.startNorm() * pairs.first(i) / value;
          double[] y = pairs.coefficients(i);
          for (int j = 0; j < m; j++) {
            c[j] += along * y[j];
          }
        }
      }
      return any ? lanczos.combine(c) : null;
    }
  }

  /** What a step on the positive Ritz values gains in the quadratic model. */
  private static double promise(Lanczos lanczos) {
    RitzPairs pairs = lanczos.pairs();
    double[] w = pairs.weights(lanczos.startNorm());
    double sum = 0;
    for (int i = 0; i < w.length; i++) {
      if (pairs.values()[i] > SETTLING * pairs.magnitude()) {
        sum += 0.5 * w[i] / pairs.values()[i];
      }
    }
    return sum;
  }

  @Override
  public void close() {
    for (Lanczos l : new Lanczos[] {fromSlope, fromRandom, fromGradient}) {
      if (l != null) {
        l.close();
      }
    }
  }
}
