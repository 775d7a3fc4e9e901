package org.saddlemap.schedule;

import java.util.IntSummaryStatistics;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.jdk.javaapi.CollectionConverters;

/** How many cores a sweep has. */
public final class Cores {
  /** An executor that comes later than that after the one before is not waited for. */
  private static final long PATIENCE_SECONDS = 2;

  private static final long MOST_SECONDS = 30;

  private Cores() {}

  /**
   * Cores of all executors. On a cluster these register one by one while the driver goes on
   * already, so waits until no more come, at most {@value #MOST_SECONDS} s; no task could run
   * before the first.
   */
  public static int await(JavaSparkContext spark) {
    if (spark.sc().isLocal()) {
      return spark.defaultParallelism();
    }
    int cores = registered(spark);
    long start = System.nanoTime();
    long changed = start;
    while (seconds(start) < MOST_SECONDS && (cores == 0 || seconds(changed) < PATIENCE_SECONDS)) {
      try {
        TimeUnit.MILLISECONDS.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
      int now = registered(spark);
      if (now != cores) {
        cores = now;
        changed = System.nanoTime();
      }
    }
    return cores > 0 ? cores : spark.defaultParallelism();
  }

  /** Cores of the executors that are there now. */
  public static int now(JavaSparkContext spark) {
    return spark.sc().isLocal() ? spark.defaultParallelism() : registered(spark);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static int registered(JavaSparkContext spark) {
    return executors(spark).sum();
  }

  /** Cores of each executor. */
  private static IntStream executors(JavaSparkContext spark) {
    return CollectionConverters.asJava(spark.sc().statusStore().executorList(true)).stream()
        .mapToInt(ExecutorSummary::totalCores)
        .filter(cores -> cores > 0); // the driver has none
  }

  /**
   * What a task must ask for so that it has its executor for itself; empty where no number of cores
   * says that for all of them: one that the smallest has is not more than half of the largest.
   */
  static Optional<ResourceProfile> wholeExecutor(JavaSparkContext spark) {
    IntSummaryStatistics cores = executors(spark).summaryStatistics();
    if (spark.sc().isLocal() || cores.getCount() == 0 || 2 * cores.getMin() <= cores.getMax()) {
      return Optional.empty();
    }
    return Optional.of(
        new ResourceProfileBuilder()
            .require(new TaskResourceRequests().cpus(cores.getMin()))
            .build());
  }
}
