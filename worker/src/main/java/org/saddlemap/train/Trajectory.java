package org.saddlemap.train;

import java.util.List;
import java.util.OptionalInt;
import org.saddlemap.network.Network;
import org.saddlemap.record.CurvePoint;

/**
 * What is left of a training run for the examination and the record.
 *
 * @param initial θ before the first step
 * @param last θ after the last
 * @param steps taken
 * @param budget steps allowed
 * @param learningRate η, on which warm-up and schedule put their factors
 * @param nextRate that of the step that would follow the last
 * @param decayed share of a weight that weight decay beside the objective would have taken away by
 *     itself over the last half of the steps
 * @param stochastic whether steps saw mini-batches
 * @param plain whether steps near the end were plain gradient steps, and so would those of another
 *     budget be: SGD at one rate that stays, without dropout, and no clipping in the last tenth
 * @param clippedSteps steps whose gradient was clipped
 * @param history losses that the steps saw, evenly spaced from start to end: means over equal
 *     windows of consecutive steps, at most some 400 windows, each of one step where there are
 *     fewer; not finite values never stand here
 * @param peak the largest finite loss that a single step saw
 * @param oscillation over the last half of the steps, the share of the loss's variation between
 *     consecutive steps that goes upward; 0 without variation
 * @param snapshots θ at about five evenly spaced steps of the last tenth and after the last four
 *     steps
 * @param curve log-spaced steps, bounded in number
 * @param nonfiniteStep the step after which something was first not finite, from 1; 0 is the
 *     initial state
 * @param nonfiniteLayer layer, from 1 at the input, that was first not finite there
 * @param continuation goes on training where this ended, with the optimizer's state and the next
 *     batches
 */
@SuppressWarnings("ArrayRecordComponent") // parameter vectors; never compared
public record Trajectory(
    Network network,
    double[] initial,
    double[] last,
    int steps,
    int budget,
    double learningRate,
    double nextRate,
    double decayed,
    boolean stochastic,
    boolean plain,
    int clippedSteps,
    double[] history,
    Peak peak,
    double oscillation,
    List<double[]> snapshots,
    List<CurvePoint> curve,
    OptionalInt nonfiniteStep,
    OptionalInt nonfiniteLayer,
    Continuation continuation) {
  private static final double MOMENT = 2e8;

  /** What a step costs in any network, in multiplications. */
  private static final double A_STEP = 1e4;

  /**
   * The largest loss of a training run.
   *
   * @param loss NaN where no step saw a finite one
   * @param steps taken before it was first seen
   */
  public record Peak(double loss, int steps) {
    /** Of a run that saw no loss. */
    public static final Peak NONE = new Peak(Double.NaN, 0);

    /** The larger of this and a loss that is seen later; what is not finite does not count. */
    public Peak or(double later, int taken) {
      return Double.isFinite(later) && !(later <= loss) ? new Peak(later, taken) : this;
    }

    /** Of the losses before each step. */
    public static Peak of(double[] losses) {
      Peak peak = NONE;
      for (int i = 0; i < losses.length; i++) {
        peak = peak.or(losses[i], i);
      }
      return peak;
    }
  }

  /** Training that can go on. */
  @FunctionalInterface
  public interface Continuation {
    /** Takes so many more steps and returns the θ that they lead to (perhaps not finite). */
    double[] advance(int steps);

    /**
     * Whether so many steps take but a moment, so that one would rather take than predict them: 2 ·
     * 10⁸ multiplications, some 20 ms.
     */
    default boolean brief(int steps) {
      return false;
    }

    /**
     * The same by what a step is made of.
     *
     * @param rows that a step sees
     */
    static boolean brief(int steps, int parameters, int rows) {
      return steps * (A_STEP + 6.0 * parameters * rows) <= MOMENT;
    }

    /**
     * At least the norm of every gradient, before clipping, that a step of the run was taken along,
     * and of this continuation so far; infinite where one was clipped, or it is not known.
     */
    default double steepest() {
      return Double.POSITIVE_INFINITY;
    }
  }
}
