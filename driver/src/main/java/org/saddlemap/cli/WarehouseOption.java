package org.saddlemap.cli;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.saddlemap.spark.SparkInternals;
import org.saddlemap.store.Warehouse;
import picocli.CommandLine.Option;

/** {@code --warehouse DIR}, on every command that reads or writes tables. */
final class WarehouseOption {
  @Option(
      names = "--warehouse",
      paramLabel = "DIR",
      defaultValue = "warehouse",
      description = "Folder of the tables, on any Hadoop file system (default: ${DEFAULT-VALUE}).")
  private String location;

  String location() {
    return location;
  }

  /** The warehouse, under Hadoop's settings and Spark's {@code spark.hadoop.…}; starts no Spark. */
  Warehouse open() throws IOException {
    return Warehouse.open(location, hadoop());
  }

  /** Hadoop's settings with Spark's {@code spark.hadoop.…} among them. */
  static Configuration hadoop() {
    return SparkInternals.hadoop(new SparkConf());
  }
}
