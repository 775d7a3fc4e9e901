package org.saddlemap.schedule;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import scala.jdk.javaapi.CollectionConverters;

/** What becomes of one Spark job's tasks. */
final class JobWatch extends SparkListener {
  private final String group;
  private final Map<Integer, Integer> lost = new HashMap<>();
  private final Set<Integer> stages = new HashSet<>();
  private int job = -1;
  private boolean over;
  private int running;

  JobWatch(String group) {
    this.group = group;
  }

  /**
   * Listens to Spark in a queue of its own. The one that {@code addSparkListener} shares among all
   * listeners drops events where any of them is slow.
   */
  void listen(JavaSparkContext spark) {
    spark.sc().listenerBus().addToQueue(this, "saddlemap");
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
    running++;
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    running--;
    if (stages.contains(end.stageId())
        && end.reason() instanceof ExecutorLostFailure failure
        && failure.exitCausedByApp()) {
      lost.merge(end.taskInfo().index(), 1, Integer::sum);
    }
    notifyAll();
  }

  /** Waits until Spark has told of the job's end, and no task runs. */
  synchronized void awaitEnd(long seconds) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      for (long wait; (!over || running > 0) && (wait = deadline - System.nanoTime()) > 0; ) {
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
