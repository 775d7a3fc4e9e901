package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.SEARCH_CLIMB;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SEARCH_DIST;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.Lanczos;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.VerdictRule;

/**
 * A last search of the ball, before it is said that nothing there leads down: descents from the
 * point, from both ends of the lowest directions of curvature, and from kicks, and relative steps
 * that may climb. It stops where one has gained enough: search_dec.
 */
record LastSearch(Point point, VerdictRule rule) implements Measurement {
  /** Directions of lowest curvature that are followed. */
  private static final int DIRECTIONS = 2;

  @Override
  public void advance(Evidence known, Evidence.Builder e, RandomGenerator random) {
    Surroundings.Found found =
        new Surroundings(point, point.above(rule.lowerGround(known)))
            .search(lowestDirections(), random);
    e.put(SEARCH_DEC, found.decrease() / point.range());
    e.put(SEARCH_CLIMB, found.climb() / point.range());
    e.put(SEARCH_DIST, point.ball().distance(found.d()));
  }

  private List<double[]> lowestDirections() {
    Lanczos space = point.spaces().fromRandom();
    List<double[]> directions = new ArrayList<>();
    for (int i = 0; i < Math.min(DIRECTIONS, space.pairs().size()); i++) {
      directions.add(space.vector(i));
    }
    return directions;
  }
}
