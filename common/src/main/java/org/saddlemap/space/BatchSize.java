package org.saddlemap.space;

import java.math.BigDecimal;

/** How many rows one step sees: a number, or all of them. */
public sealed interface BatchSize extends Written {
  /** Rows a step of a training set of that many rows; never more than there are. */
  int of(int rows);

  /** The same for so many rows: full where it is all of them. */
  default BatchSize on(int rows) {
    return of(rows) == rows ? new Full() : this;
  }

  /** All training rows, in their order: no noise. */
  record Full() implements BatchSize {
    @Override
    public String text() {
      return "full";
    }

    @Override
    public int of(int rows) {
      return rows;
    }
  }

  /** A fixed number. */
  record Rows(int count) implements BatchSize {
    public Rows {
      if (count < 1) {
        throw new IllegalArgumentException("needs to be at least 1 or full, got " + count);
      }
    }

    @Override
    public String text() {
      return Integer.toString(count);
    }

    @Override
    public int of(int rows) {
      return Math.min(count, rows);
    }
  }

  /**
   * Reads {@code full} or a whole number.
   *
   * @throws IllegalArgumentException with the reason, to be read after "batch_size 'text' "
   */
  static BatchSize parse(String text) {
    if (text.strip().equals("full")) {
      return new Full();
    }
    try {
      return new Rows(new BigDecimal(text.strip()).intValueExact());
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException("is neither a whole number below 2^31 nor full", e);
    }
  }
}
