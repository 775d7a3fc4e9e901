package org.saddlemap.data;

import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.saddlemap.spec.InvalidInput;

/**
 * Which column is the label: {@code last}, {@code first}, a position from 0, or a name of the
 * header, in this order.
 */
public final class LabelColumn {
  private static final Pattern POSITION = Pattern.compile("\\d{1,9}");

  private LabelColumn() {}

  /** Whether a header is needed to find the label. */
  static boolean isName(String label) {
    return !label.equals("last") && !label.equals("first") && !POSITION.matcher(label).matches();
  }

  /**
   * Position of the label, from 0.
   *
   * @param header names of the columns; empty where there are none
   * @param columns number of columns, at least 1
   * @throws InvalidInput where there is no such column, or more than one
   */
  public static int find(String origin, String label, List<String> header, int columns) {
    if (label.equals("last")) {
      return columns - 1;
    }
    if (label.equals("first")) {
      return 0;
    }
    if (!isName(label)) {
      int position = Integer.parseInt(label);
      if (position >= columns) {
        throw new InvalidInput(
            "%s has no column %d for the label; its columns are 0 to %d"
                .formatted(origin, position, columns - 1));
      }
      return position;
    }
    if (header.isEmpty()) {
      throw new InvalidInput(
          ("%s has no header, so there is no column \"%s\" for the label; say last, first or a"
                  + " position from 0")
              .formatted(origin, label));
    }
    int position = header.indexOf(label);
    if (position < 0 && !label.equals(label.strip())) {
      return find(origin, label.strip(), header, columns); // readers of text trim their cells
    }
    if (position < 0) {
      throw new InvalidInput(
          "%s has no column \"%s\" for the label%s"
              .formatted(origin, label, suggestion(label, header)));
    }
    if (position != header.lastIndexOf(label)) {
      throw new InvalidInput(
          "%s has more than one column \"%s\"; give the label's position, from 0"
              .formatted(origin, label));
    }
    return position;
  }

  private static String suggestion(String label, List<String> header) {
    String nearest =
        header.stream().min(Comparator.comparingInt(name -> distance(label, name))).orElseThrow();
    return nearest.equalsIgnoreCase(label) || distance(label, nearest) <= 1 + label.length() / 4
        ? "; did you mean \"%s\"?".formatted(nearest)
        : "; its columns are "
            + (header.size() <= 12
                ? String.join(", ", header)
                : String.join(", ", header.subList(0, 12)) + ", …");
  }

  /** Levenshtein's edit distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j - 1], row[j]));
      }
    }
    return row[b.length()];
  }
}
