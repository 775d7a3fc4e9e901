package org.saddlemap.schedule;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the chunks of a sweep. The driver sees one small summary a chunk, and never a record. An
 * object runs once.
 *
 * <p>A chunk that takes much longer than predicted hands back what it has not begun ({@link
 * Overruns}). This is cut by the time that its trials really took, and runs once the other chunks
 * are done, so that no core works on alone while the others have nothing left. Under Spark's
 * speculation nothing is handed back, since two attempts of a chunk may be at work.
 *
 * <p>A chunk whose executors die does not end the sweep: once Spark gives it up, another Spark job
 * runs the other chunks. Its pieces come last, cut smaller each time; a trial that still kills its
 * executors where nothing else runs in them is recorded as failed.
 */
public final class SweepJob {
  private static final Logger LOG = LoggerFactory.getLogger(SweepJob.class);

  /** How many pieces a chunk is cut into that kills its executors. */
  private static final int PIECES = 16;

  private final JavaSparkContext spark;
  private final Warehouse warehouse;
  private final String sweepId;
  private final Broadcast<Work> work;
  private final long runNumber;
  private final Overruns overruns;
  private final String group;
  private List<OtherSweep> others = List.of();
  private volatile boolean interrupted;

  /**
   * @param work sent to each executor once, however many jobs it is for
   * @param runNumber by which tasks see whether the sweep is still this run's ({@link
   *     org.saddlemap.store.SweepLock#number})
   */
  public SweepJob(
      JavaSparkContext spark,
      Warehouse warehouse,
      String sweepId,
      Broadcast<Work> work,
      long runNumber) {
    this(spark, warehouse, sweepId, work, runNumber, Overruns.DEFAULT);
  }

  SweepJob(
      JavaSparkContext spark,
      Warehouse warehouse,
      String sweepId,
      Broadcast<Work> work,
      long runNumber,
      Overruns overruns) {
    this.spark = spark;
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.work = work;
    this.runNumber = runNumber;
    this.overruns = overruns;
    this.group = "saddlemap-" + sweepId + "-" + UUID.randomUUID();
  }

  /**
   * Lets the job take over rows of trials that stand in these sweeps; to be called before it runs.
   */
  public SweepJob takingFrom(List<OtherSweep> sweeps) {
    others = List.copyOf(sweeps);
    return this;
  }

  /**
   * Told of each finished chunk, or of its finished part where the rest was handed back. One thread
   * at a time calls it, which waits until it returns.
   */
  @FunctionalInterface
  public interface Observer {
    void finished(Chunk chunk, ChunkSummary summary);

    /** A task begins to work on a chunk; once more where one before has died. */
    default void started(Chunk chunk) {}

    /** The task works on the chunk no more, however it ended. Told by another thread. */
    default void stopped(Chunk chunk) {}
  }

  /** How a job ended. */
  public enum Ending {
    COMPLETE,
    /** By {@link SweepJob#interrupt}. */
    INTERRUPTED,
    /** By an error that no trial is to blame for. */
    FAILED
  }

  /**
   * A finished job.
   *
   * @param sum over the chunks that finished; parts of chunks that were committed on the way out
   *     are not in it
   * @param wallSeconds from submission to the end
   * @param cause present where it failed
   */
  public record Result(
      Ending ending, ChunkSummary sum, double wallSeconds, Optional<Exception> cause) {
    /** Both together, where this job came after the other. */
    public Result after(Result earlier) {
      return new Result(ending, earlier.sum.plus(sum), earlier.wallSeconds + wallSeconds, cause);
    }
  }

  /**
   * Runs the chunks in that order, and returns when all tasks have ended, or have had {@value
   * ChunkRound#GRACE_SECONDS} seconds to. Whatever the ending, what was committed stays.
   *
   * @throws IOException where the warehouse cannot be read
   */
  public Result run(List<Chunk> chunks, Observer observer) throws IOException {
    return run(chunks, Set.of(), observer);
  }

  /**
   * Retries the trials of these chunks that have these statuses. {@link RetryJob#finish} replaces
   * their rows; until then the tables stay as they are.
   */
  public Result retry(List<Chunk> chunks, Set<TrialStatus> statuses, Observer observer)
      throws IOException {
    if (statuses.isEmpty()) {
      throw new IllegalArgumentException("Invalid statuses: there is none");
    }
    return run(chunks, statuses, observer);
  }

