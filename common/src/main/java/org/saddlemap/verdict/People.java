package org.saddlemap.verdict;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as people write them. */
public final class People {
  private People() {}

  /**
   * A share in percent with two significant digits; from 150 % on in times, and below a hundredth
   * of a percent without digits that nobody would read.
   */
  public static String share(double share) {
    double percent = 100 * share;
    if (!Double.isFinite(share)) {
      return "an unbounded part";
    }
    if (share >= 1.5) {
      return number(share) + " times";
    }
    if (share != 0 && Math.abs(percent) < 0.01) {
      return "less than 0.01 %";
    }
    return number(percent) + " %";
  }

  /** A part of a whole that is named next: "12 % of", "3.4 times". */
  public static String of(double share) {
    String text = share(share);
    return text.endsWith("times") ? text : text + " of";
  }

  /** An upper bound on a share, not finer than a hundredth of a percent: "0.01 % of". */
  static String within(double share) {
    return of(Math.max(share, 1e-4));
  }

  /** With two significant digits, and as a power of ten where it is very large or small. */
  public static String number(double value) {
    double size = Math.abs(value);
    if (value == 0) {
      return "0";
    }
    if (!Double.isFinite(value)) {
      return value > 0 ? "∞" : value < 0 ? "−∞" : "not a number";
    }
    if (size >= 1e6 || size < 1e-3) {
      String[] parts = String.format(Locale.ROOT, "%.0e", value).split("e", -1);
      return parts[0] + "·10^" + Integer.parseInt(parts[1]);
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(size < 100 ? 2 : 3));
    return rounded.stripTrailingZeros().toPlainString();
  }

  /** As it is written in a data file, with up to four digits. */
  public static String plain(double value) {
    if (!Double.isFinite(value) || Math.abs(value) >= 1e7) {
      return number(value);
    }
    return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** A factor, given by its decades: "by 10^-5". */
  public static String power(double log10) {
    if (Double.isInfinite(log10)) {
      return log10 < 0 ? "to nothing" : "without bound";
    }
    return String.format(Locale.ROOT, "by 10^%d", Math.round(log10));
  }
}
