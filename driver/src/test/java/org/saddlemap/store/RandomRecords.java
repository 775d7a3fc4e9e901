package org.saddlemap.store;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.LayerPoint;
import org.saddlemap.record.Outcome;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.SweepRecord;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Cause;
import org.saddlemap.verdict.Comparison;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Measure;
import org.saddlemap.verdict.Verdict;

/** Seeded trial records of every shape: failures, NULLs, NaN, infinities, awkward text. */
public final class RandomRecords {
  private static final String[] REASONS = {
    "flat",
    "",
    "she said \"no\", twice",
    "line one\nline two\r\nline three",
    "ε ≤ 1e-3, ‖∇f‖ = 0 — naïve, 日本語, 🙂",
    "back\\slash, semi;colon, 'single', tab\there"
  };

  private final Random random;

  public RandomRecords(long seed) {
    this.random = new Random(seed);
  }

  /** One record for each index of the range. */
  public List<TrialRecord> of(ChunkRange range) {
    List<TrialRecord> records = new ArrayList<>();
    for (long index = range.from(); index < range.to(); index++) {
      records.add(record(index));
    }
    return records;
  }

  public TrialRecord record(long index) {
    Configuration configuration = configuration();
    TrialStatus status =
        random.nextInt(5) == 0 ? pick(TrialStatus.values()) : TrialStatus.COMPLETED;
    boolean completed = status == TrialStatus.COMPLETED;
    return new TrialRecord(
        new TrialId(TrialId.sha256("trial " + index + " " + random.nextLong())),
        new Trial(index, configuration, random.nextInt(3)),
        status,
        completed ? Optional.of(verdict()) : Optional.empty(),
        evidence(),
        completed || random.nextBoolean() ? Optional.of(outcome()) : Optional.empty(),
        new Times(random.nextInt(5000), 1.25, 1000 * random.nextDouble(), random.nextInt(1000)),
        completed
            ? Optional.empty()
            : Optional.of(
                new TrialRecord.Failure(
                    pick(REASONS),
                    random.nextBoolean() ? "" : "java.lang.Error\n\tat x.y(Z.java)")),
        curve(),
        layers(),
        new Provenance("0.1.0", "1", "17.0.1", "Linux x86_64", "OpenBLAS", 1, pick(REASONS)));
  }

  /** What a table can give back of a record: no infinite measures, NaN for what is not finite. */
  public static TrialRecord stored(TrialRecord r) {
    Evidence.Builder evidence = r.evidence().toBuilder();
    r.evidence().values().entrySet().stream()
        .filter(e -> !Double.isFinite(e.getValue()))
        .forEach(e -> evidence.remove(e.getKey()));
    return new TrialRecord(
        r.id(),
        r.trial(),
        r.status(),
        r.verdict(),
        evidence.build(),
        r.outcome()
            .map(
                o ->
                    new Outcome(
                        o.parameters(),
                        o.batchRows(),
                        o.learningRate(),
                        o.steps(),
                        o.clippedSteps(),
                        o.initialLoss(),
                        o.finalLoss(),
                        finite(o.accuracy()),
                        o.heldoutLoss(),
                        finite(o.heldoutAccuracy()))),
        r.times(),
        r.failure(),
        r.curve().stream()
            .map(
                p ->
                    new CurvePoint(
                        p.step(),
                        p.loss(),
                        finite(p.gradientNorm()),
                        p.clipped(),
                        finite(p.stepNorm())))
            .toList(),
        r.layers().stream()
            .map(
                p ->
                    new LayerPoint(
                        p.layer(),
                        p.moment(),
                        p.units(),
                        finite(p.forwardNorm()),
                        finite(p.backwardNorm()),
                        finite(p.gradientNorm()),
                        finite(p.gradientShare()),
                        finite(p.weightNorm()),
                        finite(p.dead()),
                        finite(p.saturated()),
                        p.distinctUnits(),
                        finite(p.active())))
            .toList(),
        r.provenance());
  }

