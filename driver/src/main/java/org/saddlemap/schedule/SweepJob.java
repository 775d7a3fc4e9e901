package org.saddlemap.schedule;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.Coverage;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.TrialStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Runs the chunks of a sweep as one Spark job. The driver sees one small summary a chunk, and never
 * a record. One object is good for one run.
 *
 * <p>A chunk that takes much longer than predicted hands back what it has not begun: that is cut by
 * the time its trials really took, and runs once the other chunks are done, so that no core works
 * on alone while the others have nothing left. Not under Spark's speculation, where two attempts of
 * a chunk may be at work.
 *
 * <p>A chunk whose executors die again and again does not end the sweep: once Spark gives it up,
 * the job starts again without it. Its pieces come last, cut smaller each time; a trial that still
 * kills its executors where nothing else runs in them is recorded as failed.
 */
public final class SweepJob {
  private static final Logger LOG = LoggerFactory.getLogger(SweepJob.class);

  /** How long tasks have to commit what they finished, once the job is over. */
  private static final long GRACE_SECONDS = 20;

  /** How many pieces a chunk is cut into that kills its executors. */
  private static final int PIECES = 16;

  /** A chunk may take so many times as long as predicted, and so long in any case. */
  private static final double OVERRUN = 3;

  private static final Duration LEAST_LEASE = Duration.ofSeconds(10);

  /** What was handed back is cut into so many pieces for each core, or shorter ones. */
  private static final int PIECES_A_CORE = 8;

  /** Well below a lease, so that a piece is seldom handed back again. */
  private static final double MOST_PIECE_SECONDS = 5;

  private static final double LEAST_PIECE_SECONDS = 1;

