package org.saddlemap.store;

import java.util.List;
import org.saddlemap.record.Column;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;

/** {@code docs/schema.md}, written from the column registry. */
public final class SchemaDoc {
  private static final String HEAD =
      """
      # Tables of the warehouse

      *Generated from the column registry (`org.saddlemap.record.Tables`); do not edit. To write it anew:
      `mvn -pl driver -am test -Dtest=SchemaDocTest -Dsurefire.failIfNoSpecifiedTests=false -Dsaddlemap.regenerate=true`.*

      Schema version %d. Columns are only ever added, and readers give NULL where an older file lacks one; a hyperparameter
      that came later reads as its default there, where it applies.

      ```
      warehouse/
        sweeps/sweep=<id>/sweep.parquet
        trials/sweep=<id>/chunk-<from>-<to>.parquet
        curves/sweep=<id>/chunk-<from>-<to>.parquet
        layers/sweep=<id>/chunk-<from>-<to>.parquet
      ```

      A chunk holds the trials with plan indices from `<from>` up to but without `<to>`. Its `trials` file is written last:
      where it stands, the chunk is complete, its curves and layers included. Names that start with `.` or `_` are
      temporary and ignored. Every table has the partition column `sweep`, the sweep's id (its name and ten digits of
      its plan's digest), beside the columns below. Every file's key-value metadata carry `saddlemap.schema_version`,
      `saddlemap.sweep`, `saddlemap.rows`, `saddlemap.sha256` (over all bytes of the file, with zeros where it stands itself) and,
      for a chunk, `saddlemap.range`. What `verify --repair` moves away lies in `_quarantine/<id>/<time>/`.

      Numbers are never NaN or infinite: such a value is NULL, and a column `…_kind` says what it was (`finite`, `nan`,
      `+inf`, `-inf`) where that matters. `G` is the loss range, from the lower bound to the best constant predictor
      (`docs/verdict.md`).

      Any engine that reads Parquet reads them; DuckDB, for instance:

      ```sql
      SELECT depth, category, count(*)
      FROM read_parquet('warehouse/trials/*/*.parquet', hive_partitioning = true, union_by_name = true)
      GROUP BY ALL ORDER BY ALL;
      ```
      """;

  private SchemaDoc() {}

  /** The whole document, in Markdown. */
  public static String markdown() {
    StringBuilder text = new StringBuilder(HEAD.formatted(Tables.SCHEMA_VERSION));
    for (Table<?> table : Tables.ALL) {
      append(text, table, table.columns().stream().<Column<?>>map(c -> c).toList());
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Table<?> table, List<Column<?>> columns) {
    text.append("\n## `%s`\n\nA row is %s.\n\n".formatted(table.name(), table.row()));
    text.append("| column | type | NULL | unit | meaning |\n|---|---|---|---|---|\n");
    for (Column<?> c : columns) {
      text.append(
          "| `%s` | %s | %s | %s | %s |\n"
              .formatted(
                  c.name(),
                  switch (c.type()) {
                    case STRING -> "string";
                    case LONG -> "bigint";
                    case DOUBLE -> "double";
                    case BOOLEAN -> "boolean";
                  },
                  c.required() ? "never" : "",
                  cell(c.unit()),
                  cell(c.doc())));
    }
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }
}
