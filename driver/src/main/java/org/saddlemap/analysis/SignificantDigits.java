package org.saddlemap.analysis;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/**
 * Writes numbers with a number of significant digits, trailing zeros left out: plainly where their
 * size is in a range, and else with an exponent.
 *
 * @param digits at most
 * @param min size from which numbers are written plainly
 * @param max size from which they are not any more
 * @param exponent how an exponent of ten is written, a {@link java.util.Formatter} format
 */
public record SignificantDigits(int digits, double min, double max, String exponent) {
  /** The text of a finite number. */
  public String text(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros();
    double size = Math.abs(value);
    if (size >= min && size < max) {
      return rounded.toPlainString();
    }
    int power = rounded.precision() - rounded.scale() - 1;
    return rounded.movePointLeft(power).stripTrailingZeros().toPlainString()
        + String.format(Locale.ROOT, exponent, power);
  }
}
