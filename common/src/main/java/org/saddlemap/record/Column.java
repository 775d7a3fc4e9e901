package org.saddlemap.record;

import java.util.function.Function;
import org.saddlemap.space.ValueType;

/**
 * A column of a table over rows of type {@code R}.
 *
 * @param name in SQL; permanent
 * @param unit empty where it has none
 * @param doc one line
 * @param required whether it is never NULL
 * @param value {@code String}, {@code Long}, {@code Double} or {@code Boolean} by its type, or null
 */
public record Column<R>(
    String name,
    ValueType type,
    String unit,
    String doc,
    boolean required,
    Function<R, Object> value) {
  /**
   * The row's value, fit for SQL: a double that is not finite becomes NULL.
   *
   * @throws IllegalStateException where a required value is missing
   */
  public Object of(R row) {
    Object v = value.apply(row);
    if (v instanceof Double d && !Double.isFinite(d)) {
      v = null;
    }
    if (v == null && required) {
      throw new IllegalStateException("Column " + name + " has no value");
    }
    return v;
  }

  /** A column that is never NULL. */
  static <R> Column<R> required(
      String name, ValueType type, String unit, String doc, Function<R, Object> value) {
    return new Column<>(name, type, unit, doc, true, value);
  }

  /** The same without a unit. */
  static <R> Column<R> required(
      String name, ValueType type, String doc, Function<R, Object> value) {
    return required(name, type, "", doc, value);
  }

  /** A column that may be NULL. */
  static <R> Column<R> optional(
      String name, ValueType type, String unit, String doc, Function<R, Object> value) {
    return new Column<>(name, type, unit, doc, false, value);
  }

  /** The same without a unit. */
  static <R> Column<R> optional(
      String name, ValueType type, String doc, Function<R, Object> value) {
    return optional(name, type, "", doc, value);
  }
}
