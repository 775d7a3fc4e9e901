package org.saddlemap.refute;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.Examination;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.train.Trajectory;
import org.saddlemap.trial.RandomStream;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;

/**
 * A trial with its verdict, and the means to try it: its objective once more, the descent in the
 * ball, its own steps. Losses here are in units of G, the loss range.
 */
final class JudgedTrial {
  /** "Nothing", in units of G. */
  static final double EPS = 1e-3;

  private final Subject subject;
  private final Dataset data;
  private final Network net;
  private final double[] inputs;
  private final PlainLoss loss;
  private final PlainNetwork objective;
  private final Trajectory trajectory;
  private final Examination examination;
  private final double base;
  private final double floor;
  private final double range;
  private final RandomGenerator random;

  JudgedTrial(
      Subject subject, Dataset data, Network net, Trajectory trajectory, Examination examination) {
    this.subject = subject;
    this.data = data;
    this.net = net;
    this.inputs = widened(data.train().inputs());
    this.loss =
        new PlainLoss(
            net.loss(), widened(data.targets(data.train(), net.loss())), data.train().rows());
    this.trajectory = trajectory;
    this.examination = examination;
    this.objective = new PlainNetwork(net, inputs, loss, subject.configuration().l2());
    this.base = loss.ofBestConstant();
    this.floor = loss.ofBestFunction(inputs);
    this.range = base - floor;
    this.random = new RandomStream(subject.seed() * 31 + subject.name().hashCode());
  }

  private static double[] widened(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  Subject subject() {
    return subject;
  }

  Examination examination() {
    return examination;
  }

  Evidence evidence() {
    return examination.evidence();
  }

  int parameters() {
    return net.parameters();
  }

  /** Steps that it took: its budget. */
  int steps() {
    return trajectory.steps();
  }

  /**
   * What is compared must be the same thing: a difference is a fault of one of the two.
   *
   * @throws IllegalStateException where there is one
   */
  void requireSameUnits() {
    agree("loss range", range, evidence().get(Measure.LOSS_RANGE));
    agree("best constant", base, evidence().get(Measure.F_BASE));
    if (examination.judged().isPresent() && evidence().has(Measure.LOSS)) {
      agree("loss", objective.value(judged()), evidence().get(Measure.LOSS));
      agree("radius", ball().radius(), evidence().get(Measure.RADIUS));
    }
  }

  private void agree(String what, double own, double theirs) {
    if (!(Math.abs(own - theirs) <= 1e-9 * Math.abs(theirs) + 1e-12 * range)) {
      throw new IllegalStateException(
          "%s: the refuter's %s is %s, the evidence's %s; %s"
              .formatted(subject.name(), what, own, theirs, subject.configuration()));
    }
  }

  private double[] judged() {
    return examination.judged().orElseThrow();
  }

  private RelativeBall ball() {
    return RelativeBall.around(judged(), net, inputs, loss);
  }

  /** The judged point's loss above the least of any function. */
  double gap() {
    return above(objective.value(judged()), floor);
  }

  /** The judged point's loss above the least of functions whose values the output can take. */
  double height() {
    double reachable = evidence().getOr(Measure.F_REACH, floor);
    return above(objective.value(judged()), Math.max(floor, reachable));
  }

  /** A loss above that of the judged point. */
  double aboveJudged(double f) {
    return above(f, objective.value(judged()));
  }

  /** A loss above that of the best constant. */
  double aboveConstant(double f) {
    return above(f, base);
  }

  /** What is not a number is above everything. */
  private double above(double f, double level) {
    return Double.isNaN(f) ? Double.POSITIVE_INFINITY : (f - level) / range;
  }

  double inRange(double noise) {
    return Double.isFinite(noise) ? noise / range : 0;
  }

  /** Whether all rows have the same outputs at the judged point. */
  boolean constantOutputs() {
    double[] outputs = objective.outputs(judged());
    for (int i = 0; i < outputs.length; i++) {
      if (outputs[i] != outputs[i % loss.outputs()]) {
        return false;
      }
    }
    return true;
  }

  /** Whether weights and loss are finite where it stopped. */
  boolean finite() {
    return trajectory.nonfiniteStep().isEmpty()
        && Vectors.finite(trajectory.last())
        && Double.isFinite(objective.value(trajectory.last()));
  }

  /** Whether the gradient is not 0 where it stopped. */
  boolean gradientIsAlive() {
    double[] gradient = new double[net.parameters()];
    objective.gradient(trajectory.last(), gradient);
    return Vectors.dot(gradient, gradient) > 0;
  }

  /**
   * Descends in the ball around the judged point.
   *
   * @param limit what is of interest
   * @param starts where descents start
   * @param times the usual effort
   * @param enough where to stop
   */
  BallSearch.Found search(
      double limit, BallSearch.Starts starts, int times, Predicate<BallSearch.Found> enough) {
    return BallSearch.search(
            objective,
            judged(),
            ball(),
            Math.min(limit, EPS) * range,
            times * Effort.gradients(net, loss.rows()),
            starts,
            random,
            found -> enough.test(found.in(range)))
        .in(range);
  }

  /** The trial's own steps from its start. */
  OwnSteps fromStart() {
    return steps(subject.configuration(), trajectory.learningRate(), trajectory.initial());
  }

  /** The trial's own steps at a tenth of the rate of its next one, from where it stopped. */
  OwnSteps slower() {
    Configuration c = subject.configuration();
    EnumMap<Hyperparameter, Object> steady = new EnumMap<>(Hyperparameter.class);
    for (Hyperparameter h : Hyperparameter.values()) {
      if (h != Hyperparameter.SCHEDULE && h != Hyperparameter.WARMUP) {
        c.value(h).ifPresent(v -> steady.put(h, v));
      }
    }
    return steps(Configuration.of(steady), trajectory.nextRate() / 10, trajectory.last());
  }

  private OwnSteps steps(Configuration configuration, double rate, double[] from) {
    return new OwnSteps(
        subject,
        configuration,
        data,
        net,
        objective,
        rate,
        from,
        trajectory.steps(),
        0.1 * EPS * range);
  }

  /**
   * Takes the trial's own steps once more, and samples their end; those of a schedule that has
   * ended are sampled where they stand from then on.
   *
   * @throws IllegalStateException where they lead elsewhere
   */
  Sample repeat(OwnSteps steps) {
    Sample sample = steps.sampleAt(trajectory.steps());
    if (!Arrays.equals(steps.theta(), trajectory.last())) {
      throw new IllegalStateException(subject.name() + ": the trial does not repeat itself");
    }
    return trajectory.nextRate() == 0 ? steps.sampleLater() : sample;
  }

  /** How far the loss fell; what is not a number has risen. */
  double fall(Sample before, Sample after) {
    double fall = Sample.fall(before, after) / range;
    return Double.isNaN(fall) ? Double.NEGATIVE_INFINITY : fall;
  }

  double noise(Sample before, Sample after) {
    return inRange(Sample.noise(before, after));
  }
}
