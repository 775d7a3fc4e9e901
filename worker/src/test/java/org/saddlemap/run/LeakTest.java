package org.saddlemap.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.saddlemap.data.Dataset;
import org.saddlemap.data.Preparation;
import org.saddlemap.data.SyntheticData;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialStatus;

/** Ten thousand trials in one process, which leave its memory as it was. */
@Tag("slow")
@Tag("scale")
class LeakTest {
  private static final int TRIALS = 10_000;
  private static final int WARM_UP = 3000;
  private static final int TASK = 100;

  private static final String SPEC =
      """
      name: leak
      data: {synthetic: {problem: blobs, rows: 64, features: 4, classes: 3}, holdout: 0}
      network: {depth: 1, width: 16}
      train: {max_steps: 20, batch_size: 16}
      grid:
        initializer: [zeros, xavier_uniform]
        batch_norm: [false, true]
      examine: {rows: 48, ceiling: 60}
      """;

  /** Resident memory in MB. */
  private static long resident(Path status) throws IOException {
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void residentMemoryStaysAfterTheWarmUp() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "only Linux says how much memory is resident");
    SweepSpec spec = SpecReader.read(SPEC, "leak.yaml");
    DataSpec d = spec.data();
    Dataset data =
        Preparation.prepare(
            SyntheticData.draw((SyntheticSource) d.source(), d.task(), d.seed()), d);
    long warm = 0;
    long least = Long.MAX_VALUE;
    for (int done = 0; done < TRIALS; done += TASK) {
      try (TrialRunner runner = new TrialRunner(spec, data, Engine.start(1))) {
        for (int i = 0; i < TASK; i++) {
          Trial trial = new Trial(i % 4, spec.space().at(i % 4), done + i);
          assertThat(runner.run(trial, 0, () -> false).status()).isEqualTo(TrialStatus.COMPLETED);
        }
      }
      if (done % 1000 == 0) {
        System.gc(); // so that what is left is what is held
      }
      long now = resident(status);
      if (done + TASK == WARM_UP) {
        warm = now;
      } else if (done >= TRIALS - 1000) {
        least = Math.min(least, now);
      }
    }
    // 5 kB a trial would show.
    assertThat(least)
        .as("MB after the last trials, and %d after %d", warm, WARM_UP)
        .isLessThan(warm + 35);
  }
}
