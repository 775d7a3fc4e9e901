package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.saddlemap.report.SentenceNumbers.number;
import static org.saddlemap.report.SentenceNumbers.says;
import static org.saddlemap.report.TrialCounts.cause;
import static org.saddlemap.report.TrialCounts.count;
import static org.saddlemap.report.TrialCounts.mostRescued;
import static org.saddlemap.report.TrialCounts.trains;
import static org.saddlemap.space.Hyperparameter.ACTIVATION;
import static org.saddlemap.space.Hyperparameter.BATCH_SIZE;
import static org.saddlemap.space.Hyperparameter.CLIPPING;
import static org.saddlemap.space.Hyperparameter.DEPTH;
import static org.saddlemap.space.Hyperparameter.INITIALIZER;
import static org.saddlemap.space.Hyperparameter.LEARNING_RATE;
import static org.saddlemap.space.Hyperparameter.NORMALIZATION;
import static org.saddlemap.space.Hyperparameter.OPTIMIZER;
import static org.saddlemap.space.Hyperparameter.RESIDUAL;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.analysis.ChapterSample;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.QueryResult;
import org.saddlemap.analysis.SampleSweep;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.StoredSweep;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;

/**
 * The sentences of a report, held against their own SQL on both engines, and against the trials
 * themselves, counted here.
 */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class FindingsTest {
  private static final List<String> RATES = List.of("0.001", "0.01", "0.1", "1", "10", "1.0E-4");
  @TempDir static Path folder;
  private static Warehouse warehouse;
  private static SqlSession spark;
  private static DuckDbSession duck;

  private static final List<SampleSweep> MADE =
      List.of(
          SampleSweep.small(),
          SampleSweep.small().with("relu", ACTIVATION, "relu"),
          SampleSweep.plain(),
          sweep("one", 1, DEPTH, List.of("2")),
          sweep("pair", 1, CLIPPING, List.of("none", "norm(1.0)")),
          sweep("zeros", 3, INITIALIZER, List.of("zeros"), DEPTH, List.of("1", "2", "4", "8")),
          sweep(
              "easy",
              2,
              LEARNING_RATE,
              List.of("0.01", "0.02", "0.05"),
              BATCH_SIZE,
              List.of("32", "full")),
          sweep(
              "study",
              2,
              DEPTH,
              List.of("2", "8", "16", "32"),
              RESIDUAL,
              List.of("none", "blocks(2)"),
              NORMALIZATION,
              List.of("none", "batch", "layer", "rms"),
              LEARNING_RATE,
              RATES),
          sweep(
              "governed",
              2,
              OPTIMIZER,
              List.of("sgd", "momentum", "nesterov"),
              LEARNING_RATE,
              RATES,
              DEPTH,
              List.of("1", "4", "16")),
          sweep("seeds", 40, LEARNING_RATE, List.of("1", "2", "4")));

  private static SampleSweep sweep(String name, int replicates, Object... axes) {
    Map<Hyperparameter, List<String>> of = new LinkedHashMap<>();
    for (int i = 0; i < axes.length; i += 2) {
      @SuppressWarnings("unchecked")
      List<String> values = (List<String>) axes[i + 1];
      of.put((Hyperparameter) axes[i], values);
    }
    return SampleSweep.of(name, of, Map.of(), replicates, 21);
  }

  @BeforeAll
  static void write() throws IOException {
    warehouse = Warehouse.open(folder.resolve("warehouse").toString(), new Configuration());
    for (SampleSweep sweep : MADE) {
      sweep.write(warehouse);
    }
    SparkSession session = SparkSession.builder().getOrCreate();
    session.sparkContext().setLogLevel("WARN");
    spark = new SqlSession(session, warehouse);
    duck = new DuckDbSession(warehouse);
  }

  private static Stream<SampleSweep> made() {
    return MADE.stream();
  }

  private static List<Findings.Finding> of(Warehouse from, StoredSweep sweep, boolean embedded) {
    ReportSession session =
        ReportSession.open(
            () -> SparkSession.builder().getOrCreate(), from, List.of(sweep), embedded);
    return Findings.of(session.sql(), SweptAxis.of(session.spark().table("trials")), sweep.id());
  }

  private static StoredSweep stored(Warehouse from, String name) throws IOException {
    return new Catalogue(from).find(Optional.of(name));
  }

  private static Map<String, Findings.Finding> sentences(SampleSweep sweep) throws IOException {
    return of(warehouse, stored(warehouse, sweep.name()), true).stream()
        .collect(
            Collectors.toMap(
                Findings.Finding::key, Function.identity(), (a, b) -> a, LinkedHashMap::new));
  }

  @ParameterizedTest
  @MethodSource("made")
  void bothEnginesSayTheSameAndAnswerItsNumbers(SampleSweep sweep) throws IOException {
    holds(warehouse, stored(warehouse, sweep.name()), spark, duck);
  }

  @Test
  void theShippedSweepsToo() throws IOException {
    SparkSession session = SparkSession.builder().getOrCreate();
    Warehouse quickstart = Warehouse.open("../docs/sample/tables", new Configuration());
    holds(
        quickstart,
        stored(quickstart, "quickstart"),
        new SqlSession(session, quickstart),
        new DuckDbSession(quickstart));
    Warehouse chapter = ChapterSample.open();
    for (StoredSweep sweep : ChapterSample.sweeps()) {
      holds(chapter, sweep, new SqlSession(session, chapter), new DuckDbSession(chapter));
    }
  }

  private static void holds(
      Warehouse from, StoredSweep sweep, SqlSession onSpark, DuckDbSession onDuck) {
    List<Findings.Finding> found = of(from, sweep, true);
    assertThat(of(from, sweep, false)).isEqualTo(found);
    for (Findings.Finding finding : found) {
      List<Map<String, Object>> answer = rows(onDuck.run(finding.sql()));
      assertThat(plain(rows(onSpark.run(finding.sql()))))
          .as(finding.sql())
          .containsExactlyInAnyOrderElementsOf(plain(answer));
      says(finding, answer);
    }
  }

  /** Of the made-up sweeps the trials are known: they are counted one by one. */
  @ParameterizedTest
  @MethodSource("made")
  void theSentencesAreTrueOfTheTrials(SampleSweep sweep) throws IOException {
    Map<String, Findings.Finding> said = sentences(sweep);
    List<TrialRecord> all = LongStream.range(0, sweep.size()).mapToObj(sweep::trial).toList();
    List<TrialRecord> judged = all.stream().filter(t -> cause(t) != null).toList();
    long trained = count(judged, TrialCounts::trains);
    String first = said.get("trains").text();
    if (trained > 0 && trained < judged.size()) {
      assertThat(first).startsWith("%,d of %,d judged ".formatted(trained, judged.size()));
    } else {
      assertThat(first).contains("%,d judged ".formatted(judged.size()));
    }
    Map<String, Long> causes =
        judged.stream()
            .filter(t -> !trains(t))
            .collect(Collectors.groupingBy(TrialCounts::cause, Collectors.counting()));
    causes.values().stream()
        .sorted((a, b) -> Long.compare(b, a))
        .limit(3)
        .forEach(n -> assertThat(said.get("fails").text()).contains("%,d by ".formatted(n)));
    assertThat(said.get("sure").text())
        .contains(
            judged.size() == all.size()
                ? "How sure"
                : "%,d trial".formatted(all.size() - judged.size()));
    long failed = count(all, t -> t.status() == TrialStatus.FAILED);
    assertThat(said.get("sure").text().contains("%,d failed".formatted(failed)))
        .isEqualTo(failed > 0);
    long rescued = mostRescued(judged);
    assertThat(said.get("rescue").text().contains("rescues most is")).isEqualTo(rescued > 0);
    if (rescued > 0) {
      List<Map<String, Object>> rows = rows(duck.run(said.get("rescue").sql()));
      assertThat(number(rows.get(0), "rescued")).isEqualTo(rescued);
    }
  }

  @Test
  void aSweepWhoseTrialsHaveNoCauseSaysSo() throws IOException {
    Warehouse old = Warehouse.open(folder.resolve("old").toString(), new Configuration());
    String id = SampleSweep.plain().write(old);
    org.saddlemap.store.Replaced.asOfOld(old, id);
    assertThat(of(old, stored(old, "plain"), true))
        .singleElement()
        .satisfies(f -> assertThat(f.text()).contains("156 trials have no verdict to count"));
  }

  @Test
  void singularAndPlural() throws IOException {
    assertThat(sentences(MADE.get(3)).get("trains").text())
        .isIn("The 1 judged trial trains.", "None of 1 judged trial trains.");
    for (SampleSweep sweep : MADE) {
      for (Findings.Finding f : sentences(sweep).values()) {
        assertThat(f.text())
            .doesNotContainPattern(
                "(^| )1 (judged )?(trials|verdicts|configurations|other causes)\\b")
            .doesNotContain("null", "NaN", "_ ", "  ", "..");
      }
    }
  }

  private static List<Map<String, Object>> rows(QueryResult result) {
    List<Map<String, Object>> rows = new ArrayList<>();
    result
        .rows()
        .forEachRemaining(
            row -> {
              Map<String, Object> named = new LinkedHashMap<>();
              for (int i = 0; i < row.size(); i++) {
                named.put(result.columns().get(i), row.get(i));
              }
              rows.add(named);
            });
    return rows;
  }

  /** Rows as texts that do not depend on how an engine writes numbers. */
  private static List<String> plain(List<Map<String, Object>> rows) {
    return rows.stream()
        .map(
            row ->
                row.values().stream()
                    .map(
                        v -> {
                          try {
                            return "%.9g".formatted(Double.parseDouble(String.valueOf(v)));
                          } catch (NumberFormatException words) {
                            return String.valueOf(v);
                          }
                        })
                    .toList()
                    .toString())
        .toList();
  }
}
