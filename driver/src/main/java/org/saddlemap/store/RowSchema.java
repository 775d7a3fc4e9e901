package org.saddlemap.store;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.schema.MessageType;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;

/**
 * The schema of a file that is to hold, bit by bit, rows of several files, which may have been
 * written by different versions.
 *
 * @param rows its columns
 * @param version of the newest schema among them
 */
record RowSchema(Table<Row> rows, int version) {
  /**
   * The common schema of a table's files. Reads each of them once, since rows of a broken one must
   * not be sealed anew.
   *
   * @throws IOException where a file is not as it was written
   */
  static RowSchema of(Warehouse warehouse, Table<?> table, List<Path> files) throws IOException {
    Set<MessageType> schemas = new HashSet<>();
    int version = 0;
    for (Path file : files) {
      FileDigest.require(warehouse.fileSystem(), file);
      Footer footer = Footer.read(warehouse, file);
      schemas.add(footer.schema());
      version =
          Math.max(version, Integer.parseInt(footer.metadata().get(Footer.SCHEMA_VERSION_KEY)));
    }
    return new RowSchema(Row.copies(table.name(), schemas), version);
  }

  /** What the footer of such a file says. */
  Map<String, String> metadata(String sweepId, ChunkRange range) {
    Map<String, String> metadata = Footer.metadata(sweepId, range);
    metadata.put(Footer.SCHEMA_VERSION_KEY, Integer.toString(version));
    return metadata;
  }
}
