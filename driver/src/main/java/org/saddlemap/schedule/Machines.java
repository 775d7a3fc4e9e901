package org.saddlemap.schedule;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.arithmetic.FlushToZero;

/** What the machines that train lack; the executors that are there are asked. */
final class Machines {
  private final JavaSparkContext spark;
  private final int tasks;

  /**
   * @param tasks that the executors can run at once
   */
  Machines(JavaSparkContext spark, int tasks) {
    this.spark = spark;
    this.tasks = tasks;
  }

  /** What makes training slow or its bits differ, each sentence once. */
  Set<String> warnings() {
    int threads = Cores.perTask(spark);
    return answers(
        () ->
            Stream.of(BlasRuntime.start(threads).warning(), FlushToZero.warning())
                .flatMap(Optional::stream)
                .toList());
  }

  /** Why there can be no portable arithmetic, each sentence once. */
  Set<String> portableObstacles() {
    return answers(() -> BlasRuntime.portableObstacle().stream().toList());
  }

  /** As many tasks as run at once, so that every executor is likely to get one. */
  private Set<String> answers(Question question) {
    List<Integer> each = IntStream.range(0, tasks).boxed().toList();
    return new TreeSet<>(
        spark.parallelize(each, tasks).flatMap(i -> question.get().iterator()).collect());
  }

  /** Travels to executors. */
  private interface Question extends Supplier<List<String>>, Serializable {}
}
