package org.saddlemap.refute;

/**
 * What one attempt to refute a promise came to.
 *
 * @param means by which it was tried
 * @param amount what was found, in units of G
 * @param limit what was promised of it
 * @param noise of the amount
 */
record Finding(Outcome outcome, String means, double amount, double limit, double noise) {
  /** Of an attempt, or of all on one trial. */
  enum Outcome {
    HELD,
    UNDECIDED,
    REFUTED
  }

  /** The promise that the amount is at most the limit. */
  static Finding atMost(String means, double amount, double limit, double noise) {
    Outcome outcome =
        amount <= limit
            ? Outcome.HELD
            : amount <= limit + noise ? Outcome.UNDECIDED : Outcome.REFUTED;
    return new Finding(outcome, means, amount, limit, noise);
  }

  /** The promise that the amount is more than the limit. */
  static Finding moreThan(String means, double amount, double limit, double noise) {
    Outcome outcome =
        amount > limit
            ? Outcome.HELD
            : amount > limit - noise ? Outcome.UNDECIDED : Outcome.REFUTED;
    return new Finding(outcome, means, amount, limit, noise);
  }

  static Finding that(boolean holds, String means) {
    return new Finding(holds ? Outcome.HELD : Outcome.REFUTED, means, 0, 0, 0);
  }

  @Override
  public String toString() {
    return "%s: %.3g G against %.3g G, noise %.2g".formatted(means, amount, limit, noise);
  }
}
