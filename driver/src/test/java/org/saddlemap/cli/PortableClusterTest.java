package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.data.Dataset;
import org.saddlemap.data.Preparation;
import org.saddlemap.data.SyntheticData;
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.run.Engine;
import org.saddlemap.run.TrialRunner;
import org.saddlemap.spec.DataSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;
import org.saddlemap.trial.Trial;
import org.saddlemap.verdict.Category;

/**
 * A mixed cluster: a real master with two workers, whose environments ask OpenBLAS for different
 * kernels, as two kinds of processors would.
 */
@Tag("slow")
@Tag("cluster")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PortableClusterTest {
  private static final String SPEC =
      """
      name: mixed
      arithmetic: %s
      data: {synthetic: {problem: xor, rows: 240, features: 6, classes: 2, noise: 0.05}, holdout: 0.2}
      network: {width: 40, activation: tanh}
      train: {max_steps: 1500}
      grid:
        depth: [2, 3]
        initializer: [he_normal, orthogonal]
        learning_rate: {log: [0.1, 1], count: 4}
      replicates: 2
      seed: 3
      """;

  private static final int TRIALS = 32;

  /** Few and short: each of ND4J's operations costs what a step of the others does. */
  private static final String ND4J =
      """
      name: plain
      arithmetic: nd4j
      data: {synthetic: {problem: blobs, rows: 64, features: 4, classes: 3}, holdout: 0.25}
      network: {width: 6}
      train: {max_steps: 60, batch_size: 16}
      grid:
        depth: [1, 3]
        initializer: [zeros, he_normal]
        learning_rate: [0.1, 1.0e+9]
      """;

  /** What both say by their environments; every x86-64 with AVX2 and FMA can execute them. */
  private static final List<String> KERNELS = List.of("Nehalem", "Haswell");

  @TempDir private Path folder;

  @Test
  void portableRowsAreTheSameWhereExecutorsWouldTakeDifferentKernels() throws Exception {
    assumeTrue(
        System.getProperty("os.arch").equals("amd64")
            && Files.readString(Path.of("/proc/cpuinfo")).matches("(?s).*\\bavx2\\b.*"),
        "x86-64 with AVX2 and FMA under Linux is what it is for");
    List<Map<String, String>> environments =
        KERNELS.stream().map(k -> Map.of("OPENBLAS_CORETYPE", k)).toList();
    try (LoopbackCluster cluster =
        new LoopbackCluster(Path.of("target"), folder.resolve("cluster"), 1, environments)) {
      List<String> alone = List.of("--master", "local[1]", "--conf", "spark.ui.enabled=false");
      Map<Long, String> here = rows(cluster, alone, "portable", "here", KERNELS.get(0));
      assertThat(here).hasSize(TRIALS);
      assertThat(rows(cluster, cluster.options(), "portable", "there", KERNELS.get(0)))
          .isEqualTo(here);
      assertThat(kernels("there")).containsExactly("Haswell");

      // Otherwise this would prove nothing: the executors are unlike, and both train.
      Map<Long, String> mixed = rows(cluster, cluster.options(), "native", "mixed", "Haswell");
      assertThat(kernels("mixed")).containsExactlyInAnyOrderElementsOf(KERNELS);
      assertThat(mixed).isNotEqualTo(rows(cluster, alone, "native", "one", "Haswell"));
      assertThat(cluster.printed("mixed")).contains("Several BLAS kernels computed the trials");

      // ND4J's own operations, whose kernels are as unlike: the same categories as in one process.
      train(cluster, cluster.options(), ND4J, "plain", "Haswell");
      Map<Long, Category> plain = new TreeMap<>();
      for (TrialRecord record : records("plain")) {
        assertThat(record.provenance().engine()).endsWith("-nd4j");
        plain.put(record.trial().index(), record.verdict().orElseThrow().category().orElseThrow());
      }
      assertThat(plain).isEqualTo(categoriesHere()).hasSize(8);
      assertThat(Set.copyOf(plain.values())).hasSizeGreaterThan(1);
    }
  }

  /** Of the trials in ND4J's operations, trained by this process. */
  private static Map<Long, Category> categoriesHere() {
    SweepSpec spec = SpecReader.read(ND4J, "plain.yaml");
    DataSpec d = spec.data();
    Dataset data =
        Preparation.prepare(
            SyntheticData.draw((SyntheticSource) d.source(), d.task(), d.seed()), d);
    Map<Long, Category> categories = new TreeMap<>();
    try (TrialRunner runner = new TrialRunner(spec, data, Engine.start(1, spec.arithmetic()))) {
      for (long i = 0; i < spec.space().size(); i++) {
        TrialRecord record = runner.run(new Trial(i, spec.space().at(i), 0), 0, () -> false);
        categories.put(i, record.verdict().orElseThrow().category().orElseThrow());
      }
    }
    return categories;
  }

  /** What a run leaves, by plan index: all columns but times, machine and names, and the rest. */
  private Map<Long, String> rows(
      LoopbackCluster cluster, List<String> options, String arithmetic, String name, String kernel)
      throws IOException {
    train(cluster, options, SPEC.formatted(arithmetic), name, kernel);
    Map<Long, String> rows = new TreeMap<>();
    for (TrialRecord record : records(name)) {
      StringBuilder row = new StringBuilder();
      for (Column<TrialRecord> column : Tables.TRIALS.columns()) {
        if (!column.name().endsWith("_ms") && !column.name().equals("host")) {
          String value = String.valueOf(column.of(record));
          row.append(column.name()).append('=').append(value).append('\n');
        }
      }
      row.append(record.curve()).append(record.layers());
      rows.put(record.trial().index(), row.toString());
    }
    return rows;
  }

  private void train(
      LoopbackCluster cluster, List<String> options, String yaml, String name, String kernel)
      throws IOException {
    Path spec = Files.writeString(folder.resolve(name + ".yaml"), yaml);
    Process run =
        cluster.submit(
            name,
            options,
            List.of("run", spec.toString(), "--warehouse", folder.resolve(name).toString()),
            Map.of("OPENBLAS_CORETYPE", kernel));
    assertThat(LoopbackCluster.exit(run, 600)).as(cluster.printed(name)).isZero();
  }

  private List<TrialRecord> records(String name) throws IOException {
    Warehouse warehouse = Warehouse.open(folder.resolve(name).toString(), new Configuration());
    String sweep = new Catalogue(warehouse).find(Optional.empty()).id();
    List<TrialRecord> records = new ArrayList<>();
    for (ChunkRange range : new Chunks(warehouse).list(Tables.TRIALS, sweep)) {
      records.addAll(new TrialReader(warehouse).records(sweep, range));
    }
    return records;
  }

  /** Of OpenBLAS, as the rows say. */
  private Set<String> kernels(String name) throws IOException {
    Set<String> kernels = new TreeSet<>();
    for (TrialRecord record : records(name)) {
      kernels.add(BlasRuntime.kernelOf(record.provenance().blas()));
    }
    return kernels;
  }
}
