package org.saddlemap.analysis;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Space;
import org.saddlemap.space.ValueType;

/**
 * A hyperparameter that a sweep's trials vary, with the values that occur.
 *
 * @param hyperparameter which one
 * @param column of {@code trials} that holds it: its own, or {@code learning_rate_sharpness} where
 *     rates were given so
 * @param values in order: numbers by size ({@code full} after them), others by name; last of all
 *     {@code none}, where some of the trials have no value, since it does not apply to them or
 *     since their rate was given the other way
 */
public record SweptAxis(Hyperparameter hyperparameter, String column, List<Object> values) {
  private static final String SHARPNESS = "learning_rate_sharpness";
  private static final SignificantDigits DIGITS = new SignificantDigits(4, 1e-3, 1e6, "e%d");

  /** The value of trials that have none. */
  private enum None {
    NONE;

    @Override
    public String toString() {
      return "none";
    }
  }

  public SweptAxis {
    values = List.copyOf(values);
  }

  /** The axes that these trials vary, in the registry's order; found in one pass over them. */
  public static List<SweptAxis> of(Dataset<Row> trials) {
    return of(trials, false);
  }

  /** All axes, also those that take a single value; without {@code none}. */
  public static List<SweptAxis> allOf(Dataset<Row> trials) {
    return of(trials, true);
  }

  /**
   * The axes that a plan varies, in the spec's order, with every value that it may give them. They
   * are those of its trials once all are there, but for values that conditions exclude altogether.
   */
  public static List<SweptAxis> planned(Space space) {
    Set<Hyperparameter> idle = space.idle().keySet();
    List<SweptAxis> axes = new ArrayList<>();
    for (Axis axis : space.axes()) {
      Hyperparameter h = axis.hyperparameter();
      if (space.values(h).isEmpty()) {
        continue;
      }
      List<Object> own = new ArrayList<>();
      List<Object> sharpness = new ArrayList<>();
      for (Object value : axis.values()) {
        (value instanceof LearningRate.Sharpness ? sharpness : own).add(stored(h, value));
      }
      boolean none = idle.contains(h);
      add(axes, h, h.key(), own, none || !sharpness.isEmpty());
      add(axes, h, SHARPNESS, sharpness, none || !own.isEmpty());
    }
    return axes;
  }

  private static void add(
      List<SweptAxis> axes, Hyperparameter h, String column, List<Object> values, boolean none) {
    if (values.size() > 1 || (none && values.size() == 1 && column.equals(SHARPNESS))) {
      values.sort(ORDER);
      if (none) {
        values.add(None.NONE);
      }
      axes.add(new SweptAxis(h, column, values));
    }
  }

  /** A value as the tables hold it. */
  private static Object stored(Hyperparameter h, Object value) {
    if (value instanceof LearningRate.Sharpness s) {
      return s.c();
    }
    if (value instanceof LearningRate.Absolute a) {
      return a.eta();
    }
    return h.type() == ValueType.STRING ? Hyperparameter.text(value) : value;
  }

  /**
   * The place of a value of the space among {@link #values()}: the last one, which is {@code none},
   * where the value is in another column.
   */
  public int placeOf(Object value) {
    boolean here = column.equals(SHARPNESS) == value instanceof LearningRate.Sharpness;
    return here ? indexOf(stored(hyperparameter, value)) : indexOf(null);
  }

