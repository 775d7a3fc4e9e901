package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.F_REACH;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.PHI1;

/**
 * How high a loss stands above its bound, and what a decrease must be worth there, all in units of
 * the loss range G.
 */
record Levels(Evidence e, Thresholds t) {
  /** A plateau is so many times eps above its bound, and its ball offers at most so much. */
  static final double HIGH = 10;

  /** A point is an optimum where a descent in its ball gains up to so many times eps. */
  static final double STILL_OPTIMUM = 1.5;

  /** Distance from the bound that holds for any function of the inputs. */
  double gap(double loss) {
    return (loss - e.get(F_LB)) / e.get(LOSS_RANGE);
  }

  /** Distance from the bound that an optimum must reach, within the output's range. */
  double height(double loss) {
    double bound = Math.max(e.get(F_LB), e.getOr(F_REACH, Double.NEGATIVE_INFINITY));
    return (loss - bound) / e.get(LOSS_RANGE);
  }

  /** Of the judged point. */
  double height() {
    return height(e.get(LOSS));
  }

  /** Above this height, a point that is no optimum may be a plateau. */
  double high() {
    return HIGH * t.eps();
  }

  /** What a descent in the ball of a point that is not high may gain, and it be an optimum. */
  double allowedToOptimum() {
    return STILL_OPTIMUM * t.eps();
  }

  /** What a descent in the ball of a plateau may gain. */
  double allowedToPlateau() {
    return Math.min(high(), t.slow() * height());
  }

  /** A layer that matters no more than this does not matter. */
  double insensitive() {
    return t.epsFlat() * Math.min(1, height());
  }

  /** What a way along negative curvature must be worth; on one side alone it may be the slope. */
  double curvesDown(boolean both) {
    return Math.max(both ? t.epsFlat() : lowerGround(), alreadyOffered());
  }

  /** What a way down after a kick must be worth. */
  double kicksDown() {
    return Math.max(t.eps(), alreadyOffered());
  }

  /** What lower ground in the ball must gain; near its bound a trial may creep a little more. */
  double lowerGround() {
    return height() > high() ? t.eps() : allowedToOptimum();
  }

  /** Whether a slope is known that a way down must be worth more than to be news. */
  boolean slopes() {
    return e.get(AVAIL) > t.eps()
        && height() > high()
        && e.get(PHI1) <= t.epsSlope()
        && e.getOr(DESCENT_DEC, Double.POSITIVE_INFINITY) <= allowedToPlateau();
  }

  /** What the gradient itself offers, and three times that where it promises nothing. */
  private double alreadyOffered() {
    if (slopes()) {
      return Math.max(allowedToPlateau(), e.get(DESCENT_DEC));
    }
    return e.get(AVAIL) > t.eps() ? 0 : 3 * e.get(AVAIL);
  }
}
