package org.saddlemap.schedule;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Chunker;
import org.saddlemap.plan.CostModel;
import org.saddlemap.plan.CostTable;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.spec.Arithmetic;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.Reconciliation;
import org.saddlemap.store.Removal;
import org.saddlemap.store.Retry;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a sweep, by the process that holds its lock: finishes what earlier runs left half
 * done, trains what is missing or to be retried, and at the end compacts the tables. What happens
 * is told to a {@link SweepListener}.
 */
public final class SweepRun {
  private static final Logger LOG = LoggerFactory.getLogger(SweepRun.class);

  /** How many jobs fill the holes that stragglers of another run make, before this run gives up. */
  private static final int MAX_ROUNDS = 5;

  /**
   * What the user asks of a run.
   *
   * @param retry statuses of trials that are trained again
   * @param trainAll whether trials are trained too that have rows in other sweeps
   * @param tags kept with the sweep
   * @param note kept with the sweep; a blank one deletes it
   */
  public record Options(
      Set<TrialStatus> retry, boolean trainAll, List<String> tags, Optional<String> note) {
    public Options {
      retry = Set.copyOf(retry);
      tags = List.copyOf(tags);
    }
  }

  /** How training ended. */
  public enum Ending {
    COMPLETE,
    /** By {@link SweepRun#interrupt}. */
    INTERRUPTED,
    /** By an error that no trial is to blame for. */
    FAILED,
    /** Another run took the lock of this one, which had given no sign of life. */
    TAKEN_OVER,
    /** Another run writes chunks of this sweep as fast as this one fills its holes. */
    CONTENDED,
    /** All tasks succeeded, and yet the driver does not see their files. */
    FILES_MISSING
  }

  /**
   * The end of training.
   *
   * @param missing number of planned trials that have no row
   * @param cause present where it failed
   */
  public record End(Ending ending, long missing, Optional<Exception> cause) {}

  /**
   * What training took.
   *
   * @param wallSeconds of all its Spark jobs
   * @param cores that worked on it
   * @param idleTailSeconds of the last job, from the first core that found no chunk to the end
   */
  public record Spent(ChunkSummary sum, double wallSeconds, int cores, double idleTailSeconds) {}

  private final JavaSparkContext spark;
  private final Warehouse tables;
  private final SweepInput input;
  private final CostModel model;
  private final Options options;
  private final SweepLock lock;
  private final SweepListener listener;
  private final SweepPlan plan;
  private final SweepRegister register;
  private final RunJobs jobs;

  /** What executors get, data included: sent once, however many jobs there are. */
  private Broadcast<Work> work;

  /** Where rows of this sweep's trials may stand already. */
  private List<OtherSweep> others = List.of();

  private CostTable costs;
  private Chunker chunker;

  /**
   * @param cores that will train
   * @param lock of this sweep, which this process holds
   */
  public SweepRun(
      JavaSparkContext spark,
      Warehouse tables,
      SweepInput input,
      CostModel model,
      int cores,
      Options options,
      SweepLock lock,
      SweepListener listener) {
    this.spark = spark;
    this.tables = tables;
    this.input = input;
    this.model = model;
    this.options = options;
    this.lock = lock;
    this.listener = listener;
    this.plan = new SweepPlan(input.spec());
    this.register =
        new SweepRegister(
            tables, input, plan.planned(), spark.version(), options.tags(), options.note());
    this.jobs = new RunJobs(spark, lock, listener);
    this.costs = new CostTable(plan, model);
    this.chunker = new Chunker(costs, cores);
  }

  /**
   * Trains what is missing or to be retried. What is committed stays, whatever the end.
   *
   * @throws InvalidInput where the machines cannot do what the spec asks
   * @throws IOException where the warehouse cannot be read or written
   */
  public End train() throws IOException {
    lock.onLost(jobs::endCurrent);
    try {
      recover();
      List<Chunk> chunks = missing();
      List<Chunk> retries = retries();
      if (!options.retry().isEmpty() && retries.isEmpty()) {
        listener.nothingToRetry();
      }
      if (chunks.isEmpty() && retries.isEmpty()) {
        listener.nothingToTrain();
        return end(Ending.COMPLETE);
      }
      prepare(chunks, retries);
      return train(chunks, retries);
    } catch (IOException e) {
      if (jobs.isInterrupted()) {
        return end(Ending.INTERRUPTED); // jobs that do not train are cancelled, and then throw
      }
      throw e;
    } finally {
      if (work != null) {
        work.destroy();
      }
    }
  }

  /** Finishes what earlier runs left half done. */
  private void recover() throws IOException {
    if (Removal.finish(tables, input.id())) {
      listener.removalFinished();
    }
    if (Compaction.finish(tables, input.id())) {
      listener.compactionFinished();
    }
    new Reconciliation(tables, input.id()).clean();
    reconcile();
    if (replaceRetried()) {
      listener.retryFinished();
    }
  }

