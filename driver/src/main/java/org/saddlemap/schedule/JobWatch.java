package org.saddlemap.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.saddlemap.spark.SparkInternals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.CollectionConverters;

/** Watches one Spark job: when it ends, which tasks run, and which lost their executors. */
final class JobWatch extends SparkListener {
  private static final Logger LOG = LoggerFactory.getLogger(JobWatch.class);

  private final String group;
  private final Map<Integer, Integer> lost = new HashMap<>();
  private final Set<Integer> stages = new HashSet<>();
  private int job = -1;
  private boolean over;

  /** Tasks that run, this job's and others, by their ids. */
  private final Map<Long, Running> running = new HashMap<>();

  private final IntConsumer started;
  private final IntConsumer stopped;

  /**
   * @param started told the partition of each task of the job that starts
   * @param stopped told it when the task has ended, in whatever way
   */
  JobWatch(String group, IntConsumer started, IntConsumer stopped) {
    this.group = group;
    this.started = started;
    this.stopped = stopped;
  }

  /**
   * A task that runs.
   *
   * @param partition of this job; negative where it is another's
   */
  private record Running(String executor, int partition) {}

  /** Starts to listen; events are not dropped where other listeners are slow. */
  void listen(JavaSparkContext spark) {
    SparkInternals.listen(spark.sc(), this, "saddlemap");
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    if (start.properties() != null
        && group.equals(start.properties().getProperty("spark.jobGroup.id"))) {
      job = start.jobId();
      CollectionConverters.asJava(start.stageIds()).forEach(id -> stages.add((Integer) id));
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd end) {
    if (end.jobId() == job) {
      over = true;
      notifyAll();
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    int partition = stages.contains(start.stageId()) ? start.taskInfo().index() : -1;
    running.put(start.taskInfo().taskId(), new Running(start.taskInfo().executorId(), partition));
    if (partition >= 0) {
      started.accept(partition);
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    Optional.ofNullable(running.remove(end.taskInfo().taskId())).ifPresent(this::tellStopped);
    if (stages.contains(end.stageId())
        && end.reason() instanceof ExecutorLostFailure failure
        && failure.exitCausedByApp()) {
      int times = lost.merge(end.taskInfo().index(), 1, Integer::sum);
      LOG.warn(
          "Executor {} died under task {} of job {}, {} times now: {}",
          failure.execId(),
          end.taskInfo().index(),
          job,
          times,
          failure.reason().getOrElse(() -> "for no reason that is known"));
    }
    notifyAll();
  }

  /** Spark does not tell the end of tasks whose executor dies after their job is over. */
  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    running
        .values()
        .removeIf(
            task -> {
              boolean gone = task.executor().equals(removed.executorId());
              if (gone) {
                tellStopped(task);
              }
              return gone;
            });
    notifyAll();
  }

  private void tellStopped(Running task) {
    if (task.partition() >= 0) {
      stopped.accept(task.partition());
    }
  }

  /** Waits until Spark has told of the job's end, and no task runs. */
  synchronized void awaitEnd(long seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      for (long wait;
          (!over || !running.isEmpty()) && (wait = deadline - System.nanoTime()) > 0; ) {
        TimeUnit.NANOSECONDS.timedWait(this, wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How many executors each partition lost, of those that lost any. */
  synchronized Map<Integer, Integer> lost() {
    return Map.copyOf(lost);
  }
}
