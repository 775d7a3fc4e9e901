package org.saddlemap.store;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.saddlemap.spec.Spelling;

/** What a user may have meant, said in a sentence. */
final class Suggestion {
  private static final int LISTED = 20;

  private Suggestion() {}

  /** "Did you mean x?" where one is close, else what there is. */
  static String among(String wanted, List<String> known) {
    Optional<String> near =
        known.stream()
            .min(Comparator.comparingInt(k -> Spelling.distance(wanted, k)))
            .filter(k -> Spelling.distance(wanted, k) <= Math.max(2, wanted.length() / 3));
    String listed = String.join(", ", known.subList(0, Math.min(LISTED, known.size())));
    String rest = known.size() > LISTED ? ", and " + (known.size() - LISTED) + " more" : "";
    return near.map(k -> "Did you mean '" + k + "'? ").orElse("")
        + "There "
        + (known.size() == 1 ? "is " : "are ")
        + listed
        + rest;
  }
}