  private final JavaSparkContext spark;
  private final Warehouse warehouse;
  private final String sweepId;
  private final Broadcast<Work> work;
  private final long runNumber;
  private final Duration leastLease;
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
    this(spark, warehouse, sweepId, work, runNumber, LEAST_LEASE);
  }

  SweepJob(
      JavaSparkContext spark,
      Warehouse warehouse,
      String sweepId,
      Broadcast<Work> work,
      long runNumber,
      Duration leastLease) {
    this.spark = spark;
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.work = work;
    this.runNumber = runNumber;
    this.leastLease = leastLease;
    this.group = "saddlemap-" + sweepId + "-" + UUID.randomUUID();
  }

  /** Rows of trials that stand in these sweeps are taken over; before it runs. */
  public SweepJob takingFrom(List<OtherSweep> sweeps) {
    others = List.copyOf(sweeps);
    return this;
  }

  /**
   * Told of each finished chunk, or of the finished part where the rest was handed back, by one
   * thread at a time; must return quickly.
   */
  @FunctionalInterface
  public interface Observer {
    void finished(Chunk chunk, ChunkSummary summary);
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
   * How one Spark job went.
   *
   * @param deaths how often an executor died under a chunk, of the chunks under which one did
   */
  private record Round(Optional<Exception> cause, Map<ChunkRange, Integer> deaths) {
    /** Chunks under which so many executors died. */
    Set<ChunkRange> killers(int deadly) {
      return deaths.entrySet().stream()
          .filter(e -> e.getValue() >= deadly)
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }

  /**
   * Runs the chunks in that order, and returns when all tasks have ended, or have had {@value
   * #GRACE_SECONDS} seconds to. Whatever the ending, what was committed stays.
   *
   * @throws IOException where the warehouse cannot be read
   */
  public Result run(List<Chunk> chunks, Observer observer) throws IOException {
    return run(chunks, Set.of(), observer);
  }

  /**
   * Trains the trials of these chunks that have these statuses again. Their new rows take the place
   * of the old ones by {@link RetrialJob#finish}; until then the tables stay as they are.
   */
  public Result runAgain(List<Chunk> chunks, Set<TrialStatus> statuses, Observer observer)
      throws IOException {
    if (statuses.isEmpty()) {
      throw new IllegalArgumentException("Invalid statuses: there is none");
    }
    return run(chunks, statuses, observer);
  }

  private Result run(List<Chunk> chunks, Set<TrialStatus> again, Observer observer)
      throws IOException {
    long started = System.nanoTime();
    Summing handler = new Summing(observer);
    Broadcast<ChunkTask.Shared> shared =
        spark.broadcast(
            new ChunkTask.Shared(
                work,
                sweepId,
                warehouse.location(),
                new SerializableConfiguration(spark.hadoopConfiguration()),
                spark.getConf().getBoolean("spark.speculation", false),
                spark.getConf().getInt("spark.task.cpus", 1),
                runNumber,
                again,
                others,
                System.currentTimeMillis()));
    Warehouse into = shared.value().into(warehouse);
    Optional<Exception> cause = Optional.empty();
    spark.setJobGroup(group, "sweep " + sweepId, false);
    try {
      List<Chunk> left = chunks;
      List<Chunk> suspects = new ArrayList<>();
      while (!interrupted && (!left.isEmpty() || !suspects.isEmpty())) {
        if (left.isEmpty()) {
          left = suspects.stream().flatMap(c -> pieces(c, PIECES).stream()).toList();
          suspects = new ArrayList<>();
          if (left.stream().allMatch(c -> c.range().size() == 1)) {
            cause = runAlone(left, into, shared, handler);
            break;
          }
        }
        Round round = runJob(left, shared, handler, Optional.empty());
        Set<ChunkRange> killers = round.killers(deadly());
        List<Rest> rests = handler.takeRests();
        if (round.cause().isEmpty()) {
          left = cut(rests);
        } else if (killers.isEmpty() || spark.sc().isStopped()) {
          cause = round.cause();
          break;
        } else {
          LOG.warn("Chunks {} lost their executors time and again", killers);
          Coverage guilty = Coverage.of(killers);
          // What the other tasks had finished when the job ended is committed already.
          List<Chunk> open = uncommitted(into, left);
          suspects.addAll(open.stream().filter(c -> touches(guilty, c)).toList());
          left = open.stream().filter(c -> !touches(guilty, c)).toList();
        }
      }
    } finally {
      spark.clearJobGroup();
      shared.destroy();
    }
    long planned = chunks.stream().mapToLong(c -> c.range().size()).sum();
    Ending ending =
        interrupted && (cause.isPresent() || handler.finished < planned)
            ? Ending.INTERRUPTED
            : cause.isPresent() ? Ending.FAILED : Ending.COMPLETE;
    return new Result(
        ending,
        handler.sum,
        (System.nanoTime() - started) / 1e9,
        ending == Ending.FAILED ? cause : Optional.empty());
  }

  /** How many executors may die under a task before Spark gives it up. */
  private int deadly() {
    return spark.getConf().getInt("spark.task.maxFailures", 4);
  }

  /**
   * One Spark job over these chunks.
   *
   * @param resources what a task takes, where that is not what the user said
   */
  private Round runJob(
      List<Chunk> chunks,
      Broadcast<ChunkTask.Shared> shared,
      Summing handler,
      Optional<ResourceProfile> resources) {
    JobWatch watch = new JobWatch(group);
    watch.listen(spark);
    try {
      JavaRDD<ChunkTask.Lease> leases =
          spark.parallelize(chunks.stream().map(this::lease).toList(), chunks.size());
      resources.ifPresent(leases::withResources);
      spark
          .sc()
          .runJob(
              leases.rdd(),
              new ChunkTask(shared),
              handler.of(chunks),
              ClassTag$.MODULE$.apply(ChunkTask.Done.class));
      return new Round(Optional.empty(), Map.of());
    } catch (Exception e) { // Scala declares nothing: SparkException among others
      watch.awaitEnd(GRACE_SECONDS);
      Map<ChunkRange, Integer> deaths = new HashMap<>();
      watch.lost().forEach((i, times) -> deaths.put(chunks.get(i).range(), times));
      return new Round(Optional.of(e), deaths);
    } finally {
      spark.sc().removeSparkListener(watch);
    }
  }

  private ChunkTask.Lease lease(Chunk chunk) {
    return new ChunkTask.Lease(
        chunk.range(), Math.max((long) (1e9 * OVERRUN * chunk.seconds()), leastLease.toNanos()));
  }

  /** Pieces of what was handed back, by the time that it will really take, the longest first. */
  private List<Chunk> cut(List<Rest> rests) {
    if (rests.isEmpty()) {
      return List.of();
    }
    double total = rests.stream().mapToDouble(Rest::seconds).sum();
    int cores =
        Math.max(1, Cores.now(spark) / Math.max(1, spark.getConf().getInt("spark.task.cpus", 1)));
    double target =
        Math.max(
            LEAST_PIECE_SECONDS, Math.min(MOST_PIECE_SECONDS, total / (PIECES_A_CORE * cores)));
    LOG.info(
        "{} chunks took more than {} times what was predicted; the rest, about {} s, is cut anew",
        rests.size(),
        OVERRUN,
        Math.round(total));
    return rests.stream()
        .sorted(Comparator.comparingDouble(Rest::seconds).reversed())
        .flatMap(r -> pieces(r.chunk(), (long) Math.ceil(r.seconds() / target)).stream())
        .toList();
  }

  /**
   * Runs single trials that are suspected of killing their executors, each with nothing else in its
   * executor: as many at a time as there are executors, or one after the other where executors
   * cannot be told apart by cores. Those that do it again are recorded as failed.
   */
  private Optional<Exception> runAlone(
      List<Chunk> singles, Warehouse into, Broadcast<ChunkTask.Shared> shared, Summing handler)
      throws IOException {
    Map<ChunkRange, Integer> deaths = new HashMap<>();
    List<Chunk> left = singles;
    while (!left.isEmpty() && !interrupted) {
      Cores.await(spark); // those that take the place of the dead
      Optional<ResourceProfile> whole = Cores.wholeExecutor(spark);
      List<Chunk> now = whole.isPresent() ? left : left.subList(0, 1);
      Round round = runJob(now, shared, handler, whole);
      // Whoever was alone with an executor that died is the only one to blame, whether Spark gave
      // it up or another of the job.
      round.deaths().forEach((range, times) -> deaths.merge(range, times, Integer::sum));
      List<Chunk> guilty =
          now.stream().filter(c -> deaths.getOrDefault(c.range(), 0) >= deadly()).toList();
      if (round.cause().isPresent()
          && (guilty.isEmpty() || interrupted || spark.sc().isStopped())) {
        return round.cause();
      }
      for (Chunk single : guilty) {
        if (!new Chunks(into).isCommitted(sweepId, single.range())) {
          recordLost(single, lastLine(round.cause().orElseThrow()), into, handler);
        }
      }
      left = uncommitted(into, left);
    }
    return Optional.empty();
  }

  /** Records a single trial as failed that no executor survives. */
  private void recordLost(Chunk single, String reason, Warehouse into, Summing handler)
      throws IOException {
    List<TrialRecord> record =
        new SweepPlan(work.value().spec())
                .trial(single.range().from())
                .map(
                    t ->
                        work.value()
                            .lost(
                                t,
                                "Its process died each time that it ran, %d times alone: %s"
                                    .formatted(deadly(), reason)))
                .stream()
                .toList();
    LOG.error("Trial {} is recorded as failed: it kills its executors", single.range().from());
    new Chunks(into).write(sweepId, single.range(), record);
    handler.add(single, new ChunkTask.Done(single.range().to(), ChunkSummary.of(record, 0)));
  }

  /** Spark says in one line what became of the executor, before it lists stacks. */
  private static String lastLine(Exception e) {
    String text = String.valueOf(e.getMessage());
    int at = text.indexOf("ExecutorLostFailure");
    return (at < 0 ? text : text.substring(at)).lines().findFirst().orElse("").strip();
  }

  private static boolean touches(Coverage ranges, Chunk chunk) {
    return !ranges.missing(chunk.range()).equals(List.of(chunk.range()));
  }

  /** The parts of these chunks that are not committed. */
  private List<Chunk> uncommitted(Warehouse into, List<Chunk> chunks) throws IOException {
    Coverage coverage = new Chunks(into).coverage(sweepId);
    List<Chunk> open = new ArrayList<>();
    for (Chunk chunk : chunks) {
      coverage.missing(chunk.range()).forEach(gap -> open.add(part(chunk, gap)));
    }
    return open;
  }

  private static Chunk part(Chunk whole, ChunkRange range) {
    double share = (double) range.size() / whole.range().size();
    return new Chunk(range, Math.round(whole.trials() * share), whole.seconds() * share);
  }

  /** At most so many, as equal as they can be. */
  private static List<Chunk> pieces(Chunk chunk, long most) {
    List<Chunk> pieces = new ArrayList<>();
    long size = chunk.range().size();
    long count = Math.max(1, Math.min(most, size));
    for (long i = 0; i < count; i++) {
      pieces.add(
          part(
              chunk,
              new ChunkRange(
                  chunk.range().from() + i * size / count,
                  chunk.range().from() + (i + 1) * size / count)));
    }
    return pieces;
  }

  /** Ends the job from another thread; {@link #run} returns soon after. */
  public void interrupt() {
    interrupted = true;
    spark.sc().cancelJobGroupAndFutureJobs(group, "the sweep was interrupted");
  }

  /**
   * What is left of a chunk that was handed back.
   *
   * @param seconds that it will take, by those that the finished part took
   */
  private record Rest(Chunk chunk, double seconds) {}

  /** Adds the summaries up, in Spark's scheduler thread. */
  private static final class Summing {
    private final Observer observer;
    private final List<Rest> rests = new ArrayList<>();
    private volatile ChunkSummary sum = ChunkSummary.NONE;

    /** Numbers of the plan. */
    private volatile long finished;

    Summing(Observer observer) {
      this.observer = observer;
    }

    /** For one Spark job over these chunks. */
    AbstractFunction2<Object, ChunkTask.Done, BoxedUnit> of(List<Chunk> chunks) {
      return new AbstractFunction2<>() {
        @Override
        public BoxedUnit apply(Object partition, ChunkTask.Done done) {
          add(chunks.get((Integer) partition), done);
          return BoxedUnit.UNIT;
        }
      };
    }

    synchronized void add(Chunk chunk, ChunkTask.Done done) {
      ChunkRange range = chunk.range();
      Chunk finishedPart = chunk;
      if (done.reached() < range.to()) {
        ChunkRange left = new ChunkRange(done.reached(), range.to());
        finishedPart = part(chunk, new ChunkRange(range.from(), done.reached()));
        double each = done.summary().wallMillis() / 1e3 / finishedPart.range().size();
        rests.add(new Rest(part(chunk, left), each * left.size()));
      }
      sum = sum.plus(done.summary());
      finished += finishedPart.range().size();
      observer.finished(finishedPart, done.summary());
    }

    /** What was handed back since they were last taken. */
    synchronized List<Rest> takeRests() {
      List<Rest> taken = List.copyOf(rests);
      rests.clear();
      return taken;
    }
  }
}
