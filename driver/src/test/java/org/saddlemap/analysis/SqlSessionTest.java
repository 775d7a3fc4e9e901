package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.saddlemap.analysis.EngineAnswers.assertSame;
import static org.saddlemap.analysis.EngineAnswers.jdbc;
import static org.saddlemap.analysis.EngineAnswers.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Column;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.space.ValueType;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.ChunkFile;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.RandomRecords;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialId;

/** One warehouse, asked by Spark, by DuckDB and by the trial reader. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class SqlSessionTest {
  static final long SEED = 20260101;
  private static final String FIRST = SweepId.of("first", TrialId.sha256("1"));
  private static final String SECOND = SweepId.of("second-one", TrialId.sha256("2"));
  @TempDir static Path folder;
  private static Warehouse warehouse;
  private static SqlSession session;

  @BeforeAll
  static void fill() throws IOException {
    warehouse = Warehouse.open(folder.resolve("all").toString(), new Configuration());
    session = new SqlSession(SparkSession.builder().getOrCreate(), warehouse);
    RandomRecords random = new RandomRecords(SEED);
    for (String sweep : List.of(FIRST, SECOND)) {
      SweepRecord record =
          random.sweep(sweep.substring(0, sweep.length() - 11), "2026-01-01T00:00:00Z", null);
      new Catalogue(warehouse).write(sweep, record);
      for (long i = 0; i < 3; i++) {
        ChunkRange chunk = new ChunkRange(50 * i, 50 * (i + 1));
        new Chunks(warehouse).write(sweep, chunk, random.of(chunk));
      }
    }
    ChunkRange empty = new ChunkRange(150, 160);
    new Chunks(warehouse).write(FIRST, empty, List.of());
    // What interrupted writers leave.
    Path trials = folder.resolve("all/trials/sweep=" + FIRST);
    Files.writeString(
        trials.resolve("." + ChunkFile.name(new ChunkRange(160, 170)) + ".1.tmp"), "PAR1");
    Files.writeString(trials.resolve("_temporary"), "PAR1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM trials",
        "SELECT sweep, count(*), count(DISTINCT trial_id), min(plan_index), max(plan_index)"
            + " FROM trials GROUP BY sweep ORDER BY sweep",
        "SELECT status, category, count(*), count(final_loss), avg(final_loss), min(final_loss),"
            + " max(final_loss), sum(steps) FROM trials GROUP BY status, category"
            + " ORDER BY status, category NULLS FIRST",
        "SELECT final_loss_kind, final_loss IS NULL, count(*) FROM trials GROUP BY 1, 2"
            + " ORDER BY 1 NULLS FIRST, 2",
        "SELECT reason, host, count(*) FROM trials GROUP BY reason, host"
            + " ORDER BY reason NULLS FIRST, host",
        "SELECT nonfinite, batch_norm, depth, count(*), avg(gap), avg(first_nonfinite_step)"
            + " FROM trials GROUP BY nonfinite, batch_norm, depth"
            + " ORDER BY nonfinite NULLS FIRST, batch_norm NULLS FIRST, depth",
        "SELECT t.sweep, c.loss_kind, count(*), count(c.loss), avg(c.gradient_norm)"
            + " FROM trials t JOIN curves c ON t.sweep = c.sweep AND t.trial_id = c.trial_id"
            + " GROUP BY t.sweep, c.loss_kind ORDER BY 1, 2",
        "SELECT moment, layer, count(*), avg(forward_norm), max(dead) FROM layers"
            + " GROUP BY moment, layer ORDER BY moment, layer",
        "SELECT name, spec_path, planned_trials, finished, sweep FROM sweeps ORDER BY sweep",
      })
  void sparkAndDuckDbGiveTheSameAnswer(String query) throws SQLException {
    assertSame(spark(query), duckDb(query));
  }

  @Test
  void everyValueOfEveryTableIsTheSameInSparkAndDuckDb() throws SQLException {
    Map<String, String> order =
        Map.of(
            "sweeps", "sweep",
            "trials", "sweep, plan_index",
            "curves", "sweep, trial_id, step",
            "layers", "sweep, trial_id, layer, moment");
    for (Table<?> table : List.of(Tables.SWEEPS, Tables.TRIALS, Tables.CURVES, Tables.LAYERS)) {
      String columns = table.columns().stream().map(Column::name).collect(Collectors.joining(", "));
      String query =
          "SELECT %s, sweep FROM %s ORDER BY %s"
              .formatted(columns, table.name(), order.get(table.name()));
      List<List<Object>> answer = spark(query);
      assertThat(answer).isNotEmpty();
      assertSame(answer, duckDb(query));
    }
  }

  @Test
  void aSweepThatIsBetweenTwoPlacesStandsInEveryTableOnce() throws IOException, SQLException {
    Path root = folder.resolve("moving");
    Warehouse moving = Warehouse.open(root.toString(), new Configuration());
    List<ChunkRange> parts = new ArrayList<>();
    for (long i = 0; i < 4; i++) {
      parts.add(new ChunkRange(5 * i, 5 * (i + 1)));
      for (String sweep : List.of(FIRST, SECOND)) {
        new Chunks(moving)
            .write(sweep, parts.get((int) i), new RandomRecords(SEED + i).of(parts.get((int) i)));
      }
    }
    SqlSession asked = new SqlSession(SparkSession.builder().getOrCreate(), moving);
    String query =
        "SELECT t.sweep, count(*), count(DISTINCT t.trial_id), sum(t.plan_index), avg(t.final_loss),"
            + " (SELECT count(*) FROM curves), (SELECT count(*) FROM layers)"
            + " FROM trials t GROUP BY t.sweep ORDER BY t.sweep";
    List<List<Object>> before = rows(asked, query);
    assertThat(before).hasSize(2);

    Compaction compaction = new Compaction(moving, FIRST, 1);
    compaction.begin();
    CompactionPlan.Merge all = new CompactionPlan.Merge(new ChunkRange(0, 20), parts);
    compaction.merge(all);
    assertSame(before, rows(asked, query));
    assertSame(
        before, EngineAnswers.duckDb(query, root)); // which reads names that begin with _ or .
    compaction.commit(List.of(all));
    assertSame(before, rows(asked, query));
    assertSame(before, EngineAnswers.duckDb(query, root));
    // As where it dies between two renames.
    Path trials = root.resolve("trials/sweep=" + FIRST);
    Files.move(trials, root.resolve("aside"));
    assertSame(before, rows(asked, query));
    assertThat(moving.folders(Tables.TRIALS, id -> true)).containsKey(FIRST);
    Files.move(root.resolve("aside"), trials);

    Dataset<org.apache.spark.sql.Row> stale = asked.table(Tables.TRIALS);
    assertThat(Compaction.finish(moving, FIRST)).isTrue();
    assertSame(before, rows(asked, query));
    assertSame(before, EngineAnswers.duckDb(query, root));
    int[] attempts = {0};
    assertThat(
            ReadRetry.onMissingFiles(
                () -> (attempts[0]++ == 0 ? stale : asked.table(Tables.TRIALS)).count()))
        .isEqualTo(40);
    assertThat(attempts[0]).as("a file was gone at first").isEqualTo(2);
    assertThatThrownBy(() -> ReadRetry.onMissingFiles(stale::count))
        .hasStackTraceContaining("chunk-");
  }

  @Test
  void nothingInTheTablesIsNotFinite() throws SQLException {
    for (Table<?> table : List.of(Tables.TRIALS, Tables.CURVES, Tables.LAYERS)) {
      List<String> doubles =
          table.columns().stream()
              .filter(c -> c.type() == ValueType.DOUBLE)
              .map(Column::name)
              .toList();
      String query =
          doubles.stream()
              .map(
                  c ->
                      "count(CASE WHEN isnan(%1$s) OR abs(%1$s) > 1.8e307 THEN 1 END)".formatted(c))
              .collect(Collectors.joining(" + ", "SELECT ", ", count(*) FROM " + table.name()));
      List<Object> counted = spark(query).get(0);
      assertThat(counted.get(0)).as(table.name()).isEqualTo(0L);
      assertThat((Long) counted.get(1)).isPositive();
      assertSame(List.of(counted), duckDb(query));
    }
  }

  @Test
  void theTrialReaderCountsWhatSparkCounts() throws IOException {
    Map<String, Long> counts = new TreeMap<>();
    TrialReader reader = new TrialReader(warehouse);
    for (String sweep : List.of(FIRST, SECOND)) {
      reader.forEach(
          sweep,
          t ->
              counts.merge(
                  sweep
                      + " "
                      + t.status().text()
                      + " "
                      + t.verdict().map(v -> v.subCategory()).orElse("none"),
                  1L,
                  Long::sum));
    }
    Map<String, Long> spark = new TreeMap<>();
    spark(
            "SELECT sweep || ' ' || status || ' ' || coalesce(sub_category, 'none'), count(*)"
                + " FROM trials GROUP BY 1")
        .forEach(row -> spark.put((String) row.get(0), (Long) row.get(1)));
    assertThat(spark).as("seed %d", SEED).isEqualTo(counts);
    assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(300);
  }

  @Test
  void aSessionOfSomeSweepsListsNoOther() {
    SqlSession one =
        new SqlSession(SparkSession.builder().getOrCreate(), warehouse, Set.of(SECOND));
    for (Table<?> table : List.of(Tables.SWEEPS, Tables.TRIALS, Tables.CURVES)) {
      assertThat(one.table(table).inputFiles())
          .isNotEmpty()
          .allMatch(file -> file.contains("sweep=" + SECOND));
    }
    List<List<Object>> rows = new ArrayList<>();
    one.run("SELECT DISTINCT sweep FROM trials").rows().forEachRemaining(rows::add);
    assertThat(rows).containsExactly(List.of(SECOND));
  }

  @Test
  void anEmptyWarehouseHasEmptyTables() throws IOException {
    Warehouse none = Warehouse.open(folder.resolve("none").toString(), new Configuration());
    SqlSession empty = new SqlSession(SparkSession.builder().getOrCreate(), none);
    for (Table<?> table : Tables.ALL) {
      QueryResult result = empty.run("SELECT * FROM " + table.name());
      assertThat(result.columns()).hasSize(table.columns().size() + 1).endsWith("sweep");
      assertThat(result.rows().hasNext()).isFalse();
    }
    Files.createDirectories(folder.resolve("none/trials"));
    assertThat(rows(empty.run("SELECT count(sweep), count(*) FROM trials")))
        .containsExactly(List.of(0L, 0L));
  }

  @Test
  void whatIsWrittenWhileASessionIsOpenIsSeen() throws IOException {
    Warehouse growing = Warehouse.open(folder.resolve("growing").toString(), new Configuration());
    SqlSession open = new SqlSession(SparkSession.builder().getOrCreate(), growing);
    assertThat(rows(open.run("SELECT count(*) FROM trials"))).containsExactly(List.of(0L));
    for (int i = 0; i < 2; i++) {
      ChunkRange chunk = new ChunkRange(i, i + 1);
      new Chunks(growing).write(FIRST, chunk, new RandomRecords(i).of(chunk));
      assertThat(rows(open.run("SELECT count(*) FROM trials"))).containsExactly(List.of(i + 1L));
    }
  }

  @Test
  void filesOfAnOlderSchemaReadWithNulls() throws Exception {
    Path old = folder.resolve("mixed");
    Warehouse mixed = Warehouse.open(old.toString(), new Configuration());
    ChunkRange chunk = new ChunkRange(0, 10);
    new Chunks(mixed).write(FIRST, chunk, new RandomRecords(1).of(chunk));
    SqlSession asked = new SqlSession(SparkSession.builder().getOrCreate(), mixed);
    String wanted = SECOND;
    Path target = old.resolve("trials/sweep=" + wanted).resolve(ChunkFile.name(chunk));
    Files.createDirectories(target.getParent());
    List<String> kept =
        Tables.TRIALS.columns().stream()
            .map(Column::name)
            .filter(c -> !c.equals("initial_loss") && !c.equals("gap"))
            .toList();
    Export.write(
        asked,
        "SELECT " + String.join(", ", kept) + " FROM trials WHERE sweep = '" + FIRST + "'",
        target.toString(),
        new Configuration());

    String query =
        "SELECT sweep, count(*), count(gap), count(initial_loss), count(initial_loss_kind)"
            + " FROM trials GROUP BY sweep ORDER BY sweep";
    List<List<Object>> answer = rows(asked.run(query));
    assertThat(answer.get(1).subList(0, 4)).containsExactly(wanted, 10L, 0L, 0L);
    assertThat(answer.get(1).get(4)).isEqualTo(answer.get(0).get(4));
    assertSame(answer, EngineAnswers.duckDb(query, old));
    List<Double> losses = new ArrayList<>();
    new TrialReader(mixed)
        .forEach(wanted, t -> t.outcome().ifPresent(o -> losses.add(o.finalLoss())));
    assertThat(losses).isNotEmpty();
  }

  @Test
  void rowsAreExportedIntoOneFile() throws Exception {
    String query =
        "SELECT plan_index, reason, final_loss FROM trials WHERE sweep = '"
            + FIRST
            + "' ORDER BY plan_index";
    for (String name : List.of("rows.parquet", "rows.csv", "rows.json", "rows.parquet")) {
      Export.write(
          session, query, folder.resolve("out").resolve(name).toString(), new Configuration());
    }
    try (java.util.stream.Stream<Path> files = Files.list(folder.resolve("out"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("rows.parquet", "rows.csv", "rows.json");
    }
    List<List<Object>> rows = spark(query);
    for (String source :
        List.of("read_parquet('%s/out/rows.parquet')", "read_json('%s/out/rows.json')")) {
      assertSame(
          rows, jdbc("SELECT plan_index, reason, final_loss FROM " + source.formatted(folder)));
    }
    assertSame(
        rows,
        jdbc(
            "SELECT * FROM read_csv('%s/out/rows.csv', header = true, all_varchar = false, quote = '\"', escape = '\"', allow_quoted_nulls = false)"
                .formatted(folder)));
    assertThatThrownBy(() -> Export.write(session, query, "rows.xlsx", new Configuration()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("must end in .parquet, .csv or .json");
  }

  @Test
  void wrongSqlIsTheUsersErrorInOneLine() {
    assertWrong("SELECT * FORM trials", "Syntax error", "(line 1, column ", "PARSE_SYNTAX_ERROR");
    assertWrong(
        "SELECT 1,\n dept FROM trials", "`dept`", "`depth`", "(line 2, column 2)", "UNRESOLVED");
    assertWrong(
        "SELECT * FROM trial", "cannot be found. The tables are sweeps, trials, curves and layers");
    assertWrong("SELECT avg(depth FROM trials", "PARSE_SYNTAX_ERROR");
    assertWrong("SELECT depht(1)", "depht");
    assertWrong("SELECT int('x' || min(reason)) FROM trials", "CAST_INVALID_INPUT");
  }

  @Test
  void nestedValuesArePlainJava() {
    assertThat(
            rows(
                session.run(
                    "SELECT array(1, NULL), named_struct('a', array('x')), map('k', 1.5D),"
                        + " 1.10BD, DATE'2026-01-02', X'00ff'")))
        .containsExactly(
            List.of(
                java.util.Arrays.asList(1, null),
                Map.of("a", List.of("x")),
                Map.of("k", 1.5),
                new java.math.BigDecimal("1.10"),
                "2026-01-02",
                "00ff"));
  }

  private static void assertWrong(String query, String... parts) {
    assertThatThrownBy(() -> rows(session.run(query)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith("The query is wrong")
        .message()
        .contains(parts)
        .doesNotContain("\n", "SQLSTATE", "Project");
  }

  private static List<List<Object>> spark(String query) {
    return rows(session.run(query));
  }

  private static List<List<Object>> duckDb(String query) throws SQLException {
    return EngineAnswers.duckDb(query, folder.resolve("all"));
  }
}
