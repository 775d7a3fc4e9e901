package org.saddlemap.plan;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A cluster as Spark runs a sweep's one job on it: whenever a core is free, the driver hands it the
 * next chunk, one chunk at a time. A discrete-event simulation, which draws nothing at random.
 *
 * @param cores that work, over all executors
 * @param launchSeconds of the driver for each task, during which it serves no other core
 * @param taskSeconds of the core for each task, beside its trials
 * @param startSeconds of each core once: loading and compiling code
 */
public record ClusterModel(
    int cores, double launchSeconds, double taskSeconds, double startSeconds) {
  public ClusterModel {
    if (cores < 1 || !(launchSeconds >= 0 && taskSeconds >= 0 && startSeconds >= 0)) {
      throw new IllegalArgumentException(
          "Invalid cluster: %d cores, %s, %s and %s s"
              .formatted(cores, launchSeconds, taskSeconds, startSeconds));
    }
  }

  /**
   * How a job went.
   *
   * @param wallSeconds until the last chunk's end
   * @param busySeconds core-seconds spent on trials
   * @param idleTailSeconds from the moment that a core found nothing more to do to the end
   * @param longestSeconds of a chunk
   * @param utilization share of all cores' time spent on trials
   * @param driverShare of the time that the driver was launching
   */
  public record Outcome(
      double wallSeconds,
      double busySeconds,
      double idleTailSeconds,
      double longestSeconds,
      double utilization,
      double driverShare) {}

  private record Core(int number, double freeAt, boolean started) {}

  /**
   * Runs chunks of these durations in that order. Takes O(n log cores).
   *
   * @param seconds of each chunk's trials
   */
  public Outcome run(double[] seconds) {
    PriorityQueue<Core> free =
        new PriorityQueue<>(
            Comparator.comparingDouble(Core::freeAt).thenComparingInt(Core::number));
    for (int i = 0; i < cores; i++) {
      free.add(new Core(i, 0, false));
    }
    double driverFree = 0;
    double busy = 0;
    double longest = 0;
    double end = 0;
    for (double chunk : seconds) {
      Core core = free.remove();
      driverFree = Math.max(core.freeAt(), driverFree) + launchSeconds;
      double finished = driverFree + taskSeconds + (core.started() ? 0 : startSeconds) + chunk;
      free.add(new Core(core.number(), finished, true));
      busy += chunk;
      longest = Math.max(longest, chunk);
      end = Math.max(end, finished);
    }
    return new Outcome(
        end,
        busy,
        end - free.element().freeAt(),
        longest,
        end > 0 ? busy / (cores * end) : 1,
        end > 0 ? seconds.length * launchSeconds / end : 0);
  }
}
