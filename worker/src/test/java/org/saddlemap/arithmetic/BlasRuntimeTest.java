package org.saddlemap.arithmetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BlasRuntimeTest {
  @Test
  void runsWithTheThreadsAskedFor() {
    assertThat(BlasRuntime.start(2).threads()).isEqualTo(2);
    assertThat(BlasRuntime.start().threads()).isEqualTo(1);
    assertThat(BlasRuntime.start().text()).startsWith("OpenBLAS 0.");
    assertThatThrownBy(() -> BlasRuntime.start(0)).hasMessage("Invalid threads: 0 < 1");
  }

  /** As the systems say it, shortened. */
  private static final String NEHALEM = "fpu sse sse2 ssse3 sse4_1 sse4_2 popcnt";

  private static final String IVY_BRIDGE = NEHALEM + " avx f16c";
  private static final String HASWELL = IVY_BRIDGE + " fma avx2 bmi2";
  private static final String SKYLAKE_X = HASWELL + " avx512f avx512dq avx512cd avx512bw avx512vl";
  private static final String ZEN_5 = SKYLAKE_X + " avx512_bf16 avx512_vnni";
  private static final String KNIGHTS_LANDING = HASWELL + " avx512f avx512pf avx512er avx512cd";

  private static Optional<String> warning(String kernel, String flags, String setting) {
    Set<String> set = flags.isEmpty() ? Set.of() : Set.of(flags.split(" "));
    return new BlasRuntime("OpenBLAS 0.3.31", kernel, 1).warning(set, Optional.ofNullable(setting));
  }

  static Stream<Arguments> weaker() {
    return Stream.of(
        arguments("Haswell", ZEN_5, "SkylakeX"),
        arguments("Zen", SKYLAKE_X, "SkylakeX"),
        arguments("Prescott", ZEN_5, "SkylakeX"),
        arguments("Sandybridge", HASWELL, "Haswell"),
        arguments("Nehalem", HASWELL, "Haswell"),
        arguments("Core2", IVY_BRIDGE, "Sandybridge"),
        arguments("Prescott", "", "Haswell"),
        arguments("Generic", "", "Haswell"),
        arguments("armv8", "", "NEOVERSEN1"));
  }

  @ParameterizedTest
  @MethodSource("weaker")
  void aKernelWeakerThanTheProcessorIsNoticedAndTheRemedyNamed(
      String kernel, String flags, String better) {
    assertThat(warning(kernel, flags, null).orElseThrow())
        .contains("'" + kernel + "'", "OpenBLAS 0.3.31", "OPENBLAS_CORETYPE=" + better)
        .contains("spark.executorEnv.OPENBLAS_CORETYPE=" + better)
        .doesNotContain("unset");
    assertThat(warning(kernel, flags, "Core2").orElseThrow())
        .contains("OPENBLAS_CORETYPE=Core2 in the environment", "unset", "set it to " + better);
  }

  static Stream<Arguments> strongEnough() {
    return Stream.of(
        arguments("Haswell", HASWELL),
        arguments("Zen", HASWELL),
        arguments("Haswell", KNIGHTS_LANDING),
        arguments("SkylakeX", ZEN_5),
        arguments("Cooperlake", ZEN_5),
        arguments("SapphireRapids", ZEN_5),
        arguments("Nehalem", NEHALEM),
        arguments("Haswell", ""),
        arguments("neoversen1", ""),
        arguments("a kernel of tomorrow", ZEN_5));
  }

  @ParameterizedTest
  @MethodSource("strongEnough")
  void oneThatUsesAllOfItIsNot(String kernel, String flags) {
    assertThat(warning(kernel, flags, null)).isEmpty();
    assertThat(warning(kernel, flags, kernel)).isEmpty();
  }

  static Stream<Arguments> lacking() {
    return Stream.of(
        arguments("SkylakeX", HASWELL, "avx512bw, avx512cd, avx512dq, avx512f, avx512vl"),
        arguments("Cooperlake", SKYLAKE_X, "avx512_bf16"),
        arguments("SapphireRapids", ZEN_5, "amx_bf16"),
        arguments("zen", IVY_BRIDGE, "avx2, fma"),
        arguments("Excavator", HASWELL, "fma4"),
        arguments("NEOVERSEN1", ZEN_5, "does not know"));
  }

  @ParameterizedTest
  @MethodSource("lacking")
  void aKernelThatTheProcessorCannotExecuteIsNotTaken(String kernel, String flags, String lacks) {
    assertThat(BlasRuntime.obstacle(kernel, "amd64", Set.of(flags.split(" "))).orElseThrow())
        .contains(kernel, lacks);
  }

  @ParameterizedTest
  @MethodSource("strongEnough")
  void oneThatItCanExecuteIs(String kernel, String flags) {
    assumeTrue(!flags.isEmpty() && VectorUnit.ofKernel(kernel).isPresent());
    Set<String> amx = new HashSet<>(List.of((flags + " avx512_bf16 amx_bf16").split(" ")));
    assertThat(BlasRuntime.obstacle(kernel, "amd64", amx)).isEmpty();
    assertThat(BlasRuntime.obstacle(kernel, "aarch64", amx)).isPresent();
  }

  @Test
  void theKernelOfTextIsItsLastWord() {
    assertThat(BlasRuntime.kernelOf(new BlasRuntime("OpenBLAS 0.3.31", "Zen", 1).text()))
        .isEqualTo("Zen");
    assertThat(BlasRuntime.kernelOf("unknown")).isEqualTo("unknown");
  }

  @Test
  void flagsAreThoseOfTheFirstProcessor() {
    String cpuinfo =
        "processor\t: 0\nmodel name\t: X\nflags\t\t: fpu avx  avx2\nbugs\t: none\n\nprocessor\t: 1\nflags\t\t: fpu\n";
    assertThat(VectorUnit.flags(cpuinfo)).containsExactlyInAnyOrder("fpu", "avx", "avx2");
    assertThat(VectorUnit.flags("processor\t: 0\nFeatures\t: fp asimd\n")).isEmpty();
  }

  /** The kernel that OpenBLAS chooses by itself has what this processor has. */
  @Test
  void whatTheLibraryChoosesByItselfIsNotWarnedAbout() {
    assumeTrue(System.getenv("OPENBLAS_CORETYPE") == null, "OPENBLAS_CORETYPE chooses here");
    assertThat(BlasRuntime.start().warning()).isEmpty();
  }
}
