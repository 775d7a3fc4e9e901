package org.saddlemap.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.data.Dataset;
import org.saddlemap.data.Preparation;
import org.saddlemap.data.SyntheticData;
import org.saddlemap.record.Tables;
import org.saddlemap.record.TrialRecord;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.spec.SweepSpec;
import org.saddlemap.spec.SyntheticSource;
import org.saddlemap.trial.Trial;
import org.saddlemap.trial.TrialId;

/**
 * A small sweep of portable arithmetic gives the rows that are committed here, on whatever machine
 * this runs and whatever kernel its environment asks for. Each sweep has a process of its own, for
 * BLAS chooses its kernel once.
 */
class PortableTest {
  /**
   * Of all rows, curves and layers; changes only with the engine's version, or what verdicts say.
   */
  private static final String DIGEST =
      "844f81c7e1293e6990fd5ea6dd37b97a9d04f97b443c6feab7466ffd4d6a42a3";

  /** The version of the tables' schema whose columns the digest is of. */
  private static final int SCHEMA = 5;

  /** The version of the rule that it was taken with; later ones judge these trials alike. */
  private static final int RULE = 6;

  /** Measures that came later. */
  private static final Set<String> LATER = Set.of();

  /** What says when, where and with which tools. */
  private static final Set<String> CIRCUMSTANCES =
      Set.of(
          "trial_id",
          "queue_ms",
          "load_ms",
          "train_ms",
          "examine_ms",
          "host",
          "java",
          "platform",
          "blas",
          "blas_threads",
          "engine",
          "version");

  private static final List<String> TRIALS =
      List.of(
          "depth=2;width=16;activation=tanh;learning_rate=0.5;max_steps=400;batch_size=16",
          "depth=3;width=24;activation=relu;initializer=he_normal;learning_rate=0.1;max_steps=300",
          "depth=2;width=9;activation=gelu;batch_norm=true;learning_rate=0.2;max_steps=200",
          "depth=2;width=9;activation=sigmoid;optimizer=adam;learning_rate=0.01;max_steps=300",
          "depth=4;width=12;activation=leaky_relu;loss=mse;batch_size=full;learning_rate=0.3;max_steps=200",
          "depth=16;width=33;initializer=normal(0.01);learning_rate=1;max_steps=100;batch_size=full",
          "depth=1;width=70;loss=binary_cross_entropy;clipping=norm(1);learning_rate=2;max_steps=200",
          "depth=1;width=8;initializer=zeros;l2=0.001;learning_rate=0.1;max_steps=100;batch_size=full");

  @TempDir private Path folder;

  @BeforeEach
  void canBeHad() throws IOException {
    assumeTrue(
        System.getProperty("os.arch").equals("amd64") && has("avx2") && has("fma"),
        "x86-64 with AVX2 and FMA under Linux is what it is for");
  }

