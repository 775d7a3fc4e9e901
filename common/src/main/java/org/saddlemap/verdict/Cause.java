package org.saddlemap.verdict;

import java.util.Locale;

/**
 * What most likely kept a trial from training, by the evidence: a closed vocabulary, for counting.
 * docs/verdict.md says what shows each of them, and which comes first where several are shown.
 */
public enum Cause {
  /** The labels leave nothing to learn. */
  NOTHING_TO_LEARN("the best constant is as good as any function of the inputs"),
  /** Targets lie where the output activation cannot go. */
  TARGETS_OUT_OF_REACH("targets lie outside of what the output activation can reach"),
  /** The L2 penalty is most of the objective. */
  PENALTY("the L2 penalty outweighs the loss of the data"),
  /** Input features of huge mean or size. */
  UNSCALED_INPUTS("input features of large mean or size, which saturate or explode"),
  /** A hidden layer whose units are all equal. */
  EQUAL_UNITS("the units of a hidden layer are all equal, and act as one"),
  /** The signal or the gradient vanishes on its way through the layers. */
  VANISHING_SIGNAL("signal or gradient vanishes on its way through the layers"),
  /** The signal or the gradient explodes on its way through the layers. */
  EXPLODING_SIGNAL("signal or gradient explodes on its way through the layers"),
  /** The steps are too large. */
  RATE_TOO_LARGE("the steps are too large: the loss grew, jumped away, or bounces without end"),
  /** ReLU units that are off. */
  DEAD_UNITS("ReLU units that are off on (nearly) every row"),
  /** Units at the bounds of their activation. */
  SATURATED_UNITS(
      "units at the bounds of tanh, sigmoid or softsign, where the derivative is nearly nothing"),
  /** The steps are too small. */
  RATE_TOO_SMALL("the steps are too small to get anywhere in this budget"),
  /** Decoupled weight decay, where it balances the steps of the loss. */
  WEIGHT_DECAY("weight decay, no part of the objective, holds the weights back from lower ground"),
  /** The schedule's end, with ground left to gain. */
  SCHEDULE_ENDED("the schedule took the rate to 0 while there was still ground to gain"),
  /** Full-batch steps that bounce across the valley at the end. */
  RATE_TOO_LARGE_AT_END("the steps are too large for the end of the descent, which bounces"),
  /** The noise of mini-batches or of dropout. */
  NOISE(
      "the noise of mini-batches, or of dropout, keeps the loss above the valley that it moves in"),
  /** The steps ran out while the loss was falling. */
  BUDGET("the budget ended while the loss was still falling"),
  /** A stationary point with a way down. */
  SADDLE("a stationary point with a way down that the gradient does not show"),
  /** A flat region without another cause. */
  FLATNESS("the surface is flat around the point"),
  /** An optimum at a high loss: this model does no better nearby. */
  MODEL("the network does no better nearby: a local optimum, or too small or rigid a model"),
  /** It trained. */
  NONE("nothing is wrong: it trained");

  private final String doc;

  Cause(String doc) {
    this.doc = doc;
  }

  /** The name in tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it means, in a line. */
  public String doc() {
    return doc;
  }
}
