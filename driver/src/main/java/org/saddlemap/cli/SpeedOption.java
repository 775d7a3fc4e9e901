package org.saddlemap.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.saddlemap.plan.Speed;
import org.saddlemap.spec.InvalidInput;
import picocli.CommandLine.Option;

/** {@code --speed FILE}, on every command that predicts times. */
final class SpeedOption {
  @Option(
      names = "--speed",
      paramLabel = "FILE",
      description =
          "How fast a core is, as written by saddlemap calibrate (default: measured on a server core).")
  private Path file;

  /**
   * @throws InvalidInput where the file is none, or says something else
   */
  Speed speed() {
    if (file == null) {
      return Speed.SHIPPED;
    }
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return Speed.read(in);
    } catch (IOException | IllegalArgumentException e) {
      throw new InvalidInput(
          "Cannot read the speed %s: %s; write one with: saddlemap calibrate --out %s"
              .formatted(file, e.getMessage(), file),
          e);
    }
  }
}
