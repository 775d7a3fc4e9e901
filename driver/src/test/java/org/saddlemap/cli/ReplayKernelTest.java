package org.saddlemap.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.saddlemap.analysis.LocalSpark;
import org.saddlemap.record.Provenance;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.store.Catalogue;
import org.saddlemap.store.Replaced;
import org.saddlemap.store.StoredTrial;
import org.saddlemap.store.TrialReader;
import org.saddlemap.store.Warehouse;

/**
 * {@code replay} under the kernel of the row, and what it says where it cannot have it. Each replay
 * has a process of its own, for BLAS chooses its kernel once.
 */
@Tag("slow")
@Tag("process")
@ExtendWith(LocalSpark.class)
class ReplayKernelTest {
  private static final String YAML =
      """
      name: kernels
      data: {synthetic: {problem: xor, rows: 100, features: 2, classes: 2, noise: 0.1}, holdout: 0.2}
      network: {width: 40, depth: 2}
      train: {max_steps: 60}
      grid: {learning_rate: [0.1]}
      """;

  /** Runs on every x86-64 of these years, and multiplies without fused additions. */
  private static final String OTHER = "Nehalem";

  @TempDir private static Path work;
  private static Path location;
  private static Warehouse warehouse;
  private static String sweep;
  private static TrialRecord row;

  @BeforeAll
  static void train() throws IOException {
    assumeTrue(System.getProperty("os.arch").equals("amd64"));
    Path spec = Files.writeString(work.resolve("kernels.yaml"), YAML);
    location = work.resolve("w");
    assertThat(Saddlemap.run("run", spec.toString(), "--warehouse", location.toString())).isZero();
    warehouse = Warehouse.open(location.toString(), new Configuration());
    sweep = new Catalogue(warehouse).find(Optional.of("kernels")).id();
    List<StoredTrial> trials = new ArrayList<>();
    new TrialReader(warehouse).forEach(sweep, trials::add);
    row = new TrialReader(warehouse).record(trials.get(0));
    assumeTrue(!row.provenance().blas().endsWith(OTHER), "the environment asks for " + OTHER);
  }

  /** What a process whose environment asks for the other kernel prints, and its exit code. */
  private String replay() throws IOException, InterruptedException {
    List<String> command = LoopbackCluster.java();
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Saddlemap.class.getName(), "replay", row.id().hex()));
    command.addAll(List.of("--warehouse", location.toString()));
    Path errors = work.resolve("errors");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().put("OPENBLAS_CORETYPE", OTHER);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return "%sexit %d%n%s".formatted(out, process.waitFor(), Files.readString(errors));
  }

  /** The row as if it had been computed so. */
  private void computed(String java, String blas) throws IOException {
    Replaced.trials(
        warehouse,
        sweep,
        t -> {
          Provenance p = t.provenance();
          return Replaced.with(
              t,
              new Provenance(
                  p.version(), p.engine(), java, p.platform(), blas, p.blasThreads(), p.host()));
        });
  }

  @Test
  void takesTheRowsOwnKernelWhateverTheEnvironmentAsksFor() throws Exception {
    computed(row.provenance().java(), row.provenance().blas());
    assertThat(replay())
        .contains("trained again: no difference.", "exit 0")
        .doesNotContain("other tools", OTHER);
  }

  @Test
  void whereItCannotItSaysWhyHowFarTheNumbersAreApartAndWhatBecameOfTheVerdict() throws Exception {
    computed("16.0.1", "OpenBLAS 0.3.31 NEOVERSEN1");
    assertThat(replay())
        .contains("columns differ.", "exit 3")
        .containsPattern("The verdict is the same: \\w+")
        .containsPattern(
            "Numbers are apart, by their own size: final_loss by [0-9.e-]+, the median")
        .contains("This is why: it ran with other tools")
        .containsPattern("java +was 16.0.1, is ")
        .containsPattern("blas +was OpenBLAS 0.3.31 NEOVERSEN1, is OpenBLAS .* " + OTHER)
        .contains("The row needs OpenBLAS's kernel NEOVERSEN1, of which")
        .containsPattern("final_loss +was \\S+, is \\S+ +\\([0-9.e-]+ of its size apart\\)");
  }

  @Test
  void whereTheToolsAreTheSameAndTheNumbersAreNotItIsNoExcuse() throws Exception {
    computed(row.provenance().java(), "OpenBLAS 0.3.31 " + OTHER);
    assertThat(replay())
        .contains("columns differ.", "nothing should differ", "exit 3")
        .doesNotContain("This is why");
  }
}
