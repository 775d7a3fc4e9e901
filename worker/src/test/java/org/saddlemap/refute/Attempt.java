package org.saddlemap.refute;

import java.util.List;
import java.util.Optional;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;

/**
 * A trial's verdict, and what came of trying to refute it.
 *
 * @param findings in the order in which they were made; none where nothing was promised
 * @param search the descent in the ball, where there was one, in units of G
 */
record Attempt(
    Subject subject,
    Verdict verdict,
    Evidence evidence,
    int parameters,
    int steps,
    List<Finding> findings,
    Optional<BallSearch.Found> search) {
  boolean claims() {
    return !findings.isEmpty();
  }

  Finding.Outcome outcome() {
    return findings.stream()
        .map(Finding::outcome)
        .max(Enum::compareTo)
        .orElse(Finding.Outcome.HELD);
  }

  /** The finding that decided. */
  Finding decisive() {
    Finding.Outcome worst = outcome();
    return findings.stream().filter(f -> f.outcome() == worst).findFirst().orElseThrow();
  }

  String category() {
    return verdict.category().orElseThrow().text();
  }

  @Override
  public String toString() {
    return "%s %s (%s): %s; %s; evidence %s; %s"
        .formatted(
            subject.name(),
            category(),
            verdict.subCategory(),
            outcome(),
            findings,
            evidence,
            subject.configuration());
  }
}
