package org.saddlemap.cli;

import java.util.Set;
import java.util.function.Predicate;
import org.apache.spark.SparkConf;
import org.saddlemap.analysis.DuckDbSession;
import org.saddlemap.analysis.SqlEngine;
import org.saddlemap.analysis.SqlSession;
import org.saddlemap.spec.InvalidInput;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Option;

/** {@code --engine}, on the commands that ask the tables in SQL. */
final class EngineOption {
  /** The master that the launcher gives where the user names none. */
  private static final String DEFAULT_MASTER = "local[*]";

  /** Engines that a user can ask for. */
  enum Engine {
    AUTO,
    SPARK,
    DUCKDB
  }

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      defaultValue = "auto",
      description = {
        "spark, duckdb, or auto: DuckDB for a warehouse on a local disk, Spark for others and",
        "where --master is given (default: ${DEFAULT-VALUE})."
      })
  private Engine engine;

  /**
   * An engine on the warehouse's tables; it ends with the process.
   *
   * @throws InvalidInput where the engine that is asked for cannot read there
   */
  SqlEngine open(Warehouse warehouse) {
    return open(embedded(warehouse), warehouse, sweep -> true);
  }

  /** The same, of these sweeps alone. */
  SqlEngine open(Warehouse warehouse, Set<String> sweeps) {
    return open(embedded(warehouse), warehouse, sweeps::contains);
  }

  /**
   * DuckDB where it can read the warehouse, else Spark: for a command whose {@code --master} says
   * where to train, not who answers.
   */
  static SqlEngine automatic(Warehouse warehouse, Set<String> sweeps) {
    return open(DuckDbSession.reads(warehouse), warehouse, sweeps::contains);
  }

  private static SqlEngine open(boolean embedded, Warehouse warehouse, Predicate<String> sweeps) {
    return embedded
        ? new DuckDbSession(warehouse, sweeps)
        : new SqlSession(Spark.session(), warehouse, sweeps);
  }

  /**
   * Whether DuckDB answers for this warehouse, rather than Spark.
   *
   * @throws InvalidInput where it is asked for and cannot read there
   */
  boolean embedded(Warehouse warehouse) {
    boolean readable = DuckDbSession.reads(warehouse);
    if (engine == Engine.DUCKDB && !readable) {
      throw new InvalidInput(
          "--engine duckdb reads warehouses on a local disk, and %s is none; leave it out"
              .formatted(warehouse.location()));
    }
    return engine == Engine.DUCKDB
        || (engine == Engine.AUTO
            && readable
            && new SparkConf().get("spark.master", DEFAULT_MASTER).equals(DEFAULT_MASTER));
  }
}
