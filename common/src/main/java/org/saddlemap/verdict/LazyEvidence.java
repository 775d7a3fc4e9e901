package org.saddlemap.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Evidence as the rule reads it: what is not there yet is asked for by its probe, and what is
 * compared is noted.
 */
final class LazyEvidence {
  private final Evidence evidence;
  private final Optional<Comparison> flipped;
  private final List<Comparison> compared = new ArrayList<>();

  LazyEvidence(Evidence evidence) {
    this(evidence, Optional.empty());
  }

  /**
   * @param flipped comparison that is answered the other way around, wherever it is made
   */
  LazyEvidence(Evidence evidence, Optional<Comparison> flipped) {
    this.evidence = evidence;
    this.flipped = flipped;
  }

  /** Stops the rule, which cannot go on before a probe has been taken, or taken further. */
  static final class Needed extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Probe probe;

    Needed(Probe probe) {
      // No stack trace: it is an answer that is caught where the rule began, not a fault.
      super(probe.name(), null, false, false);
      this.probe = probe;
    }

    Probe probe() {
      return probe;
    }
  }

  Evidence evidence() {
    return evidence;
  }

  boolean has(Measure measure) {
    return evidence.has(measure);
  }

  boolean is(Measure flag) {
    return evidence.is(flag);
  }

  double get(Measure measure) {
    return evidence.get(measure);
  }

  double getOr(Measure measure, double fallback) {
    return evidence.getOr(measure, fallback);
  }

  /** Goes on where the probe has been taken, however far. */
  void need(Probe probe) {
    if (!evidence.has(probe.answer())) {
      throw new Needed(probe);
    }
  }

  /** Goes on where the probe has been taken as far as it goes. */
  void needAll(Probe probe) {
    need(probe);
    if (!isComplete(probe)) {
      throw new Needed(probe);
    }
  }

  boolean isComplete(Probe probe) {
    return probe.complete().map(evidence::is).orElse(evidence.has(probe.answer()));
  }

  /** Whether the value is above the threshold, which is noted. */
  boolean above(String quantity, double value, double threshold) {
    Comparison comparison = new Comparison(quantity, value, threshold, false);
    if (!compared.contains(comparison)) {
      compared.add(comparison);
    }
    boolean answer = value > threshold;
    return flipped.filter(f -> isOf(f, quantity, threshold)).isPresent() != answer;
  }

  boolean above(Measure measure, double threshold) {
    return above(measure.key(), evidence.get(measure), threshold);
  }

  private static boolean isOf(Comparison comparison, String quantity, double threshold) {
    return comparison.quantity().equals(quantity) && comparison.threshold() == threshold;
  }

  /** All comparisons so far, each once, in order. */
  List<Comparison> compared() {
    return List.copyOf(compared);
  }
}
