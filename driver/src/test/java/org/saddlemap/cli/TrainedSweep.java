package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** A small sweep that {@code run} has trained, once for all classes of tests that are given it. */
final class TrainedSweep implements AutoCloseable {
  static final String YAML =
      """
      name: small
      data: {synthetic: {problem: xor, rows: 100, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 4}
      train: {max_steps: 20}
      grid:
        depth: [1, 2]
        initializer: [zeros, he_normal]
        learning_rate: [0.1, 1, 10]
      """;

  static final int TRIALS = 12;

  private final Path folder;

  private TrainedSweep() throws IOException {
    folder = Files.createTempDirectory("trained-sweep");
    Files.writeString(spec(), YAML);
    assertThat(Saddlemap.run("run", spec().toString(), "--warehouse", warehouse().toString()))
        .isZero();
  }

  private static TrainedSweep trained() {
    try {
      return new TrainedSweep();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path spec() {
    return folder.resolve("small.yaml");
  }

  Path warehouse() {
    return folder.resolve("trained");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Gives tests the sweep, which is trained when the first of them asks and deleted at the end. */
  static final class Once implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == TrainedSweep.class;
    }

    @Override
    public TrainedSweep resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.create(TrainedSweep.class))
          .getOrComputeIfAbsent(TrainedSweep.class, type -> trained(), TrainedSweep.class);
    }
  }
}
