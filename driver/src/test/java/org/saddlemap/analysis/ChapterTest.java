package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** docs/chapter.md: its answers are those of the shipped tables. */
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
}
