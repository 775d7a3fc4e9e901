package org.saddlemap.schedule;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.resource.ResourceProfile;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import scala.reflect.ClassTag$;

/**
 * How one Spark job over some chunks went.
 *
 * @param cause present where it failed
 * @param deaths how often an executor died under a chunk, of the chunks under which one did
 */
record ChunkRound(Optional<Exception> cause, Map<ChunkRange, Integer> deaths) {
  /** How long tasks have to commit what they finished, once the job is over. */
  static final long GRACE_SECONDS = 20;

  /**
   * Runs the job, and returns once it is over.
   *
   * @param group the job group that this thread has set
   * @param resources what a task takes, where that is not what the user said
   */
  static ChunkRound run(
      JavaSparkContext spark,
      String group,
      List<Chunk> chunks,
      Overruns overruns,
      Broadcast<ChunkTask.Shared> shared,
      ChunkResults results,
      Optional<ResourceProfile> resources) {
    JobWatch watch =
        new JobWatch(
            group,
            partition -> results.observer().started(chunks.get(partition)),
            partition -> results.observer().stopped(chunks.get(partition)));
    watch.listen(spark);
    try {
      JavaRDD<ChunkTask.Lease> leases =
          spark.parallelize(chunks.stream().map(overruns::lease).toList(), chunks.size());
      resources.ifPresent(leases::withResources);
      spark
          .sc()
          .runJob(
              leases.rdd(),
              new ChunkTask(shared),
              results.handler(chunks),
              ClassTag$.MODULE$.apply(ChunkTask.Done.class));
      return new ChunkRound(Optional.empty(), Map.of());
    } catch (Exception e) { // Scala declares nothing: SparkException among others
      watch.awaitEnd(GRACE_SECONDS);
      Map<ChunkRange, Integer> deaths = new HashMap<>();
      watch.lost().forEach((i, times) -> deaths.put(chunks.get(i).range(), times));
      return new ChunkRound(Optional.of(e), deaths);
    } finally {
      spark.sc().removeSparkListener(watch);
    }
  }

  /** How many executors may die under a task before Spark gives it up. */
  static int maxDeaths(JavaSparkContext spark) {
    return spark.getConf().getInt("spark.task.maxFailures", 4);
  }

  /** Chunks under which so many executors died. */
  Set<ChunkRange> killers(int deaths) {
    return this.deaths.entrySet().stream()
        .filter(e -> e.getValue() >= deaths)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
