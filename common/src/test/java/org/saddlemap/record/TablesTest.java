package org.saddlemap.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.ValueType;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

class TablesTest {
  /** Reserved in Spark (ANSI mode), DuckDB or PostgreSQL. */
  private static final Set<String> RESERVED =
      Set.of(
          ("all analyse analyze and any array as asc asymmetric authorization between both case cast"
                  + " check collate column constraint create cross current_date current_time"
                  + " current_timestamp current_user default deferrable desc describe distinct do else"
                  + " end escape except false fetch filter for foreign from full grant group having in"
                  + " initially inner intersect into is join lateral leading left like limit natural"
                  + " not null of offset on only or order outer overlaps pivot placing primary"
                  + " qualify references returning right select session_user show some summarize"
                  + " symmetric table then time to trailing true union unique unknown unpivot user"
                  + " using variadic when where window with")
              .split(" "));

  private static final Provenance PROVENANCE =
      new Provenance("0.1", "1", "17", "linux", "OpenBLAS", 1, "host");

  @Test
  void namesAreUniqueAndSafeInSql() {
    Set<String> tables = new HashSet<>();
    for (Table<?> table : Tables.ALL) {
      assertThat(tables.add(table.name())).as(table.name()).isTrue();
      Set<String> columns = new HashSet<>();
      for (Column<?> column : table.columns()) {
        String name = column.name();
        assertThat(name).matches("[a-z][a-z0-9_]{0,62}").isNotIn(RESERVED);
        assertThat(columns.add(name)).as(table.name() + "." + name).isTrue();
        assertThat(column.doc()).as(name).isNotBlank().doesNotContain("\n");
      }
      // The folder's partition column stands beside them.
      assertThat(columns).doesNotContain("sweep");
    }
  }

