package org.saddlemap.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.saddlemap.record.CurvePoint;

/** Keeps of a training run what {@link Trajectory} holds, in bounded space. */
final class Recorder {
  private static final int WINDOWS = 400;
  private static final int POINTS = 64;
  private static final int SPACED_SNAPSHOTS = 5;
  private static final int LAST_SNAPSHOTS = 4;

  private final int budget;
  private final double[] sums;
  private final int[] counts;
  private final int[] logged;
  private final int[] snapshotAfter;
  private final List<CurvePoint> curve = new ArrayList<>();
  private final List<double[]> snapshots = new ArrayList<>();
  private int window;
  private int nextLogged;
  private int nextSnapshot;
  private double previous = Double.NaN;
  private Trajectory.Peak peak = Trajectory.Peak.NONE;
  private double up;
  private double down;

  Recorder(int budget) {
    this.budget = budget;
    int windows = Math.min(budget, WINDOWS);
    this.sums = new double[windows];
    this.counts = new int[windows];
    this.logged = logged(budget);
    this.snapshotAfter = snapshotAfter(budget);
  }

  /** Steps 0 and budget − 1, and log-spaced ones between: all where there are few. Ascending. */
  static int[] logged(int budget) {
    int[] steps = new int[Math.min(budget, POINTS)];
    double last = StrictMath.log(budget);
    int n = 0;
    for (int i = 0; i < POINTS && n < steps.length; i++) {
      int step = (int) Math.min(budget - 1, Math.round(StrictMath.expm1(last * i / (POINTS - 1))));
      if (n == 0 || step > steps[n - 1]) {
        steps[n++] = step;
      }
    }
    return Arrays.copyOf(steps, n);
  }

  /** Five steps evenly over the last tenth, and the last four; ascending. */
  static int[] snapshotAfter(int budget) {
    TreeSet<Integer> steps = new TreeSet<>();
    int tenth = Math.max(1, budget / 10);
    for (int i = 0; i < SPACED_SNAPSHOTS; i++) {
      steps.add(budget - tenth + (int) Math.round(tenth * (i + 1.0) / (SPACED_SNAPSHOTS + 1)));
    }
    for (int i = 0; i < LAST_SNAPSHOTS; i++) {
      steps.add(budget - i);
    }
    return steps.stream().mapToInt(Integer::intValue).filter(s -> s > 0).toArray();
  }

  /** Takes the loss that step {@code step} (from 0) saw, later than those before. */
  void loss(int step, double loss) {
    while ((window + 1L) * budget <= (long) step * sums.length) {
      window++;
    }
    sums[window] += loss;
    counts[window]++;
    peak = peak.or(loss, step);
    if (step > budget / 2) {
      double change = loss - previous;
      if (change > 0) {
        up += change;
      } else {
        down -= change;
      }
    }
    previous = loss;
  }

  /** Whether step {@code step} (from 0) belongs on the curve. */
  boolean wants(int step) {
    return nextLogged < logged.length && logged[nextLogged] == step;
  }

  void point(CurvePoint point) {
    curve.add(point);
    nextLogged++;
  }

  /** Whether θ is wanted after so many steps. */
  boolean wantsSnapshot(int steps) {
    return nextSnapshot < snapshotAfter.length && snapshotAfter[nextSnapshot] == steps;
  }

  void snapshot(double[] theta) {
    snapshots.add(theta);
    nextSnapshot++;
  }

  double[] history() {
    double[] history = new double[sums.length];
    int n = 0;
    for (int i = 0; i < sums.length; i++) {
      if (counts[i] > 0) {
        history[n++] = sums[i] / counts[i];
      }
    }
    return Arrays.copyOf(history, n);
  }

  Trajectory.Peak peak() {
    return peak;
  }

  double oscillation() {
    return up + down > 0 ? up / (up + down) : 0;
  }

  List<CurvePoint> curve() {
    return curve;
  }

  List<double[]> snapshots() {
    return snapshots;
  }
}
