package org.saddlemap.verdict;

import static org.saddlemap.verdict.Measure.ATTAINED;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.BOUNCE;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DESCENT_COMPLETE;
import static org.saddlemap.verdict.Measure.DESCENT_DEC;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.HO_COMPLETE;
import static org.saddlemap.verdict.Measure.HO_DEC;
import static org.saddlemap.verdict.Measure.LATE_LOSS;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NC_BOTH;
import static org.saddlemap.verdict.Measure.NC_COMPLETE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.P_COMPLETE;
import static org.saddlemap.verdict.Measure.P_ETA;
import static org.saddlemap.verdict.Measure.RAW_AVAIL;
import static org.saddlemap.verdict.Measure.RAW_LOSS;
import static org.saddlemap.verdict.Measure.SEARCH_CLIMB;
import static org.saddlemap.verdict.Measure.SEARCH_DEC;
import static org.saddlemap.verdict.Measure.SENS_COMPLETE;
import static org.saddlemap.verdict.Measure.SENS_MIN;
import static org.saddlemap.verdict.Measure.SETTLED_LOSS;
import static org.saddlemap.verdict.Measure.SETTLE_MOVE;
import static org.saddlemap.verdict.Measure.SPREAD;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

/** Evidence of a point that is half-way down, and of points that differ from it. */
final class HalfwayEvidence {
  private HalfwayEvidence() {}

  /**
   * Half-way down from 2 towards a lower bound of 0; the best constant has 1. Everything a probe
   * could bring says "nothing there".
   */
  static Evidence.Builder halfway() {
    return new Evidence.Builder()
        .put(NONFINITE, false)
        .put(STOCHASTIC, false)
        .put(START_LOSS, 2)
        .put(F_BASE, 1)
        .put(F_LB, 0)
        .put(ATTAINED, true)
        .put(LOSS_RANGE, 1)
        .put(LOSS, 0.5)
        .put(GAP, 0.5)
        .put(HISTORY_POINTS, 200)
        .put(TAIL_MEDIAN, 0.5)
        .put(TREND, -0.1)
        .put(TREND_T, -20)
        .put(OSCILLATION, 0)
        .put(DEAD_SHARE, 0)
        .put(PHI1, 0.5)
        .put(AVAIL, 0.1)
        .put(AVAIL_COMPLETE, true)
        .put(NEG_G, 0)
        .put(NC_DEC, 0)
        .put(NC_BOTH, -1)
        .put(NC_COMPLETE, true)
        .put(DESCENT_DEC, 0)
        .put(DESCENT_COMPLETE, true)
        .put(HO_DEC, 0)
        .put(HO_COMPLETE, true)
        .put(SEARCH_DEC, 0)
        .put(SEARCH_CLIMB, 0)
        .put(SENS_MIN, 0.1)
        .put(SENS_COMPLETE, true)
        .put(LATE_LOSS, 0.5)
        .put(BOUNCE, 0.01)
        .put(FLOOR, 0.01)
        .put(SETTLE_MOVE, 0.1)
        .put(SPREAD, 0.1)
        .put(SETTLED_LOSS, 0.49)
        .put(P_ETA, 0.1)
        .put(P_COMPLETE, true)
        .put(NEXT_GAIN, 0.1)
        .put(NEXT_DEAD_SHARE, 1)
        .put(NEXT_COMPLETE, true);
  }

  /** Half-way down, with some measures changed; what settled keeps the old point's. */
  static Evidence with(String changes) {
    Evidence.Builder b = halfway();
    if (changes.contains("SETTLED=1")) {
      b.put(RAW_LOSS, 0.5).put(RAW_AVAIL, 0.1);
    }
    for (String change : changes.strip().split(" ", -1)) {
      String[] parts = change.split("=", 2);
      b.put(Measure.valueOf(parts[0]), Double.parseDouble(parts[1]));
    }
    return b.build();
  }
}
