package org.saddlemap.schedule;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.plan.Chunk;
import org.saddlemap.store.ChunkRange;
import org.saddlemap.store.Warehouse;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Runs the chunks of a sweep as one Spark job. The driver sees one small summary a chunk, and never
 * a record. One object is good for one run.
 */
public final class SweepJob {
  /** How long tasks have to commit what they finished, once the job is over. */
  private static final long GRACE_SECONDS = 20;

  private final JavaSparkContext spark;
  private final Warehouse warehouse;
  private final String sweepId;
  private final Work work;
  private final String group;
  private volatile boolean interrupted;

  public SweepJob(JavaSparkContext spark, Warehouse warehouse, String sweepId, Work work) {
    this.spark = spark;
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.work = work;
    this.group = "saddlemap-" + sweepId + "-" + UUID.randomUUID();
  }

  /** Told of each finished chunk, by one thread at a time; must return quickly. */
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
      Ending ending, ChunkSummary sum, double wallSeconds, Optional<Exception> cause) {}

  /**
   * Runs the chunks in that order, and returns when all tasks have ended, or have had {@value
   * #GRACE_SECONDS} seconds to. Whatever the ending, what was committed stays.
   */
  public Result run(List<Chunk> chunks, Observer observer) {
    long started = System.nanoTime();
    Summing handler = new Summing(chunks, observer);
    RunningTasks running = new RunningTasks();
    Broadcast<ChunkTask.Shared> shared =
        spark.broadcast(
            new ChunkTask.Shared(
                work,
                sweepId,
                warehouse.location(),
                new SerializableConfiguration(spark.hadoopConfiguration()),
                spark.getConf().getBoolean("spark.speculation", false),
                System.currentTimeMillis()));
    spark.sc().addSparkListener(running);
    spark.setJobGroup(group, "sweep " + sweepId, false);
    Optional<Exception> cause = Optional.empty();
    try {
      if (!interrupted && !chunks.isEmpty()) {
        JavaRDD<ChunkRange> ranges =
            spark.parallelize(chunks.stream().map(Chunk::range).toList(), chunks.size());
        spark
            .sc()
            .runJob(
                ranges.rdd(),
                new ChunkTask(shared),
                handler,
                ClassTag$.MODULE$.apply(ChunkSummary.class));
      }
    } catch (Exception e) { // Scala declares nothing: SparkException among others
      running.awaitNone(GRACE_SECONDS);
      cause = Optional.of(e);
    } finally {
      spark.clearJobGroup();
      spark.sc().removeSparkListener(running);
      shared.destroy();
    }
    Ending ending =
        interrupted && (cause.isPresent() || handler.finished < chunks.size())
            ? Ending.INTERRUPTED
            : cause.isPresent() ? Ending.FAILED : Ending.COMPLETE;
    return new Result(
        ending,
        handler.sum,
        (System.nanoTime() - started) / 1e9,
        ending == Ending.FAILED ? cause : Optional.empty());
  }

  /** Ends the job from another thread; {@link #run} returns soon after. */
  public void interrupt() {
    interrupted = true;
    spark.sc().cancelJobGroupAndFutureJobs(group, "the sweep was interrupted");
  }

  /** Adds the summaries up, in Spark's scheduler thread. */
  private static final class Summing extends AbstractFunction2<Object, ChunkSummary, BoxedUnit> {
    private final List<Chunk> chunks;
    private final Observer observer;
    private volatile ChunkSummary sum = ChunkSummary.NONE;
    private volatile int finished;

    Summing(List<Chunk> chunks, Observer observer) {
      this.chunks = chunks;
      this.observer = observer;
    }

    @Override
    public synchronized BoxedUnit apply(Object partition, ChunkSummary summary) {
      sum = sum.plus(summary);
      finished++;
      observer.finished(chunks.get((Integer) partition), summary);
      return BoxedUnit.UNIT;
    }
  }

  /** Counts tasks that have started and not ended. */
  private static final class RunningTasks extends SparkListener {
    private int running;

    @Override
    public synchronized void onTaskStart(SparkListenerTaskStart start) {
      running++;
    }

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      running--;
      notifyAll();
    }

    synchronized void awaitNone(long seconds) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      try {
        for (long left; running > 0 && (left = deadline - System.nanoTime()) > 0; ) {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
