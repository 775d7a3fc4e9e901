package org.saddlemap.examine;

import static org.saddlemap.verdict.Measure.AVAIL;
import static org.saddlemap.verdict.Measure.AVAIL_COMPLETE;
import static org.saddlemap.verdict.Measure.AVAIL_PRODUCTS;
import static org.saddlemap.verdict.Measure.CEILING_HIT;
import static org.saddlemap.verdict.Measure.CURV_G;
import static org.saddlemap.verdict.Measure.DEAD_SHARE;
import static org.saddlemap.verdict.Measure.EIGENVALUE_MAX;
import static org.saddlemap.verdict.Measure.EXAMINATION_COST;
import static org.saddlemap.verdict.Measure.FLAT_G;
import static org.saddlemap.verdict.Measure.GAP;
import static org.saddlemap.verdict.Measure.GRADIENT_NORM;
import static org.saddlemap.verdict.Measure.LOSS;
import static org.saddlemap.verdict.Measure.LOSS_RANGE;
import static org.saddlemap.verdict.Measure.NC_DEC;
import static org.saddlemap.verdict.Measure.NEG_G;
import static org.saddlemap.verdict.Measure.NEXT_DEAD_SHARE;
import static org.saddlemap.verdict.Measure.NEXT_GAIN;
import static org.saddlemap.verdict.Measure.NONFINITE;
import static org.saddlemap.verdict.Measure.NOT_EXAMINED;
import static org.saddlemap.verdict.Measure.PENALTY_SHARE;
import static org.saddlemap.verdict.Measure.PHI1;
import static org.saddlemap.verdict.Measure.RADIUS;
import static org.saddlemap.verdict.Measure.RAW_AVAIL;
import static org.saddlemap.verdict.Measure.RAW_GRADIENT_NORM;
import static org.saddlemap.verdict.Measure.RAW_LOSS;
import static org.saddlemap.verdict.Measure.SETTLED;
import static org.saddlemap.verdict.Measure.SHARPNESS;
import static org.saddlemap.verdict.Measure.SHARPNESS_RESIDUAL;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.Sharpness;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.RandomStream;
import org.saddlemap.verdict.Decision;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Probe;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/** One examination, from the first look to the verdict. */
final class Session implements AutoCloseable {
  /** More stages without a change mean that a probe is complete and yet asked for. */
  private static final int MAX_STAGES = 10;

  /** Makes the sharpness's random stream another one than those of the probes. */
  private static final long SHARPNESS_STREAM = 0xA0761D6478BD642FL;

  /** Steps of the budget where nothing was trained. */
  private static final int BUDGET_WITHOUT_STEPS = 200;

  /** Measures of the judged point, which are taken anew when the settled point takes its place. */
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
  private final Meter meter;
  private final LossSurface examined;
  private final Optional<LossSurface> full;
  private final LossSurface all;
  private final Overview overview;
  private final Trajectory trajectory;
  private final int budget;
  private final LateIterates late;
  private final NextBudget next;
  private final Map<Probe, Measurement> measurements = new EnumMap<>(Probe.class);
  private Evidence evidence = Evidence.NONE;
  private Point point;
  private double[] settled;

  Session(
      ExaminationSpec spec,
      VerdictRule rule,
      Meter meter,
      LossSurface examined,
      Optional<LossSurface> full,
      Overview overview,
      Trajectory trajectory) {
    this.spec = spec;
    this.rule = rule;
    this.meter = meter;
    this.examined = examined;
    this.full = full;
    this.all = full.orElse(examined);
    this.overview = overview;
    this.trajectory = trajectory;
    this.budget = trajectory.steps() > 0 ? trajectory.steps() : BUDGET_WITHOUT_STEPS;
    this.late = new LateIterates(all, trajectory);
    this.next = new NextBudget(trajectory, all, budget, late::losses);
    ofTheTrial();
  }

