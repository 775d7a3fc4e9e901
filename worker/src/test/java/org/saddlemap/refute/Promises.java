package org.saddlemap.refute;

import static org.saddlemap.refute.JudgedTrial.EPS;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Measure;

/**
 * What a verdict promises (docs/verdict.md, The law), tried point by point until something refutes
 * it.
 */
final class Promises {
  private static final int BUDGETS = 10;

  /** Measures of what a saddle's way down is worth, whichever of them there are. */
  private static final List<String> WORTH =
      List.of("NC_DEC", "HO_DEC", "DESCENT_DEC", "SEARCH_DEC");

  private final JudgedTrial trial;
  private final List<Finding> findings = new ArrayList<>();
  private Optional<BallSearch.Found> search = Optional.empty();

  private Promises(JudgedTrial trial) {
    this.trial = trial;
  }

  /** Tries to refute a trial's verdict. */
  static Attempt tried(JudgedTrial trial) {
    Promises promises = new Promises(trial);
    Optional<Category> category = trial.examination().verdict().category();
    String sub = trial.examination().verdict().subCategory();
    if (category.isPresent() && !sub.contains("cut short")) {
      trial.requireSameUnits();
      promises.attempt(category.get(), sub);
    }
    return new Attempt(
        trial.subject(),
        trial.examination().verdict(),
        trial.evidence(),
        trial.parameters(),
        trial.steps(),
        List.copyOf(promises.findings),
        promises.search);
  }

  private void attempt(Category category, String sub) {
    switch (category) {
      case OPTIMUM -> optimum();
      case SADDLE -> saddle();
      case PLATEAU -> {
        if (sub.equals("dead")) {
          dead();
        } else {
          plateau(sub);
        }
      }
      case DIVERGED -> diverged();
      case DESCENDING -> {
        if (sub.contains("oscillating") || sub.contains("noise-limited")) {
          lowerRate();
        } else if (sub.contains("rate-limited")
            || sub.contains("creeping")
            || sub.contains("shallow")) {
          tooSlow();
        } else {
          nextBudget(f -> Finding.moreThan("the next budget", f.amount(), EPS, f.noise()));
        }
      }
    }
  }

