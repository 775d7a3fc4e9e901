package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sweeps on a real master with two workers, undisturbed, which disturbed ones are held against.
 */
abstract class UndisturbedSweeps {
  static final long SEED = 5;

  private static final String SPEC =
      """
      name: faults
      data: {synthetic: {problem: xor, rows: 200, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 8, activation: tanh, loss: cross_entropy}
      train: {optimizer: sgd, max_steps: 30}
      grid:
        depth: [1, 2]
        initializer: [zeros, xavier_uniform, he_normal]
        learning_rate: {log: [0.01, 3], count: 10}
        batch_size: [16, full]
      exclude:
        - where: {depth: 2, initializer: zeros}
      replicates: 12
      seed: 7
      """;

  /** A minute on one core, in some fifteen chunks: something can happen in the middle. */
  private static final String LONGER_SPEC =
      """
      name: longer
      data: {synthetic: {problem: xor, rows: 200, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 8, activation: tanh, loss: cross_entropy}
      train: {optimizer: sgd, max_steps: 6000}
      grid:
        depth: [1, 2]
        initializer: [xavier_uniform, he_normal]
        learning_rate: {log: [0.01, 3], count: 10}
        batch_size: [16, full]
      replicates: 3
      seed: 7
      """;

  /** Options for a run without the cluster. */
  static final List<String> HERE =
      List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false");

  @TempDir static Path folder;
  static LoopbackCluster cluster;
  static FaultCampaign campaign;
  static FaultCampaign longer;
  static Path spec;
  static Path longerSpec;

  @BeforeAll
  static void start() throws IOException {
    spec = Files.writeString(folder.resolve("faults.yaml"), SPEC);
    cluster = new LoopbackCluster(Path.of("target"), folder.resolve("cluster"), 2);
    PrintStream log = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    campaign = new FaultCampaign(cluster, spec, folder, SEED, log);
    campaign.undisturbed("undisturbed");
    assertThat(campaign.verify("undisturbed")).isZero();
    longerSpec = Files.writeString(folder.resolve("longer.yaml"), LONGER_SPEC);
    longer = new FaultCampaign(cluster, longerSpec, folder, SEED, log);
    longer.undisturbed("undisturbed-longer");
    assertThat(longer.verify("undisturbed-longer")).isZero();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  static void assertSameAsUndisturbed(String warehouse) throws IOException {
    assertSame(campaign, "undisturbed", warehouse);
  }

  static void assertSame(FaultCampaign campaign, String undisturbed, String warehouse)
      throws IOException {
    assertThat(campaign.verify(warehouse)).isZero();
    assertThat(campaign.compare(undisturbed, warehouse))
        .as("seed %d", SEED)
        .satisfies(c -> assertThat(c.clean()).isTrue());
  }

  static Process run(String warehouse, String... conf) throws IOException {
    return cluster.submit(
        "run", cluster.options(conf), List.of("run", spec.toString(), "--warehouse", warehouse));
  }

  /** On one machine, without the cluster: what only files are concerned with. */
  static int runHere(String name, String warehouse) throws IOException {
    return LoopbackCluster.exit(
        cluster.submit(name, HERE, List.of("run", spec.toString(), "--warehouse", warehouse)), 600);
  }
}
