package org.saddlemap.report;

import java.util.List;
import java.util.Locale;
import org.saddlemap.analysis.Share;

/** Numbers and lists as the page's sentences say them. */
final class Words {
  private Words() {}

  /** Thousands are grouped. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** {@code 1 trial}, {@code 2 trials}. */
  static String count(long n, String noun) {
    return count(n) + " " + (n == 1 ? noun : noun + "s");
  }

  /** In percent: whole ones, and a decimal where that would say nothing or all. */
  static String percent(double share) {
    boolean fine = (share < 0.0095 && share > 0) || (share > 0.995 && share < 1);
    return String.format(Locale.ROOT, fine ? "%.1f %%" : "%.0f %%", 100 * share);
  }

  /** {@code 35 %, 95 % interval 30 to 41 %}. */
  static String sure(Share share) {
    return percent(share.value()) + ", " + interval(share.low(), share.high());
  }

  static String interval(double low, double high) {
    return "%s interval %s to %s"
        .formatted(percent(Share.CONFIDENCE), percent(low).replace(" %", ""), percent(high));
  }

  /** {@code a}, {@code a and b}, {@code a, b and c}. */
  static String list(List<String> parts, String last) {
    int n = parts.size();
    return n < 2
        ? String.join("", parts)
        : String.join(", ", parts.subList(0, n - 1)) + " " + last + " " + parts.get(n - 1);
  }

  /** {@code none}, {@code all} or the number itself, of so many. */
  static String of(long part, long whole) {
    return part == 0 ? "none" : part == whole ? "all" : count(part);
  }
}
