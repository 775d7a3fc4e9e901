package org.saddlemap.space;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;

/** A hyperparameter and the values that it takes in a sweep, in order. */
public sealed interface Axis {
  Hyperparameter hyperparameter();

  /** The values, as {@link Hyperparameter#parse} returns them; not empty, no value twice. */
  List<Object> values();

  /** Values listed one by one. */
  record Listed(Hyperparameter hyperparameter, List<Object> values) implements Axis {
    public Listed {
      values = List.copyOf(values);
      requireUsable(values);
    }
  }

  /** {@code count} values from {@code from} to {@code to}, both included, evenly spaced. */
  record Linear(Hyperparameter hyperparameter, double from, double to, int count) implements Axis {
    public Linear {
      requireRange(hyperparameter, from, to, count);
    }

    @Override
    public List<Object> values() {
      // Rounded so that tenths come out as 0.3 and not 0.30000000000000004.
      return spaced(hyperparameter, from, to, count, t -> round(from + (to - from) * t, 15));
    }
  }

  /**
   * {@code count} values from {@code from} to {@code to}, both included, evenly spaced in their
   * logarithm.
   */
  record Log(Hyperparameter hyperparameter, double from, double to, int count) implements Axis {
    public Log {
      requireRange(hyperparameter, from, to, count);
      if (!(from > 0)) {
        throw new IllegalArgumentException(
            "needs a range above 0 to be logarithmic, got from " + Names.number(from));
      }
    }

    @Override
    public List<Object> values() {
      // Powers of both ends, since their quotient may overflow; rounded so that the decades come
      // out as 0.01 and not 0.010000000000000002.
      return spaced(
          hyperparameter,
          from,
          to,
          count,
          t -> round(StrictMath.pow(from, 1 - t) * StrictMath.pow(to, t), 12));
    }
  }

  private static List<Object> spaced(
      Hyperparameter hyperparameter,
      double from,
      double to,
      int count,
      DoubleUnaryOperator between) {
    List<Object> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      // The ends as they were given, to the last bit.
      double x = i == 0 ? from : i == count - 1 ? to : between.applyAsDouble(i / (count - 1.0));
      try {
        values.add(hyperparameter.parse(Names.number(x)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "has the value %s, which %s".formatted(Names.number(x), e.getMessage()), e);
      }
    }
    requireUsable(values);
    return List.copyOf(values);
  }

  private static double round(double value, int digits) {
    return BigDecimal.valueOf(value).round(new MathContext(digits)).doubleValue();
  }

  private static void requireRange(Hyperparameter h, double from, double to, int count) {
    if (h.type() != ValueType.DOUBLE
        && h.type() != ValueType.LONG
        && h != Hyperparameter.BATCH_SIZE) {
      throw new IllegalArgumentException("is not a number, so it takes a list, not a range");
    }
    if (!Double.isFinite(from) || !Double.isFinite(to) || !(from < to)) {
      throw new IllegalArgumentException(
          "needs a range with from < to, got %s and %s"
              .formatted(Names.number(from), Names.number(to)));
    }
    if (count < 2 || count > 1_000_000) {
      throw new IllegalArgumentException("needs a count between 2 and 1000000, got " + count);
    }
  }

  private static void requireUsable(List<Object> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("has no values");
    }
    Set<Object> seen = new HashSet<>();
    for (Object value : values) {
      if (!seen.add(value)) {
        throw new IllegalArgumentException(
            "has the value " + Hyperparameter.text(value) + " twice");
      }
    }
  }
}
