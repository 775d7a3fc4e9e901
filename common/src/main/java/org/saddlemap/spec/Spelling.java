package org.saddlemap.spec;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Guesses what a misspelt word, or another tool's word for the same, was meant to be. */
public final class Spelling {
  /** Longer words are not misspelt ones. */
  private static final int MAX_LENGTH = 64;

  /** What other tools call it. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("lr", "learning_rate"),
          Map.entry("eta", "learning_rate"),
          Map.entry("layers", "depth"),
          Map.entry("num_layers", "depth"),
          Map.entry("units", "width"),
          Map.entry("hidden_size", "width"),
          Map.entry("nonlinearity", "activation"),
          Map.entry("weight_init", "initializer"),
          Map.entry("kernel_initializer", "initializer"),
          Map.entry("clipnorm", "clipping"),
          Map.entry("grad_clip", "clipping"),
          Map.entry("steps", "max_steps"),
          Map.entry("random_state", "seed"));

  private Spelling() {}

  /** The known word of the same meaning, or the closest where it is close. */
  static Optional<String> nearest(String word, Collection<String> known) {
    if (word.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String lower = word.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
    String same = ELSEWHERE.get(lower);
    if (same != null && known.contains(same)) {
      return Optional.of(same);
    }
    return known.stream()
        .filter(k -> distance(lower, k) <= Math.max(1, Math.min(lower.length(), k.length()) / 3))
        .min(Comparator.comparingInt(k -> distance(lower, k)));
  }

  /**
   * Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other
   * (Damerau 1964, in the optimal-string-alignment form). Ours, since the commons-text of Spark's
   * jars counts a swap as two, and plain Java has none of these jars.
   */
  public static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + substitution);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
