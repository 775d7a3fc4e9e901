package org.saddlemap.schedule;

import java.util.IntSummaryStatistics;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.saddlemap.spark.SparkInternals;

/** Counts the cores that a sweep can use. */
public final class Cores {
  /** Executors that come later than that after the one before are not waited for. */
  private static final long PATIENCE_SECONDS = 2;

  private static final long MAX_SECONDS = 30;

  /** The setting of a task's cores, which are the threads of its numerical libraries. */
  public static final String PER_TASK = "spark.task.cpus";

  private Cores() {}

  /** Cores of each task. */
  static int perTask(JavaSparkContext spark) {
    return spark.getConf().getInt(PER_TASK, 1);
  }

  /**
   * How many tasks can run at once. Executors of a cluster register one by one while the driver
   * goes on already, so this waits until no more come, at most {@value #MAX_SECONDS} s; before the
   * first one no task could run anyway.
   */
  public static int awaitSlots(JavaSparkContext spark) {
    long start = System.nanoTime();
    long changed = start;
    int cores = now(spark);
    while (!spark.sc().isLocal()
        && seconds(start) < MAX_SECONDS
        && (cores == 0 || seconds(changed) < PATIENCE_SECONDS)) {
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      int now = now(spark);
      if (now != cores) {
        cores = now;
        changed = System.nanoTime();
      }
    }
    return Math.max(1, (cores > 0 ? cores : spark.defaultParallelism()) / perTask(spark));
  }

  /** How many tasks the executors that are there now can run at once; at least 1. */
  static int slots(JavaSparkContext spark) {
    return Math.max(1, now(spark) / perTask(spark));
  }

  private static int now(JavaSparkContext spark) {
    return spark.sc().isLocal()
        ? spark.defaultParallelism()
        : SparkInternals.executorCores(spark.sc()).sum();
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  /**
   * What a task must ask for so that it has its executor for itself: all cores of the smallest
   * executor. Empty where two such tasks would fit into the largest one, or there is no executor.
   */
  static Optional<ResourceProfile> wholeExecutor(JavaSparkContext spark) {
    IntSummaryStatistics cores = SparkInternals.executorCores(spark.sc()).summaryStatistics();
    if (spark.sc().isLocal() || cores.getCount() == 0 || 2 * cores.getMin() <= cores.getMax()) {
      return Optional.empty();
    }
    return Optional.of(
        new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(cores.getMin()))
            .build());
  }
}
