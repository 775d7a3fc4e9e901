package org.saddlemap.store;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.schema.MessageType;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Tables;

/**
 * What the footer of a warehouse's file says of its rows.
 *
 * @param schema named after the table
 * @param rows by Parquet's own count
 * @param metadata key-value metadata, with the keys below
 */
record Footer(MessageType schema, long rows, Map<String, String> metadata) {
  static final String SCHEMA_VERSION_KEY = "saddlemap.schema_version";
  static final String SWEEP_KEY = "saddlemap.sweep";
  static final String RANGE_KEY = "saddlemap.range";
  static final String ROWS_KEY = "saddlemap.rows";

  Footer {
    metadata = Map.copyOf(metadata);
  }

  /**
   * Reads a file's footer alone.
   *
   * @throws IOException where the file is missing or no Parquet file
   */
  static Footer read(Warehouse warehouse, Path file) throws IOException {
    try (ParquetFileReader reader = RowReader.footer(file, warehouse.configuration())) {
      return new Footer(
          reader.getFileMetaData().getSchema(),
          reader.getRecordCount(),
          reader.getFileMetaData().getKeyValueMetaData());
    }
  }

  /** Metadata of a file that holds a sweep's rows; a new map, which may be added to. */
  static Map<String, String> metadata(String sweepId) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(SCHEMA_VERSION_KEY, Integer.toString(Tables.SCHEMA_VERSION));
    metadata.put(SWEEP_KEY, sweepId);
    return metadata;
  }

  /** Metadata of a chunk's file. */
  static Map<String, String> metadata(String sweepId, ChunkRange range) {
    Map<String, String> metadata = metadata(sweepId);
    metadata.put(RANGE_KEY, text(range));
    return metadata;
  }

  /** A chunk's range as {@link #RANGE_KEY} has it. */
  static String text(ChunkRange range) {
    return range.from() + "-" + range.to();
  }
}
