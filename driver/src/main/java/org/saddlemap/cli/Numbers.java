package org.saddlemap.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.saddlemap.analysis.SignificantDigits;
import org.saddlemap.verdict.Measure;

/**
 * Formats numbers for columns and reports, where digits matter; for sentences, {@link
 * org.saddlemap.verdict.People} rounds more.
 */
final class Numbers {
  private static final SignificantDigits DIGITS = new SignificantDigits(4, 1e-4, 1000, "e%d");
  private static final MathContext SHARE_DIGITS = new MathContext(2);

  private Numbers() {}

  /** Four significant digits, such as {@code 0.0125}, {@code 1,438} or {@code 3.2e-7}. */
  static String text(double value) {
    if (Double.isNaN(value)) {
      return "not a number";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "infinite" : "-infinite";
    }
    double size = Math.abs(value);
    return size >= 1000 && size < 1e7
        ? String.format(Locale.ROOT, "%,.0f", value)
        : DIGITS.text(value);
  }

  /** Whole numbers whole, flags as {@code yes} or {@code no}. */
  static String text(Measure measure, double value) {
    return switch (measure.type()) {
      case BOOLEAN -> value == 1 ? "yes" : "no";
      case LONG -> Long.toString((long) value);
      default -> text(value);
    };
  }

  /**
   * A part of something, such as {@code 12 %}, {@code 0.35 %} or {@code 99.9 %}: never "0 %" of
   * what is there nor "100 %" of what is not all; multiples from ten on as such.
   */
  static String share(double share) {
    double size = Math.abs(share);
    if (!Double.isFinite(share)) {
      return text(share);
    }
    if (size >= 10) {
      return text(share) + " times";
    }
    if (size > 0 && size < 1e-4) {
      return (share < 0 ? "above -" : "under ") + "0.01 %";
    }
    if (share > 0.99 && share < 1) {
      BigDecimal percent =
          new BigDecimal(100 * share).setScale(share < 0.999 ? 1 : 2, RoundingMode.DOWN);
      return percent.stripTrailingZeros().toPlainString() + " %";
    }
    return new BigDecimal(100 * share).round(SHARE_DIGITS).stripTrailingZeros().toPlainString()
        + " %";
  }

  /** A share, or {@code –} where it is not known. */
  static String shareOrNone(double share) {
    return Double.isNaN(share) ? "–" : share(share);
  }

  /** A rough time: {@code 7.2 s}, {@code 12 min}, {@code 3.4 h}. */
  static String time(double seconds) {
    return seconds < 100
        ? String.format(Locale.ROOT, "%.2g s", seconds)
        : seconds < 6000
            ? String.format(Locale.ROOT, "%.0f min", seconds / 60)
            : String.format(Locale.ROOT, "%,.1f h", seconds / 3600);
  }

  /** A rough size: {@code 12.3 MB}, {@code 1.2 GB}. */
  static String bytes(double bytes) {
    return bytes < 1e9
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%,.1f GB", bytes / 1e9);
  }

  /** A number per second: {@code 0.25}, {@code 12}, {@code 3400}. */
  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.2g" : "%.0f", perSecond);
  }

  /** A time as a clock shows it: {@code 0:07}, {@code 12:30}, {@code 3:04:05}. */
  static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 3600
        ? "%d:%02d".formatted(s / 60, s % 60)
        : "%d:%02d:%02d".formatted(s / 3600, s / 60 % 60, s % 60);
  }
}
