package org.saddlemap.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.record.ImportanceRecord;
import org.saddlemap.record.RuleRecord;
import org.saddlemap.store.Warehouse;

/** What the models say of a sweep whose truth is known. */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class SweepModelTest {
  @TempDir static Path folder;

  private static SparkSession spark;
  private static Dataset<Row> trials;
  private static SweepModel.Result result;

  @BeforeAll
  static void fit() throws IOException {
    SampleSweep.small().write(Warehouse.open(folder.toString(), new Configuration()));
    spark = SparkSession.builder().getOrCreate();
    spark.sparkContext().setLogLevel("WARN");
    trials = spark.read().parquet(folder.resolve("trials").toString()).cache();
    result = SweepModel.of(trials, 1);
  }

  @Test
  void importanceFindsTheTrueHyperparameters() {
    // Zero weights alone make saddles there.
    List<ImportanceRecord> saddle = single("saddle");
    assertThat(saddle.get(0).quality()).isGreaterThan(0.99);
    assertThat(strongest(saddle)).isEqualTo("initializer");
    assertThat(strongest(single("diverged"))).isEqualTo("learning_rate");
    assertThat(strongest(single("plateau"))).isIn("initializer", "depth", "normalization");
    assertThat(result.importance())
        .filteredOn(r -> r.target().equals("plateau") && r.other().isPresent())
        .hasSize(15)
        .anySatisfy(r -> assertThat(r.interaction().orElseThrow()).isGreaterThan(0.05));
  }

  @Test
  void whatTrainsAndWhatIsAnOptimumAreModelledWithIntervals() {
    for (String target : List.of("optimum", "trains")) {
      assertThat(single(target)).hasSize(6);
      assertThat(strongest(single(target))).isEqualTo("learning_rate");
    }
    assertThat(result.importance())
        .filteredOn(r -> r.importance().isPresent())
        .allSatisfy(
            r -> {
              assertThat(r.low().orElseThrow()).isLessThanOrEqualTo(r.importance().orElseThrow());
              assertThat(r.high().orElseThrow())
                  .isGreaterThanOrEqualTo(r.importance().orElseThrow());
            });
    // Whether the gradient is clipped is nothing to zero weights: chance alone is around 0.
    assertThat(single("saddle"))
        .filteredOn(r -> r.hyperparameter().equals("clipping"))
        .allSatisfy(r -> assertThat(r.low().orElseThrow()).isLessThan(0.01));
    assertThat(single("trains"))
        .filteredOn(r -> r.hyperparameter().equals("learning_rate"))
        .allSatisfy(r -> assertThat(r.low().orElseThrow()).isGreaterThan(0.1));
  }

  @Test
  void rulesThatUnseenTrialsRefuteAreLeftOut() {
    assertThat(result.rules())
        .allSatisfy(
            r ->
                assertThat(r.heldOutTrials() == 0 || r.heldOutPrecision() >= 0.6)
                    .as(r.condition())
                    .isTrue());
  }

  @Test
  void importanceIsEmptyForModelNoBetterThanChance() {
    Dataset<Row> shuffled =
        trials.withColumn(
            "category", functions.when(functions.rand(3).lt(0.4), "diverged").otherwise("optimum"));
    assertThat(SweepModel.of(shuffled, 1).importance())
        .filteredOn(r -> r.target().equals("diverged"))
        .hasSize(6)
        .allSatisfy(
            r -> {
              assertThat(r.quality()).isLessThan(r.chance());
              assertThat(r.importance()).isEmpty();
            });
  }

  @Test
  void ruleCountsMatchTheirConditions() {
    assertThat(result.rules()).hasSizeGreaterThan(3);
    for (RuleRecord rule : result.rules()) {
      Dataset<Row> selected = trials.where("category IS NOT NULL").where(rule.condition());
      assertThat(selected.count()).as(rule.condition()).isEqualTo(rule.trials());
      assertThat(selected.where(functions.col("category").equalTo(rule.category())).count())
          .as(rule.condition())
          .isCloseTo(Math.round(rule.precision() * rule.trials()), within(0L));
    }
    assertThat(result.rules())
        .anySatisfy(
            r -> {
              assertThat(r.condition()).isEqualTo("initializer = 'zeros'");
              assertThat(r.category()).isEqualTo("saddle");
              assertThat(r.precision()).isEqualTo(1);
            });
  }

  @Test
  void sameSeedGivesSameResult() {
    assertThat(SweepModel.of(trials, 1)).isEqualTo(result);
  }

  private static List<ImportanceRecord> single(String target) {
    return result.importance().stream()
        .filter(r -> r.target().equals(target) && r.other().equals(Optional.empty()))
        .toList();
  }

  private static String strongest(List<ImportanceRecord> records) {
    return records.stream()
        .max(java.util.Comparator.comparingDouble(r -> r.importance().orElseThrow()))
        .orElseThrow()
        .hyperparameter();
  }
}
