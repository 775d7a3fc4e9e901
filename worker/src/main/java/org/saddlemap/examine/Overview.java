package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.ATTAINED;
import static org.saddlemap.verdict.Measure.BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.BATCH_STATISTICS;
import static org.saddlemap.verdict.Measure.DEAD_LAYER;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DECAYED;
import static org.saddlemap.verdict.Measure.DISTINCT_UNITS_MIN;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_LAYER;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_STEP;
import static org.saddlemap.verdict.Measure.FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.F_REACH;
import static org.saddlemap.verdict.Measure.GRADIENT_DROP_LAYER;
import static org.saddlemap.verdict.Measure.HISTORY_POINTS;
import static org.saddlemap.verdict.Measure.INITIAL_BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_GRADIENT_DROP_LAYER;
import static org.saddlemap.verdict.Measure.INITIAL_LIVING_LOG10;
import static org.saddlemap.verdict.Measure.INITIAL_PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.INITIAL_SIGNAL_DROP_LAYER;
import static org.saddlemap.verdict.Measure.INPUT_MEAN_MAX;
import static org.saddlemap.verdict.Measure.INPUT_RMS_MAX;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.MASKED;
import static org.saddlemap.verdict.Measure.NEXT_RATE;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.OUTPUT_MAX;
import static org.saddlemap.verdict.Measure.OUTPUT_MIN;
import static org.saddlemap.verdict.Measure.OUT_OF_REACH;
import static org.saddlemap.verdict.Measure.PEAK;
import static org.saddlemap.verdict.Measure.PEAK_STEP;
import static org.saddlemap.verdict.Measure.PLAIN_STEPS;
import static org.saddlemap.verdict.Measure.SATURATED_LAYER;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.SIGNAL_DROP_LAYER;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.TAIL_MEAN;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TARGET_MAX;
import static org.saddlemap.verdict.Measure.TARGET_MIN;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.Preview;
import org.saddlemap.curvature.Signals;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.train.Trajectory;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;

/**
 * What is known before the first probe: what the data say, the levels of the loss, its history, and
 * the signals through the layers.
 */
final class Overview {
  private final LossSurface examined;
  private final LossSurface all;
  private final Start start;
  private final Trajectory trajectory;
  private final List<LayerPoint> layers = new ArrayList<>();

  /**
   * @param all rows; the same surface where they are the examined ones
   */
  Overview(LossSurface examined, LossSurface all, Start start, Trajectory trajectory) {
    this.examined = examined;
    this.all = all;
    this.start = start;
    this.trajectory = trajectory;
  }

  /** Everything that does not depend on where the trial stopped. */
  void describe(Evidence.Builder e) {
    e.put(F_BASE, all.base());
    e.put(F_LB, all.lowerBound());
    e.put(ATTAINED, all.attained());
    e.put(LOSS_RANGE, range());
    all.preview().ifPresent(p -> preview(e, p));
    e.put(STOCHASTIC, trajectory.stochastic());
    e.put(MASKED, trajectory.network().leavesUnitsOut());
    e.put(BATCH_STATISTICS, trajectory.stochastic() && trajectory.network().couplesRows());
    e.put(PLAIN_STEPS, trajectory.plain());
    e.put(NEXT_RATE, trajectory.nextRate());
    e.put(DECAYED, trajectory.decayed());
    e.put(START_LOSS, start.loss());
    e.put(INITIAL_PENALTY_SHARE, start.penaltyShare());
    history(e, range());
    signals(e, start.signals(), true);
    trajectory.nonfiniteStep().ifPresent(step -> e.put(FIRST_NONFINITE_STEP, step));
    trajectory.nonfiniteLayer().ifPresent(layer -> e.put(FIRST_NONFINITE_LAYER, layer));
  }

  /** The signals where the trial stopped. */
  void describeEnd(Evidence.Builder e) {
    signals(e, examined.signals(trajectory.last(), LayerPoint.Moment.FINAL), false);
  }

  /** The largest share of a layer's ReLU units that are off on every examined row. */
  double deadShare(double[] theta) {
    return examined.signals(theta, LayerPoint.Moment.FINAL).deadShare();
  }

  /** G, in units of the loss; 0 where there is nothing to learn. */
  double range() {
    return all.base() - all.lowerBound();
  }

  /** The layers, at each moment that was described. */
  List<LayerPoint> layers() {
    return layers;
  }

  private void history(Evidence.Builder e, double range) {
    double[] losses = trajectory.history();
    History history = new History(losses);
    e.put(HISTORY_POINTS, losses.length);
    if (losses.length == 0) {
      return;
    }
    e.put(TAIL_MEDIAN, history.tailMedian());
    e.put(TAIL_MEAN, history.tailMean());
    e.put(PEAK, trajectory.peak().loss() / Math.max(start.loss(), all.base()));
    e.put(PEAK_STEP, trajectory.peak().steps());
    History.Trend trend = history.trend();
    e.put(TREND, range > 0 ? trend.rise() / range : Double.NaN);
    e.put(TREND_T, trend.t());
    e.put(OSCILLATION, trajectory.oscillation());
  }

  private void signals(Evidence.Builder e, Signals s, boolean initial) {
    layers.addAll(s.layers());
    e.put(initial ? INITIAL_FORWARD_LOG10 : FORWARD_LOG10, s.forwardLog10());
    e.put(initial ? INITIAL_BACKWARD_LOG10 : BACKWARD_LOG10, s.backwardLog10());
    put(e, initial ? INITIAL_SIGNAL_DROP_LAYER : SIGNAL_DROP_LAYER, s.signalDropLayer());
    put(e, initial ? INITIAL_GRADIENT_DROP_LAYER : GRADIENT_DROP_LAYER, s.gradientDropLayer());
    if (initial) {
      e.put(INITIAL_LIVING_LOG10, s.livingLog10());
      e.put(INITIAL_DEAD_SHARE, s.deadShare());
      e.put(INITIAL_SATURATED_SHARE, s.saturatedShare());
      return;
    }
    e.put(DEAD_SHARE, s.deadShare());
    put(e, DEAD_LAYER, s.deadLayer());
    e.put(ACTIVE_SHARE, s.activeShare());
    e.put(SATURATED_SHARE, s.saturatedShare());
    put(e, SATURATED_LAYER, s.saturatedLayer());
    e.put(DISTINCT_UNITS_MIN, s.distinctUnitsMin());
  }

  private void put(Evidence.Builder e, Measure layer, OptionalInt number) {
    e.put(layer, number.isPresent() ? number.getAsInt() : Double.NaN);
  }

  /** What the data say before anything is trained; bounds that do not bind are left out. */
  private void preview(Evidence.Builder e, Preview p) {
    e.put(INPUT_MEAN_MAX, p.inputMean());
    e.put(INPUT_RMS_MAX, p.inputRms());
    e.put(TARGET_MIN, p.targetMin());
    e.put(TARGET_MAX, p.targetMax());
    e.put(OUTPUT_MIN, Double.isInfinite(p.outputMin()) ? Double.NaN : p.outputMin());
    e.put(OUTPUT_MAX, Double.isInfinite(p.outputMax()) ? Double.NaN : p.outputMax());
    e.put(OUT_OF_REACH, p.outOfReach());
    e.put(F_REACH, p.reachable());
  }
}
