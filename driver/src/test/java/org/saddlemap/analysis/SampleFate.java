package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.record.Outcome;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Comparison;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;

/**
 * How a made-up trial ends: as real ones do, by its hyperparameters, and by chance.
 *
 * @param details whether it has a curve and layers
 * @param reasonSuffix behind every reason
 */
record SampleFate(boolean details, String reasonSuffix) {
  private static final Provenance PROVENANCE =
      new Provenance("0.1.0", "1", "17.0.15", "linux amd64", "OpenBLAS 0.3.31 Zen", 1, "sample");

  TrialRecord of(TrialId id, Trial trial, SplittableRandom random) {
    int fate = random.nextInt(200);
    if (fate == 0) {
      boolean timeout = random.nextBoolean();
      return new TrialRecord(
          id,
          trial,
          timeout ? TrialStatus.TIMED_OUT : TrialStatus.FAILED,
          Optional.empty(),
          Evidence.NONE,
          Optional.empty(),
          new Times(trial.index(), 1, 5, 0),
          Optional.of(
              new TrialRecord.Failure(
                  timeout ? "Took longer than 60 s" + reasonSuffix : "Out of memory" + reasonSuffix,
                  timeout ? "" : "java.lang.OutOfMemoryError: Java heap space\n\tat Sample.run")),
          List.of(),
          List.of(),
          PROVENANCE);
    }
    TrialRecord judged = judged(id, trial, random);
    return fate == 1 ? notExamined(judged) : judged;
  }

  private TrialRecord notExamined(TrialRecord r) {
    return new TrialRecord(
        r.id(),
        r.trial(),
        r.status(),
        Optional.of(
            new Verdict(Optional.empty(), "not examined", "Nothing was examined." + reasonSuffix)),
        Evidence.NONE,
        r.outcome(),
        r.times(),
        r.failure(),
        r.curve(),
        r.layers(),
        r.provenance());
  }