  private boolean refuted() {
    return findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.REFUTED);
  }

  private void optimum() {
    double limit = 2 * EPS;
    if (trial.gap() <= limit) { // no function of the inputs is further below
      findings.add(Finding.atMost("the gap itself", trial.gap(), limit, 0));
      return;
    }
    nothingInBall(limit, BallSearch.Starts.BALL);
    if (!refuted()) {
      staysAbove(f -> -trial.aboveJudged(f), "training on, %d budgets", BUDGETS);
    }
  }

  private void saddle() {
    double worth = 0;
    for (Measure m : Measure.values()) {
      if (WORTH.contains(m.name())) {
        worth = Math.max(worth, trial.evidence().getOr(m, 0));
      }
    }
    double limit = worth / 2;
    double taken = Math.max(worth, 2 * EPS);
    BallSearch.Found found = findInBall(limit, f -> f.freeGain() > limit);
    findings.add(Finding.moreThan("a way down in the ball", found.freeGain(), limit, 0));
    if (!refuted()) {
      nextBudget(f -> Finding.atMost("the next budget", f.amount(), taken, f.noise()));
    }
  }

  /** The ground may end within the ball where units are off or at their bounds: docs/verdict.md. */
  private void plateau(String sub) {
    boolean byUnits = sub.equals("saturated") || sub.equals("nearly dead");
    double height = trial.height();
    findings.add(Finding.moreThan("the height", height, 10 * EPS, 0));
    if (!refuted()) {
      nothingInBall(
          2 * Math.min(10 * EPS, height / 20),
          byUnits ? BallSearch.Starts.NEAR : BallSearch.Starts.BALL);
    }
    if (!refuted()) {
      nextBudget(f -> Finding.atMost("the next budget", f.amount(), 2 * EPS, f.noise()));
    }
  }

  private void dead() {
    findings.add(Finding.that(trial.constantOutputs(), "the outputs are constant"));
    if (!refuted()) {
      // What else moves the weights may switch the layer on again.
      boolean drawn =
          trial.evidence().getOr(Measure.PENALTY_SHARE, 0) > 0
              || trial.evidence().getOr(Measure.DECAYED, 0) > 0
              || trial.evidence().is(Measure.BATCH_STATISTICS);
      staysAbove(
          f -> -trial.aboveConstant(f),
          "training on, %d budgets, below the best constant",
          drawn ? 1 : BUDGETS);
    }
  }

  private void diverged() {
    if (!trial.finite()) {
      findings.add(Finding.that(true, "it is not finite"));
      return;
    }
    findings.add(Finding.that(trial.gradientIsAlive(), "the gradient is alive"));
    if (refuted()) {
      return;
    }
    try (OwnSteps steps = trial.fromStart()) {
      trial.repeat(steps);
      findings.add(
          confirmed(
              steps,
              2,
              after ->
                  Finding.moreThan(
                      "the next budget, above the best constant",
                      trial.aboveConstant(after.level()),
                      0,
                      trial.inRange(after.noise()))));
    }
  }

  /** Its own steps gain no more than eps, and something in the ball does. */
  private void tooSlow() {
    nextBudget(f -> Finding.atMost("the next budget", f.amount(), EPS, f.noise()));
    if (!refuted()) {
      BallSearch.Found found = findInBall(EPS, f -> f.gain() > EPS);
      findings.add(Finding.moreThan("a descent in the ball", found.gain(), EPS, 0));
    }
  }

  /** At a tenth of the rate it gains more than eps, at the end of a budget or before. */
  private void lowerRate() {
    Sample before;
    try (OwnSteps steps = trial.fromStart()) {
      before = trial.repeat(steps);
    }
    int budget = trial.steps();
    try (OwnSteps slower = trial.slower()) {
      Finding most = null;
      for (int part : new int[] {budget / 4, budget / 2, budget}) {
        Sample after = slower.sampleAt(Math.max(1, part));
        Finding f =
            Finding.moreThan(
                "a budget at a tenth of the rate",
                trial.fall(before, after),
                EPS,
                trial.noise(before, after));
        most = most == null || f.amount() > most.amount() ? f : most;
        if (f.outcome() == Finding.Outcome.HELD) {
          break;
        }
      }
      findings.add(most);
    }
  }

  /** A fall of the loss and its noise. */
  private record Fall(double amount, double noise) {}

  private void nextBudget(Function<Fall, Finding> says) {
    try (OwnSteps steps = trial.fromStart()) {
      Sample before = trial.repeat(steps);
      findings.add(
          confirmed(
              steps,
              2,
              after ->
                  says.apply(new Fall(trial.fall(before, after), trial.noise(before, after)))));
    }
  }

  /**
   * So many budgets of the trial's own steps do not bring it more than 2 eps below a level.
   *
   * @param below how far a loss is below it
   */
  private void staysAbove(ToDoubleFunction<Double> below, String means, int budgets) {
    try (OwnSteps steps = trial.fromStart()) {
      trial.repeat(steps);
      for (int b : IntStream.of(1, 3, BUDGETS).filter(n -> n <= budgets).toArray()) {
        findings.add(
            confirmed(
                steps,
                1 + b,
                after ->
                    Finding.atMost(
                        means.formatted(b),
                        below.applyAsDouble(after.level()),
                        2 * EPS,
                        trial.inRange(after.noise()))));
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
    Sample sample = steps.sampleAt(Math.multiplyExact(budgets, trial.steps()));
    Finding first = says.apply(sample);
    if (first.outcome() != Finding.Outcome.REFUTED || !sample.wobbles()) {
      return first;
    }
    Finding second = says.apply(steps.sampleLater());
    return second.outcome() == Finding.Outcome.REFUTED ? first : second;
  }

  /** No descent in the ball gains more than the limit. */
  private void nothingInBall(double limit, BallSearch.Starts starts) {
    BallSearch.Found found = trial.search(limit, starts, 1, f -> f.gain() > limit);
    search = Optional.of(found);
    findings.add(Finding.atMost(found.means(), found.gain(), limit, 0));
  }

  /** Looks for what was promised to be there: with much more effort before it is denied. */
  private BallSearch.Found findInBall(double limit, Predicate<BallSearch.Found> enough) {
    BallSearch.Found found = trial.search(limit, BallSearch.Starts.FAR, 1, enough);
    if (!enough.test(found)) {
      found = trial.search(limit, BallSearch.Starts.FAR, 5, enough);
    }
    search = Optional.of(found);
    return found;
  }
}
