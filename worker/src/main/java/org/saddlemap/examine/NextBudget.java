package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.NEXT_COMPLETE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NEXT_OUTLOOK;
import static org.saddlemap.verdict.Measure.NEXT_STEPS;
import static org.saddlemap.verdict.Measure.P_MEASURED;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.train.Trajectory;
import org.saddlemap.verdict.Evidence;

/**
 * What the trial's own next budget brings, by taking it: the optimizer goes on from its own state
 * and batches, in stages, and the objective on all rows is compared before and after. Where the
 * steps wobble, means over late iterates are compared, and what counts is the gain beyond twice the
 * standard error of their difference. A budget that takes but a moment is taken in one stage.
 */
final class NextBudget {
  /** Ends of the stages, as shares of the budget. */
  private static final double[] STAGES = {0.05, 0.25, 1};

  /** Iterates that a mean is taken over, and of a budget that takes but a moment. */
  private static final int ITERATES = 9;

  private static final int MANY = 36;

  /** The part of a stage that they spread over; of a whole budget its last tenth. */
  private static final double LATE = 0.4;

  private static final double LAST = 0.1;

  /** Steps wobble where more than this share of the variation of their loss goes upward. */
  private static final double UPWARD = 0.2;

  /** What the biases alone promise of a whole budget, in G, and it is not worth taking. */
  private static final double NOTHING = 1e-4;

  private final Trajectory trajectory;
  private final LossSurface all;
  private final int budget;
  private final boolean wobbles;
  private final boolean brief;
  private final Supplier<double[]> late;
  private Level before;
  private int stage;
  private int taken;
  private double first;
  private double[] at;

  /**
   * @param all rows
   * @param budget steps
   * @param late losses on all rows at the trajectory's snapshots, one at least
   */
  NextBudget(Trajectory trajectory, LossSurface all, int budget, Supplier<double[]> late) {
    this.trajectory = trajectory;
    this.all = all;
    this.budget = budget;
    this.late = late;
    this.brief = trajectory.steps() > 0 && trajectory.continuation().brief(budget);
    this.wobbles = trajectory.stochastic() || trajectory.oscillation() > UPWARD;
  }

  /** A mean loss, and the variance of that mean. */
  private record Level(double mean, double variance) {
    static Level of(double[] losses) {
      double mean = 0;
      for (double l : losses) {
        mean += l / losses.length;
      }
      double squares = 0;
      for (double l : losses) {
        squares += (l - mean) * (l - mean);
      }
      int n = losses.length;
      return new Level(mean, n > 1 ? squares / (n - 1) / n : 0);
    }
  }

  /** Whether it is one of steps that were seen and takes but a moment: then it is not predicted. */
  boolean brief() {
    return brief;
  }

  /**
   * Takes the next stage: next_gain, a lower bound until the whole budget was taken, and
   * next_outlook.
   */
  void advance(Evidence.Builder e, double range) {
    if (before == null) {
      before = wobbles ? Level.of(late.get()) : new Level(all.value(trajectory.last()), 0);
    }
    double share = brief ? 1 : STAGES[stage];
    int to = Math.max((int) Math.round(share * budget), taken + 1);
    Level after = level(wobbles ? late(to) : List.of(goTo(to)));
    stage++;
    e.put(P_MEASURED, true);
    e.put(NEXT_STEPS, taken);
    if (!Double.isFinite(after.mean())) { // it overflows on the way
      e.put(NEXT_GAIN, 0);
      e.put(NEXT_OUTLOOK, Double.NEGATIVE_INFINITY);
      e.put(NEXT_COMPLETE, true);
      return;
    }
    double noise = 2 * Math.sqrt(before.variance() + after.variance());
    double gain = before.mean() - after.mean();
    boolean idle = stands() && beyond(gain, noise) * budget / taken <= NOTHING * range;
    boolean complete = stage == STAGES.length || taken >= budget || idle;
    e.put(NEXT_GAIN, Math.max(gain - noise, 0) / range);
    e.put(NEXT_OUTLOOK, outlook(gain, noise) / range);
    if (stage == 1) {
      first = gain;
    }
    e.put(NEXT_COMPLETE, complete);
  }

  /** Parameters after the steps that were taken. */
  double[] reached() {
    return at;
  }

  /**
   * Gain of the whole budget at the pace of the steps taken, less its noise whichever its sign. A
   * gain that has grown since the first stage by more than the steps have is taken for a(qᵗ − 1),
   * as on the way out of a saddle; NaN where nothing is known, as after the first stage.
   */
  private double outlook(double gain, double noise) {
    if (taken >= budget) {
      return beyond(gain, noise);
    }
    if (stage < 2) {
      return Double.NaN;
    }
    // A budget is counted in units of the first stage; n units gain Σ qⁱ over i < n times a first.
    double n = STAGES[stage - 1] / STAGES[0];
    double whole = 1 / STAGES[0];
    if (gain <= noise) {
      // Extrapolates the pace since the first stage, in which the noise of the start cancels.
      return beyond(gain + (whole - n) / (n - 1) * (gain - first), noise);
    }
    if (!(first > 0)) {
      return Double.NaN;
    }
    double low = 1;
    double high = Math.max(1, StrictMath.pow(gain / first, 1 / (n - 1)));
    while (high - low > 1e-12 * high) {
      double q = (low + high) / 2;
      if (geometric(q, n) * first < gain) {
        low = q;
      } else {
        high = q;
      }
    }
    return beyond(gain * geometric(high, whole) / geometric(high, n), noise);
  }

  /** Σ qⁱ over i < n. */
  private static double geometric(double q, double n) {
    return q - 1 < 1e-9 ? n : StrictMath.expm1(n * StrictMath.log(q)) / (q - 1);
  }

  private static double beyond(double gain, double noise) {
    return Math.signum(gain) * Math.max(Math.abs(gain) - noise, 0);
  }

  /**
   * Whether no weight matrix has changed by a single bit. Then their gradients are exactly 0 and
   * will remain so, whatever the biases do; what these gain, they alone have to.
   */
  private boolean stands() {
    return all.weightBlocks().stream()
        .allMatch(
            w ->
                Arrays.equals(
                    trajectory.last(),
                    w.from(),
                    w.from() + w.length(),
                    at,
                    w.from(),
                    w.from() + w.length()));
  }

  private List<double[]> late(int to) {
    int steps = to - taken;
    int most = brief ? MANY : ITERATES;
    double span = to >= budget ? LAST * budget : LATE * steps;
    int apart = Math.max(1, (int) (span / most));
    int count = Math.min(most, steps);
    List<double[]> iterates = new ArrayList<>();
    for (int i = count - 1; i >= 0; i--) {
      int at = to - i * apart;
      if (at > taken) {
        iterates.add(goTo(at));
      }
    }
    return iterates;
  }

  private double[] goTo(int step) {
    at = trajectory.continuation().advance(step - taken);
    taken = step;
    return at;
  }

  private Level level(List<double[]> iterates) {
    return Level.of(iterates.stream().mapToDouble(all::value).toArray());
  }
}
