package org.saddlemap.spark;

import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.SparkUserAppException;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.mllib.util.MLUtils$;
import org.apache.spark.scheduler.SparkListenerInterface;
import org.apache.spark.status.api.v1.ExecutorSummary;
import scala.jdk.javaapi.CollectionConverters;

/**
 * All calls of this program to what Spark keeps to itself ({@code private[spark]}), each with the
 * reason why no public call will do. A new version of Spark may break this class, and no other.
 */
public final class SparkInternals {
  private SparkInternals() {}

  /**
   * The configuration by which Spark's executors will find file systems, before Spark starts: with
   * {@code spark.hadoop.…}, the environment's credentials and Spark's own defaults. The public
   * {@link SparkContext#hadoopConfiguration} takes the seconds that Spark needs to start.
   */
  public static Configuration hadoop(SparkConf conf) {
    return SparkHadoopUtil.get().newConfiguration(conf);
  }

  /**
   * Cores of each executor that is registered. The public status tracker tells executors but not
   * their cores, a listener misses the executors that came before it, and {@link
   * SparkContext#defaultParallelism} is whatever its user has set.
   */
  public static IntStream executorCores(SparkContext spark) {
    return CollectionConverters.asJava(spark.statusStore().executorList(true)).stream()
        .mapToInt(ExecutorSummary::totalCores)
        .filter(cores -> cores > 0); // the driver has none
  }

  /**
   * Adds a listener with a queue of its own. The public {@link SparkContext#addSparkListener} puts
   * all listeners behind one queue, which drops events where any of them is slow.
   */
  public static void listen(SparkContext spark, SparkListenerInterface listener, String queue) {
    spark.listenerBus().addToQueue(listener, queue);
  }

  /**
   * The indices of a line of LIBSVM, from 0. The parser is the one of Spark's public reader, which
   * does not say which line it refuses.
   *
   * @throws RuntimeException where that reader would refuse the line
   */
  public static int[] libsvmIndices(String line) {
    return MLUtils$.MODULE$.parseLibSVMRecord(line)._2();
  }

  /**
   * What ends the driver with an exit code where YARN's application master runs it. The master
   * takes {@link System#exit} for a failure, whatever the code, and starts the driver again.
   */
  public static SparkException exit(int code) {
    return new SparkUserAppException(code, null);
  }
}
