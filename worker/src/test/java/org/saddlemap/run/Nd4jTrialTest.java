package org.saddlemap.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.saddlemap.data.Dataset;
import org.saddlemap.data.Preparation;
import org.saddlemap.data.SyntheticData;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialStatus;

/** The same trials in ND4J's own operations and on the fast path. */
class Nd4jTrialTest {
  private static final String SPEC =
      """
      name: small
      arithmetic: %s
      data: {synthetic: {problem: blobs, rows: 64, features: 4, classes: 3}, holdout: 0.25}
      network: {width: 6}
      train: {max_steps: 60, batch_size: 16}
      grid:
        depth: [1, 3]
        initializer: [zeros, he_normal]
        learning_rate: [0.1, 1.0e+9]
      """;

  private static List<TrialRecord> run(String arithmetic) {
    SweepSpec spec = SpecReader.read(SPEC.formatted(arithmetic), "small.yaml");
    DataSpec d = spec.data();
    Dataset data =
        Preparation.prepare(
            SyntheticData.draw((SyntheticSource) d.source(), d.task(), d.seed()), d);
    List<TrialRecord> records = new ArrayList<>();
    try (TrialRunner runner = new TrialRunner(spec, data, Engine.start(1, spec.arithmetic()))) {
      for (long i = 0; i < spec.space().size(); i++) {
        records.add(runner.run(new Trial(i, spec.space().at(i), 0), 0, () -> false));
      }
    }
    return records;
  }

  @Test
  void haveTheSameLossesAndTheSameCategories() {
    List<TrialRecord> fast = run("native");
    List<TrialRecord> plain = run("nd4j");
    assertThat(plain).hasSize(8);
    for (int i = 0; i < plain.size(); i++) {
      TrialRecord a = fast.get(i);
      TrialRecord b = plain.get(i);
      String what = a.trial().configuration().toString();
      assertThat(b.status()).as(what).isEqualTo(TrialStatus.COMPLETED);
      assertThat(b.verdict().orElseThrow().category())
          .as(what)
          .isEqualTo(a.verdict().orElseThrow().category());
      assertThat(b.outcome().orElseThrow().steps())
          .as(what)
          .isEqualTo(a.outcome().orElseThrow().steps());
      assertThat(b.curve()).as(what).hasSameSizeAs(a.curve());
      boolean tame = a.outcome().orElseThrow().learningRate() < 1; // chaos amplifies roundings
      for (int j = 0; tame && j < a.curve().size(); j++) {
        double loss = a.curve().get(j).loss();
        assertThat(b.curve().get(j).loss()).as(what).isCloseTo(loss, within(1e-5 * loss));
      }
      // Other last bits: trials of one arithmetic never stand in for those of another.
      assertThat(b.provenance().engine()).isEqualTo(Engine.VERSION + "-nd4j");
      assertThat(b.id()).as(what).isNotEqualTo(a.id());
    }
    assertThat(fast.stream().map(r -> r.verdict().orElseThrow().category()).distinct().count())
        .isGreaterThan(1);
  }
}
