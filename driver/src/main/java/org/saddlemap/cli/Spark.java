package org.saddlemap.cli;

import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.schedule.Cores;
import org.saddlemap.spec.InvalidInput;

/** Spark, started with its user's options; this program sets none of them. */
final class Spark {
  private static final Pattern LOCAL = Pattern.compile("local(?:\\[\\s*(\\d+|\\*)\\s*(?:,.*)?])?");

  private Spark() {}

  /**
   * How many trials run at once, by the name of a local master. For another master, whose cluster
   * is not asked, as many as this machine has cores. Starts nothing.
   */
  static int cores() {
    SparkConf conf = new SparkConf();
    int cores = Runtime.getRuntime().availableProcessors();
    Matcher local = LOCAL.matcher(conf.get("spark.master", "local[*]").strip());
    if (local.matches() && !"*".equals(local.group(1))) {
      cores = local.group(1) == null ? 1 : Integer.parseInt(local.group(1));
    }
    return Math.max(1, cores / Math.max(1, conf.getInt(Cores.PER_TASK, 1)));
  }

  /**
   * Spark itself, without SQL, whose session takes half a second more; started where there is none
   * yet.
   *
   * @throws InvalidInput where Spark refuses an option, such as a master that is none, or a heap
   *     that is too small
   */
  static JavaSparkContext context() {
    return started(
        () ->
            JavaSparkContext.fromSparkContext(
                SparkContext.getOrCreate(
                    new SparkConf().setIfMissing("spark.app.name", "saddlemap"))));
  }

  /** The session of this process, which {@link #context} is a part of; likewise. */
  static SparkSession session() {
    context();
    return started(() -> SparkSession.builder().getOrCreate());
  }

  private static <T> T started(Supplier<T> start) {
    try {
      return start.get();
    } catch (IllegalArgumentException e) {
      throw refused(e);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) { // Scala declares none
      if (e instanceof SparkException) {
        throw refused(e);
      }
      throw new IllegalStateException("Cannot start Spark", e);
    }
  }

  private static InvalidInput refused(Exception e) {
    String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new InvalidInput("Spark refuses its options: " + reason, e);
  }
}
