package org.saddlemap.schedule;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.store.Retry;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;

/**
 * Puts trials that were trained again in the place of their old rows: executors write the files.
 */
public final class RetrialJob {
  private final JavaSparkContext spark;
  private final Warehouse warehouse;
  private final String sweepId;
  private final SweepLock lock;

  public RetrialJob(JavaSparkContext spark, Warehouse warehouse, String sweepId, SweepLock lock) {
    this.spark = spark;
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.lock = lock;
  }

  /**
   * Does so for all that were committed, also by an earlier run that did not come so far.
   *
   * @return whether there were any
   * @throws IOException where a file is broken, or another run has the sweep; the new rows are kept
   */
  public boolean finish() throws IOException {
    Retry retry = new Retry(warehouse, sweepId);
    List<Retry.Replacement> outdated = retry.outdated();
    if (!outdated.isEmpty()) {
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
