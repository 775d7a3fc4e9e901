package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.ACTIVE_SHARE;
import static org.saddlemap.verdict.Measure.ATTAINED;
import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.AVAIL_PRODUCTS;
import static org.saddlemap.verdict.Measure.BACKWARD_LOG10;
import static org.saddlemap.verdict.Measure.BOUNCE;
import static org.saddlemap.verdict.Measure.CEILING_HIT;
import static org.saddlemap.verdict.Measure.CURV_G;
import static org.saddlemap.verdict.Measure.DEAD_LAYER;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.DISTINCT_UNITS_MIN;
import static org.saddlemap.verdict.Measure.EIGENVALUE_MAX;
import static org.saddlemap.verdict.Measure.EXAMINATION_COST;
import static org.saddlemap.verdict.Measure.EXAMINED_ROWS;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_LAYER;
import static org.saddlemap.verdict.Measure.FIRST_NONFINITE_STEP;
import static org.saddlemap.verdict.Measure.FLAT_G;
import static org.saddlemap.verdict.Measure.FLOOR;
import static org.saddlemap.verdict.Measure.FORWARD_LOG10;
import static org.saddlemap.verdict.Measure.F_BASE;
import static org.saddlemap.verdict.Measure.F_LB;
import static org.saddlemap.verdict.Measure.F_REACH;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.GRADIENT_DROP_LAYER;
import static org.saddlemap.verdict.Measure.GRADIENT_NORM;
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
import static org.saddlemap.verdict.Measure.LATE_LOSS;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.NOT_EXAMINED;
import static org.saddlemap.verdict.Measure.OSCILLATION;
import static org.saddlemap.verdict.Measure.OUTPUT_MAX;
import static org.saddlemap.verdict.Measure.OUTPUT_MIN;
import static org.saddlemap.verdict.Measure.OUT_OF_REACH;
import static org.saddlemap.verdict.Measure.PEAK;
import static org.saddlemap.verdict.Measure.PEAK_STEP;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.PLAIN_STEPS;
import static org.saddlemap.verdict.Measure.RADIUS;
import static org.saddlemap.verdict.Measure.RAW_AVAIL;
import static org.saddlemap.verdict.Measure.RAW_GRADIENT_NORM;
import static org.saddlemap.verdict.Measure.RAW_LOSS;
import static org.saddlemap.verdict.Measure.SATURATED_LAYER;
import static org.saddlemap.verdict.Measure.SATURATED_SHARE;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.SETTLED_LOSS;
import static org.saddlemap.verdict.Measure.SETTLE_MOVE;
import static org.saddlemap.verdict.Measure.SHARPNESS;
import static org.saddlemap.verdict.Measure.SHARPNESS_RESIDUAL;
import static org.saddlemap.verdict.Measure.SIGNAL_DROP_LAYER;
import static org.saddlemap.verdict.Measure.SPREAD;
import static org.saddlemap.verdict.Measure.START_LOSS;
import static org.saddlemap.verdict.Measure.STOCHASTIC;
import static org.saddlemap.verdict.Measure.SUBSAMPLED;
import static org.saddlemap.verdict.Measure.TAIL_MEAN;
import static org.saddlemap.verdict.Measure.TAIL_MEDIAN;
import static org.saddlemap.verdict.Measure.TARGET_MAX;
import static org.saddlemap.verdict.Measure.TARGET_MIN;
import static org.saddlemap.verdict.Measure.TREND;
import static org.saddlemap.verdict.Measure.TREND_T;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.Preview;
import org.saddlemap.curvature.Sharpness;
import org.saddlemap.curvature.Signals;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Interruption;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.RandomStream;
import org.saddlemap.verdict.Decision;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Probe;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/**
 * From a trained network to evidence and verdict. It measures what the rule asks for, and no more:
 * cheapest probes first, each taken only as far as the decision needs (docs/verdict.md).
 */
public final class Examiner {

  private static final int MOST_STAGES = 10;

  /** Keeps the sharpness's stream apart from the probes'. */
  private static final long SHARPNESS_STREAM = 0xA0761D6478BD642FL;

  /** What progress is measured against where nothing was trained. */
  private static final int BUDGET_WITHOUT_STEPS = 200;

  /** Measures of a point, which are taken anew where another one is turned to. */
  private static final Set<Measure> OF_THE_POINT =
      EnumSet.of(
          LOSS,
          GAP,
          PENALTY_SHARE,
          GRADIENT_NORM,
          RADIUS,
          PHI1,
          AVAIL,
          AVAIL_PRODUCTS,
          AVAIL_COMPLETE,
          CURV_G,
          FLAT_G,
          NEG_G);

  private final ExaminationSpec spec;
  private final VerdictRule rule;

  public Examiner(ExaminationSpec spec) {
    this.spec = spec;
    this.rule = new VerdictRule(spec.thresholds());
  }

  /** Examines on a surface of all training rows. */
  public Examination examine(
      LossSurface surface, Trajectory trajectory, Interruption interruption) {
    Start start = Start.of(surface, surface, trajectory.initial());
    return examine(surface, Optional.empty(), 1, start, trajectory, interruption);
  }