  private TrialRecord judged(TrialId id, Trial trial, SplittableRandom random) {
    Configuration c = trial.configuration();
    int depth = c.depth();
    double rate = Double.parseDouble(c.learningRate().text());
    String initializer = c.initializer().text();
    boolean clipped = !c.clipping().text().equals("none");
    boolean small = initializer.startsWith("normal") || initializer.startsWith("constant");
    boolean relu = c.activation().text().equals("relu");
    double noise = random.nextGaussian() * 0.25;
    double margin = Math.abs(noise);
    double limit =
        (!c.normalization().isNone() ? 0.6 : 0)
            + (clipped ? 0.9 : 0)
            - 0.35 * Math.log(depth + 1) / Math.log(2)
            + (relu ? -0.4 : 0)
            + 0.6;
    double excess = Math.log10(rate) - limit + noise;
    double forward = small ? -0.7 * depth : initializer.startsWith("zeros") ? -20 : -0.02 * depth;
    double gap;
    Verdict verdict;
    double lambdaMin = -Math.exp(random.nextGaussian() - 4);
    if (excess > 0 && !initializer.equals("zeros")) {
      gap = 1 + Math.exp(4 * excess);
      verdict =
          verdict(
              Category.DIVERGED,
              Cause.RATE_TOO_LARGE,
              Math.min(Comparison.FAR, excess),
              excess > 0.5 ? "nonfinite" : "blow-up",
              excess > 0.5
                  ? "Numbers overflowed at step %d: the steps are too large."
                      .formatted(1 + random.nextInt(200))
                  : "The loss ended far above both its start and the best constant prediction: the steps are too large.");
    } else if (initializer.equals("zeros")) {
      gap = 1;
      lambdaMin = depth == 1 ? -0.5 : 0;
      verdict =
          verdict(
              Category.SADDLE,
              Cause.EQUAL_UNITS,
              0.1 + margin,
              depth == 1 ? "strict" : "degenerate",
              "The gradient vanishes, but the surface curves down along a direction (%d %% of the largest curvature) worth %d %% of the loss range."
                  .formatted(1 + random.nextInt(99), 1 + random.nextInt(99)));
    } else if (small && depth >= 8 && !!c.normalization().isNone()) {
      gap = 0.99 + 0.01 * random.nextDouble();
      lambdaMin = -1e-9;
      verdict =
          verdict(
              Category.PLATEAU,
              Cause.VANISHING_SIGNAL,
              0.5,
              "flat",
              "The loss does not change when a whole layer moves (layer %d). The signal shrinks by 10^%d on its way through the layers: the output hardly depends on the input."
                  .formatted(1 + random.nextInt(depth), Math.round(forward)));
    } else if (excess < -2.2) {
      gap = 0.3 + 0.5 * random.nextDouble();
      verdict =
          verdict(
              Category.DESCENDING,
              Cause.BUDGET,
              -2.2 - excess,
              random.nextInt(3) == 0 ? "rate-limited" : "in progress",
              "It was still going down when the budget ended, with at least %d %% of the loss range to gain nearby."
                  .formatted(1 + random.nextInt(40)));
    } else {
      gap = 1e-4 * Math.exp(random.nextGaussian());
      lambdaMin = Math.exp(random.nextGaussian() - 9);
      verdict =
          verdict(
              Category.OPTIMUM,
              Cause.NONE,
              Math.min(1, -excess),
              "global (approached)",
              "The loss is within %.2g %% of its range of the least that any function of the inputs could reach (which it can only approach)."
                  .formatted(100 * gap));
    }
    boolean overflow = verdict.subCategory().equals("nonfinite");
    double loss = overflow ? Double.NaN : 2.3 * gap;
    double accuracy = overflow ? Double.NaN : Math.max(0.1, 1 - 0.9 * Math.min(1, gap));
    double heldout = overflow ? Double.NaN : accuracy * (0.96 - 0.02 * random.nextDouble());
    int steps = overflow ? 1 + random.nextInt(200) : 1000;
    Evidence.Builder e =
        new Evidence.Builder()
            .put(Measure.NONFINITE, overflow)
            .put(Measure.STOCHASTIC, !c.batchSize().text().equals("full"))
            .put(Measure.F_BASE, 2.3)
            .put(Measure.F_LB, 0)
            .put(Measure.INITIAL_FORWARD_LOG10, forward)
            .put(Measure.INITIAL_BACKWARD_LOG10, forward * 0.9);
    if (!overflow) {
      e.put(Measure.GAP, gap)
          .put(Measure.LOSS, loss)
          .put(Measure.LAMBDA_MIN, lambdaMin)
          .put(Measure.LAMBDA_MAX, Math.exp(1 + random.nextGaussian()))
          .put(Measure.SHARPNESS, 2 / rate)
          .put(Measure.GRADIENT_NORM, gap / 10)
          .put(Measure.EXAMINATION_COST, 40 + random.nextInt(400))
          .put(Measure.FORWARD_LOG10, forward / 2)
          .put(Measure.BACKWARD_LOG10, forward / 2);
      if (depth == 1) {
        e.put(Measure.NEGATIVE_EIGENVALUES, lambdaMin < 0 ? 1 + random.nextInt(5) : 0);
      }
    }
    double train = depth * 20 * (0.8 + 0.4 * random.nextDouble());
    return new TrialRecord(
        id,
        trial,
        TrialStatus.COMPLETED,
        Optional.of(verdict),
        e.build(),
        Optional.of(
            new Outcome(
                16L * 16 * depth + 64 * 16,
                c.batchSize().of(1438),
                rate,
                steps,
                clipped ? steps / 3 : 0,
                2.31,
                loss,
                accuracy,
                overflow ? Double.NaN : loss * 1.2 + 0.05,
                heldout)),
        new Times(trial.index() * 10.0, 0.4, train, train / 5),
        Optional.empty(),
        details ? curve(gap, overflow, steps, clipped, random) : List.of(),
        details ? layers(depth, forward, initializer) : List.of(),
        PROVENANCE);
  }

  private Verdict verdict(
      Category category, Cause cause, double margin, String sub, String reason) {
    return new Verdict(
        Optional.of(category),
        sub,
        Optional.of(cause),
        OptionalDouble.of(margin),
        reason + reasonSuffix);
  }

  private static List<CurvePoint> curve(
      double gap, boolean overflow, int steps, boolean clipped, SplittableRandom random) {
    List<CurvePoint> curve = new ArrayList<>();
    for (int step = 0; step < steps; step = Math.max(step + 1, (int) (step * 1.3))) {
      double t = step / (double) steps;
      double loss =
          overflow && t > 0.9
              ? Double.POSITIVE_INFINITY
              : 2.3 * Math.pow(Math.max(gap, 1e-5), t) * (1 + 0.1 * random.nextDouble());
      curve.add(new CurvePoint(step, loss, loss / 3, clipped && step % 3 == 0, loss / 30));
    }
    return curve;
  }

  private static List<LayerPoint> layers(int depth, double forward, String initializer) {
    List<LayerPoint> layers = new ArrayList<>();
    for (LayerPoint.Moment moment : LayerPoint.Moment.values()) {
      for (int l = 1; l <= depth + 1; l++) {
        double f = 30 * Math.pow(10, forward * l / (depth + 1));
        double b = 0.1 * Math.pow(10, forward * (depth + 1 - l) / (depth + 1));
        layers.add(
            new LayerPoint(
                l,
                moment,
                l > depth ? 10 : 16,
                f,
                b,
                b * 2,
                1.0 / (depth + 1),
                4,
                0,
                0.1,
                l > depth ? 10 : initializer.equals("zeros") ? 1 : 16,
                1));
      }
    }
    return layers;
  }
}