  /** Whether the processor has one of these features. */
  private static boolean has(String features) throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    return Files.exists(info) && Files.readString(info).matches("(?s).*\\b(" + features + ")\\b.*");
  }

  /** Those that OpenBLAS can be told to take, each where the processor has what it uses. */
  static Stream<String> kernels() throws IOException {
    Map<String, String> needs =
        Map.of(
            "Prescott", "sse3|pni",
            "Nehalem", "sse4_2",
            "Sandybridge", "avx",
            "Haswell", "avx2",
            "Zen", "avx2",
            "SkylakeX", "avx512vl",
            "Cooperlake", "avx512_bf16",
            "SapphireRapids", "amx_bf16");
    List<String> kernels = new ArrayList<>(List.of());
    for (String kernel : new TreeSet<>(needs.keySet())) {
      if (has(needs.get(kernel))) {
        kernels.add(kernel);
      }
    }
    return kernels.stream();
  }

  @Test
  void aPortableSweepGivesTheCommittedRows() throws Exception {
    assertThat(sweep("", "portable")).containsExactly("OpenBLAS 0.3.31 Haswell, 1 thread", DIGEST);
  }

  /** A kernel for each process, and a compiler that knows fewer vector instructions. */
  @ParameterizedTest
  @MethodSource("kernels")
  @Tag("slow")
  @Tag("truth")
  void aPortableSweepGivesTheCommittedRowsUnderEveryKernel(String kernel) throws Exception {
    assertThat(sweep(kernel, "portable", "-XX:UseAVX=2"))
        .containsExactly("OpenBLAS 0.3.31 Haswell, 1 thread", DIGEST);
  }

  /** Otherwise the test above would prove nothing. */
  @Test
  void aNativeSweepDoesNot() throws Exception {
    assertThat(sweep("Nehalem", "native").get(1)).isNotEqualTo(DIGEST);
  }

  @Test
  void whereAnotherKernelRunsAlreadyItIsRefusedInOneSentence() throws Exception {
    assertThat(sweep("Nehalem", "late"))
        .containsExactly(
            "arithmetic: portable needs OpenBLAS's kernel Haswell, and this process runs 'Nehalem', which something else has loaded before: run the sweep in a process of its own.");
  }

  /** What a process of its own prints. */
  private List<String> sweep(String kernel, String mode, String... options) throws Exception {
    File errors = folder.resolve("errors").toFile();
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of(options));
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Sweep.class.getName(), mode));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors);
    builder.environment().remove("OPENBLAS_CORETYPE");
    if (!kernel.isEmpty()) {
      builder.environment().put("OPENBLAS_CORETYPE", kernel);
    }
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors.toPath())).isZero();
    return out.lines().toList();
  }

  /** Prints how it computes, and the digest of what comes out. */
  static final class Sweep {
    private Sweep() {}

    public static void main(String[] args) {
      if (args[0].equals("late")) {
        BlasRuntime.start();
        System.out.println(BlasRuntime.portableObstacle().orElse("none"));
        return;
      }
      SweepSpec spec =
          SpecReader.read(
              "name: portable\narithmetic: "
                  + args[0]
                  + "\ndata: {synthetic: {problem: xor, rows: 120, features: 5, classes: 2, noise: 0.05}, holdout: 0.2}\nexamine: {rows: 64, sharpness: true}\n",
              "portable.yaml");
      Dataset data =
          Preparation.prepare(
              SyntheticData.draw(
                  (SyntheticSource) spec.data().source(), spec.data().task(), spec.data().seed()),
              spec.data());
      StringBuilder rows = new StringBuilder();
      try (TrialRunner runner = new TrialRunner(spec, data, Engine.start(4, spec.arithmetic()))) {
        for (int i = 0; i < TRIALS.size(); i++) {
          TrialRecord record =
              runner.run(new Trial(i, Configuration.parse(TRIALS.get(i)), i), 0, () -> false);
          if (i == 0) {
            System.out.printf(
                "%s, %d thread%n", record.provenance().blas(), record.provenance().blasThreads());
          }
          // It stood among the hyperparameters then.
          var columns = new ArrayList<>(Tables.TRIALS.columns());
          var batchNorm = columns.stream().filter(c -> c.name().equals("batch_norm")).findFirst();
          columns.remove(batchNorm.orElseThrow());
          int after = columns.stream().map(c -> c.name()).toList().indexOf("bias_initializer");
          columns.add(after + 1, batchNorm.orElseThrow());
          columns.stream()
              .filter(c -> !CIRCUMSTANCES.contains(c.name()) && isOfTheDigest(c.name()))
              .forEach(
                  c ->
                      rows.append(c.name())
                          .append('=')
                          .append(asOfTheDigest(c.name(), c.of(record)))
                          .append('\n'));
          rows.append(record.curve()).append(record.layers()).append('\n');
        }
      }
      System.out.println(TrialId.sha256(rows.toString()));
    }

    private static Object asOfTheDigest(String column, Object value) {
      return switch (column) {
        case "schema_version" -> SCHEMA;
        case "rule_version" -> RULE;
        case "configuration" ->
            Arrays.stream(value.toString().split(";", -1))
                .map(Sweep::asOfTheDigest)
                .filter(entry -> isOfTheDigest(entry.substring(0, entry.indexOf('='))))
                .collect(Collectors.joining(";"));
        default -> value;
      };
    }

    /** {@code normalization} was {@code batch_norm}. */
    private static String asOfTheDigest(String entry) {
      return entry.startsWith("normalization=")
          ? "batch_norm=" + entry.equals("normalization=batch")
          : entry;
    }

    private static boolean isOfTheDigest(String column) {
      return column.equals("batch_norm")
          || (!LATER.contains(column)
              && Hyperparameter.byKey(column).stream().allMatch(h -> h.since() <= SCHEMA));
    }
  }
}