  public SweepRecord sweep(String name, String started, String finished) {
    return new SweepRecord(
        name,
        "name: " + name + "\ngrid: {depth: [1, 2]}\n",
        "conf/ünï \"quoted\".yaml",
        TrialId.sha256(name + started),
        TrialId.sha256("data"),
        "1797 rows, 64 features, 10 classes",
        1797L,
        random.nextInt(1_000_000),
        "0.1.0",
        "4.1.0",
        started,
        finished);
  }

  private Configuration configuration() {
    Map<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
    put(given, Hyperparameter.DEPTH, Integer.toString(random.nextInt(33)));
    put(given, Hyperparameter.INITIALIZER, pick("zeros", "constant(0.1)", "normal(0.01)"));
    put(given, Hyperparameter.LEARNING_RATE, pick("0.001", "0.1", "sharpness(1.5)"));
    put(given, Hyperparameter.BATCH_SIZE, pick("32", "full"));
    put(given, Hyperparameter.CLIPPING, pick("none", "norm(1)", "value(0.5)"));
    put(given, Hyperparameter.NORMALIZATION, pick("true", "false"));
    if (random.nextBoolean()) {
      put(given, Hyperparameter.EPOCHS, "12");
    }
    return Configuration.of(given);
  }

  private static void put(Map<Hyperparameter, Object> given, Hyperparameter h, String text) {
    given.put(h, h.parse(text));
  }

  private Verdict verdict() {
    boolean judged = random.nextInt(10) > 0;
    return new Verdict(
        judged ? Optional.of(pick(Category.values())) : Optional.empty(),
        judged ? pick("strict", "slow") : "no loss range",
        random.nextInt(4) > 0 ? Optional.of(pick(Cause.values())) : Optional.empty(),
        random.nextInt(4) > 0
            ? OptionalDouble.of(Comparison.FAR * random.nextDouble())
            : OptionalDouble.empty(),
        pick(REASONS));
  }

  private Evidence evidence() {
    Evidence.Builder evidence = new Evidence.Builder();
    for (Measure measure : Measure.values()) {
      if (random.nextInt(3) > 0) {
        switch (measure.type()) {
          case BOOLEAN -> evidence.put(measure, random.nextBoolean());
          case LONG -> evidence.put(measure, random.nextInt(100_000));
          default -> evidence.put(measure, number());
        }
      }
    }
    return evidence.build();
  }

  private Outcome outcome() {
    return new Outcome(
        random.nextInt(1 << 20) * 5_000L,
        1 + random.nextInt(512),
        0.001 + random.nextDouble(),
        random.nextInt(4000),
        random.nextInt(4000),
        number(),
        number(),
        number(),
        number(),
        number());
  }

  private List<CurvePoint> curve() {
    List<CurvePoint> points = new ArrayList<>();
    int count = random.nextInt(12);
    for (int i = 0; i < count; i++) {
      points.add(new CurvePoint(1 << i, number(), number(), random.nextBoolean(), number()));
    }
    return points;
  }

  private List<LayerPoint> layers() {
    List<LayerPoint> points = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 1; i <= count; i++) {
      for (LayerPoint.Moment moment : LayerPoint.Moment.values()) {
        points.add(
            new LayerPoint(
                i,
                moment,
                random.nextInt(100),
                number(),
                number(),
                number(),
                number(),
                number(),
                number(),
                number(),
                random.nextInt(100),
                number()));
      }
    }
    return points;
  }

  private double number() {
    return switch (random.nextInt(8)) {
      case 0 -> Double.NaN;
      case 1 -> Double.POSITIVE_INFINITY;
      case 2 -> Double.NEGATIVE_INFINITY;
      case 3 -> Double.MIN_VALUE;
      default -> random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4);
    };
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? value : Double.NaN;
  }

  @SafeVarargs
  private <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