  /** Tells what is about to begin, asks the machines, and sends them what they need. */
  private void prepare(List<Chunk> chunks, List<Chunk> retries) throws IOException {
    double seconds =
        Stream.concat(chunks.stream(), retries.stream()).mapToDouble(Chunk::seconds).sum();
    listener.starting(trials(chunks) + trials(retries), chunker.cores(), seconds);
    if (!options.trainAll()) {
      others = OtherSweep.of(tables, input.id(), input.spec(), input.data().fingerprint());
      OtherSweep.Known known =
          OtherSweep.count(tables, plan, chunks.stream().map(Chunk::range).toList(), others);
      if (known.trials().isEmpty() || known.trials().getAsLong() > 0) {
        listener.knownElsewhere(known);
      }
    }
    Machines machines = new Machines(spark, chunker.cores());
    if (input.spec().arithmetic() == Arithmetic.PORTABLE) {
      for (String obstacle : machines.portableObstacles()) {
        throw new InvalidInput(input.path() + ": " + obstacle);
      }
    } else {
      machines.warnings().forEach(listener::machineWarning);
    }
    register.start();
    work = spark.broadcast(new TrialWork(input.effectiveSpec(), input.data()));
    LOG.info(
        "Run {} of sweep {}: {} chunks to train, {} to retry, on {} cores",
        lock.number(),
        input.id(),
        chunks.size(),
        retries.size(),
        chunker.cores());
  }

  private End train(List<Chunk> missing, List<Chunk> retries) throws IOException {
    List<Chunk> chunks = missing;
    List<Chunk> pilot = chunker.pilot(chunks);
    if (!pilot.isEmpty()) {
      SweepJob.Result last = jobs.run(job(), pilot, (job, observer) -> job.run(pilot, observer));
      if (last.ending() != SweepJob.Ending.COMPLETE) {
        return stopped(last);
      }
      adapt();
      chunks = missing();
    }
    // An attempt that outlived an earlier run may commit beside this one. What overlaps goes into
    // quarantine, and the next round fills the hole that it leaves.
    for (int round = 0; !chunks.isEmpty() && round < MAX_ROUNDS; round++) {
      List<Chunk> now = chunks;
      SweepJob.Result last = jobs.run(job(), now, (job, observer) -> job.run(now, observer));
      if (last.ending() != SweepJob.Ending.COMPLETE) {
        return stopped(last);
      }
      boolean moved = reconcile();
      chunks = missing();
      if (!chunks.isEmpty() && !moved) {
        return end(Ending.FILES_MISSING);
      }
    }
    if (!retries.isEmpty()) {
      SweepJob.Result last =
          jobs.run(
              job(), retries, (job, observer) -> job.retry(retries, options.retry(), observer));
      if (last.ending() != SweepJob.Ending.COMPLETE) {
        return stopped(last);
      }
      replaceRetried();
    }
    return end(missing().isEmpty() && lock.isHeld() ? Ending.COMPLETE : Ending.CONTENDED);
  }

  /** A job that has not begun. */
  private SweepJob job() {
    return new SweepJob(spark, tables, input.id(), work, lock.number()).takingFrom(others);
  }

  /** Ends training from another thread; {@link #train} returns soon after. */
  public void interrupt() {
    jobs.interrupt();
  }

  private End stopped(SweepJob.Result last) throws IOException {
    if (!lock.isHeld()) {
      return end(Ending.TAKEN_OVER);
    }
    return last.ending() == SweepJob.Ending.INTERRUPTED
        ? end(Ending.INTERRUPTED)
        : new End(Ending.FAILED, trials(missing()), last.cause());
  }

  private End end(Ending ending) throws IOException {
    return new End(ending, ending == Ending.COMPLETE ? 0 : trials(missing()), Optional.empty());
  }

  /** Predicts, and so cuts, by the speed that the pilot had. */
  private void adapt() {
    double slowness = jobs.slowness();
    listener.adapted(slowness, slowness * costs.totalSeconds());
    costs = new CostTable(plan, model.at(model.speed().slower(slowness)));
    chunker = new Chunker(costs, chunker.cores());
  }

  /** Whether chunks had to go into quarantine. */
  private boolean reconcile() throws IOException {
    List<ChunkRange> moved = new Reconciliation(tables, input.id()).reconcile();
    if (!moved.isEmpty()) {
      listener.quarantined(moved.size());
    }
    return !moved.isEmpty();
  }

  private List<Chunk> missing() throws IOException {
    return chunker.chunks(new Chunks(tables).coverage(input.id()).missing(plan.size()));
  }

  /** Trials that are to be trained again, cut like any others. */
  private List<Chunk> retries() throws IOException {
    return options.retry().isEmpty()
        ? List.of()
        : chunker.among(
            new Retry(tables, input.id())
                .unfinished(new ChunkRange(0, plan.size()), options.retry()));
  }

  private boolean replaceRetried() throws IOException {
    return new RetryJob(spark, tables, input.id(), lock).finish();
  }

  private static long trials(List<Chunk> chunks) {
    return chunks.stream().mapToLong(Chunk::trials).sum();
  }

  /**
   * Records that the sweep is complete, and compacts its tables. The sweep is complete without the
   * latter, too: what goes wrong before files are swapped is only told.
   */
  public void finish() throws IOException {
    register.finish();
    List<CompactionPlan.Merge> merges = CompactionPlan.of(tables, input.id());
    if (merges.isEmpty()) {
      return;
    }
    listener.compacting(merges.stream().mapToInt(m -> m.parts().size()).sum(), merges.size());
    try {
      new CompactionJob(spark, tables, input.id(), lock).merge(merges);
    } catch (IOException e) {
      LOG.warn("Cannot compact {}; a later run tries again", input.id(), e);
      listener.compactionFailed(e);
    }
    if (lock.isHeld()) {
      Compaction.finish(tables, input.id());
    }
  }

  /** What training took; empty where nothing was trained. */
  public Optional<Spent> spent() {
    // Executors may have come after the chunks were cut.
    int cores = Math.max(chunker.cores(), Cores.slots(spark));
    return jobs.spent(cores);
  }
}