  @Test
  void trialsHoldEveryHyperparameterAndMeasure() {
    Map<String, ValueType> types = new java.util.HashMap<>();
    Tables.TRIALS.columns().forEach(c -> types.put(c.name(), c.type()));
    for (Hyperparameter h : Hyperparameter.values()) {
      assertThat(types).containsEntry(h.key(), h.type());
    }
    for (Measure m : Measure.values()) {
      assertThat(types).containsEntry(m.key(), m.type());
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void whatIsNotFiniteStaysOutOfTables(double bad) {
    Evidence.Builder evidence = new Evidence.Builder();
    for (Measure m : Measure.values()) {
      evidence.put(m, bad);
    }
    TrialRecord record =
        record(
            "0.1",
            evidence.build(),
            Optional.of(new Outcome(10, 32, bad, 5, 1, bad, bad, bad, bad, bad)));
    requireFinite(Tables.TRIALS, record);
    assertThat(value(Tables.TRIALS, "final_loss", record)).isNull();
    assertThat(value(Tables.TRIALS, "final_loss_kind", record))
        .isEqualTo(Double.isNaN(bad) ? "nan" : bad > 0 ? "+inf" : "-inf");
    for (Measure m : Measure.values()) {
      assertThat(value(Tables.TRIALS, m.key(), record)).as(m.key()).isNull();
    }
    requireFinite(
        Tables.CURVES, new Tables.Logged<>(record, new CurvePoint(0, bad, bad, false, bad)));
    requireFinite(
        Tables.LAYERS,
        new Tables.Logged<>(
            record,
            new LayerPoint(
                1, LayerPoint.Moment.FINAL, 3, bad, bad, bad, bad, bad, bad, bad, 2, bad)));
  }

  @Test
  void valuesHaveTheirColumnsTypes() {
    Evidence.Builder evidence = new Evidence.Builder();
    for (Measure m : Measure.values()) {
      evidence.put(m, 1);
    }
    TrialRecord record =
        record(
            "sharpness(2)",
            evidence.build(),
            Optional.of(new Outcome(10, 32, 0.25, 5, 1, 3, 2, 0.5, 4, 0.25)));
    for (Column<TrialRecord> column : Tables.TRIALS.columns()) {
      Object value = column.of(record);
      Class<?> type =
          switch (column.type()) {
            case STRING -> String.class;
            case LONG -> Long.class;
            case DOUBLE -> Double.class;
            case BOOLEAN -> Boolean.class;
          };
      assertThat(value == null || type.isInstance(value)).as(column.name()).isTrue();
    }
    assertThat(value(Tables.TRIALS, "learning_rate", record)).isEqualTo(0.25);
    assertThat(value(Tables.TRIALS, "learning_rate_sharpness", record)).isEqualTo(2.0);
    assertThat(value(Tables.TRIALS, "loss", record)).isEqualTo("cross_entropy");
    assertThat(value(Tables.TRIALS, "judged_loss", record)).isEqualTo(1.0);
    assertThat(value(Tables.TRIALS, "batch_size", record)).isEqualTo("32");
    assertThat(value(Tables.TRIALS, "category", record)).isEqualTo("optimum");
    assertThat(value(Tables.TRIALS, "cause", record)).isEqualTo("model");
    assertThat(value(Tables.TRIALS, "margin", record)).isEqualTo(0.25);
    assertThat(value(Tables.TRIALS, "epochs", record)).isNull();
  }

  @Test
  void aFailureIsARowToo() {
    TrialRecord failed =
        new TrialRecord(
            new TrialContext(0, "d", ExaminationSpec.DEFAULT, "e", VerdictRule.VERSION)
                .id(Configuration.of(Map.of()), 0),
            new Trial(3, Configuration.of(Map.of()), 0),
            TrialStatus.FAILED,
            Optional.empty(),
            Evidence.NONE,
            Optional.empty(),
            Times.NONE,
            Optional.of(new TrialRecord.Failure("out of memory", "at a.b")),
            List.of(),
            List.of(),
            PROVENANCE);
    requireFinite(Tables.TRIALS, failed);
    assertThat(value(Tables.TRIALS, "reason", failed)).isEqualTo("out of memory");
    assertThat(value(Tables.TRIALS, "category", failed)).isNull();
    assertThat(value(Tables.TRIALS, "cause", failed)).isNull();
    assertThat(value(Tables.TRIALS, "margin", failed)).isNull();
    assertThat(value(Tables.TRIALS, "learning_rate", failed)).isEqualTo(0.1);
  }

  @Test
  void requiredMeansNeverNull() {
    Column<String> column =
        new Column<>("c", ValueType.DOUBLE, "", "doc", true, s -> Double.parseDouble(s));
    assertThat(column.of("1.5")).isEqualTo(1.5);
    assertThatThrownBy(() -> column.of("NaN")).hasMessage("Column c has no value");
    assertThatThrownBy(() -> new Table<>("t", "a row", List.of(column, column)))
        .hasMessage("Table t has two columns c");
  }

  private static <R> void requireFinite(Table<R> table, R row) {
    for (Column<R> column : table.columns()) {
      if (column.of(row) instanceof Double d) {
        assertThat(Double.isFinite(d)).as(column.name()).isTrue();
      }
    }
  }

  private static <R> Object value(Table<R> table, String name, R row) {
    return table.columns().stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow()
        .of(row);
  }

  private static TrialRecord record(String rate, Evidence evidence, Optional<Outcome> outcome) {
    Configuration c =
        Configuration.of(
            Map.of(Hyperparameter.LEARNING_RATE, Hyperparameter.LEARNING_RATE.parse(rate)));
    return new TrialRecord(
        new TrialContext(0, "d", ExaminationSpec.DEFAULT, "e", VerdictRule.VERSION).id(c, 0),
        new Trial(3, c, 0),
        TrialStatus.COMPLETED,
        Optional.of(
            new Verdict(
                Optional.of(Category.OPTIMUM),
                "local",
                Optional.of(Cause.MODEL),
                OptionalDouble.of(0.25),
                "because")),
        evidence,
        outcome,
        Times.NONE,
        Optional.empty(),
        List.of(),
        List.of(),
        PROVENANCE);
  }
}
