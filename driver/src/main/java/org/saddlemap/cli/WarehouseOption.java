package org.saddlemap.cli;

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
}