  private Result run(List<Chunk> chunks, Set<TrialStatus> retried, Observer observer)
      throws IOException {
    long started = System.nanoTime();
    ChunkResults results = new ChunkResults(observer);
    Broadcast<ChunkTask.Shared> shared =
        spark.broadcast(
            new ChunkTask.Shared(
                work,
                sweepId,
                warehouse.location(),
                new SerializableConfiguration(spark.hadoopConfiguration()),
                spark.getConf().getBoolean("spark.speculation", false),
                Cores.perTask(spark),
                runNumber,
                retried,
                others,
                System.currentTimeMillis()));
    Optional<Exception> cause;
    spark.setJobGroup(group, "sweep " + sweepId, false);
    try {
      cause = rounds(chunks, shared, results);
    } finally {
      spark.clearJobGroup();
      shared.destroy();
    }
    long planned = chunks.stream().mapToLong(c -> c.range().size()).sum();
    Ending ending =
        interrupted && (cause.isPresent() || results.finished() < planned)
            ? Ending.INTERRUPTED
            : cause.isPresent() ? Ending.FAILED : Ending.COMPLETE;
    return new Result(
        ending,
        results.sum(),
        (System.nanoTime() - started) / 1e9,
        ending == Ending.FAILED ? cause : Optional.empty());
  }

  /**
   * Runs Spark jobs until nothing is left of the chunks, or one fails that no chunk is to blame
   * for; returns why.
   */
  private Optional<Exception> rounds(
      List<Chunk> chunks, Broadcast<ChunkTask.Shared> shared, ChunkResults results)
      throws IOException {
    Warehouse into = shared.value().into(warehouse);
    List<Chunk> left = chunks;
    List<Chunk> suspects = new ArrayList<>();
    while (!interrupted && (!left.isEmpty() || !suspects.isEmpty())) {
      if (left.isEmpty()) {
        left = suspects.stream().flatMap(c -> c.pieces(PIECES).stream()).toList();
        suspects = new ArrayList<>();
        if (left.stream().allMatch(c -> c.range().size() == 1)) {
          return new IsolatedTrials(spark, sweepId, work.value(), into, results, () -> interrupted)
              .run(left, (now, resources) -> round(now, shared, results, resources));
        }
      }
      ChunkRound round = round(left, shared, results, Optional.empty());
      Set<ChunkRange> killers = round.killers(ChunkRound.maxDeaths(spark));
      List<Overruns.Rest> rests = results.takeRests();
      if (round.cause().isEmpty()) {
        left = overruns.cut(rests, Cores.slots(spark));
      } else if (killers.isEmpty() || spark.sc().isStopped()) {
        return round.cause();
      } else {
        LOG.warn(
            "Chunks {} lost their executors time and again; they are cut and come last", killers);
        Coverage guilty = Coverage.of(killers);
        // What the other tasks had finished when the job ended is committed already.
        List<Chunk> open = uncommitted(new Chunks(into).coverage(sweepId), left);
        suspects.addAll(open.stream().filter(c -> touches(guilty, c)).toList());
        left = open.stream().filter(c -> !touches(guilty, c)).toList();
      }
    }
    return Optional.empty();
  }

  private ChunkRound round(
      List<Chunk> chunks,
      Broadcast<ChunkTask.Shared> shared,
      ChunkResults results,
      Optional<ResourceProfile> resources) {
    return ChunkRound.run(spark, group, chunks, overruns, shared, results, resources);
  }

  private static boolean touches(Coverage ranges, Chunk chunk) {
    return !ranges.missing(chunk.range()).equals(List.of(chunk.range()));
  }

  /** The parts of these chunks that are not committed. */
  static List<Chunk> uncommitted(Coverage committed, List<Chunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> committed.missing(chunk.range()).stream().map(chunk::part))
        .toList();
  }

  /** Ends the job from another thread; {@link #run} returns soon after. */
  public void interrupt() {
    interrupted = true;
    spark.sc().cancelJobGroupAndFutureJobs(group, "the sweep was interrupted");
  }
}
