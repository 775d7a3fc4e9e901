package org.saddlemap.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.saddlemap.record.Column;
import org.saddlemap.record.Table;
import org.saddlemap.space.ValueType;

/**
 * A row as it was read: {@code String}, {@code Long}, {@code Double} or {@code Boolean} by column;
 * NULLs, and columns that an older schema lacks, are absent.
 */
public final class Row {
  private final Map<String, Object> values;

  Row(Map<String, Object> values) {
    this.values = new LinkedHashMap<>(values);
  }

  /**
   * The table of all columns that files of these schemas have, in the order of the first file that
   * has them: to write as one what was read from all of them.
   *
   * @throws IllegalArgumentException where they do not fit together
   */
  static Table<Row> copies(String name, Collection<MessageType> schemas) {
    Map<String, Type> fields = new LinkedHashMap<>();
    for (MessageType schema : schemas) {
      for (Type field : schema.getFields()) {
        Type known = fields.putIfAbsent(field.getName(), field);
        if (known != null && valueType(known) != valueType(field)) {
          throw new IllegalArgumentException(
              "The column %s is %s in one file and %s in another"
                  .formatted(field.getName(), known, field));
        }
      }
    }
    List<Column<Row>> columns = new ArrayList<>();
    for (Type field : fields.values()) {
      String column = field.getName();
      boolean required =
          schemas.stream()
              .allMatch(
                  s ->
                      s.containsField(column)
                          && s.getType(column).isRepetition(Repetition.REQUIRED));
      columns.add(
          new Column<>(column, valueType(field), "", "", required, row -> row.values.get(column)));
    }
    return new Table<>(name, "", columns);
  }

  private static ValueType valueType(Type field) {
    PrimitiveTypeName type = field.asPrimitiveType().getPrimitiveTypeName();
    return switch (type) {
      case BINARY -> ValueType.STRING;
      case INT64 -> ValueType.LONG;
      case DOUBLE -> ValueType.DOUBLE;
      case BOOLEAN -> ValueType.BOOLEAN;
      default ->
          throw new IllegalArgumentException(
              "The column %s is of type %s, which no table has".formatted(field.getName(), type));
    };
  }

  public Optional<Object> find(String column) {
    return Optional.ofNullable(values.get(column));
  }

  public Optional<String> findText(String column) {
    return find(column).map(String.class::cast);
  }

  public String text(String column) {
    return (String) value(column);
  }

  public long whole(String column) {
    return (Long) value(column);
  }

  public boolean flag(String column) {
    return (Boolean) value(column);
  }

  /** NaN for NULL. */
  public double number(String column) {
    return values.get(column) instanceof Double d ? d : Double.NaN;
  }

  /** The value with its {@code _kind} column: infinities come back as such. */
  double kinded(String column) {
    return switch (findText(column + "_kind").orElse("nan")) {
      case "+inf" -> Double.POSITIVE_INFINITY;
      case "-inf" -> Double.NEGATIVE_INFINITY;
      default -> number(column);
    };
  }

  private Object value(String column) {
    Object value = values.get(column);
    if (value == null) {
      throw new IllegalStateException("Cannot read the row: " + column + " is NULL");
    }
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Row row && values.equals(row.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
