package org.saddlemap.cli;

import org.apache.spark.SparkException;
import org.apache.spark.sql.SparkSession;
import org.saddlemap.spec.InvalidInput;

/** Spark as its own options say; this program sets none of them. */
final class Spark {
  private Spark() {}

  /**
   * The session of this process, started where there is none yet.
   *
   * @throws InvalidInput where Spark refuses an option, such as a master that is none, or a heap
   *     that is too small
   */
  static SparkSession session() {
    try {
      return SparkSession.builder().appName("saddlemap").getOrCreate();
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
