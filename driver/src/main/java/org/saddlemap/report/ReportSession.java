package org.saddlemap.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.analysis.Views;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;

/**
 * Where a report's trials are read from, once, and how its queries are run.
 *
 * @param spark a session of its own, which knows the trials as the view {@code trials}
 * @param sql answers queries over the tables and views, in what Spark and DuckDB have in common
 */
record ReportSession(SparkSession spark, Function<String, QueryResult> sql) {
  /** Partitions of a shuffle; even a million trials are few for Spark. */
  private static final int PARTITIONS = 8;

  /** Trials up to which Spark takes longer to plan and compile a query than to interpret it. */
  private static final long SMALL = 20_000;

  private static final Map<String, String> SMALL_SETTINGS =
      Map.of(
          "spark.sql.shuffle.partitions", "1",
          "spark.sql.adaptive.enabled", "false",
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  /** Up to so many groups Spark gathers the rows of a task by hash; beyond, it sorts them. */
  private static final int MAX_GROUPS = 200_000;

  /**
   * Reads these sweeps' trials.
   *
   * @param session asked once Spark is needed, and left alone
   * @param embedded whether DuckDB may read the warehouse: then it answers what SQL can, and hands
   *     the trials to Spark
   * @throws InvalidInput where these are too many to hand them on, and Spark is on other machines
   */
  static ReportSession open(
      Supplier<SparkSession> session,
      Warehouse warehouse,
      List<StoredSweep> sweeps,
      boolean embedded) {
    Set<String> ids = sweeps.stream().map(StoredSweep::id).collect(Collectors.toUnmodifiableSet());
    if (embedded) {
      return embedded(session, new DuckDbSession(warehouse, ids), sweeps);
    }
    SparkSession spark = configured(session.get(), sweeps);
    SqlSession tables = new SqlSession(spark, warehouse, ids);
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      tables.table(table).createOrReplaceTempView(table.name());
    }
    // Kept on disk, since sorts need the memory.
    Dataset<Row> trials = tables.table(Tables.TRIALS).persist(StorageLevel.DISK_ONLY());
    trials.createOrReplaceTempView(Tables.TRIALS.name());
    Views.register(spark);
    return new ReportSession(spark, query -> SqlSession.answer(spark.sql(query)));
  }

  /**
   * DuckDB reads the trials, and hands them to Spark: as rows where they are few, else as a file.
   */
  private static ReportSession embedded(
      Supplier<SparkSession> session, DuckDbSession tables, List<StoredSweep> sweeps) {
    StructType schema = SqlSession.schema(Tables.TRIALS);
    SparkSession spark;
    Dataset<Row> trials;
    if (planned(sweeps) <= SMALL) {
      tables.keep(Tables.TRIALS);
      List<Row> rows = new ArrayList<>();
      tables
          .run("SELECT * FROM trials")
          .rows()
          .forEachRemaining(row -> rows.add(RowFactory.create(row.toArray())));
      spark = configured(session.get(), sweeps);
      trials = spark.createDataFrame(rows, schema);
    } else {
      Path copy = temporary();
      tables.keep(Tables.TRIALS, copy);
      spark = configured(session.get(), sweeps);
      if (!spark.sparkContext().isLocal()) {
        throw new InvalidInput(
            "--engine duckdb copies so many trials to this machine, where the executors of %s do not read; leave out --engine, or --master"
                .formatted(spark.sparkContext().master()));
      }
      trials = spark.read().schema(schema).parquet(copy.toUri().toString());
    }
    trials.createOrReplaceTempView(Tables.TRIALS.name());
    return new ReportSession(spark, tables::run);
  }

  /** A file that goes with this process. */
  private static Path temporary() {
    try {
      Path file = Files.createTempFile("saddlemap-trials", ".parquet");
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy the trials to a temporary folder", e);
    }
  }

  private static SparkSession configured(SparkSession session, List<StoredSweep> sweeps) {
    SparkSession spark = session.newSession();
    if (planned(sweeps) <= SMALL) {
      SMALL_SETTINGS.forEach((key, value) -> spark.conf().set(key, value));
    } else {
      spark.conf().set("spark.sql.shuffle.partitions", PARTITIONS);
    }
    // The map's query gathers lists of ids, for which Spark would sort where groups are many.
    spark.conf().set("spark.sql.objectHashAggregate.sortBased.fallbackThreshold", MAX_GROUPS);
    return spark;
  }

  private static long planned(List<StoredSweep> sweeps) {
    return sweeps.stream().mapToLong(s -> s.record().plannedTrials()).sum();
  }
}
