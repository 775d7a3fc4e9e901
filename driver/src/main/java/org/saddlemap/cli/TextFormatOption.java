package org.saddlemap.cli;

import picocli.CommandLine.Option;

/** {@code --format FORMAT}, on commands whose answer is no table. */
final class TextFormatOption {
  private enum Format {
    /** For people. */
    TABLE,
    JSON
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table or json (default: ${DEFAULT-VALUE}).")
  private Format format;

  boolean isJson() {
    return format == Format.JSON;
  }
}
