package org.saddlemap.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.ValueType;

/**
 * A hyperparameter that a sweep's trials vary, with the values that occur.
 *
 * @param hyperparameter which one
 * @param column of {@code trials} that holds it: its own, or {@code learning_rate_sharpness} where
 *     rates were given so
 * @param values in order: numbers by size ({@code full} after them), others by name
 */
public record SweptAxis(Hyperparameter hyperparameter, String column, List<Object> values) {
  private static final String SHARPNESS = "learning_rate_sharpness";

  public SweptAxis {
    values = List.copyOf(values);
  }

  /** The axes that these trials vary, in the registry's order; one pass. */
  public static List<SweptAxis> of(Dataset<Row> trials) {
    return of(trials, 2);
  }

  /** The same with the fixed ones, which take a single value. */
  public static List<SweptAxis> allOf(Dataset<Row> trials) {
    return of(trials, 1);
  }

  private static List<SweptAxis> of(Dataset<Row> trials, int atLeast) {
    List<Hyperparameter> hyperparameters = new ArrayList<>(List.of(Hyperparameter.values()));
    List<String> columns = new ArrayList<>();
    List<Column> sets = new ArrayList<>();
    for (Hyperparameter h : hyperparameters) {
      columns.add(h.key());
      sets.add(
          h == Hyperparameter.LEARNING_RATE
              // As it was used it would be another rate for every trial.
              ? functions.collect_set(
                  functions.when(functions.col(SHARPNESS).isNull(), functions.col(h.key())))
              : functions.collect_set(functions.col(h.key())));
    }
    hyperparameters.add(Hyperparameter.LEARNING_RATE);
    columns.add(SHARPNESS);
    sets.add(functions.collect_set(functions.col(SHARPNESS)));
    Row row = trials.agg(sets.get(0), sets.subList(1, sets.size()).toArray(Column[]::new)).first();
    List<SweptAxis> axes = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      List<Object> values = new ArrayList<>(row.<Object>getList(i));
      if (values.size() >= atLeast) {
        values.sort(ORDER);
        axes.add(new SweptAxis(hyperparameters.get(i), columns.get(i), values));
      }
    }
    return axes;
  }

  private static final Comparator<Object> ORDER =
      Comparator.comparing((Object v) -> number(v) == null)
          .thenComparing(v -> number(v) == null ? 0.0 : number(v))
          .thenComparing(Object::toString);

  private static Double number(Object value) {
    if (value instanceof Number n) {
      return n.doubleValue();
    }
    if (value instanceof String s && !s.isEmpty() && s.chars().allMatch(Character::isDigit)) {
      return Double.valueOf(s);
    }
    return null;
  }

  /** The key, unique among a sweep's axes. */
  public String key() {
    return column;
  }

  /** Whether its values have an order: numbers, and batch sizes. */
  public boolean ordered() {
    return hyperparameter.type() == ValueType.LONG
        || hyperparameter.type() == ValueType.DOUBLE
        || hyperparameter == Hyperparameter.BATCH_SIZE;
  }

  /** The number of each value; NaN where it is none. */
  public double position(int index) {
    Double number = number(values.get(index));
    return number == null ? Double.NaN : number;
  }

  /** A value for people: at most four significant digits. */
  public String text(int index) {
    return text(values.get(index));
  }

  static String text(Object value) {
    if (value instanceof Double d) {
      double size = Math.abs(d);
      java.math.BigDecimal rounded =
          new java.math.BigDecimal(d, new java.math.MathContext(4)).stripTrailingZeros();
      if (d == 0) {
        return "0";
      }
      if (size >= 1e-3 && size < 1e6) {
        return rounded.toPlainString();
      }
      int exponent = rounded.precision() - rounded.scale() - 1;
      return rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString() + "e" + exponent;
    }
    return value.toString();
  }

  /** A value as a SQL literal. */
  public String literal(int index) {
    Object value = values.get(index);
    return value instanceof String s ? "'" + s.replace("'", "''") + "'" : value.toString();
  }

  /** The position of a trial's value among {@link #values()}, from 0; NULL where it has none. */
  public Column index() {
    Column[] literals = values.stream().map(functions::lit).toArray(Column[]::new);
    Column position = functions.array_position(functions.array(literals), functions.col(column));
    return functions.when(position.gt(0), position.minus(1)).cast("int");
  }
}
