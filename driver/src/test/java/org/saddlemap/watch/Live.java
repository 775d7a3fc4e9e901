package org.saddlemap.watch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.SweepId;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/** A small sweep with every kind of axis, whose trials end by chance. */
final class Live {
  static final SweepSpec SPEC =
      SpecReader.read(
          """
          name: live
          data: {synthetic: {problem: xor, rows: 64, features: 2, classes: 2, noise: 0}}
          grid:
            depth: [3, 0, 1]
            optimizer: [sgd, momentum, nesterov]
            momentum: [0.5, 0.9]
            learning_rate: [0.1, sharpness(2), 0.01, sharpness(1)]
            batch_size: [full, 8]
            normalization: [none, batch]
          exclude:
            - where: {depth: 1, optimizer: nesterov}
            - where: {batch_size: full, normalization: batch}
          replicates: 2
          """,
          "live.yaml");

  static final SweepPlan PLAN = new SweepPlan(SPEC);
  static final String ID =
      SweepId.of("live", SweepPlan.digest(SPEC, "data", "engine", VerdictRule.VERSION));

  private Live() {}

  static Warehouse warehouse(java.nio.file.Path folder) throws IOException {
    return Warehouse.open(folder.resolve("w").toString(), new Configuration());
  }

  static void write(Warehouse warehouse, ChunkRange range, SplittableRandom random)
      throws IOException {
    List<TrialRecord> records = new ArrayList<>();
    range.indices().forEach(i -> PLAN.trial(i).ifPresent(t -> records.add(record(t, random, ""))));
    new Chunks(warehouse).write(ID, range, records);
  }

  static TrialRecord record(Trial trial, SplittableRandom random, String reason) {
    boolean failed = random.nextInt(8) == 0;
    boolean judged = random.nextInt(8) > 0;
    Category category = List.of(Category.values()).get(random.nextInt(Category.values().length));
    OptionalDouble margin =
        random.nextInt(5) == 0
            ? OptionalDouble.empty()
            : OptionalDouble.of(random.nextDouble() * 0.3);
    return new TrialRecord(
        new TrialContext(1, "data", ExaminationSpec.DEFAULT, "engine", VerdictRule.VERSION)
            .id(trial.configuration(), trial.replicate()),
        trial,
        failed
            ? random.nextBoolean() ? TrialStatus.FAILED : TrialStatus.TIMED_OUT
            : TrialStatus.COMPLETED,
        failed
            ? Optional.empty()
            : Optional.of(
                judged
                    ? new Verdict(
                        Optional.of(category), "kind", Optional.empty(), margin, "why" + reason)
                    : new Verdict(Optional.empty(), "not examined", "nothing" + reason)),
        Evidence.NONE,
        Optional.empty(),
        new Times(1, 0, 1, 1),
        failed ? Optional.of(new TrialRecord.Failure("broken" + reason, "at")) : Optional.empty(),
        List.of(
            new CurvePoint(0, 2.5, 1, false, 1),
            new CurvePoint(7, Double.POSITIVE_INFINITY, Double.NaN, false, 1)),
        List.of(),
        new Provenance("0", "engine", "17", "linux", "blas", 1, "host"));
  }
}
