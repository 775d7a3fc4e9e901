package org.saddlemap.store;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a user may have meant, said in a sentence. */
final class Suggestion {
  private static final int LISTED = 20;

  private Suggestion() {}

  /** "Did you mean x?" where one is close, else what there is. */
  static String among(String wanted, List<String> known) {
    Optional<String> near =
        known.stream()
            .min(Comparator.comparingInt(k -> distance(wanted, k)))
            .filter(k -> distance(wanted, k) <= Math.max(2, wanted.length() / 3));
    String listed = String.join(", ", known.subList(0, Math.min(LISTED, known.size())));
    String rest = known.size() > LISTED ? ", and " + (known.size() - LISTED) + " more" : "";
    return near.map(k -> "Did you mean '" + k + "'? ").orElse("")
        + "There "
        + (known.size() == 1 ? "is " : "are ")
        + listed
        + rest;
  }

  /** Levenshtein's distance: fewest insertions, deletions and replacements. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
