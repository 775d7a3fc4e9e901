package org.saddlemap.schedule;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.Locales;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Retry;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.train.Interrupted;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/** Runs and commits one chunk. Executors run this class, and of this package what it calls. */
final class ChunkTask
    extends AbstractFunction2<TaskContext, Iterator<ChunkTask.Lease>, ChunkTask.Done>
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ChunkTask.class);

  /** Spark kills the tasks of a stage that it will not try again with a reason that starts so. */
  private static final String STAGE_OVER = "Stage cancelled";

  private final Broadcast<Shared> shared;

  ChunkTask(Broadcast<Shared> shared) {
    this.shared = shared;
  }

  /**
   * A chunk, and how long one task may work on it before it hands back what is left.
   *
   * @param nanos from the task's start; a trial that has begun by then is finished
   */
  record Lease(ChunkRange range, long nanos) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * What a task committed.
   *
   * @param reached the number after the last one; less than the chunk's end where the rest is
   *     handed back
   */
  record Done(long reached, ChunkSummary summary) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /** What all tasks of a sweep share; one copy a process. */
  static final class Shared implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Broadcast<Work> work;
    private final String sweepId;
    private final String warehouse;
    private final SerializableConfiguration hadoop;

    /** Whether Spark may run two attempts of a task at the same time. */
    private final boolean speculation;

    /** Threads of the numerical libraries of a task. */
    private final int threads;

    /** Number of the run in the sweep's {@link SweepLock}. */
    private final long run;

    /** Statuses of trials that are retried; none where missing trials are trained. */
    private final Set<TrialStatus> retried;

    /** Where rows of missing trials may stand already. */
    private final List<OtherSweep> others;

    /** When the job was submitted, in milliseconds since 1970. */
    private final long submitted;

    private transient SweepPlan plan;
    private transient KnownTrials known;

    Shared(
        Broadcast<Work> work,
        String sweepId,
        String warehouse,
        SerializableConfiguration hadoop,
        boolean speculation,
        int threads,
        long run,
        Set<TrialStatus> retried,
        List<OtherSweep> others,
        long submitted) {
      this.work = work;
      this.sweepId = sweepId;
      this.warehouse = warehouse;
      this.hadoop = hadoop;
      this.speculation = speculation;
      this.threads = threads;
      this.run = run;
      this.retried = Set.copyOf(retried);
      this.others = List.copyOf(others);
      this.submitted = submitted;
    }

    /** Where chunks are committed. */
    Warehouse into(Warehouse tables) {
      return retried.isEmpty() ? tables : new Retry(tables, sweepId).staged();
    }

    /** Rows of the range that other sweeps hold; none where trials are to be retried. */
    Map<Long, TrialRecord> known(Warehouse warehouse, ChunkRange range) {
      if (others.isEmpty() || !retried.isEmpty()) {
        return Map.of();
      }
      synchronized (this) {
        if (known == null) {
          known = new KnownTrials(work.value(), others);
        }
      }
      return known.in(warehouse, plan(), range);
    }

    synchronized SweepPlan plan() {
      if (plan == null) {
        plan = new SweepPlan(work.value().spec());
      }
      return plan;
    }
  }

  @Override
  public Done apply(TaskContext context, Iterator<Lease> leases) {
    Locales.pin();
    try {
      return run(context, leases.next());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to the warehouse: " + e.getMessage(), e);
    }
  }

  private Done run(TaskContext context, Lease lease) throws IOException {
    long started = System.nanoTime();
    Shared sweep = shared.value();
    Warehouse warehouse = Warehouse.open(sweep.warehouse, sweep.hadoop.value());
    Warehouse into = sweep.into(warehouse);
    ChunkRange range = lease.range();
    LongPredicate wanted = wanted(warehouse, range);
    BooleanSupplier overrun =
        () -> !sweep.speculation && System.nanoTime() - started > lease.nanos();
    List<TrialRecord> all = new ArrayList<>();
    List<TrialRecord> taken = new ArrayList<>();
    long end = range.to();
    for (ChunkRange open : open(context, into, range, all)) {
      Map<Long, TrialRecord> known = sweep.known(warehouse, open);
      List<TrialRecord> records = new ArrayList<>();
      LongPredicate untrained = index -> wanted.test(index) && !known.containsKey(index);
      long reached = runTrials(context, open, untrained, overrun, records);
      boolean killed = reached < open.to() && context.isInterrupted();
      if (!killed || (reached > open.from() && mayCommitPart(context))) {
        SweepLock.requireCurrent(warehouse, sweep.sweepId, sweep.run);
        List<TrialRecord> together = new ArrayList<>(records);
        known.forEach(
            (index, record) -> {
              if (index < reached) {
                together.add(record);
                taken.add(record);
              }
            });
        new Chunks(into).write(sweep.sweepId, new ChunkRange(open.from(), reached), together);
      }
      if (killed) {
        throw new TaskKilledException(killReason(context));
      }
      all.addAll(records);
      if (reached < open.to()) {
        LOG.info(
            "The part of {} from {} on is handed back: the chunk takes too long", range, reached);
        end = reached;
        break;
      }
    }
    return new Done(end, ChunkSummary.of(all, taken, (System.nanoTime() - started) / 1e6));
  }

  /** Which numbers of a chunk are to be trained, whatever stands elsewhere. */
  private LongPredicate wanted(Warehouse warehouse, ChunkRange range) throws IOException {
    Shared sweep = shared.value();
    if (sweep.retried.isEmpty()) {
      return index -> true;
    }
    return new Retry(warehouse, sweep.sweepId).unfinished(range, sweep.retried)::contains;
  }

  /**
   * The parts of a chunk that are not committed. An attempt that died may have committed the chunk,
   * or a part of it, without the driver's knowledge.
   *
   * @param committed gets the records of the other parts, for the summary
   */
  private List<ChunkRange> open(
      TaskContext context, Warehouse into, ChunkRange range, List<TrialRecord> committed)
      throws IOException {
    if (context.attemptNumber() == 0) {
      return List.of(range);
    }
    String sweepId = shared.value().sweepId;
    List<ChunkRange> parts =
        new Chunks(into).list(Tables.TRIALS, sweepId).stream().filter(range::contains).toList();
    for (ChunkRange part : parts) {
      new TrialReader(into)
          .trials(sweepId, part)
          .forEach(trial -> committed.add(trial.record(List.of(), List.of())));
    }
    return Coverage.of(parts).missing(range);
  }

  /**
   * Runs trials until the end, or until someone wants the task to end, or it has run for too long
   * and has a trial to show for it; returns the number reached.
   */
  private long runTrials(
      TaskContext context,
      ChunkRange range,
      LongPredicate wanted,
      BooleanSupplier overrun,
      List<TrialRecord> records) {
    Shared sweep = shared.value();
    SweepPlan plan = sweep.plan();
    try (Work.Trials trials = sweep.work.value().open(sweep.threads)) {
      for (long index = range.from(); index < range.to(); index++) {
        if (context.isInterrupted() || (!records.isEmpty() && overrun.getAsBoolean())) {
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
   * Whether the finished part of a killed task's chunk may be committed. Only where no other
   * attempt can commit the whole: the two would overlap, and their trials stand twice. So the stage
   * must be over, and this the first and only attempt.
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
