package org.saddlemap.examine;

/**
 * Whether a walk went down far enough, on all rows too: what a subset promises may be the doing of
 * a few of its rows, and then the walk goes on.
 */
final class Recheck {
  private final Point point;
  private final double goal;
  private double needed;

  /**
   * @param goal decrease, in units of the loss
   */
  Recheck(Point point, double goal) {
    this.point = point;
    this.goal = goal;
    this.needed = goal;
  }

  /** The decrease that the walk has to show on the examined rows, as far as is known. */
  double needed() {
    return needed;
  }

  /** Whether so much more than a walk has gained, at most, could not matter. */
  interface Hopeless {
    boolean test(double decrease, double more);
  }

  /** The goal of a walk that ends where this holds, or where it is hopeless. */
  Walk.Goal unless(Hopeless hopeless) {
    return new Walk.Goal() {
      @Override
      public boolean reached(double loss, double[] d) {
        return holds(point.loss() - loss, d);
      }

      @Override
      public boolean beyondReach(double loss, double more) {
        return hopeless.test(point.loss() - loss, more);
      }
    };
  }

  /** Whether all rows were asked, and said no. */
  boolean rechecked() {
    return needed > goal;
  }

  private boolean holds(double decrease, double[] d) {
    if (!(decrease > needed)) {
      return false;
    }
    if (point.full().isEmpty()) {
      return true;
    }
    double real = point.loss() - point.fullValueAt(d);
    // The walk goes on proportionally further, and far enough that rechecks stay few.
    needed = decrease * Math.max(1.3, goal / Math.max(real, 0));
    return real > goal;
  }
}
