package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.saddlemap.analysis.Shared;

/** A small sweep that {@code run} has trained, once for all classes of tests that are given it. */
final class TrainedSweep {
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

  private TrainedSweep(Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(spec(), YAML);
    assertThat(Saddlemap.run("run", spec().toString(), "--warehouse", warehouse().toString()))
        .isZero();
  }

  Path spec() {
    return folder.resolve("small.yaml");
  }

  Path warehouse() {
    return folder.resolve("trained");
  }

  /** Gives tests the sweep. */
  static final class Once extends Shared<TrainedSweep> {
    Once() {
      super(TrainedSweep.class);
    }

    @Override
    protected TrainedSweep make(Path folder) throws IOException {
      return new TrainedSweep(folder);
    }
  }
}