  /** Measurements of the trial's own steps, whichever point is judged. */
  private void ofTheTrial() {
    measurements.put(Probe.PROGRESS, this::goOn);
    measurements.put(Probe.CONTINUATION, this::goOn);
    measurements.put(Probe.BOUNCING, (known, e, random) -> late.bounce(known, e));
    measurements.put(Probe.SETTLING, (known, e, random) -> settle(e));
    measurements.put(Probe.SETTLED_POINT, (known, e, random) -> judgeSettled(e));
  }

  /** Takes steps of the next budget. */
  private void goOn(Evidence known, Evidence.Builder e, RandomGenerator random) {
    next.advance(e, known.get(LOSS_RANGE));
    if (known.get(DEAD_SHARE) == 1) {
      e.put(NEXT_DEAD_SHARE, overview.deadShare(next.reached()));
    }
  }

  /** Measurements of the point that is judged. */
  private void ofThePoint() {
    double eps = spec.thresholds().eps();
    measurements.put(Probe.AVAILABLE_DECREASE, new AvailableDecrease(point, eps));
    measurements.put(Probe.NEGATIVE_CURVATURE, new NegativeCurvature(point, rule));
    measurements.put(Probe.DESCENT, new BallDescent(point, rule));
    measurements.put(Probe.HIGHER_ORDER, new Kicks(point, rule, eps));
    measurements.put(Probe.SURROUNDINGS, new LastSearch(point, rule));
    measurements.put(Probe.SENSITIVITY, new Sensitivity(point, rule));
    if (trajectory.plain()) {
      // Of other steps, such as Adam's, the quadratic says nothing: they are taken at once.
      Measurement quadratic = new PlainProgress(point, trajectory.learningRate(), budget);
      measurements.put(
          Probe.PROGRESS,
          (known, e, random) -> {
            quadratic.advance(known, e, random);
            if (next.brief() && !known.has(NEXT_GAIN)) {
              goOn(known, e, random);
            }
          });
    }
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
        e.build(), verdict, Optional.ofNullable(point).map(Point::theta), overview.layers());
  }

  /** Sharpness at the judged point: exact where the whole spectrum is known. */
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
      if (meter.exhausted()) {
        e.put(CEILING_HIT, true);
      } else {
        measurements.get(probe).advance(evidence, e, random(probe));
      }
      Evidence further = e.build();
      // A stage may change no number; but no probe has as many stages as this.
      unchanged = further.equals(evidence) ? unchanged + 1 : 0;
      if (unchanged > MAX_STAGES) {
        throw new IllegalStateException(
            "Cannot decide: the rule asks for " + probe + " again, which is complete");
      }
      evidence = further;
    }
  }

  /** What happened, the levels, and a first look at where it stopped. */
  private void look() {
    Evidence.Builder e = new Evidence.Builder();
    overview.describe(e);
    boolean finite = trajectory.nonfiniteStep().isEmpty() && Vectors.finite(trajectory.last());
    if (finite) {
      double[] gradient = new double[all.parameters()];
      double loss = all.gradient(trajectory.last(), gradient);
      e.put(LOSS, loss);
      finite = Double.isFinite(loss) && Vectors.finite(gradient);
      if (finite && overview.range() > 0) {
        turnTo(trajectory.last(), loss, gradient);
        point.describe(e);
      }
      if (finite) {
        overview.describeEnd(e);
      }
    }
    e.put(NONFINITE, !finite);
    if (spec.signalsOnly()) {
      e.put(NOT_EXAMINED, true);
    }
    evidence = e.build();
  }

  private void turnTo(double[] theta, double loss, double[] gradient) {
    close();
    LossSurface surface =
        full.isPresent() ? new TiltedSurface(examined, all, theta, loss, gradient) : examined;
    point = Point.of(surface, full, theta, loss, gradient);
    ofThePoint();
  }

  private RandomGenerator random(Probe probe) {
    long part = (evidence.is(SETTLED) ? 1L << 32 : 0) + probe.name().hashCode();
    return new RandomStream(spec.seed() + part * 0x9E3779B97F4A7C15L);
  }

  private void settle(Evidence.Builder e) {
    settled = new Settling(point, spec.thresholds().eps()).settle();
    late.settle(evidence, e, point, settled);
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

  @Override
  public void close() {
    if (point != null) {
      point.close();
    }
  }
}
