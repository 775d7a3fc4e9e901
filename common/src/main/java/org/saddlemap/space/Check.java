package org.saddlemap.space;

/** Preconditions on numbers; the messages give the relation that was violated and the value. */
final class Check {
  private Check() {}

  static void finite(String what, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("has a %s that is not finite: %s".formatted(what, value));
    }
  }

  static void positive(String what, double value) {
    if (!(value > 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "needs a %s > 0, got %s".formatted(what, Names.number(value)));
    }
  }

  static void notNegative(String what, double value) {
    if (!(value >= 0) || !Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "needs a %s >= 0, got %s".formatted(what, Names.number(value)));
    }
  }
}