  /** Examines on the rows that were chosen, and rechecks on all rows where they are a subset. */
  public Examination examine(
      ExaminedSurfaces surfaces, Trajectory trajectory, Interruption interruption) {
    Start start = Start.of(surfaces, trajectory.initial());
    return examine(surfaces, start, trajectory, interruption);
  }

  /**
   * The same where the initial weights were looked at before.
   *
   * @param start of the trajectory's initial weights
   */
  public Examination examine(
      ExaminedSurfaces surfaces, Start start, Trajectory trajectory, Interruption interruption) {
    surfaces.forget();
    Examination examination =
        examine(
            surfaces.examined(),
            surfaces.full().map(s -> s),
            surfaces.full().map(s -> (double) s.rows() / surfaces.examined().rows()).orElse(1.0),
            start,
            trajectory,
            interruption);
    return new Examination(
        examination.evidence().toBuilder()
            .put(EXAMINED_ROWS, surfaces.examined().rows())
            .put(SUBSAMPLED, surfaces.subsampled())
            .build(),
        examination.verdict(),
        examination.judged(),
        examination.layers());
  }

  private Examination examine(
      LossSurface examined,
      Optional<LossSurface> full,
      double fullCost,
      Start start,
      Trajectory trajectory,
      Interruption interruption) {
    Meter meter = new Meter(interruption);
    LossSurface subset = meter.watch(examined, 1);
    try (Session session =
        new Session(subset, full.map(f -> meter.watch(f, fullCost)), meter, start, trajectory)) {
      return session.run();
    }
  }

  /** One examination, from the first look to the verdict. */
  private final class Session implements AutoCloseable {
    private final LossSurface examined;
    private final Optional<LossSurface> full;
    private final LossSurface all;
    private final Meter meter;
    private final Start start;
    private final Trajectory trajectory;
    private final int budget;
    private final List<LayerPoint> layers = new ArrayList<>();
    private Evidence evidence = Evidence.NONE;
    private Point point;
    private double[] settled;
    private double[] late;
    private final NextBudget nextBudget;

    Session(
        LossSurface examined,
        Optional<LossSurface> full,
        Meter meter,
        Start start,
        Trajectory trajectory) {
      this.examined = examined;
      this.full = full;
      this.all = full.orElse(examined);
      this.meter = meter;
      this.start = start;
      this.trajectory = trajectory;
      this.budget = trajectory.steps() > 0 ? trajectory.steps() : BUDGET_WITHOUT_STEPS;
      this.nextBudget = new NextBudget(trajectory, all, budget, this::late);
    }

    Examination run() {
      look();
      Verdict verdict = decide();
      Evidence.Builder e = evidence.toBuilder();
      boolean curvature = evidence.has(NC_DEC);
      if (curvature && examined.parameters() <= spec.exactBelow()) {
        point.exactSpectrum(e);
      }
      if (!evidence.is(NONFINITE) && !spec.signalsOnly() && (curvature || spec.sharpness())) {
        sharpness(e);
      }
      e.put(EXAMINATION_COST, meter.spent());
      return new Examination(
          e.build(), verdict, Optional.ofNullable(point).map(Point::theta), layers);
    }

    /** At the judged point; exact where the whole spectrum is. */
    private void sharpness(Evidence.Builder e) {
      Optional<Double> exact = e.build().find(EIGENVALUE_MAX);
      if (exact.isPresent()) {
        e.put(SHARPNESS, exact.get());
        e.put(SHARPNESS_RESIDUAL, 0);
        return;
      }
      double[] theta = point == null ? trajectory.last() : point.theta();
      Sharpness s = Sharpness.of(examined, theta, spec.seed() ^ SHARPNESS_STREAM);
      e.put(SHARPNESS, s.value());
      e.put(SHARPNESS_RESIDUAL, s.residual());
    }

    private Verdict decide() {
      int unchanged = 0;
      while (true) {
        Decision decision = rule.decide(evidence);
        if (decision instanceof Verdict verdict) {
          return verdict;
        }
        Probe probe = ((Decision.Missing) decision).probe();
        Evidence.Builder e = evidence.toBuilder();
        if (meter.spent() >= spec.ceiling()) {
          e.put(CEILING_HIT, true);
        } else {
          advance(probe, e);
        }
        Evidence further = e.build();
        // A stage may end with the numbers of the one before; no probe has so many stages.
        unchanged = further.equals(evidence) ? unchanged + 1 : 0;
        if (unchanged > MOST_STAGES) {
          throw new IllegalStateException(
              "Cannot decide: the rule asks for " + probe + " again, which is complete");
        }
        evidence = further;
      }
    }

