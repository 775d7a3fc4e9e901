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
import org.saddlemap.plan.ChunkRange;
import org.saddlemap.record.Column;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Chunks;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

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
    }
  }

  /** What a run leaves, by plan index: all columns but times, machine and names, and the rest. */
  private Map<Long, String> rows(
      LoopbackCluster cluster, List<String> options, String arithmetic, String name, String kernel)
      throws IOException {
    Path spec = Files.writeString(folder.resolve(name + ".yaml"), SPEC.formatted(arithmetic));
    Process run =
        cluster.submit(
            name,
            options,
            List.of("run", spec.toString(), "--warehouse", folder.resolve(name).toString()),
            Map.of("OPENBLAS_CORETYPE", kernel));
    assertThat(FaultCampaign.exit(run, 600)).as(cluster.printed(name)).isZero();
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
