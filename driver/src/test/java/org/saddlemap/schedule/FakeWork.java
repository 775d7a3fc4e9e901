package org.saddlemap.schedule;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.saddlemap.record.CurvePoint;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.Times;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.train.Interrupted;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialContext;
import org.saddlemap.trial.TrialId;
import org.saddlemap.trial.TrialStatus;
import org.saddlemap.verdict.Category;
import org.saddlemap.verdict.Evidence;
import org.saddlemap.verdict.Verdict;
import org.saddlemap.verdict.VerdictRule;

/**
 * Trials that take no time and have results that depend on their configuration alone. Executors of
 * a local master share the test's process, so what happens around a trial is found by a key.
 */
final class FakeWork implements Work {
  private static final long serialVersionUID = 1L;
  private static final ConcurrentMap<Long, LongConsumer> BEFORE_TRIAL = new ConcurrentHashMap<>();
  private static final AtomicLong KEYS = new AtomicLong();

  private final String yaml;
  private final boolean healed;
  private final long key = KEYS.incrementAndGet();

  /**
   * @param beforeTrial told a trial's number before it runs
   */
  FakeWork(String yaml, LongConsumer beforeTrial) {
    this(yaml, false, beforeTrial);
  }

  /**
   * @param healed whether all trials complete; otherwise one in eleven fails
   */
  FakeWork(String yaml, boolean healed, LongConsumer beforeTrial) {
    this.yaml = yaml;
    this.healed = healed;
    BEFORE_TRIAL.put(key, beforeTrial);
  }

  @Override
  public SweepSpec spec() {
    return SpecReader.read(yaml, "fake.yaml");
  }

  @Override
  public TrialId id(Trial trial) {
    return new TrialContext(1, "data", ExaminationSpec.DEFAULT, "engine", VerdictRule.VERSION)
        .id(trial.configuration(), trial.replicate());
  }

  @Override
  public Trials open(int threads) {
    LongConsumer beforeTrial = BEFORE_TRIAL.get(key);
    return (trial, queueMillis, stopped) -> {
      beforeTrial.accept(trial.index());
      if (stopped.getAsBoolean()) {
        throw new Interrupted(false);
      }
      return record(trial, queueMillis);
    };
  }

  @Override
  public TrialRecord lost(Trial trial, String reason) {
    throw new AssertionError("no executor dies here");
  }

  /** Waits until it is stopped. */
  static void sleepUntil(BooleanSupplier stopped) {
    try {
      while (!stopped.getAsBoolean()) {
        Thread.sleep(5);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private TrialRecord record(Trial trial, double queueMillis) {
    Category category = List.of(Category.values()).get((int) (trial.index() % 5));
    boolean failed = !healed && trial.index() % 11 == 10;
    return new TrialRecord(
        id(trial),
        trial,
        failed ? TrialStatus.FAILED : TrialStatus.COMPLETED,
        failed ? Optional.empty() : Optional.of(new Verdict(Optional.of(category), "sub", "why")),
        Evidence.NONE,
        Optional.empty(),
        new Times(queueMillis, 0, 1, 1),
        failed ? Optional.of(new TrialRecord.Failure("broken", "at")) : Optional.empty(),
        List.of(new CurvePoint(0, trial.index(), 1, false, 1)),
        List.of(),
        new Provenance("0", "engine", "17", "linux", "blas", 1, "host"));
  }
}
