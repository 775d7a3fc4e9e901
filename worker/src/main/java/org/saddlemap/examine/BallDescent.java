package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.DESCENT_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.DESCENT_DIST;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import java.util.random.RandomGenerator;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.VerdictRule;

/**
 * A descent from the point itself within the ball, until it has gained the largest of the decreases
 * that matter to the rule, or none of them is within reach that it has not gained: descent_dec.
 */
record BallDescent(Point point, VerdictRule rule) implements Measurement {
  /** Quasi-Newton steps after a walk that has shown something, and not enough. */
  private static final int FURTHER = 60;

  /** Where so many steps gain less than one part in so many of what is missing, they end. */
  private static final int STRETCH = 10;

  private static final int HOPELESS = 20;

  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    double[] marks = Arrays.stream(rule.descentMarks(known)).map(point::above).sorted().toArray();
    double most = marks[marks.length - 1];
    double dec = 0;
    double distance = 0;
    if (Vectors.norm(point.slope()) > 0) {
      Walk walk = walk(marks, new Recheck(point, most));
      dec = Math.max(point.gain(walk), 0);
      if (dec > marks[0] && dec < most) {
        Walk further = further(walk, most);
        double more = point.gain(further);
        if (more > dec) {
          dec = more;
          walk = further;
        }
      }
      distance = point.ball().distance(walk.d());
    }
    e.put(DESCENT_DEC, dec / point.range());
    e.put(DESCENT_DIST, distance);
    e.put(DESCENT_COMPLETE, !(dec > most));
  }

  /** Where a slope has given something, it may give more for long. */
  private Walk further(Walk walk, double most) {
    QuasiNewton end =
        QuasiNewton.descend(
            point.surface(), point, walk.d(), FURTHER, new Pace(point.loss() - most));
    return new Walk(end.loss(), end.d());
  }

  /** Ends a descent that is low enough, or at whose pace it will not be. */
  private static final class Pace implements DoublePredicate {
    private final double lowEnough;
    private double before = Double.POSITIVE_INFINITY;
    private int steps;

    Pace(double lowEnough) {
      this.lowEnough = lowEnough;
    }

    @Override
    public boolean test(double loss) {
      boolean hopeless = false;
      if (steps++ % STRETCH == 0) {
        hopeless = before - loss < (loss - lowEnough) / HOPELESS;
        before = loss;
      }
      return hopeless || loss < lowEnough;
    }
  }

  private Walk walk(double[] marks, Recheck recheck) {
    return Walk.fromThePoint(
        point,
        new StiffSpace(point.spaces().longest()),
        recheck.unless(
            (dec, more) ->
                Arrays.stream(marks).noneMatch(mark -> dec < mark && dec + more >= mark)
                    && (!recheck.rechecked() || dec + more < recheck.needed())));
  }
}
