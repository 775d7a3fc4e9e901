package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Table;
import org.saddlemap.record.Tables;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.ChunkFile;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.RandomRecords;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialId;

/** The embedded engine answers what Spark answers. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class DuckDbSessionTest {
  private static final String FIRST = SweepId.of("first", TrialId.sha256("1"));
  private static final String SECOND = SweepId.of("second", TrialId.sha256("2"));
  private static final String COUNTS =
      "SELECT t.sweep, count(*) AS n, count(DISTINCT t.trial_id) AS ids, sum(t.plan_index) AS plan,"
          + " (SELECT count(*) FROM curves) AS curves, (SELECT count(*) FROM layers) AS layers"
          + " FROM trials t GROUP BY t.sweep ORDER BY t.sweep";

  @TempDir private Path folder;

  private static Warehouse filled(Path root) throws IOException {
    Warehouse warehouse = Warehouse.open(root.toString(), new Configuration());
    for (String sweep : List.of(FIRST, SECOND)) {
      for (ChunkRange chunk : chunks()) {
        new Chunks(warehouse).write(sweep, chunk, new RandomRecords(chunk.from() + 1).of(chunk));
      }
    }
    return warehouse;
  }

  private static List<ChunkRange> chunks() {
    return List.of(new ChunkRange(0, 6), new ChunkRange(6, 15), new ChunkRange(15, 20));
  }

  private static List<List<Object>> rows(SqlEngine engine, String query) {
    List<List<Object>> rows = new ArrayList<>();
    engine.run(query).rows().forEachRemaining(rows::add);
    return rows;
  }

  @Test
  void everyTableAndEveryViewIsTheSame() throws IOException {
    Warehouse warehouse = Warehouse.open(folder.toString(), new Configuration());
    SampleSweep.small().write(warehouse);
    SqlEngine spark = new SqlSession(SparkSession.builder().getOrCreate(), warehouse);
    SqlEngine duck = new DuckDbSession(warehouse);
    List<String> names = new ArrayList<>(Views.statements(Views.Engine.DUCKDB).keySet());
    for (Table<?> table : Tables.ALL) {
      names.add(table.name());
    }
    for (String name : names) {
      String query = "SELECT * FROM " + name;
      assertThat(duck.run(query).columns()).as(name).isEqualTo(spark.run(query).columns());
      List<String> answer = texts(rows(duck, query));
      assertThat(answer).as(name).isEqualTo(texts(rows(spark, query)));
      assertThat(answer.isEmpty())
          .as(name)
          .isEqualTo(name.equals("importance") || name.equals("rules"));
    }
  }

  /** In any order; a number as a number, whatever type an engine gives it. */
  private static List<String> texts(List<List<Object>> rows) {
    return rows.stream()
        .map(
            row ->
                row.stream()
                    .map(v -> v instanceof Number n ? Double.toString(n.doubleValue()) : "" + v)
                    .collect(Collectors.joining("|")))
        .sorted()
        .toList();
  }

  @Test
  void columnsThatOldFilesLackAreNull() throws IOException {
    Warehouse old = Warehouse.open(folder.toString(), new Configuration());
    Replaced.asOfOld(old, SampleSweep.small().write(old));
    SqlEngine duck = new DuckDbSession(old);
    assertThat(rows(duck, "SELECT * FROM causes")).isEmpty();
    assertThat(rows(duck, "SELECT count(*), count(cause) FROM trials"))
        .containsExactly(List.of((Object) SampleSweep.small().size(), 0L));
  }

  /** As if these hyperparameters had come with the second version of the schema. */
  @Test
  void hyperparametersThatAreYoungerThanAFileReadAsTheirDefaultsWhereTheyApply()
      throws IOException {
    Warehouse warehouse = Warehouse.open(folder.toString(), new Configuration());
    String old = SampleSweep.plain().write(warehouse);
    Replaced.asOfOld(warehouse, old, Set.of("momentum", "bias", "l2", "loss"));
    String now =
        SampleSweep.plain().with("now", Hyperparameter.OPTIMIZER, "momentum").write(warehouse);
    String older =
        SampleSweep.plain().with("older", Hyperparameter.OPTIMIZER, "nesterov").write(warehouse);
    Replaced.asOfOld(warehouse, older, Set.of("momentum", "bias", "l2", "loss"));
    String linear = SampleSweep.plain().with("linear", Hyperparameter.L2, "0.5").write(warehouse);
    String query =
        "SELECT sweep, min(m), max(m), count(m), count(*), count(b), min(l2), max(l2), min(loss) FROM"
            + " (SELECT sweep, %s AS m, %s AS b, %s AS l2, %s AS loss FROM trials)"
            + " GROUP BY sweep ORDER BY sweep";
    query =
        query.formatted(
            Views.value(Hyperparameter.MOMENTUM, 2),
            Views.value(Hyperparameter.BIAS, 2),
            Views.value(Hyperparameter.L2, 2),
            Views.value(Hyperparameter.LOSS, 2));
    List<List<Object>> expected = new ArrayList<>();
    expected.add(Arrays.asList(linear, null, null, 0L, 156L, 156L, 0.5, 0.5, "cross_entropy"));
    expected.add(Arrays.asList(now, 0.9, 0.9, 156L, 156L, 156L, 0.0, 0.0, "cross_entropy"));
    expected.add(Arrays.asList(older, 0.9, 0.9, 156L, 156L, 156L, 0.0, 0.0, "cross_entropy"));
    expected.add(Arrays.asList(old, null, null, 0L, 156L, 156L, 0.0, 0.0, "cross_entropy"));
    assertThat(rows(new DuckDbSession(warehouse), query)).isEqualTo(expected);
    assertThat(rows(new SqlSession(SparkSession.builder().getOrCreate(), warehouse), query))
        .isEqualTo(expected);
  }

  @Test
  void nothingIsThereBeforeAnythingIsWritten() throws IOException {
    Warehouse none = Warehouse.open(folder.resolve("none").toString(), new Configuration());
    SqlEngine duck = new DuckDbSession(none);
    assertThat(rows(duck, "SELECT count(*) FROM trials JOIN turned USING (sweep)"))
        .containsExactly(List.of(0L));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void onlyTheSweepsThatAreAskedForAreRead() throws IOException {
    Warehouse warehouse = filled(folder);
    SqlEngine duck = new DuckDbSession(warehouse, Set.of(SECOND));
    assertThat(rows(duck, "SELECT DISTINCT sweep FROM trials")).containsExactly(List.of(SECOND));
  }

  @Test
  void aSweepThatIsCompactedStandsThereOnceAtAnyMoment() throws IOException {
    Warehouse warehouse = filled(folder);
    SqlEngine duck = new DuckDbSession(warehouse);
    List<List<Object>> before = rows(duck, COUNTS);
    assertThat(before).hasSize(2).allSatisfy(row -> assertThat(row.get(1)).isEqualTo(20L));
    Compaction compaction = new Compaction(warehouse, FIRST, 1);
    compaction.begin();
    CompactionPlan.Merge all = new CompactionPlan.Merge(new ChunkRange(0, 20), chunks());
    compaction.merge(all);
    assertThat(rows(duck, COUNTS)).isEqualTo(before);
    compaction.commit(List.of(all));
    assertThat(rows(duck, COUNTS)).isEqualTo(before);
    // As where it dies between two renames.
    Path trials = folder.resolve("trials/sweep=" + FIRST);
    Files.move(trials, folder.resolve("aside"));
    assertThat(rows(duck, COUNTS)).isEqualTo(before);
    Files.move(folder.resolve("aside"), trials);
    assertThat(Compaction.finish(warehouse, FIRST)).isTrue();
    assertThat(rows(duck, COUNTS)).isEqualTo(before);
  }

  @Test
  void missingFileMakesTablesBeListedAnew() throws IOException {
    Warehouse warehouse = filled(folder);
    DuckDbSession duck = new DuckDbSession(warehouse);
    Path chunk = folder.resolve("trials/sweep=" + FIRST + "/" + ChunkFile.name(chunks().get(0)));
    int[] attempts = {0};
    QueryResult result =
        ReadRetry.onMissingFiles(
            () -> {
              if (attempts[0]++ > 0) {
                return duck.run("SELECT count(*) FROM trials");
              }
              return SqlError.ofDuckDb(
                  () -> {
                    try (var connection = java.sql.DriverManager.getConnection("jdbc:duckdb:");
                        var statement = connection.createStatement()) {
                      statement.execute("FROM read_parquet(['" + chunk + ".gone'])");
                    }
                    return null;
                  });
            });
    assertThat(result.rows().next()).containsExactly(40L);
    assertThat(attempts[0]).isEqualTo(2);
  }

  @Test
  void filesThatInterruptedWritersLeaveAreNotRead() throws IOException {
    Warehouse warehouse = filled(folder);
    Path trials = folder.resolve("trials/sweep=" + FIRST);
    Files.writeString(trials.resolve("." + ChunkFile.name(chunks().get(0)) + ".1.tmp"), "PAR1");
    Files.writeString(trials.resolve("." + ChunkFile.name(chunks().get(0))), "PAR1");
    Files.writeString(trials.resolve("_temporary"), "PAR1");
    assertThat(rows(new DuckDbSession(warehouse), "SELECT count(*) FROM trials"))
        .containsExactly(List.of(40L));
  }

  static List<String> names() {
    return org.saddlemap.cli.PathsTest.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aWarehouseOfAnyNameIsReadAndNoOther(String name) throws IOException {
    Warehouse warehouse = filled(folder.resolve(name));
    // What the name would match as a pattern.
    for (String other : List.of("s1", "lr0.1x", "lr0.1abx", "lr*x")) {
      if (!other.equals(name)) {
        filled(folder.resolve(other));
      }
    }
    SqlEngine duck = new DuckDbSession(warehouse);
    assertThat(rows(duck, COUNTS)).allSatisfy(row -> assertThat(row.get(1)).isEqualTo(20L));
    Path out = folder.resolve(name + ".parquet");
    Export.write(
        duck, "SELECT count(*) AS n FROM trials -- all", out.toString(), new Configuration());
    assertThat(out).isRegularFile();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELEC 1",
        "SELECT nowhere FROM trials",
        "SELECT * FROM trails",
        "SELECT CAST('x' AS INTEGER)",
        "SELECT no_such_function(1)",
        "SELECT sum(status) FROM trials",
      })
  void whatIsWrongWithAQueryIsSaidInALine(String query) throws IOException {
    SqlEngine duck = new DuckDbSession(filled(folder));
    assertThatThrownBy(() -> rows(duck, query))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith("The query is wrong")
        .hasMessageNotContaining("\n");
  }

  @Test
  void listsAndStructsArePlain() throws IOException {
    SqlEngine duck = new DuckDbSession(filled(folder));
    assertThat(
            rows(
                duck,
                "SELECT [1, 2] AS l, {'a': 'x', 'b': [true]} AS s, MAP {'k': 1.5::DOUBLE} AS m,"
                    + " NULL AS n, sum(x) AS t, 'ab'::BLOB AS b, DATE '2026-01-02' AS d"
                    + " FROM range(5) r(x)"))
        .containsExactly(
            Arrays.asList(
                List.of(1, 2),
                Map.of("a", "x", "b", List.of(true)),
                Map.of("k", 1.5),
                null,
                10L,
                "6162",
                "2026-01-02"));
  }

  @Test
  void nullsStandWhereSparkPutsThem() throws IOException {
    Warehouse warehouse = filled(folder);
    SqlEngine duck = new DuckDbSession(warehouse);
    SqlEngine spark = new SqlSession(SparkSession.builder().getOrCreate(), warehouse);
    for (String order : List.of("", " DESC")) {
      String query = "SELECT DISTINCT x FROM (VALUES (1), (NULL), (2)) v(x) ORDER BY x" + order;
      assertThat(rows(duck, query)).isEqualTo(rows(spark, query));
    }
  }
}
