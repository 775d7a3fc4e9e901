package org.saddlemap.schedule;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.store.Retry;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replaces the rows of trials that were retried by their new ones; executors write the files. */
public final class RetryJob {
  private static final Logger LOG = LoggerFactory.getLogger(RetryJob.class);

  private final JavaSparkContext spark;
  private final Warehouse warehouse;
  private final String sweepId;
  private final SweepLock lock;

  public RetryJob(JavaSparkContext spark, Warehouse warehouse, String sweepId, SweepLock lock) {
    this.spark = spark;
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.lock = lock;
  }

  /**
   * Replaces the rows of all retried trials that are committed, including those of an earlier run
   * that ended before it replaced them.
   *
   * @return whether there were any
   * @throws IOException where a file is broken, or another run has the sweep; the new rows are kept
   */
  public boolean finish() throws IOException {
    Retry retry = new Retry(warehouse, sweepId);
    List<Retry.Replacement> outdated = retry.outdated();
    if (!outdated.isEmpty()) {
      LOG.info("{} files of {} get the rows of retried trials", outdated.size(), sweepId);
      String location = warehouse.location();
      String id = sweepId;
      long run = lock.number();
      SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
      try {
        spark
            .parallelize(outdated, outdated.size())
            .foreach(
                replacement -> {
                  Warehouse tables = Warehouse.open(location, hadoop.value());
                  SweepLock.requireCurrent(tables, id, run);
                  new Retry(tables, id).replace(replacement);
                });
      } catch (Exception e) { // Scala declares nothing: SparkException among others
        throw new IOException(
            "Cannot put trials in the place of their old rows: " + RootCause.of(e).getMessage(), e);
      }
    }
    if (!lock.isHeld()) {
      throw new IOException("another run has taken over the sweep " + sweepId);
    }
    retry.discard();
    return !outdated.isEmpty();
  }
}
