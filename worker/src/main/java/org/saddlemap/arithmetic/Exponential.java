package org.saddlemap.arithmetic;

/** e^x in float64, by arithmetic alone: the same bits on every machine and Java. */
public final class Exponential {
  /** Beyond it results come near the ends of what float64 can hold. */
  private static final double FAR = 700;

  /** Added to a number of moderate size and taken away again, it leaves the nearest integer. */
  private static final double ROUND = 0x1.8p52;

  private static final double LOG2_E = 1.4426950408889634;

  /** log 2, whose trailing bits are zero so that its multiples are exact; and what it lacks. */
  private static final double LN2 = 0x1.62e42feep-1;

  private static final double LN2_REST = 0x1.a39ef35793c76p-33;

  private static final int FRACTION_BITS = 52;

  private Exponential() {}

  /**
   * e^x within 1.2 ulp: 2ᵏ e^r with r = x − k log 2 in [−0.35, 0.35], and e^r by its series, in two
   * halves that the processor can take at once. Half a unit is the last rounding, a quarter each
   * may come from r's and from that of e^r − 1, and an eighth from the series. Beyond ±{@value
   * #FAR} the library's own.
   */
  public static double of(double x) {
    if (!(Math.abs(x) < FAR)) {
      return StrictMath.exp(x);
    }
    double shifted = Math.fma(x, LOG2_E, ROUND);
    double k = shifted - ROUND;
    double r = Math.fma(k, -LN2_REST, Math.fma(k, -LN2, x));
    double s = r * r;
    double odd = Math.fma(s, 1.0 / 6227020800L, 1.0 / 39916800);
    odd = Math.fma(s, Math.fma(s, odd, 1.0 / 362880), 1.0 / 5040);
    odd = Math.fma(s, Math.fma(s, odd, 1.0 / 120), 1.0 / 6);
    double even = Math.fma(s, 1.0 / 479001600, 1.0 / 3628800);
    even = Math.fma(s, Math.fma(s, even, 1.0 / 40320), 1.0 / 720);
    even = Math.fma(s, Math.fma(s, even, 1.0 / 24), 0.5);
    double beyondOne = Math.fma(s, Math.fma(r, odd, even), r);
    double power =
        Double.longBitsToDouble(
            Double.doubleToRawLongBits(1) + (Double.doubleToRawLongBits(shifted) << FRACTION_BITS));
    return Math.fma(power, beyondOne, power);
  }
}
