package org.saddlemap.load;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.monotonically_increasing_id;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.SparkThrowable;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.saddlemap.data.ColumnNames;
import org.saddlemap.data.LabelColumn;
import org.saddlemap.data.RawTable;
import org.saddlemap.data.RawTableBuilder;
import org.saddlemap.spec.DataSpec.Task;
import org.saddlemap.spec.InvalidInput;

/**
 * Reads a table with one of Spark's readers. Rows are ordered by file and by their place in it,
 * since Spark itself promises no order.
 */
final class SparkTable {
  private final SparkSession spark;
  private final String origin;
  private final String path;
  private final Task task;
  private final OptionalLong limit;

  /**
   * The table at a path.
   *
   * @param origin what messages call it
   */
  SparkTable(SparkSession spark, String origin, String path, Task task, OptionalLong limit) {
    this.spark = spark;
    this.origin = origin;
    this.path = path;
    this.task = task;
    this.limit = limit;
  }

  /** Reads LIBSVM's sparse text; absent numbers are 0. */
  RawTable libsvm() {
    try {
      // Where Spark counts the features itself, it takes the path for a pattern.
      int count = features();
      Dataset<Row> table = reader().format("libsvm").option("numFeatures", count).load(path);
      // A task reads a block from its start to its end, so the row's number orders each block.
      Dataset<Row> ordered =
          ordered(
              table,
              List.of(col("label"), col("features")),
              List.of(
                  place(table, "file_path"),
                  place(table, "file_block_start"),
                  monotonically_increasing_id()));
      ColumnNames names = new ColumnNames(List.of(), -1);
      RawTableBuilder builder = null;
      for (Iterator<Row> rows = ordered.toLocalIterator(); rows.hasNext(); ) {
        Row row = rows.next();
        double[] features = ((Vector) row.get(1)).toArray();
        if (builder == null) {
          builder = new RawTableBuilder(origin, features.length, task);
        }
        String label = Double.toString(row.getDouble(0));
        builder.add(features, label, "row " + (builder.rows() + 1), names);
      }
      return built(builder);
    } catch (Exception e) {
      throw located(failure("LIBSVM", e));
    }
  }

  /** The number of features: the highest index of any line. */
  private int features() {
    return reader()
        .textFile(path)
        .map((MapFunction<String, Integer>) LibsvmLines::highestIndex, Encoders.INT())
        .agg(max(col("value")))
        .collectAsList()
        .stream()
        .filter(row -> !row.isNullAt(0) && row.getInt(0) >= 0)
        .findFirst()
        .orElseThrow(() -> new InvalidInput("%s has no rows".formatted(origin)))
        .getInt(0);
  }

  private DataFrameReader reader() {
    DataFrameReader reader = spark.read().option(Locations.GLOB, "false");
    // Hadoop keeps the checksums of a local file in another file, and cannot name the one of "a:b".
    return new Path(path).getName().contains(":")
        ? reader
            .option("fs.file.impl", RawLocalFileSystem.class.getName())
            .option("fs.file.impl.disable.cache", "true")
        : reader;
  }

  /** A field of a row's place, also in tables that have a column called {@code _metadata}. */
  private static Column place(Dataset<Row> table, String field) {
    return table.metadataColumn("_metadata").getField(field);
  }

  /** Reads Parquet: numeric columns, and a label column of any simple type. */
  RawTable parquet(String label) {
    try {
      Dataset<Row> table = reader().parquet(path);
      StructField[] fields = table.schema().fields();
      ColumnNames names = names(label, fields);
      List<Column> columns =
          Stream.concat(
                  IntStream.range(0, fields.length - 1)
                      .mapToObj(j -> quoted(fields[names.source(j)].name()).cast("double")),
                  Stream.of(quoted(fields[names.label()].name())))
              .toList();
      Dataset<Row> ordered =
          ordered(table, columns, List.of(place(table, "file_path"), place(table, "row_index")));
      double[] features = new double[fields.length - 1];
      RawTableBuilder builder = new RawTableBuilder(origin, features.length, task);
      for (Iterator<Row> rows = ordered.toLocalIterator(); rows.hasNext(); ) {
        Row row = rows.next();
        String where = "row " + (builder.rows() + 1);
        for (int j = 0; j < features.length; j++) {
          if (row.isNullAt(j)) {
            throw new InvalidInput(
                "%s, %s, column \"%s\" is missing; every feature must be a number"
                    .formatted(origin, where, fields[names.source(j)].name()));
          }
          features[j] = row.getDouble(j);
        }
        builder.add(features, text(row.get(features.length)), where, names);
      }
      return built(builder);
    } catch (Exception e) {
      throw failure("Parquet", e);
    }
  }

