package org.saddlemap.store;

import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.Statistics;
import org.apache.parquet.filter2.predicate.UserDefinedPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.InitContext;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.io.api.RecordMaterializer;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.saddlemap.plan.IndexSet;

/** Reads flat Parquet files row by row, by the schema of the file itself. */
final class RowReader {
  private RowReader() {}

  /**
   * Opens a file; the caller closes it.
   *
   * @param only columns to read; empty for all
   */
  static ParquetReader<Row> open(Path path, Configuration conf, Set<String> only)
      throws IOException {
    return open(path, conf, only, FilterCompat.NOOP);
  }

  /**
   * Opens a file for some of its rows; what its statistics, indexes and Bloom filters rule out is
   * not read. The caller closes it.
   *
   * @param filter on columns that are among those to read
   */
  static ParquetReader<Row> open(
      Path path, Configuration conf, Set<String> only, FilterCompat.Filter filter)
      throws IOException {
    return new Builder(HadoopInputFile.fromPath(path, conf), only)
        .withConf(conf)
        .withFilter(filter)
        .build();
  }

  /**
   * Shows a file's rows, holding one at a time.
   *
   * @param only columns to read; empty for all
   * @param filter on columns that are among those to read
   * @throws IOException where the file is broken, or holds a value that the action does not take;
   *     the message names the file
   */
  static void forEach(
      Path file,
      Configuration conf,
      Set<String> only,
      FilterCompat.Filter filter,
      Consumer<Row> action)
      throws IOException {
    try (ParquetReader<Row> reader = named(file, () -> open(file, conf, only, filter))) {
      for (Row row = named(file, reader::read); row != null; row = named(file, reader::read)) {
        try {
          action.accept(row);
        } catch (IllegalArgumentException
            | IllegalStateException
            | ClassCastException
            | ArithmeticException e) {
          throw unreadable(file, e); // The row has a value that no trial has.
        }
      }
    }
  }

  /** A step of reading. */
  @FunctionalInterface
  interface Reading<T> {
    T go() throws IOException;
  }

  /**
   * Names the file in whatever goes wrong: Parquet has many ways to say that a file is none of its
   * own, and memory runs out where damaged bytes claim a size that no file has.
   */
  static <T> T named(Path file, Reading<T> reading) throws IOException {
    try {
      return reading.go();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      throw unreadable(file, e);
    }
  }

  private static IOException unreadable(Path file, Throwable cause) {
    String why = String.valueOf(cause.getMessage()).lines().findFirst().orElse(cause.toString());
    return new IOException("Cannot read %s: %s".formatted(file, why), cause);
  }

  /** Rows with that text. */
  static FilterCompat.Filter having(String column, String text) {
    return FilterCompat.get(FilterApi.eq(FilterApi.binaryColumn(column), Binary.fromString(text)));
  }

  /** Rows with one of these numbers. */
  static FilterCompat.Filter having(String column, IndexSet numbers) {
    return FilterCompat.get(
        FilterApi.userDefined(FilterApi.longColumn(column), new Among(numbers)));
  }

  /** Parquet's own {@code in} looks at the least and the greatest of a set alone. */
  private static final class Among extends UserDefinedPredicate<Long> implements Serializable {
    private static final long serialVersionUID = 1L;
    private final IndexSet numbers;

    Among(IndexSet numbers) {
      this.numbers = numbers;
    }

    @Override
    public boolean keep(Long value) {
      return value != null && numbers.contains(value);
    }

    @Override
    public boolean canDrop(Statistics<Long> statistics) {
      return !numbers.meets(statistics.getMin(), statistics.getMax());
    }

    @Override
    public boolean inverseCanDrop(Statistics<Long> statistics) {
      return false;
    }
  }

  /** Opens a file for its footer alone; the caller closes it. */
  static ParquetFileReader footer(Path path, Configuration conf) throws IOException {
    // Without options of its own, Parquet would read Hadoop's default settings anew for each file.
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(path, conf), HadoopReadOptions.builder(conf).build());
  }

  /** Builds a reader of rows. */
  private static final class Builder extends ParquetReader.Builder<Row> {
    private final Set<String> only;

    Builder(InputFile file, Set<String> only) {
      super(file);
      this.only = only;
    }

    @Override
    protected ReadSupport<Row> getReadSupport() {
      return new Support(only);
    }
  }

  /** Asks for the columns. */
  private static final class Support extends ReadSupport<Row> {
    private final Set<String> only;

    Support(Set<String> only) {
      this.only = only;
    }

    @Override
    public ReadContext init(InitContext context) {
      MessageType schema = context.getFileSchema();
      if (only.isEmpty()) {
        return new ReadContext(schema);
      }
      List<Type> wanted =
          schema.getFields().stream().filter(f -> only.contains(f.getName())).toList();
      return new ReadContext(new MessageType(schema.getName(), wanted));
    }

    @Override
    @SuppressWarnings("deprecation") // Parquet still declares it abstract.
    public RecordMaterializer<Row> prepareForRead(
        Configuration conf,
        Map<String, String> metadata,
        MessageType fileSchema,
        ReadContext context) {
      return new Materializer(context.getRequestedSchema());
    }
  }

  /** Collects a row's values. */
  private static final class Materializer extends RecordMaterializer<Row> {
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final GroupConverter root;

    Materializer(MessageType schema) {
      Converter[] fields =
          schema.getFields().stream().map(f -> new Value(f.getName())).toArray(Converter[]::new);
      this.root =
          new GroupConverter() {
            @Override
            public Converter getConverter(int fieldIndex) {
              return fields[fieldIndex];
            }

            @Override
            public void start() {
              values.clear();
            }

            @Override
            public void end() {}
          };
    }

    @Override
    public Row getCurrentRecord() {
      return new Row(values);
    }

    @Override
    public GroupConverter getRootConverter() {
      return root;
    }

    /** Receives one column's values. */
    private final class Value extends PrimitiveConverter {
      private final String name;

      Value(String name) {
        this.name = name;
      }

      @Override
      public void addBinary(Binary value) {
        values.put(name, value.toStringUsingUTF8());
      }

      @Override
      public void addLong(long value) {
        values.put(name, value);
      }

      @Override
      public void addInt(int value) {
        values.put(name, (long) value);
      }

      @Override
      public void addDouble(double value) {
        values.put(name, value);
      }

      @Override
      public void addFloat(float value) {
        values.put(name, (double) value);
      }

      @Override
      public void addBoolean(boolean value) {
        values.put(name, value);
      }
    }
  }
}
