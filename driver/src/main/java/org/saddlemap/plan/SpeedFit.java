package org.saddlemap.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.saddlemap.record.Outcome;
import org.saddlemap.record.Times;
import org.saddlemap.space.Configuration;

/**
 * Fits a {@link Speed} to the times of trials that ran: least squares of the relative error of each
 * shape's median time, no coefficient below zero. The median, because the first trials of a process
 * run before its code is compiled. What the shapes do not tell apart stays near the speed that it
 * starts from. The {@linkplain Speed#trial fixed time} is no trial's own, and stays.
 */
public final class SpeedFit {
  /** Weight of staying where one was, against one shape's relative error. */
  private static final double INERTIA = 0.03;

  private static final int PASSES = 2_000;
  private static final int ROUNDS = 4;

  private final Samples<List<Double>> training = new Samples<>();
  private final Samples<List<Double>> examination = new Samples<>();
  private final Samples<List<Double>> gradients = new Samples<>();

  /**
   * Adds a completed trial.
   *
   * @param model of its sweep, at any speed
   * @param spent gradients, by its examination
   */
  public void add(
      CostModel model, Configuration configuration, Outcome outcome, Times times, double spent) {
    if (outcome.steps() > 0) {
      add(training, model.stepWork(configuration), times.train() / 1e3 / outcome.steps());
    }
    add(
        examination,
        model.gradientWork(configuration),
        (times.examine() / 1e3 - model.evaluationSeconds(configuration))
            / (spent + CostModel.SHARPNESS_GRADIENTS));
    add(gradients, List.of(1.0, CostModel.doublings(configuration)), spent);
  }

  private static void add(Samples<List<Double>> samples, List<Double> work, double value) {
    if (value > 0) {
      samples.add(work, value);
    }
  }

  /** Number of shapes that the fit rests on. */
  public int shapes() {
    return training.kinds();
  }

  /**
   * @param start where it stays as far as nothing is known
   * @throws IllegalStateException before any trial was added
   */
  public Speed fit(Speed start, String origin) {
    if (examination.size() == 0) {
      throw new IllegalStateException("No trials to fit to");
    }
    List<Double> count =
        leastSquares(
            reduced(gradients, Sample::mean),
            List.of(start.gradients(), start.gradientsPerDoubling()));
    return new Speed(
        origin,
        leastSquares(reduced(training, Sample::median), start.training()),
        leastSquares(reduced(examination, Sample::median), start.examination()),
        count.get(0),
        count.get(1),
        start.trial());
  }

  private static Map<List<Double>, Double> reduced(
      Samples<List<Double>> samples, ToDoubleFunction<Sample> reduction) {
    Map<List<Double>, Double> reduced = new LinkedHashMap<>();
    samples.forEach((work, values) -> reduced.put(work, reduction.applyAsDouble(values)));
    return reduced;
  }

  /**
   * Solves a·x ≈ measured for x ≥ 0 by relative error. The error is taken against the geometric
   * mean of measured and predicted in turn, so that neither half nor double counts more.
   */
  private static List<Double> leastSquares(Map<List<Double>, Double> samples, List<Double> start) {
    List<Double> x = start;
    Map<List<Double>, Double> against = samples;
    for (int round = 0; round < ROUNDS; round++) {
      x = leastSquares(samples, against, start);
      Map<List<Double>, Double> next = new LinkedHashMap<>();
      for (Map.Entry<List<Double>, Double> e : samples.entrySet()) {
        double predicted = CostModel.dot(e.getKey(), x);
        next.put(e.getKey(), Math.sqrt(e.getValue() * Math.max(predicted, e.getValue() / 100)));
      }
      against = next;
    }
    return x;
  }

  /** Minimizes Σ ((a·x − b)/c)² + inertia over x ≥ 0, one coordinate after the other. */
  private static List<Double> leastSquares(
      Map<List<Double>, Double> samples, Map<List<Double>, Double> against, List<Double> start) {
    int n = start.size();
    List<double[]> rows = new ArrayList<>();
    double[] scale = new double[n];
    double[] wanted = new double[samples.size()];
    samples.forEach(
        (work, measured) -> {
          double[] row = new double[n];
          double c = against.get(work);
          for (int i = 0; i < n; i++) {
            row[i] = work.get(i) / c;
            scale[i] = Math.max(scale[i], row[i]);
          }
          wanted[rows.size()] = measured / c;
          rows.add(row);
        });
    // The unknowns are in units of their column, so that inertia means the same for each.
    double[] x = new double[n];
    double[] before = new double[n];
    for (int i = 0; i < n; i++) {
      scale[i] = scale[i] > 0 ? 1 / scale[i] : 1;
      before[i] = start.get(i) / scale[i];
      x[i] = before[i];
    }
    double[] error = new double[rows.size()];
    for (int r = 0; r < error.length; r++) {
      error[r] = -wanted[r];
      for (int i = 0; i < n; i++) {
        error[r] += rows.get(r)[i] * scale[i] * x[i];
      }
    }
    for (int pass = 0; pass < PASSES; pass++) {
      for (int i = 0; i < n; i++) {
        double slope = INERTIA * (x[i] - before[i]);
        double curvature = INERTIA;
        for (int r = 0; r < error.length; r++) {
          double a = rows.get(r)[i] * scale[i];
          slope += a * error[r];
          curvature += a * a;
        }
        double change = Math.max(-x[i], -slope / curvature);
        x[i] += change;
        for (int r = 0; r < error.length; r++) {
          error[r] += rows.get(r)[i] * scale[i] * change;
        }
      }
    }
    return IntStream.range(0, n).mapToObj(i -> x[i] * scale[i]).toList();
  }
}
