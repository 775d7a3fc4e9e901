package org.saddlemap.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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

  /** The executor of each task that runs, by the task's id. */
  private final Map<Long, String> running = new HashMap<>();

  JobWatch(String group) {
    this.group = group;
  }

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
    running.put(start.taskInfo().taskId(), start.taskInfo().executorId());
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
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
    running.values().removeIf(removed.executorId()::equals);
    notifyAll();
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
