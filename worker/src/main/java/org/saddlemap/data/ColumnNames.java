package org.saddlemap.data;

import java.util.List;

/**
 * What messages call the features of a table: their place in the source, from 1, and their name.
 *
 * @param header all names of the source, label included; empty where it has none
 * @param label position of the label in the source, from 0; no feature of that position
 */
public record ColumnNames(List<String> header, int label) {
  /** A feature's position in the source, from 0. */
  public int source(int feature) {
    return feature < label ? feature : feature + 1;
  }

  /** Such as {@code column 3 ("age")}. */
  String of(int feature) {
    return ofSource(source(feature));
  }

  String ofSource(int column) {
    return header.isEmpty()
        ? "column %d".formatted(column + 1)
        : "column %d (\"%s\")".formatted(column + 1, header.get(column));
  }
}