  private static List<SweptAxis> of(Dataset<Row> trials, boolean fixedToo) {
    List<Hyperparameter> hyperparameters = new ArrayList<>(List.of(Hyperparameter.values()));
    List<String> columns = new ArrayList<>();
    List<Column> sets = new ArrayList<>();
    for (Hyperparameter h : hyperparameters) {
      columns.add(h.key());
    }
    hyperparameters.add(Hyperparameter.LEARNING_RATE);
    columns.add(SHARPNESS);
    columns.forEach(c -> sets.add(functions.collect_set(functions.expr(expression(c)))));
    columns.forEach(c -> sets.add(functions.count_if(functions.expr(expression(c)).isNull())));
    Row row = trials.agg(sets.get(0), sets.subList(1, sets.size()).toArray(Column[]::new)).first();
    List<SweptAxis> axes = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      List<Object> values = new ArrayList<>(row.<Object>getList(i));
      boolean none = row.getLong(columns.size() + i) > 0;
      // A momentum of one value and none under plain SGD is not swept. A sharpness of one value is,
      // since the other trials have another rate.
      boolean swept =
          values.size() > 1 || (none && values.size() == 1 && columns.get(i).equals(SHARPNESS));
      if (swept || (fixedToo && !values.isEmpty())) {
        values.sort(ORDER);
        if (none && !fixedToo) {
          values.add(None.NONE);
        }
        axes.add(new SweptAxis(hyperparameters.get(i), columns.get(i), values));
      }
    }
    return axes;
  }

  /** The value of an axis in SQL; NULL where a trial has none. */
  private static String expression(String column) {
    return column.equals(Hyperparameter.LEARNING_RATE.key())
        // The rate that a sharpness comes to is another one for every trial.
        ? "CASE WHEN %s IS NULL THEN %s END".formatted(SHARPNESS, column)
        : column;
  }

  private static final Comparator<Object> ORDER =
      Comparator.comparing((Object v) -> number(v) == null)
          .thenComparing(v -> number(v) == null ? 0.0 : number(v))
          .thenComparing(v -> v.toString().equals("none") ? "" : v.toString());

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

  /** Its value in SQL, on the columns of {@code trials}; NULL where a trial has none. */
  public String sql() {
    // Where the column holds nothing else, it is named plainly, since people read this SQL.
    return hasNone() && !column.equals(SHARPNESS) ? expression(column) : column;
  }

  /** Whether its values are numbers, but for {@code none}. */
  public boolean numeric() {
    return values.get(0) instanceof Number;
  }

  /** A value as a number; NaN where it is none. */
  public double position(int index) {
    Double number = number(values.get(index));
    return number == null ? Double.NaN : number;
  }

  /**
   * The place of a value among {@link #values()}, as engines answer it: itself, its text, or null;
   * −1 where it is none of them.
   */
  public int indexOf(Object value) {
    if (value == null) {
      return hasNone() ? values.size() - 1 : -1;
    }
    for (int i = 0; i < values.size(); i++) {
      Object own = values.get(i);
      if ((own instanceof Number n && !(value instanceof Boolean))
          ? n.doubleValue() == Double.parseDouble(value.toString())
          : own.toString().equals(value.toString())) {
        return i;
      }
    }
    return -1;
  }

  /** A value for people: at most four significant digits. */
  public String text(int index) {
    return text(values.get(index));
  }

  static String text(Object value) {
    if (value instanceof Double d) {
      return DIGITS.text(d);
    }
    return value.toString();
  }

  /** Whether the last of the values stands for having none. */
  public boolean hasNone() {
    return values.get(values.size() - 1) == None.NONE;
  }

  private String literal(int index) {
    Object value = values.get(index);
    return value instanceof String s ? "'" + s.replace("'", "''") + "'" : value.toString();
  }

  /** A test in SQL, on the columns of {@code trials}: whether a trial has that value. */
  public String test(int index) {
    BitSet one = new BitSet();
    one.set(index);
    return test(one);
  }

  /**
   * The same: whether it has one of these values.
   *
   * @param allowed some of them, not all
   */
  public String test(BitSet allowed) {
    int real = values.size() - (hasNone() ? 1 : 0);
    String value = sql();
    boolean none = allowed.get(real);
    BitSet some = allowed.get(0, real);
    if (some.isEmpty()) {
      return value + " IS NULL";
    }
    if (some.cardinality() == real) {
      return value + " IS NOT NULL";
    }
    String test = test(value, some, real);
    return none ? "(%s OR %s IS NULL)".formatted(test, value) : test;
  }

  private String test(String value, BitSet some, int real) {
    int first = some.nextSetBit(0);
    int last = some.length() - 1;
    if (some.cardinality() == 1) {
      return value + " = " + literal(first);
    }
    if (!(values.get(0) instanceof String) && ordered()) {
      List<String> ends = new ArrayList<>();
      if (first > 0) {
        ends.add(value + " >= " + literal(first));
      }
      if (last < real - 1) {
        ends.add(value + " <= " + literal(last));
      }
      return String.join(" AND ", ends);
    }
    if (some.cardinality() == real - 1) {
      return value + " <> " + literal(some.nextClearBit(0));
    }
    return some.stream().mapToObj(this::literal).collect(joining(", ", value + " IN (", ")"));
  }

  /**
   * The position of a trial's value among {@link #values()}, from 0; NULL where it is none of them.
   */
  public Column index() {
    int real = values.size() - (hasNone() ? 1 : 0);
    Column value = functions.expr(expression(column));
    Column[] literals = values.subList(0, real).stream().map(functions::lit).toArray(Column[]::new);
    Column position = functions.array_position(functions.array(literals), value);
    Column index = functions.when(position.gt(0), position.minus(1));
    return (hasNone() ? index.when(value.isNull(), functions.lit(real)) : index).cast("int");
  }
}
