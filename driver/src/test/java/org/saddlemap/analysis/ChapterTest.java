package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** docs/chapter.md: its answers are those of the shipped tables. */
@Tag("slow")
@Tag("truth")
@ExtendWith(LocalSpark.class)
class ChapterTest {
  private static final Path DOC = Path.of("..", "docs", "chapter.md");

  private static SqlSession session;

  @BeforeAll
  static void open() throws IOException {
    SparkSession spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    ChapterSample.refresh(spark);
    session = new SqlSession(spark, ChapterSample.open());
  }

  @Test
  void everyAnswerIsTheOnePrinted() throws IOException {
    String now = Answers.regenerated(DOC, session);
    assertThat(Answers.queries(now)).hasSizeGreaterThanOrEqualTo(10);
    assertThat(DOC).as("run this test with -Dsaddlemap.regenerate=true").content().isEqualTo(now);
  }

  /** What the page's words say, as SQL that answers true. */
  static final List<String> CLAIMS =
      List.of(
          // Signals of the identity shrink and grow by the initializer's factor in each of 29
          // layers.
          """
          SELECT bool_and(abs(ratio / 29 - log10(double(regexp_extract(initializer, '\\\\((.*)\\\\)', 1)))) < 0.001)
          FROM (SELECT t.initializer,
              log10(max(l.forward_norm) FILTER (WHERE l.layer = 30) / max(l.forward_norm) FILTER (WHERE l.layer = 1)) AS ratio
            FROM layers l JOIN trials t USING (trial_id)
            WHERE t.sweep LIKE 'chapter-depth-%' AND l.moment = 'initial' AND NOT t.batch_norm
              AND t.activation = 'identity' AND t.initializer LIKE 'orthogonal%'
            GROUP BY t.initializer)""",
          // Large weights under tanh: forward nothing explodes, backward by fewer than 10 decades.
          """
          SELECT abs(log10(max(l.forward_norm) FILTER (WHERE l.layer = 30) / max(l.forward_norm) FILTER (WHERE l.layer = 1))) < 0.1
            AND log10(max(l.backward_norm) FILTER (WHERE l.layer = 1) / max(l.backward_norm) FILTER (WHERE l.layer = 30)) BETWEEN 1 AND 10
          FROM layers l JOIN trials t USING (trial_id)
          WHERE t.sweep LIKE 'chapter-depth-%' AND l.moment = 'initial' AND NOT t.batch_norm
            AND t.activation = 'tanh' AND t.initializer = 'orthogonal(5)'""",
          // Equal units stay equal.
          """
          SELECT bool_and(l.distinct_units = 1) FROM layers l JOIN trials t USING (trial_id)
          WHERE t.sweep LIKE 'chapter-%' AND l.moment = 'initial' AND l.layer <= t.depth
            AND (t.initializer = 'zeros' OR t.initializer LIKE 'constant%')""",
          """
          SELECT bool_and(l.distinct_units = 1) FROM layers l JOIN trials t USING (trial_id)
          WHERE t.sweep LIKE 'chapter-map-%' AND l.moment = 'final' AND l.layer <= t.depth
            AND (t.initializer = 'zeros' OR t.initializer LIKE 'constant%')""",
          // normal(0.01) guesses from four layers on; Xavier fits at 30.
          """
          SELECT max(accuracy) < 0.2 FROM trials WHERE sweep LIKE 'chapter-map-%'
            AND NOT batch_norm AND initializer = 'normal(0.01)' AND depth >= 4""",
          """
          SELECT max(accuracy) > 0.99 FROM trials WHERE sweep LIKE 'chapter-map-%'
            AND NOT batch_norm AND initializer = 'xavier_uniform' AND depth = 30""",
          // Noise frees one unit from its mirror, full batches do not; zeros stay under both.
          """
          SELECT bool_and(category = if(batch_size = 'full', 'saddle', 'optimum')) FROM trials
          WHERE sweep LIKE 'chapter-noise-%' AND width = 1 AND initializer = 'constant(0.1)'""",
          """
          SELECT bool_and(category = 'saddle') FROM trials
          WHERE sweep LIKE 'chapter-noise-%' AND (initializer = 'zeros' OR width = 2 AND initializer = 'constant(0.1)')""",
          // A fitted network is no plateau.
          """
          SELECT count_if(accuracy >= 0.99) = 0 AND count(*) > 0
          FROM trials WHERE sweep LIKE 'chapter-map-%' AND category = 'plateau'""",
          // Clipping rescues some; batch normalization stops more divergences than it makes.
          "SELECT count(*) > 0 FROM rescued_by_clipping WHERE sweep LIKE 'chapter-map-%'",
          """
          SELECT sum(pairs) FILTER (WHERE from_category = 'diverged') > coalesce(sum(pairs) FILTER (WHERE to_category = 'diverged'), 0)
          FROM turned WHERE sweep LIKE 'chapter-map-%' AND hyperparameter = 'normalization' AND from_category <> to_category""",
          // Optima, where there are any, are commoner than 0.5^n, and the more so the more
          // parameters
          // there are.
          """
          SELECT bool_and(share > power(0.5D, parameters)) AND corr(log10(share / power(0.5D, parameters)), parameters) > 0.9
            AND corr(share, parameters) < 0
          FROM (SELECT parameters, avg(if(category = 'optimum', 1D, 0D)) AS share FROM trials
            WHERE sweep LIKE 'chapter-small-%' AND initializer IN ('normal(0.01)', 'xavier_uniform')
            GROUP BY parameters HAVING count_if(category = 'optimum') > 0)""",
          """
          SELECT count_if(category = 'optimum') > count_if(category = 'saddle') FROM trials
          WHERE sweep LIKE 'chapter-small-%' AND initializer IN ('normal(0.01)', 'xavier_uniform')""");

  @ParameterizedTest
  @FieldSource("CLAIMS")
  void theClaimsHold(String sql) {
    assertThat(session.run(sql).rows().next()).as(sql).containsExactly(true);
  }

  /** Numbers that follow from mathematics, from the verdict's definition, or count nothing. */
  private static final Set<String> CONSTANTS =
      Set.of("0.2", "0.5", "5", "10", "20.27", "20", "29", "2.303", "99", "100", "0.4", "2014");

  @Test
  void measuredNumbersAreAnswersOfQueries() throws IOException {
    StringBuilder specs = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("..", "conf", "studies"))) {
      for (Path file :
          files.filter(f -> f.getFileName().toString().startsWith("chapter")).toList()) {
        specs.append(Files.readString(file)).append('\n');
      }
    }
    String prose =
        Answers.prose(Files.readString(DOC))
            .replaceAll("`[^`]*`", "") // names and what commands say
            .replaceAll("\\[[^\\]]*]\\([^)]*\\)", "")
            .replace("x₁² − x₂²", "")
            .replace("1,500", "1500");
    List<String> unknown =
        Pattern.compile("[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?")
            .matcher(prose)
            .results()
            .map(MatchResult::group)
            .filter(n -> !CONSTANTS.contains(n) && !n.matches("[0-9]|1e-[234]"))
            .filter(
                n ->
                    !Pattern.compile("(?<![0-9.])" + Pattern.quote(n) + "(?![0-9.])")
                        .matcher(specs)
                        .find())
            .toList();
    assertThat(unknown)
        .as("numbers in docs/chapter.md that no query answers: write <!--sql SELECT … -->…<!--/-->")
        .isEmpty();
  }
}
