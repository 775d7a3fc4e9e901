package org.saddlemap.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/** A small sweep that {@link SweepVerifier} finds sound: 11 trials in three chunks. */
final class SoundSweep {
  static final long TRIALS = 11;

  static final String YAML =
      """
      name: sound
      data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
      grid:
        depth: [0, 1, 2, 3]
        learning_rate: [0.1, 1, 10]
      exclude:
        - where: {depth: 2, learning_rate: 1}
      """;

  static final SweepSpec SPEC = SpecReader.read(YAML, "sound.yaml");
  static final SweepPlan PLAN = new SweepPlan(SPEC);
  static final String DIGEST = digest(VerdictRule.VERSION);
  static final String ID = SweepId.of("sound", DIGEST);
  static final Evidence EVIDENCE = new Evidence.Builder().put(Measure.NONFINITE, true).build();

  /** As the rule says. */
  static final Optional<Cause> CAUSE =
      ((Verdict) new VerdictRule(SPEC.examination().thresholds()).decide(EVIDENCE)).cause();

  static final List<ChunkRange> CHUNKS =
      List.of(new ChunkRange(0, 5), new ChunkRange(5, 9), new ChunkRange(9, 12));

  private SoundSweep() {}

  /** The plan's digest under that version of the rule. */
  private static String digest(long rule) {
    return SweepPlan.digest(SPEC, "data", "1", rule);
  }

  static void write(Warehouse warehouse) throws IOException {
    write(warehouse, CHUNKS);
  }

  /** Cut that way. */
  static void write(Warehouse warehouse, List<ChunkRange> chunks) throws IOException {
    writeRow(warehouse, VerdictRule.VERSION);
    for (ChunkRange chunk : chunks) {
      new Chunks(warehouse).write(ID, chunk, records(chunk, "nonfinite", "1"));
    }
  }

  /** The sweep's row, as it stands where that version of the rule judged. */
  static void writeRow(Warehouse warehouse, long rule) throws IOException {
    new Catalogue(warehouse)
        .write(
            ID,
            new SweepRecord(
                "sound",
                YAML,
                "p",
                digest(rule),
                "data",
                "s",
                64L,
                TRIALS,
                "0",
                "4",
                "2026-01-01T00:00:00Z",
                null));
  }

  static SweepVerifier verifier(Warehouse warehouse) throws IOException {
    return new SweepVerifier(warehouse, new Catalogue(warehouse).sweep(ID).orElseThrow(), SPEC);
  }

  static List<TrialRecord> records(ChunkRange chunk, String subCategory, String engine) {
    return records(chunk, subCategory, engine, VerdictRule.VERSION);
  }

  /** With the ids that trials of this engine and rule have. */
  static List<TrialRecord> records(ChunkRange chunk, String subCategory, String engine, long rule) {
    List<TrialRecord> records = new ArrayList<>();
    for (long i = chunk.from(); i < chunk.to(); i++) {
      PLAN.trial(i)
          .ifPresent(
              t ->
                  records.add(
                      new TrialRecord(
                          new TrialContext(
                                  SPEC.seed(), "data", ExaminationSpec.DEFAULT, engine, rule)
                              .id(t.configuration(), 0),
                          t,
                          TrialStatus.COMPLETED,
                          Optional.of(verdict(subCategory, CAUSE)),
                          EVIDENCE,
                          Optional.empty(),
                          Times.NONE,
                          Optional.empty(),
                          List.of(new CurvePoint(0, 1, 1, false, 1)),
                          List.of(layer()),
                          new Provenance("0", engine, "17", "linux", "blas", 1, "host"))));
    }
    return records;
  }

  static Verdict verdict(String subCategory, Optional<Cause> cause) {
    return new Verdict(
        Optional.of(Category.DIVERGED), subCategory, cause, OptionalDouble.empty(), "why");
  }

  private static LayerPoint layer() {
    return new LayerPoint(1, LayerPoint.Moment.INITIAL, 2, 1, 1, 1, 1, 1, 0, 0, 2, 1);
  }
}
