package org.saddlemap.schedule;

import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.saddlemap.store.Compaction;
import org.saddlemap.store.CompactionPlan;
import org.saddlemap.store.SweepLock;
import org.saddlemap.store.Warehouse;

/** Compacts a complete sweep. Executors write the large files, and the driver swaps them in. */
public final class CompactionJob {
  private final JavaSparkContext spark;
  private final Warehouse warehouse;
  private final String sweepId;
  private final SweepLock lock;

  public CompactionJob(
      JavaSparkContext spark, Warehouse warehouse, String sweepId, SweepLock lock) {
    this.spark = spark;
    this.warehouse = warehouse;
    this.sweepId = sweepId;
    this.lock = lock;
  }

  /**
   * Writes the large files; the tables stay as they are until {@link Compaction#finish}.
   *
   * @throws IOException where that fails, or another run has the sweep; nothing has changed then
   */
  public void merge(List<CompactionPlan.Merge> merges) throws IOException {
    // A new number of the run stops attempts of the sweep's tasks that still run, since these would
    // write small files beside the large ones.
    lock.renew();
    String location = warehouse.location();
    String id = sweepId;
    long run = lock.number();
    SerializableConfiguration hadoop = new SerializableConfiguration(spark.hadoopConfiguration());
    Compaction compaction = new Compaction(warehouse, id, run);
    compaction.begin();
    try {
      spark
          .parallelize(merges, merges.size())
          .foreach(
              merge ->
                  new Compaction(Warehouse.open(location, hadoop.value()), id, run).merge(merge));
    } catch (Exception e) { // Scala declares nothing: SparkException among others
      throw new IOException("Cannot merge files: " + RootCause.of(e).getMessage(), e);
    }
    if (!lock.isHeld()) {
      throw new IOException("another run has taken over the sweep " + id);
    }
    compaction.commit(merges);
  }
}
