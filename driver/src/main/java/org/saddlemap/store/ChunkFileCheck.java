package org.saddlemap.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetReader;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.store.VerificationReport.Kind;

/**
 * Checks that a chunk's file is what its name says: by its digest, its footer and its number of
 * rows.
 */
final class ChunkFileCheck {
  private final Warehouse warehouse;
  private final String sweepId;

  ChunkFileCheck(Warehouse warehouse, String sweepId) {
    this.warehouse = warehouse;
    this.sweepId = sweepId;
  }

  /** The file of a chunk below the warehouse. */
  String place(Table<?> table, ChunkRange chunk) {
    return Warehouse.relativeFile(table, sweepId, ChunkFile.name(chunk));
  }

  /** A check of a row. */
  @FunctionalInterface
  interface Check {
    void of(Row row) throws UnsoundChunk;
  }

  /** Checks a chunk's file, once its bytes and its footer are what they should be, row by row. */
  void forEachRow(Table<?> table, ChunkRange chunk, Check check) throws UnsoundChunk {
    String where = place(table, chunk);
    try {
      Path file = warehouse.file(table, sweepId, chunk);
      switch (FileDigest.check(warehouse.fileSystem(), file)) {
        case WRONG ->
            throw new UnsoundChunk(
                Kind.UNREADABLE, where, "its digest is not that of its bytes: it was changed");
        case ABSENT ->
            throw new UnsoundChunk(
                Kind.UNREADABLE, where, "it has no digest: it was cut off, or others wrote it");
        case RIGHT -> {
          // The bytes are those that were written; the footer says of what.
        }
      }
      long counted = requireFooter(where, table, file, chunk);
      long rows = 0;
      try (ParquetReader<Row> reader = RowReader.open(file, warehouse.configuration(), Set.of())) {
        for (Row row = reader.read(); row != null; row = reader.read()) {
          rows++;
          check.of(row);
        }
      }
      if (rows != counted) {
        throw new UnsoundChunk(
            Kind.UNREADABLE, where, "it holds %d rows and says %d".formatted(rows, counted));
      }
    } catch (FileNotFoundException e) {
      throw new UnsoundChunk(Kind.INCOMPLETE, where, "is not there, and the chunk's trials are");
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw UnsoundChunk.unreadable(where, e);
    }
  }

  private long requireFooter(String where, Table<?> table, Path file, ChunkRange chunk)
      throws IOException, UnsoundChunk {
    Footer footer = Footer.read(warehouse, file);
    Map<String, String> says = footer.metadata();
    String holds = footer.schema().getName();
    if (!holds.equals(table.name())) {
      throw new UnsoundChunk(Kind.MISPLACED, where, "holds rows of the table " + holds);
    }
    String version = says.getOrDefault(Footer.SCHEMA_VERSION_KEY, "");
    if (!version.matches("[1-9]\\d{0,8}")) {
      throw new UnsoundChunk(Kind.MISPLACED, where, "it does not say which version its schema has");
    }
    if (Integer.parseInt(version) > Tables.SCHEMA_VERSION) {
      throw new UnsoundChunk(
          Kind.MISPLACED,
          where,
          "its schema is version %s; this Saddlemap knows up to %d"
              .formatted(version, Tables.SCHEMA_VERSION));
    }
    if (!sweepId.equals(says.get(Footer.SWEEP_KEY))) {
      throw new UnsoundChunk(
          Kind.MISPLACED, where, "belongs to the sweep " + says.get(Footer.SWEEP_KEY));
    }
    String range = Footer.text(chunk);
    if (!range.equals(says.get(Footer.RANGE_KEY))) {
      throw new UnsoundChunk(
          Kind.MISPLACED, where, "holds the range " + says.get(Footer.RANGE_KEY));
    }
    if (!Long.toString(footer.rows()).equals(says.get(Footer.ROWS_KEY))) {
      throw new UnsoundChunk(
          Kind.UNREADABLE,
          where,
          "it has %d rows, and was written with %s"
              .formatted(footer.rows(), says.get(Footer.ROWS_KEY)));
    }
    return footer.rows();
  }
}
