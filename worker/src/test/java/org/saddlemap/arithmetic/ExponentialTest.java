package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/** e^x in float64 against its series in 60 decimal digits. */
class ExponentialTest {
  private static final MathContext DIGITS = new MathContext(60);
  private static final int HALVINGS = 12;

  @Test
  void isWithinAUnitAndAFifthInTheLastPlace() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    DoubleStream.concat(
            DoubleStream.of(0, -0.0, 1, -1, 1e-300, -1e-17, 0.34657359, -0.34657360, 699.9, -699.9),
            DoubleStream.generate(
                    () ->
                        (2 * random.nextDouble() - 1)
                            * Math.pow(10, 3 * random.nextDouble() - 0.16))
                .limit(20_000))
        .filter(x -> Math.abs(x) < 700)
        .forEach(
            x -> {
              double y = Exponential.of(x);
              double error = new BigDecimal(y).subtract(exact(x)).abs().doubleValue() / Math.ulp(y);
              assertThat(error).as("e^%s, seed %d", x, seed).isLessThan(1.2);
            });
  }

  @Test
  void isTheLibrarysFarOut() {
    assertThat(Exponential.of(Double.POSITIVE_INFINITY)).isInfinite();
    assertThat(Exponential.of(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(Exponential.of(Double.NaN)).isNaN();
    for (double x : new double[] {700, 709.7, 709.8, -700, -745, -746}) {
      assertThat(Exponential.of(x)).isEqualTo(StrictMath.exp(x));
    }
  }

  @Test
  void neverFalls() {
    double last = 0;
    for (double x = -701; x < 701; x += 0.001) {
      double y = Exponential.of(x);
      assertThat(y).as("e^%s", x).isGreaterThan(last);
      last = y;
    }
  }

  /** The series at x/2¹², squared as often. */
  private static BigDecimal exact(double x) {
    BigDecimal u = new BigDecimal(x).divide(BigDecimal.valueOf(1L << HALVINGS), DIGITS);
    BigDecimal sum = BigDecimal.ONE;
    BigDecimal term = BigDecimal.ONE;
    for (int k = 1; term.signum() != 0 && term.abs().doubleValue() > 1e-55; k++) {
      term = term.multiply(u, DIGITS).divide(BigDecimal.valueOf(k), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < HALVINGS; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    return sum;
  }
}
