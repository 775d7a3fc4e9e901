package org.saddlemap.store;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.apache.parquet.schema.Types;
import org.saddlemap.record.Column;
import org.saddlemap.record.Table;

/** A table's rows as a Parquet file, straight from the column registry. */
final class TableFile {
  /** Compressed bytes of a row group: so much a writer holds in memory. */
  private static final long ROW_GROUP_BYTES = 64L << 20;

  /** A reader of few rows of a large file reads pages of so many; the index says which. */
  private static final int PAGE_ROWS = 2_000;

  /** Single rows are looked for by this column. */
  private static final String ID = "trial_id";

  private TableFile() {}

  /** The Parquet schema of a table. */
  static MessageType schema(Table<?> table) {
    return new MessageType(table.name(), table.columns().stream().map(TableFile::field).toList());
  }

  private static org.apache.parquet.schema.Type field(Column<?> column) {
    Repetition repetition = column.required() ? Repetition.REQUIRED : Repetition.OPTIONAL;
    Types.PrimitiveBuilder<PrimitiveType> builder =
        switch (column.type()) {
          case STRING ->
              Types.primitive(PrimitiveTypeName.BINARY, repetition)
                  .as(LogicalTypeAnnotation.stringType());
          case LONG -> Types.primitive(PrimitiveTypeName.INT64, repetition);
          case DOUBLE -> Types.primitive(PrimitiveTypeName.DOUBLE, repetition);
          case BOOLEAN -> Types.primitive(PrimitiveTypeName.BOOLEAN, repetition);
        };
    return builder.named(column.name());
  }

  /**
   * The bytes of a file. A chunk's rows are few enough to be held in memory, and an error of theirs
   * then leaves no half a file behind.
   *
   * @param metadata as of {@link #write}
   */
  static <R> byte[] bytes(
      Table<R> table, List<R> rows, Map<String, String> metadata, Configuration conf)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    write(bytes, table, metadata, conf, writer -> rows.forEach(writer::add));
    return bytes.toByteArray();
  }

  /** Takes the rows of a file, one by one. */
  @FunctionalInterface
  interface Rows<R> {
    /** Adds a row to the file. */
    void add(R row);
  }

  /** Gives the rows of a file. */
  @FunctionalInterface
  interface Source<R> {
    /** Adds all rows, in their order. */
    void into(Rows<R> rows) throws IOException;
  }

  /**
   * Writes a file, holding one row group at a time.
   *
   * @param out stays open
   * @param metadata goes into the file's footer, and with it the number of rows and the file's
   *     {@link FileDigest}
   */
  static <R> void write(
      OutputStream out,
      Table<R> table,
      Map<String, String> metadata,
      Configuration conf,
      Source<R> source)
      throws IOException {
    FileDigest.Sealing sealing = new FileDigest.Sealing(out);
    try (ParquetWriter<R> writer =
        new Builder<>(new Streamed(sealing), table, metadata)
            .withConf(conf)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP_BYTES)
            .withPageRowCountLimit(PAGE_ROWS)
            .withBloomFilterEnabled(ID, true)
            .withAdaptiveBloomFilterEnabled(true) // Makes the filters as small as the rows allow.
            .build()) {
      source.into(
          row -> {
            try {
              writer.write(row);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    sealing.seal();
  }

  /** Builds a writer of a table. */
  private static final class Builder<R> extends ParquetWriter.Builder<R, Builder<R>> {
    private final Table<R> table;
    private final Map<String, String> metadata;

    Builder(OutputFile file, Table<R> table, Map<String, String> metadata) {
      super(file);
      this.table = table;
      this.metadata = metadata;
    }

    @Override
    protected Builder<R> self() {
      return this;
    }

    @Override
    @SuppressWarnings("deprecation") // Parquet still declares it abstract.
    protected WriteSupport<R> getWriteSupport(Configuration conf) {
      return new RowWriter<>(table, metadata);
    }
  }

  /** Hands rows to Parquet column by column. */
  private static final class RowWriter<R> extends WriteSupport<R> {
    private final Table<R> table;
    private final Map<String, String> metadata;
    private RecordConsumer consumer;
    private long rows;

    RowWriter(Table<R> table, Map<String, String> metadata) {
      this.table = table;
      this.metadata = metadata;
    }

    @Override
    @SuppressWarnings("deprecation") // Parquet still declares it abstract.
    public WriteContext init(Configuration conf) {
      return new WriteContext(schema(table), metadata);
    }

    @Override
    public void prepareForWrite(RecordConsumer recordConsumer) {
      this.consumer = recordConsumer;
    }

    @Override
    public FinalizedWriteContext finalizeWrite() {
      return new FinalizedWriteContext(
          Map.of(Footer.ROWS_KEY, Long.toString(rows), FileDigest.KEY, FileDigest.OPEN));
    }

    @Override
    public void write(R row) {
      rows++;
      consumer.startMessage();
      List<Column<R>> columns = table.columns();
      for (int i = 0; i < columns.size(); i++) {
        Column<R> column = columns.get(i);
        Object value = column.of(row);
        if (value == null) {
          continue;
        }
        consumer.startField(column.name(), i);
        switch (column.type()) {
          case STRING -> consumer.addBinary(Binary.fromString((String) value));
          case LONG -> consumer.addLong((Long) value);
          case DOUBLE -> consumer.addDouble((Double) value);
          case BOOLEAN -> consumer.addBoolean((Boolean) value);
        }
        consumer.endField(column.name(), i);
      }
      consumer.endMessage();
    }
  }

  /** A file that is being written to a stream; closing that does nothing. */
  private record Streamed(FileDigest.Sealing out) implements OutputFile {
    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
      return HadoopStreams.wrap(new FSDataOutputStream(out, null));
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }
}
