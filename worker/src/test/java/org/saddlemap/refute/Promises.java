package org.saddlemap.refute;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.saddlemap.data.Dataset;
import org.saddlemap.examine.Examination;
import org.saddlemap.network.Architecture;
import org.saddlemap.train.Trajectory;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;

/**
 * One judged trial, and what its verdict promises (docs/verdict.md, The law), tried point by point
 * until something refutes it.
 */
final class Promises {
  /** "Nothing", in units of G. */
  private static final double EPS = 1e-3;

  private static final int BUDGETS = 10;

  private final Subject subject;
  private final Dataset data;
  private final Architecture net;
  private final double[] inputs;
  private final PlainLoss loss;
  private final PlainNetwork objective;
  private final Trajectory trajectory;
  private final Examination examination;
  private final Evidence evidence;
  private final double base;
  private final double floor;
  private final double range;
  private final RandomGenerator random;
  private final List<Finding> findings = new ArrayList<>();
  private Optional<BallSearch.Found> search = Optional.empty();

  Promises(
      Subject subject,
      Dataset data,
      Architecture net,
      double[] inputs,
      PlainLoss loss,
      Trajectory trajectory,
      Examination examination) {
    this.subject = subject;
    this.data = data;
    this.net = net;
    this.inputs = inputs;
    this.loss = loss;
    this.trajectory = trajectory;
    this.examination = examination;
    this.evidence = examination.evidence();
    this.objective = new PlainNetwork(net, inputs, loss, subject.configuration().l2());
    this.base = loss.ofBestConstant();
    this.floor = loss.ofBestFunction(inputs);
    this.range = base - floor;
    this.random =
        RandomGeneratorFactory.of("L64X128MixRandom")
            .create(subject.seed() * 31 + subject.name().hashCode());
  }

  Attempt attempt() {
    String sub = examination.verdict().subCategory();
    if (examination.verdict().category().isPresent() && !sub.contains("cut short")) {
      checkLevels();
      switch (examination.verdict().category().get()) {
        case OPTIMUM -> optimum();
        case SADDLE -> saddle();
        case PLATEAU -> {
          if (sub.contains("dead")) {
            dead();
          } else {
            plateau();
          }
        }
        case DIVERGED -> diverged();
        case DESCENDING -> descending(sub);
      }
    }
    return new Attempt(
        subject,
        examination.verdict(),
        evidence,
        net.parameters(),
        trajectory.steps(),
        List.copyOf(findings),
        search);
  }

