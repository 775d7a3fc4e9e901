package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.DESCENT_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.DESCENT_DIST;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.VerdictRule;

/**
 * A descent from the point itself within the ball, until it has gained the largest of the decreases
 * that matter to the rule, or none of them is within reach that it has not gained: descent_dec.
 */
record BallDescent(Point point, VerdictRule rule) implements Measurement {
  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    double[] marks = Arrays.stream(rule.descentMarks(known)).map(point::above).sorted().toArray();
    double most = marks[marks.length - 1];
    double dec = 0;
    double distance = 0;
    if (Vectors.norm(point.slope()) > 0) {
      Walk walk = walk(marks, new Recheck(point, most));
      dec = Math.max(point.gain(walk), 0);
      distance = point.ball().distance(walk.d());
    }
    e.put(DESCENT_DEC, dec / point.range());
    e.put(DESCENT_DIST, distance);
    e.put(DESCENT_COMPLETE, !(dec > most));
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