  private ColumnNames names(String label, StructField[] fields) {
    List<String> header = Arrays.stream(fields).map(StructField::name).toList();
    if (header.isEmpty()) {
      throw new InvalidInput("%s has no columns".formatted(origin));
    }
    int position = LabelColumn.find(origin, label, header, fields.length);
    for (int j = 0; j < fields.length; j++) {
      DataType type = fields[j].dataType();
      boolean usable =
          type instanceof NumericType
              || type instanceof BooleanType
              || (j == position && type instanceof StringType);
      if (!usable) {
        throw new InvalidInput(
            "%s, column \"%s\" holds values of type %s; %s"
                .formatted(
                    origin,
                    header.get(j),
                    type.simpleString(),
                    j == position
                        ? "a label must be a number, a truth value or text"
                        : "every feature must be a number"));
      }
    }
    return new ColumnNames(header, position);
  }

  private static Column quoted(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  private static String text(Object label) {
    if (label == null) {
      return "";
    }
    return label instanceof BigDecimal number ? number.toPlainString() : label.toString().strip();
  }

  /** The rows in one partition, in the order in which they stand in the files. */
  private Dataset<Row> ordered(Dataset<Row> table, List<Column> columns, List<Column> place) {
    List<String> keys = IntStream.range(0, place.size()).mapToObj(i -> "place" + i).toList();
    Stream<Column> named =
        IntStream.range(0, keys.size()).mapToObj(i -> place.get(i).as(keys.get(i)));
    // Columns are renamed to their numbers, since one may have the name of a key.
    Stream<Column> numbered =
        IntStream.range(0, columns.size()).mapToObj(i -> columns.get(i).as("column" + i));
    Dataset<Row> ordered =
        table
            .select(Stream.concat(named, numbered).toArray(Column[]::new))
            .coalesce(1)
            .sortWithinPartitions(keys.stream().map(key -> col(key)).toArray(Column[]::new));
    Dataset<Row> plain = ordered.drop(keys.toArray(String[]::new));
    return limit.isPresent()
        ? plain.limit((int) Math.min(limit.getAsLong(), Integer.MAX_VALUE))
        : plain;
  }

  private RawTable built(RawTableBuilder builder) {
    if (builder == null || builder.rows() == 0) {
      throw new InvalidInput("%s has no rows".formatted(origin));
    }
    return builder.build();
  }

  /** Adds the line to an error of Spark's parser, which does not name it. */
  private RuntimeException located(RuntimeException failure) {
    if (!(failure instanceof InvalidInput) || failure.getCause() == null) {
      return failure; // it names the row already, or the data are not to blame
    }
    try {
      return LibsvmLines.firstWrong(new Path(path), spark.sparkContext().hadoopConfiguration())
          .<RuntimeException>map(
              wrong ->
                  new InvalidInput(
                      "Cannot read %s as LIBSVM: %s; a line is a label and then index:value, indices from 1 in ascending order"
                          .formatted(origin, wrong),
                      failure))
          .orElse(failure);
    } catch (IOException e) {
      failure.addSuppressed(e);
      return failure;
    }
  }

  /** Turns what Spark throws on bad data into the user's error, and leaves all else as it is. */
  private RuntimeException failure(String format, Exception e) {
    Throwable root = e;
    boolean data = e instanceof AnalysisException;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidInput invalid) {
        return invalid;
      }
      data |=
          cause instanceof SparkThrowable thrown
              && thrown.getCondition() != null
              && thrown.getCondition().startsWith("FAILED_READ_FILE");
      root = cause;
    }
    // A parser's exception comes wrapped from a task; lost executors are Spark's own exceptions.
    data |=
        e instanceof SparkThrowable
            && root instanceof RuntimeException
            && !(root instanceof SparkThrowable);
    if (data) {
      return new InvalidInput(
          "Cannot read %s as %s: %s".formatted(origin, format, root.getMessage()), e);
    }
    return e instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException("Cannot read " + origin, e);
  }
}
