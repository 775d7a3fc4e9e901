package org.saddlemap.schedule;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.resource.ResourceProfile;
import org.saddlemap.plan.Chunk;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.plan.SweepPlan;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.Warehouse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs single trials that are suspected of killing their executors, each with nothing else in its
 * executor, and records those as failed that do it again. As many run at a time as there are
 * executors, or one after the other where executors cannot be told apart by cores.
 */
final class IsolatedTrials {
  private static final Logger LOG = LoggerFactory.getLogger(IsolatedTrials.class);

  private final JavaSparkContext spark;
  private final String sweepId;
  private final Work work;
  private final Warehouse into;
  private final ChunkResults results;
  private final BooleanSupplier interrupted;

  /** Runs a Spark job over chunks whose tasks take these resources. */
  @FunctionalInterface
  interface Runner {
    ChunkRound run(List<Chunk> chunks, Optional<ResourceProfile> resources);
  }

  /**
   * @param into where chunks are committed
   * @param interrupted whether the user wants the job to end
   */
  IsolatedTrials(
      JavaSparkContext spark,
      String sweepId,
      Work work,
      Warehouse into,
      ChunkResults results,
      BooleanSupplier interrupted) {
    this.spark = spark;
    this.sweepId = sweepId;
    this.work = work;
    this.into = into;
    this.results = results;
    this.interrupted = interrupted;
  }

  /**
   * Runs them until each has a row, or a job fails that none of them is to blame for.
   *
   * @return why it failed
   */
  Optional<Exception> run(List<Chunk> singles, Runner runner) throws IOException {
    int maxDeaths = ChunkRound.maxDeaths(spark);
    Map<ChunkRange, Integer> deaths = new HashMap<>();
    List<Chunk> left = singles;
    while (!left.isEmpty() && !interrupted.getAsBoolean()) {
      Cores.awaitSlots(spark); // until executors have come in the place of the dead
      Optional<ResourceProfile> whole = Cores.wholeExecutor(spark);
      List<Chunk> now = whole.isPresent() ? left : left.subList(0, 1);
      ChunkRound round = runner.run(now, whole);
      // Whoever was alone with an executor that died is the only one to blame, whether Spark gave
      // it up or another of the job.
      round.deaths().forEach((range, times) -> deaths.merge(range, times, Integer::sum));
      List<Chunk> guilty =
          now.stream().filter(c -> deaths.getOrDefault(c.range(), 0) >= maxDeaths).toList();
      if (round.cause().isPresent()
          && (guilty.isEmpty() || interrupted.getAsBoolean() || spark.sc().isStopped())) {
        return round.cause();
      }
      for (Chunk single : guilty) {
        if (!new Chunks(into).isCommitted(sweepId, single.range())) {
          recordLost(single, maxDeaths, executorLoss(round.cause().orElseThrow()));
        }
      }
      left = SweepJob.uncommitted(new Chunks(into).coverage(sweepId), left);
    }
    return Optional.empty();
  }

  private void recordLost(Chunk single, int deaths, String reason) throws IOException {
    String why =
        "Its process died each time that it ran, %d times alone: %s".formatted(deaths, reason);
    List<TrialRecord> record =
        new SweepPlan(work.spec())
            .trial(single.range().from()).map(t -> work.lost(t, why)).stream().toList();
    LOG.error("Trial {} is recorded as failed: it kills its executors", single.range().from());
    new Chunks(into).write(sweepId, single.range(), record);
    results.add(single, new ChunkTask.Done(single.range().to(), ChunkSummary.of(record, 0)));
  }

  /** The line in which Spark says what became of the executor, before it lists stacks. */
  private static String executorLoss(Exception e) {
    String text = String.valueOf(e.getMessage());
    int at = text.indexOf("ExecutorLostFailure");
    return (at < 0 ? text : text.substring(at)).lines().findFirst().orElse("").strip();
  }
}
