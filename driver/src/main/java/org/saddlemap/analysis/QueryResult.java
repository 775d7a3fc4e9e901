package org.saddlemap.analysis;

import java.util.Iterator;
import java.util.List;

/**
 * What a query answers, row by row while it is read.
 *
 * @param columns names, not necessarily distinct; empty for a statement that answers nothing
 * @param rows each as long as the columns; a value is null, a {@code String}, a {@code Boolean}, a
 *     {@code Number}, or a {@code List} or {@code Map} of such
 */
public record QueryResult(List<String> columns, Iterator<List<Object>> rows) {
  public QueryResult {
    columns = List.copyOf(columns);
  }
}