    /** What happened, the levels, and a first look at where it stopped. */
    private void look() {
      Evidence.Builder e = new Evidence.Builder();
      e.put(F_BASE, all.base());
      e.put(F_LB, all.lowerBound());
      e.put(ATTAINED, all.attained());
      double range = all.base() - all.lowerBound();
      e.put(LOSS_RANGE, range);
      all.preview().ifPresent(p -> preview(e, p));
      e.put(STOCHASTIC, trajectory.stochastic());
      e.put(PLAIN_STEPS, trajectory.plain());
      e.put(START_LOSS, start.loss());
      e.put(INITIAL_PENALTY_SHARE, start.penaltyShare());
      history(e, range);
      signals(e, start.signals(), true);
      trajectory.nonfiniteStep().ifPresent(step -> e.put(FIRST_NONFINITE_STEP, step));
      trajectory.nonfiniteLayer().ifPresent(layer -> e.put(FIRST_NONFINITE_LAYER, layer));
      boolean finite = trajectory.nonfiniteStep().isEmpty() && Flat.finite(trajectory.last());
      if (finite) {
        double[] gradient = new double[all.parameters()];
        double loss = all.gradient(trajectory.last(), gradient);
        e.put(LOSS, loss);
        finite = Double.isFinite(loss) && Flat.finite(gradient);
        if (finite && range > 0) {
          turnTo(trajectory.last(), loss, gradient);
          point.describe(e);
        }
        if (finite) {
          signals(e, examined.signals(trajectory.last(), LayerPoint.Moment.FINAL), false);
        }
      }
      e.put(NONFINITE, !finite);
      if (spec.signalsOnly()) {
        e.put(NOT_EXAMINED, true);
      }
      evidence = e.build();
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

    private void turnTo(double[] theta, double loss, double[] gradient) {
      if (point != null) {
        point.close();
      }
      LossSurface surface =
          full.isPresent() ? new TiltedSurface(examined, all, theta, loss, gradient) : examined;
      point = new Point(surface, full, spec.thresholds(), theta, loss, gradient);
    }

    private void advance(Probe probe, Evidence.Builder e) {
      switch (probe) {
        case AVAILABLE_DECREASE -> point.availableDecrease(e);
        case NEGATIVE_CURVATURE ->
            point.negativeCurvature(
                e,
                evidence.get(AVAIL),
                rule.curvesDown(evidence, true),
                rule.curvesDown(evidence, false),
                random(probe));
        case HIGHER_ORDER -> point.higherOrder(e, rule.kicksDown(evidence), random(probe));
        case DESCENT -> point.descent(e, descentMarks());
        case SURROUNDINGS -> point.surroundings(e, rule.lowerGround(evidence), random(probe));
        case SENSITIVITY -> point.sensitivity(e, rule.insensitive(evidence), random(probe));
        case BOUNCING -> bounce(e);
        case SETTLING -> settle(e);
        case SETTLED_POINT -> judgeSettled(e);
        case PROGRESS -> {
          if (trajectory.plain()) {
            point.progress(e, trajectory.learningRate(), budget);
          } else {
            nextBudget.advance(e, evidence.get(LOSS_RANGE));
          }
        }
        case CONTINUATION -> nextBudget.advance(e, evidence.get(LOSS_RANGE));
      }
    }

    private RandomGenerator random(Probe probe) {
      long part = (evidence.is(SETTLED) ? 1L << 32 : 0) + probe.name().hashCode();
      return new RandomStream(spec.seed() + part * 0x9E3779B97F4A7C15L);
    }

    private void bounce(Evidence.Builder e) {
      double mean = Arrays.stream(late()).average().orElseThrow();
      e.put(LATE_LOSS, mean);
      e.put(BOUNCE, (mean - all.value(Flat.mean(lateIterates()))) / evidence.get(LOSS_RANGE));
    }

    private List<double[]> lateIterates() {
      return trajectory.snapshots().isEmpty() ? List.of(trajectory.last()) : trajectory.snapshots();
    }

    /** Losses on all rows at the late iterates. */
    private double[] late() {
      if (late == null) {
        late = lateIterates().stream().mapToDouble(all::value).toArray();
      }
      return late;
    }

    private void settle(Evidence.Builder e) {
      settled = point.settle();
      double loss = all.value(settled);
      e.put(SETTLED_LOSS, loss);
      e.put(FLOOR, Math.max(evidence.get(LATE_LOSS) - loss, 0) / evidence.get(LOSS_RANGE));
      e.put(SETTLE_MOVE, point.distance(settled));
      e.put(
          SPREAD,
          trajectory.snapshots().stream()
              .mapToDouble(point::distance)
              .max()
              .orElse(Double.POSITIVE_INFINITY));
    }

    private void judgeSettled(Evidence.Builder e) {
      e.put(RAW_LOSS, evidence.get(LOSS));
      e.put(RAW_GRADIENT_NORM, evidence.get(GRADIENT_NORM));
      e.put(RAW_AVAIL, evidence.get(AVAIL));
      for (Measure m : OF_THE_POINT) {
        e.remove(m);
      }
      double[] gradient = new double[all.parameters()];
      double loss = all.gradient(settled, gradient);
      turnTo(settled, loss, gradient);
      point.describe(e);
      e.put(SETTLED, true);
    }

    /** Decreases that the rule asks of a descent, ascending. */
    private double[] descentMarks() {
      double[] marks = rule.descentMarks(evidence);
      Arrays.sort(marks);
      return marks;
    }

    @Override
    public void close() {
      if (point != null) {
        point.close();
      }
    }
  }
}
