package org.saddlemap.examine;

import org.saddlemap.curvature.LossSurface;
import org.saddlemap.train.Trajectory;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;

/** Takes next budgets for others than the examiner. */
public final class NextBudgets {
  private NextBudgets() {}

  /** Asks the trajectory's continuation for all that an examination could ask it for. */
  public static void takeWhole(Trajectory trajectory, LossSurface all) {
    NextBudget next =
        new NextBudget(
            trajectory,
            all,
            trajectory.steps(),
            () -> trajectory.snapshots().stream().mapToDouble(all::value).toArray());
    Evidence.Builder e = new Evidence.Builder();
    do {
      next.advance(e, 1);
    } while (!e.build().is(Measure.NEXT_COMPLETE));
  }
}
