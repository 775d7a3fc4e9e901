package org.saddlemap.optimize;

import org.saddlemap.space.Configuration;
import org.saddlemap.space.Schedule;

/**
 * The factor on a trial's learning rate at each step: (t + 1)/w in the first w steps, the warm-up
 * (Goyal et al. 2017), then the schedule over the rest of the budget; within [0, 1].
 *
 * @param warmup steps, at most the budget
 * @param budget steps
 */
public record Rates(Schedule schedule, int warmup, int budget) {
  /** Those of a configuration with a budget of so many steps. */
  public static Rates of(Configuration c, int budget) {
    return new Rates(c.schedule(), c.warmup(), budget);
  }

  /**
   * The factor.
   *
   * @param step from 0; perhaps beyond the budget
   */
  public double factor(long step) {
    return step < warmup
        ? (step + 1.0) / warmup
        : schedule.factor(step - warmup, (long) budget - warmup);
  }

  /** Whether it is 1 at each step. */
  public boolean none() {
    return warmup == 0 && stay();
  }

  /** Whether it is 1 at each step beyond the budget. */
  public boolean stay() {
    return schedule instanceof Schedule.Constant;
  }
}