  private boolean refuted() {
    return findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.REFUTED);
  }

  /** What is compared must be the same thing: a difference is a fault of one of the two. */
  private void checkLevels() {
    agree("loss range", range, evidence.get(Measure.LOSS_RANGE));
    agree("best constant", base, evidence.get(Measure.F_BASE));
    if (examination.judged().isPresent() && evidence.has(Measure.LOSS)) {
      agree("loss", lossAtJudged(), evidence.get(Measure.LOSS));
      agree("radius", ball().radius(), evidence.get(Measure.RADIUS));
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

  private double lossAtJudged() {
    return objective.value(judged());
  }

  private RelativeBall ball() {
    return RelativeBall.around(judged(), net, inputs, loss);
  }

  private void optimum() {
    double limit = 2 * EPS;
    double gap = (lossAtJudged() - floor) / range;
    if (gap <= limit) { // no function of the inputs is further below
      findings.add(Finding.atMost("the gap itself", gap, limit, 0));
      return;
    }
    descendInBall(limit, false);
    if (refuted()) {
      return;
    }
    staysAbove(lossAtJudged(), "training on, %d budgets");
  }

  private void saddle() {
    double worth = 0;
    for (Measure m : Measure.values()) {
      if (List.of("NC_DEC", "HO_DEC", "DESCENT_DEC").contains(m.name())) {
        worth = Math.max(worth, evidence.getOr(m, 0));
      }
    }
    double limit = worth / 2;
    BallSearch.Found found = findInBall(limit, f -> f.freeGain() > limit * range);
    findings.add(Finding.moreThan("a way down in the ball", found.freeGain() / range, limit, 0));
    if (!refuted()) {
      nextBudgetGainsNothing();
    }
  }

  private void plateau() {
    double gap = (lossAtJudged() - floor) / range;
    findings.add(Finding.moreThan("the gap", gap, 10 * EPS, 0));
    if (!refuted()) {
      descendInBall(2 * Math.min(10 * EPS, gap / 10), false);
    }
    if (!refuted()) {
      nextBudgetGainsNothing();
    }
  }

  private void dead() {
    double[] outputs = objective.outputs(judged());
    int k = loss.outputs();
    boolean constant = true;
    for (int i = 0; i < outputs.length; i++) {
      constant &= outputs[i] == outputs[i % k];
    }
    findings.add(Finding.that(constant, "the outputs are constant"));
    if (refuted()) {
      return;
    }
    staysAbove(base, "training on, %d budgets, below the best constant");
  }

  /** Ten budgets of the trial's own steps do not bring it more than 2 eps below a level. */
  private void staysAbove(double level, String means) {
    try (OwnSteps steps = again()) {
      repeat(steps);
      for (int b : new int[] {1, 3, BUDGETS}) {
        findings.add(
            confirmed(
                steps,
                1 + b,
                after ->
                    Finding.atMost(
                        means.formatted(b),
                        (level - after.level()) / range,
                        2 * EPS,
                        after.noise() / range)));
        if (refuted()) {
          return;
        }
      }
    }
  }

  /**
   * What a sample after so many budgets in all says. Where the loss wobbles, a mean over the last
   * tenth may err by more than its points show, so what refutes there has to do so once more a
   * tenth later.
   */
  private Finding confirmed(OwnSteps steps, int budgets, Function<Sample, Finding> says) {
    Sample sample = steps.sampleAt(steps(budgets));
    Finding first = says.apply(sample);
    if (first.outcome() != Finding.Outcome.REFUTED || !sample.wobbles()) {
      return first;
    }
    Finding second = says.apply(steps.sampleLater());
    return second.outcome() == Finding.Outcome.REFUTED ? first : second;
  }

  private void diverged() {
    if (trajectory.nonfiniteStep().isPresent()
        || !Vectors.finite(trajectory.last())
        || !Double.isFinite(objective.value(trajectory.last()))) {
      findings.add(Finding.that(true, "not finite"));
      return;
    }
    double[] gradient = new double[net.parameters()];
    objective.gradient(trajectory.last(), gradient);
    findings.add(Finding.that(Vectors.dot(gradient, gradient) > 0, "the gradient is alive"));
    if (refuted()) {
      return;
    }
    try (OwnSteps steps = again()) {
      repeat(steps);
      findings.add(
          confirmed(
              steps,
              2,
              after ->
                  Double.isFinite(after.level())
                      ? Finding.moreThan(
                          "the next budget, above the best constant",
                          (after.level() - base) / range,
                          0,
                          after.noise() / range)
                      : Finding.that(true, "the next budget is not finite")));
    }
  }

  private void descending(String sub) {
    if (sub.contains("oscillating") || sub.contains("noise-limited")) {
      lowerRate();
      return;
    }
    if (!(sub.contains("rate-limited") || sub.contains("creeping"))) {
      try (OwnSteps steps = again()) {
        Sample before = repeat(steps);
        findings.add(
            confirmed(
                steps,
                2,
                after ->
                    Finding.moreThan(
                        "the next budget", fall(before, after), EPS, noise(before, after))));
      }
      return;
    }
    try (OwnSteps steps = again()) {
      Sample before = repeat(steps);
      findings.add(
          confirmed(
              steps,
              2,
              after ->
                  Finding.atMost(
                      "the next budget", fall(before, after), EPS, noise(before, after))));
    }
    if (!refuted()) {
      BallSearch.Found found = findInBall(EPS, f -> f.gain() > EPS * range);
      findings.add(Finding.moreThan("a descent in the ball", found.gain() / range, EPS, 0));
    }
  }

  private void lowerRate() {
    Sample before;
    try (OwnSteps steps = again()) {
      before = repeat(steps);
    }
    int budget = trajectory.steps();
    Finding most = null;
    try (OwnSteps slower = steps(trajectory.learningRate() / 10, trajectory.last())) {
      for (int part : new int[] {budget / 4, budget / 2, budget}) {
        Sample after = slower.sampleAt(Math.max(1, part));
        Finding f =
            Finding.moreThan(
                "a budget at a tenth of the rate", fall(before, after), EPS, noise(before, after));
        most = most == null || f.amount() > most.amount() ? f : most;
        if (most.outcome() == Finding.Outcome.HELD) {
          break;
        }
      }
    }
    findings.add(most);
  }

  private void nextBudgetGainsNothing() {
    try (OwnSteps steps = again()) {
      Sample before = repeat(steps);
      findings.add(
          confirmed(
              steps,
              2,
              after ->
                  Finding.atMost(
                      "the next budget", fall(before, after), 2 * EPS, noise(before, after))));
    }
  }

  private double fall(Sample before, Sample after) {
    double fall = Sample.fall(before, after) / range;
    return Double.isNaN(fall) ? Double.NEGATIVE_INFINITY : fall;
  }

  private double noise(Sample before, Sample after) {
    double noise = Sample.noise(before, after) / range;
    return Double.isFinite(noise) ? noise : 0;
  }

  private void descendInBall(double limit, boolean far) {
    searchBall(limit, far, 1, f -> f.gain() > limit * range);
    findings.add(Finding.atMost(search.orElseThrow().means(), gain(), limit, 0));
  }

  /** Looks for what was promised to be there: with much more effort before it is denied. */
  private BallSearch.Found findInBall(double limit, Predicate<BallSearch.Found> enough) {
    BallSearch.Found found = searchBall(limit, true, 1, enough);
    return enough.test(found) ? found : searchBall(limit, true, 5, enough);
  }

  private double gain() {
    return search.orElseThrow().gain();
  }

  /** Searches, and keeps what was found in units of G. */
  private BallSearch.Found searchBall(
      double limit, boolean far, int times, Predicate<BallSearch.Found> enough) {
    BallSearch.Found found =
        BallSearch.search(
            objective,
            judged(),
            ball(),
            Math.min(limit, EPS) * range,
            times * Effort.gradients(net, loss.rows()),
            far,
            random,
            enough);
    search =
        Optional.of(
            new BallSearch.Found(
                found.gain() / range,
                found.climb() / range,
                found.freeGain() / range,
                found.means()));
    return found;
  }

  /** The trial's own steps from its start. */
  private OwnSteps again() {
    return steps(trajectory.learningRate(), trajectory.initial());
  }

  private OwnSteps steps(double rate, double[] from) {
    return new OwnSteps(
        subject, data, net, objective, rate, from, trajectory.steps(), 0.1 * EPS * range);
  }

  /** Takes the trial's own steps once more, and samples their end. */
  private Sample repeat(OwnSteps steps) {
    Sample sample = steps.sampleAt(trajectory.steps());
    if (!Arrays.equals(steps.theta(), trajectory.last())) {
      throw new IllegalStateException(subject.name() + ": the trial does not repeat itself");
    }
    return sample;
  }

  private int steps(int budgets) {
    return Math.multiplyExact(budgets, trajectory.steps());
  }
}
