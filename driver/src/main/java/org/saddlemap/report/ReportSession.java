package org.saddlemap.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.analysis.Views;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import org.saddlemap.verdict.Measure;

/**
 * Where a report's trials are read from, once, and how its queries are run.
 *
 * @param spark a session of its own, which knows the trials as the view {@code trials}; measures
 *     are not among its columns where DuckDB answers what is asked of these
 * @param trials all of their columns
 * @param sql answers queries over the tables and views, in what Spark and DuckDB have in common
 */
record ReportSession(SparkSession spark, Dataset<Row> trials, Function<String, QueryResult> sql) {
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
   *     the trials to Spark, if they are few
   */
  static ReportSession open(
      Supplier<SparkSession> session,
      Warehouse warehouse,
      List<StoredSweep> sweeps,
      boolean embedded) {
    List<String> ids = sweeps.stream().map(StoredSweep::id).toList();
    if (embedded && planned(sweeps) <= SMALL) {
      DuckDbSession tables = new DuckDbSession(warehouse, Set.copyOf(ids));
      tables.keep(Tables.TRIALS);
      List<Row> rows = new ArrayList<>();
      tables
          .run("SELECT * FROM trials")
          .rows()
          .forEachRemaining(row -> rows.add(RowFactory.create(row.toArray())));
      SparkSession spark = configured(session.get(), sweeps);
      Dataset<Row> trials = spark.createDataFrame(rows, SqlSession.schema(Tables.TRIALS));
      trials.createOrReplaceTempView(Tables.TRIALS.name());
      return new ReportSession(spark, trials, tables::run);
    }
    SparkSession spark = configured(session.get(), sweeps);
    SqlSession tables = new SqlSession(spark, warehouse, Set.copyOf(ids));
    for (Table<?> table : List.of(Tables.CURVES, Tables.LAYERS)) {
      tables.table(table).createOrReplaceTempView(table.name());
    }
    Dataset<Row> trials = tables.table(Tables.TRIALS);
    boolean narrow = embedded && sweeps.size() == 1;
    // The files are read once, though every section asks for the trials again. The copy is kept on
    // disk, since sorts need the memory.
    Dataset<Row> kept =
        (narrow ? trials.drop(measures()) : trials).persist(StorageLevel.DISK_ONLY());
    kept.createOrReplaceTempView(Tables.TRIALS.name());
    if (embedded) {
      DuckDbSession answers = new DuckDbSession(warehouse, Set.copyOf(ids));
      return new ReportSession(spark, narrow ? trials : kept, answers::run);
    }
    Views.register(spark);
    return new ReportSession(spark, kept, query -> SqlSession.answer(spark.sql(query)));
  }

  /** Columns that are asked for in SQL alone, two thirds of a trial. */
  private static String[] measures() {
    return Arrays.stream(Measure.values()).map(Measure::key).toArray(String[]::new);
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
