package org.saddlemap.schedule;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.ChunkRange;
import org.saddlemap.store.Retrial;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.saddlemap.train.Interrupted;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialStatus;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/** Runs and commits one chunk; the only code of this package that executors run. */
final class ChunkTask extends AbstractFunction2<TaskContext, Iterator<ChunkRange>, ChunkSummary>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How Spark starts the reason of killing the tasks of a stage that nobody will try again. */
  private static final String STAGE_OVER = "Stage cancelled";

  private final Broadcast<Shared> shared;

  ChunkTask(Broadcast<Shared> shared) {
    this.shared = shared;
  }

  /** What all tasks of a sweep share; one copy a process. */
  static final class Shared implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Work work;
    private final String sweepId;
    private final String warehouse;
    private final SerializableConfiguration hadoop;

    /** Whether Spark may run two attempts of a task at once. */
    private final boolean speculation;

    /** Number of the run in the sweep's {@link SweepLock}. */
    private final long run;

    /** Trials with this status are trained again; empty for trials that are missing. */
    private final Set<TrialStatus> again;

    /** Milliseconds since 1970. */
    private final long submitted;

    private transient SweepPlan plan;

    Shared(
        Work work,
        String sweepId,
        String warehouse,
        SerializableConfiguration hadoop,
        boolean speculation,
        long run,
        Set<TrialStatus> again,
        long submitted) {
      this.work = work;
      this.sweepId = sweepId;
      this.warehouse = warehouse;
      this.hadoop = hadoop;
      this.speculation = speculation;
      this.run = run;
      this.again = Set.copyOf(again);
      this.submitted = submitted;
    }

    /** Where chunks are committed. */
    Warehouse into(Warehouse tables) {
      return again.isEmpty() ? tables : new Retrial(tables, sweepId).staged();
    }

    synchronized SweepPlan plan() {
      if (plan == null) {
        plan = new SweepPlan(work.spec());
      }
      return plan;
    }
  }

  @Override
  public ChunkSummary apply(TaskContext context, Iterator<ChunkRange> ranges) {
    try {
      return run(context, ranges.next());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to the warehouse: " + e.getMessage(), e);
    }
  }

  private ChunkSummary run(TaskContext context, ChunkRange range) throws IOException {
    long started = System.nanoTime();
    Shared sweep = shared.value();
    Warehouse warehouse = Warehouse.open(sweep.warehouse, sweep.hadoop.value());
    Warehouse into = sweep.into(warehouse);
    LongPredicate wanted = index -> true;
    if (!sweep.again.isEmpty()) {
      wanted = new Retrial(warehouse, sweep.sweepId).unfinished(range, sweep.again)::contains;
    }
    List<TrialRecord> records = new ArrayList<>();
    long reached = runTrials(context, range, wanted, records);
    if (reached < range.to()) {
      if (reached > range.from() && mayCommitPart(context)) {
        SweepLock.requireCurrent(warehouse, sweep.sweepId, sweep.run);
        into.write(sweep.sweepId, new ChunkRange(range.from(), reached), records);
      }
      throw new TaskKilledException(killReason(context));
    }
    SweepLock.requireCurrent(warehouse, sweep.sweepId, sweep.run);
    into.write(sweep.sweepId, range, records);
    return ChunkSummary.of(records, (System.nanoTime() - started) / 1e6);
  }

  /**
   * Runs trials until the end, or until someone wants the task to end; returns the number reached.
   */
  private long runTrials(
      TaskContext context, ChunkRange range, LongPredicate wanted, List<TrialRecord> records) {
    Shared sweep = shared.value();
    SweepPlan plan = sweep.plan();
    try (Work.Trials trials = sweep.work.open(context.cpus())) {
      for (long index = range.from(); index < range.to(); index++) {
        if (context.isInterrupted()) {
          return index;
        }
        Optional<Trial> trial = wanted.test(index) ? plan.trial(index) : Optional.empty();
        if (trial.isPresent()) {
          double queue = Math.max(0, System.currentTimeMillis() - sweep.submitted);
          try {
            records.add(trials.run(trial.get(), queue, context::isInterrupted));
          } catch (Interrupted e) {
            if (!context.isInterrupted()) {
              throw e;
            }
            return index;
          }
        }
      }
    }
    return range.to();
  }

  /**
   * Whether the finished part of a chunk may be committed. Only where no other attempt can commit
   * the whole: the two would overlap, and their trials stand twice. So the stage must be over, and
   * this the first and only attempt.
   */
  private boolean mayCommitPart(TaskContext context) {
    return !shared.value().speculation
        && context.attemptNumber() == 0
        && killReason(context).startsWith(STAGE_OVER);
  }

  private static String killReason(TaskContext context) {
    return context.getKillReason().isDefined() ? context.getKillReason().get() : "";
  }
}
