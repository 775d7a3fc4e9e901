package org.saddlemap.cli;

import org.saddlemap.analysis.RowPrinter;
import picocli.CommandLine.Option;

/** {@code --format FORMAT}, on every command that prints rows. */
final class FormatOption {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, json or csv (default: ${DEFAULT-VALUE}).")
  private RowPrinter.Format format;

  RowPrinter.Format format() {
    return format;
  }
}
