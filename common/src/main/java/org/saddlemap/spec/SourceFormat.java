package org.saddlemap.spec;

import java.util.List;

/**
 * A kind of {@link DataSource} as a spec names it.
 *
 * @param key in the section {@code data} that chooses it, and holds what all need
 * @param options further keys of that section that it understands
 * @param reader makes the source of the value of {@code key}, and of the section
 */
record SourceFormat(String key, List<String> options, Reader reader) {
  /** Makes a source. */
  @FunctionalInterface
  interface Reader {
    /**
     * @throws InvalidInput where something is no such source
     */
    DataSource read(Value value, Section data);
  }

  static String path(Value value) {
    String path = value.text("the path of a file");
    if (path.isBlank()) {
      throw value.error("is blank; needs the path of a file");
    }
    return path;
  }

  /** The column that holds the labels. */
  static String label(Section data) {
    return data.find("label")
        .map(
            v -> {
              String label = v.text("last, first, a position from 0, or a column's name");
              if (label.isBlank() || label.matches("-\\d+")) {
                throw v.error(
                    "'%s' is no column; needs last, first, a position from 0, or a column's name"
                        .formatted(Value.shown(label)));
              }
              return label;
            })
        .orElse("last");
  }
}
