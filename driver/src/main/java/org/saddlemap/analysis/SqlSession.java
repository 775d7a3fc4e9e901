package org.saddlemap.analysis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.saddlemap.load.Locations;
import org.saddlemap.record.Column;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.ValueType;
import org.saddlemap.store.Warehouse;
import scala.jdk.javaapi.CollectionConverters;

/** A warehouse's tables as views in Spark SQL. */
public final class SqlSession implements SqlEngine {
  /** The partition column. */
  public static final String SWEEP = "sweep";

  private final SparkSession spark;
  private final Warehouse warehouse;
  private final Predicate<String> wanted;
  private boolean viewsRegistered;

  public SqlSession(SparkSession spark, Warehouse warehouse) {
    this(spark, warehouse, sweep -> true);
  }

  /** A session on these sweeps alone, which does not list the files of others. */
  public SqlSession(SparkSession spark, Warehouse warehouse, Set<String> sweeps) {
    this(spark, warehouse, Set.copyOf(sweeps)::contains);
  }

  /** A session on the sweeps whose ids are wanted; the files of others are not listed. */
  public SqlSession(SparkSession spark, Warehouse warehouse, Predicate<String> wanted) {
    this.spark = spark;
    this.warehouse = warehouse;
    this.wanted = wanted;
  }

  /** A table as it stands now, with the columns of the registry and {@link #SWEEP}. */
  public Dataset<Row> table(Table<?> table) {
    StructType schema = schema(table);
    String folder = warehouse.folder(table).toString();
    List<String> own = new ArrayList<>();
    Map<String, String> elsewhere = new LinkedHashMap<>();
    try {
      warehouse
          .folders(table, wanted)
          .forEach(
              (sweep, path) -> {
                if (path.getParent().toString().equals(folder)) {
                  own.add(path.toString());
                } else {
                  elsewhere.put(sweep, path.toString());
                }
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Dataset<Row> rows =
        own.isEmpty()
            ? spark.createDataFrame(List.<Row>of(), schema)
            : read(schema).option("basePath", folder).parquet(own.toArray(String[]::new));
    for (Map.Entry<String, String> sweep : elsewhere.entrySet()) {
      rows =
          rows.union(
              read(new StructType(Arrays.copyOf(schema.fields(), schema.size() - 1)))
                  .parquet(sweep.getValue())
                  .withColumn(SWEEP, functions.lit(sweep.getKey())));
    }
    return table.equals(Tables.TRIALS) ? filled(rows) : rows;
  }

  /** Fills in hyperparameters that are younger than a file, whose trials had their defaults. */
  private static Dataset<Row> filled(Dataset<Row> trials) {
    Map<String, org.apache.spark.sql.Column> younger = new LinkedHashMap<>();
    for (Hyperparameter h : Hyperparameter.values()) {
      if (h.since() > 1) {
        younger.put(h.key(), functions.expr(Views.value(h.key())));
      }
    }
    return younger.isEmpty() ? trials : trials.withColumns(younger);
  }

  private DataFrameReader read(StructType schema) {
    return spark
        .read()
        .schema(schema)
        .option(Locations.GLOB, "false")
        .option("pathGlobFilter", "*.parquet")
        .option(Warehouse.VERIFY_PAGES, "true");
  }

  /** The registry's columns and {@link #SWEEP}; all may be NULL, since files may be older. */
  public static StructType schema(Table<?> table) {
    List<StructField> fields = new ArrayList<>();
    for (Column<?> column : table.columns()) {
      fields.add(DataTypes.createStructField(column.name(), type(column.type()), true));
    }
    fields.add(DataTypes.createStructField(SWEEP, DataTypes.StringType, true));
    return DataTypes.createStructType(fields);
  }

  private static DataType type(ValueType type) {
    return switch (type) {
      case STRING -> DataTypes.StringType;
      case LONG -> DataTypes.LongType;
      case DOUBLE -> DataTypes.DoubleType;
      case BOOLEAN -> DataTypes.BooleanType;
    };
  }

  @Override
  public QueryResult run(String statement) {
    return ReadRetry.onMissingFiles(() -> firstRows(statement));
  }

  private QueryResult firstRows(String statement) {
    return answer(dataset(statement));
  }

  /** The answer of a query of Spark's, as plain Java. */
  public static QueryResult answer(Dataset<Row> answer) {
    Iterator<Row> rows = SqlError.translated(answer::toLocalIterator);
    // The first row is read here, so that a missing file shows while the query can be repeated.
    SqlError.translated(rows::hasNext);
    return new QueryResult(
        List.of(answer.columns()),
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return SqlError.translated(rows::hasNext);
          }

          @Override
          public List<Object> next() {
            return values(SqlError.translated(rows::next));
          }
        });
  }

  private Dataset<Row> dataset(String statement) {
    for (Table<?> table : Tables.ALL) {
      // Views are made anew for every statement, since Spark lists a view's files once.
      table(table).createOrReplaceTempView(table.name());
    }
    if (!viewsRegistered) {
      // These are made once, since Spark keeps their text and looks up the tables at each query.
      Views.register(spark);
      viewsRegistered = true;
    }
    return SqlError.translated(() -> spark.sql(statement));
  }

  @Override
  public void cancel() {
    spark.sparkContext().cancelAllJobs();
  }

  @Override
  public Path writeParquet(String statement, Path folder, FileSystem fs) throws IOException {
    ReadRetry.onMissingFiles(
        () ->
            SqlError.translated(
                () -> {
                  dataset(statement)
                      .coalesce(1)
                      .write()
                      .mode(SaveMode.Overwrite)
                      .parquet(folder.toString());
                  return folder;
                }));
    for (FileStatus status : fs.listStatus(folder)) {
      if (status.getPath().getName().startsWith("part-")) {
        return status.getPath();
      }
    }
    throw new IOException("Cannot find what Spark wrote into " + folder);
  }

  private static List<Object> values(Row row) {
    List<Object> values = new ArrayList<>(row.size());
    for (int i = 0; i < row.size(); i++) {
      values.add(plain(row.get(i)));
    }
    return values;
  }

  /** Turns a value of Spark's into one of plain Java. */
  private static Object plain(Object value) {
    if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Number) {
      return value;
    }
    if (value instanceof Row struct) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (int i = 0; i < struct.size(); i++) {
        fields.put(struct.schema().fieldNames()[i], plain(struct.get(i)));
      }
      return fields;
    }
    if (value instanceof scala.collection.Seq<?> seq) {
      List<Object> list = new ArrayList<>();
      CollectionConverters.asJava(seq).forEach(v -> list.add(plain(v)));
      return list;
    }
    if (value instanceof scala.collection.Map<?, ?> map) {
      Map<String, Object> entries = new LinkedHashMap<>();
      CollectionConverters.asJava(map).forEach((k, v) -> entries.put(String.valueOf(k), plain(v)));
      return entries;
    }
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
  }
}
