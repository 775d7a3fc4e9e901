package org.saddlemap.record;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A table of the warehouse: its name, what a row is, and its columns in order. */
public record Table<R>(String name, String row, List<Column<R>> columns) {
  public Table {
    columns = List.copyOf(columns);
    Set<String> names = new HashSet<>();
    for (Column<R> column : columns) {
      if (!names.add(column.name())) {
        throw new IllegalArgumentException("Table " + name + " has two columns " + column.name());
      }
    }
  }
}
