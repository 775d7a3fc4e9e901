package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.BOUNCE;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.LATE_LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.SETTLED_LOSS;
import static org.saddlemap.verdict.Measure.SETTLE_MOVE;
import static org.saddlemap.verdict.Measure.SPREAD;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.train.Trajectory;
import org.saddlemap.verdict.Evidence;

/** Where the trial was at the end of its steps, which may bounce about something lower. */
final class LateIterates {
  private final LossSurface all;
  private final Trajectory trajectory;
  private Optional<double[]> losses = Optional.empty();

  /**
   * @param all rows
   */
  LateIterates(LossSurface all, Trajectory trajectory) {
    this.all = all;
    this.trajectory = trajectory;
  }

  private List<double[]> iterates() {
    return trajectory.snapshots().isEmpty() ? List.of(trajectory.last()) : trajectory.snapshots();
  }

  /** Losses on all rows, one at least. */
  double[] losses() {
    if (losses.isEmpty()) {
      losses = Optional.of(iterates().stream().mapToDouble(all::value).toArray());
    }
    return losses.get();
  }

  /** Holds their mean loss against the loss at their mean. */
  void bounce(Evidence known, Evidence.Builder e) {
    double mean = Arrays.stream(losses()).average().orElseThrow();
    e.put(LATE_LOSS, mean);
    e.put(BOUNCE, (mean - all.value(Vectors.mean(iterates()))) / known.get(LOSS_RANGE));
  }

  /** Holds them against the point on which they settle. */
  void settle(Evidence known, Evidence.Builder e, Point point, double[] settled) {
    double loss = all.value(settled);
    e.put(SETTLED_LOSS, loss);
    e.put(FLOOR, Math.max(known.get(LATE_LOSS) - loss, 0) / known.get(LOSS_RANGE));
    e.put(SETTLE_MOVE, point.distance(settled));
    e.put(
        SPREAD,
        trajectory.snapshots().stream()
            .mapToDouble(point::distance)
            .max()
            .orElse(Double.POSITIVE_INFINITY));
  }
}
