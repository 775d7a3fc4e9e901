package org.saddlemap.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.analysis.SweepModel;
import org.saddlemap.analysis.SweptAxis;
import org.saddlemap.record.RuleRecord;
import org.saddlemap.space.Hyperparameter;

/**
 * Rates given outright beside rates in units of the sharpness, and a momentum that plain SGD does
 * not have: what has no value on an axis has a place of its own there, and not the first value's.
 */
@Tag("slow")
@Tag("spark")
@ExtendWith(LocalSpark.class)
class MixedAxesTest {
  /** Trials of every optimizer and rate. */
  private static final int EACH = 20;

  private static Dataset<Row> trials;

  /**
   * As {@code learning_rate: [0.01, 0.1, sharpness(1)], optimizer: [sgd, momentum], momentum: [0.8,
   * 0.9]} would end, if all of the sharpness' trials diverged, and of the others those of sgd.
   */
  @BeforeAll
  static void table() {
    String others =
        List.of(Hyperparameter.values()).stream()
            .filter(
                h ->
                    h != Hyperparameter.OPTIMIZER
                        && h != Hyperparameter.MOMENTUM
                        && h != Hyperparameter.LEARNING_RATE)
            .map(h -> "CAST(NULL AS STRING) AS " + h.key())
            .collect(Collectors.joining(", "));
    SparkSession spark = SparkSession.builder().getOrCreate();
    trials =
        spark.sql(
            """
            SELECT *,
              concat_ws(';', optimizer, momentum, rate, n) AS configuration,
              sha2(concat_ws(';', optimizer, momentum, rate, n), 256) AS trial_id,
              'completed' AS status, 'some' AS sub_category, CAST(NULL AS STRING) AS cause, 'why' AS reason,
              1.0D AS margin, 0.5D AS final_loss,
              CASE WHEN rate IS NULL THEN 'diverged' WHEN optimizer = 'sgd' THEN 'plateau' ELSE 'optimum' END AS category,
              coalesce(rate, 0.3D + n / 1000.0D) AS learning_rate,
              CASE WHEN rate IS NULL THEN 1.0D END AS learning_rate_sharpness,
              %s
            FROM (VALUES ('sgd', CAST(NULL AS DOUBLE)), ('momentum', 0.8D), ('momentum', 0.9D)) AS o(optimizer, momentum)
            CROSS JOIN (VALUES (0.01D), (0.1D), (CAST(NULL AS DOUBLE))) AS r(rate)
            CROSS JOIN (SELECT id AS n, id AS replicate FROM range(%d))"""
                .formatted(others, EACH));
    trials.createOrReplaceTempView("mixed");
  }

  @Test
  void eachTrialStandsAtItsOwnValue() {
    List<SweptAxis> axes = SweptAxis.of(trials);
    assertThat(axes)
        .extracting(a -> a.key() + a.values())
        .containsExactly(
            "optimizer[momentum, sgd]",
            "learning_rate[0.01, 0.1, none]",
            "momentum[0.8, 0.9, none]",
            "learning_rate_sharpness[1.0, none]");
    Cells cells = Cells.of(trials, axes.stream().map(MapAxis::of).toList());
    assertThat(cells.trials()).isEqualTo(9L * EACH);
    List<String> rows = new ArrayList<>();
    for (int r = 0; r < cells.rows(); r++) {
      List<String> at = new ArrayList<>();
      for (int a = 0; a < axes.size(); a++) {
        at.add(axes.get(a).text(cells.position(r, a)));
      }
      rows.add(String.join(" ", at) + " " + cells.outcome(r) + " " + cells.count(r));
    }
    assertThat(rows)
        .containsExactlyInAnyOrder(
            "momentum 0.01 0.8 none optimum 20",
            "momentum 0.01 0.9 none optimum 20",
            "momentum 0.1 0.8 none optimum 20",
            "momentum 0.1 0.9 none optimum 20",
            "momentum none 0.8 1 diverged 20",
            "momentum none 0.9 1 diverged 20",
            "sgd 0.01 none none plateau 20",
            "sgd 0.1 none none plateau 20",
            "sgd none none 1 diverged 20");
  }

  @Test
  void testsInSqlFindTheTrialsOfEachValue() {
    for (SweptAxis axis : SweptAxis.of(trials)) {
      for (int v = 0; v < axis.values().size(); v++) {
        assertThat(trials.where(axis.test(v)).count())
            .as("%s", axis.test(v))
            .isPositive()
            .isEqualTo(trials.where(axis.index().equalTo(v)).count());
      }
    }
  }

  @Test
  void rulesCountTheTrialsThatTheirConditionsFind() {
    List<RuleRecord> rules = SweepModel.of(trials, 1).rules();
    assertThat(rules).extracting(RuleRecord::category).contains("diverged", "plateau", "optimum");
    for (RuleRecord rule : rules) {
      assertThat(rule.precision()).as(rule.condition()).isEqualTo(1);
      assertThat(trials.where(rule.condition()).count())
          .as(rule.condition())
          .isEqualTo(rule.trials());
    }
  }

  @Test
  void changesWithTheOptimizerAreCountedThoughMomentumComesWithIt() {
    SweptAxis optimizer = SweptAxis.of(trials).get(0);
    List<List<Object>> changes = VerdictChanges.of(trials, optimizer);
    assertThat(changes)
        .containsExactly(
            List.of("momentum", "sgd", "diverged", "diverged", 2L * EACH),
            List.of("momentum", "sgd", "optimum", "plateau", 4L * EACH));
  }
}
