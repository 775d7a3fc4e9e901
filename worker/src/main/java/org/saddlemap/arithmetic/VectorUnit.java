package org.saddlemap.arithmetic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Vector instructions of x86-64 that OpenBLAS has kernels for, weakest first: what a kernel uses
 * and what a processor has. Names as OpenBLAS's {@code openblas_get_corename} gives and its {@code
 * OPENBLAS_CORETYPE} takes them; flags as Linux's {@code /proc/cpuinfo} does.
 */
enum VectorUnit {
  SSE(
      "Prescott",
      "",
      "generic prescott core2 penryn dunnington nehalem atom nano athlon opteron opteron_sse3 barcelona bobcat"
          + " katmai coppermine northwood banias"),
  AVX("Sandybridge", "avx", "sandybridge bulldozer piledriver steamroller excavator"),
  AVX2("Haswell", "avx2 fma", "haswell zen"),
  AVX512(
      "SkylakeX",
      "avx512f avx512cd avx512bw avx512dq avx512vl",
      "skylakex cooperlake sapphirerapids");

  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  /** What some kernels use beside the instructions of their unit. */
  private static final Map<String, String> BESIDE =
      Map.ofEntries(
          Map.entry("bulldozer", "fma4"),
          Map.entry("piledriver", "fma4 fma"),
          Map.entry("steamroller", "fma4 fma"),
          Map.entry("excavator", "fma4 fma avx2"),
          Map.entry("opteron", "3dnowprefetch"),
          Map.entry("opteron_sse3", "3dnowprefetch"),
          Map.entry("barcelona", "3dnowprefetch sse4a"),
          Map.entry("bobcat", "3dnowprefetch sse4a"),
          Map.entry("core2", "ssse3"),
          Map.entry("atom", "ssse3"),
          Map.entry("penryn", "sse4_1"),
          Map.entry("dunnington", "sse4_1"),
          Map.entry("nehalem", "sse4_2"),
          Map.entry("cooperlake", "avx512_bf16"),
          Map.entry("sapphirerapids", "avx512_bf16 amx_bf16"));

  private final String coreType;
  private final String flags;
  private final String kernels;

  VectorUnit(String coreType, String flags, String kernels) {
    this.coreType = coreType;
    this.flags = flags;
    this.kernels = kernels;
  }

  /** The plainest of its kernels, which runs on every processor that has it. */
  String coreType() {
    return coreType;
  }

  /** What a kernel uses; empty for one that is not known. */
  static Optional<VectorUnit> ofKernel(String kernel) {
    String name = kernel.toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(u -> words(u.kernels).contains(name)).findFirst();
  }

  /**
   * What a kernel uses that a processor lacks; nothing where it can execute it.
   *
   * @throws IllegalArgumentException for a kernel that is not known
   */
  static List<String> lacking(String kernel, Set<String> flags) {
    VectorUnit unit =
        ofKernel(kernel)
            .orElseThrow(() -> new IllegalArgumentException("Unknown kernel '" + kernel + "'"));
    return Stream.of(unit.flags, BESIDE.getOrDefault(kernel.toLowerCase(Locale.ROOT), ""))
        .flatMap(f -> words(f).stream())
        .filter(flag -> !flags.contains(flag))
        .distinct()
        .sorted()
        .toList();
  }

  /** The strongest that the flags allow. */
  static VectorUnit ofProcessor(Set<String> flags) {
    VectorUnit strongest = SSE;
    for (VectorUnit unit : values()) {
      strongest = flags.containsAll(words(unit.flags)) ? unit : strongest;
    }
    return strongest;
  }

  /** This machine's flags; none where the system does not say. */
  static Set<String> processorFlags() {
    if (!Files.isReadable(CPUINFO)) {
      return Set.of();
    }
    try {
      return flags(Files.readString(CPUINFO));
    } catch (IOException e) {
      return Set.of();
    }
  }

  /** The flags of the first processor in the text of {@code /proc/cpuinfo}. */
  static Set<String> flags(String cpuinfo) {
    return cpuinfo
        .lines()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .map(line -> words(line.substring(line.indexOf(':') + 1)))
        .orElse(Set.of());
  }

  private static Set<String> words(String text) {
    return text.isBlank() ? Set.of() : Set.copyOf(List.of(text.trim().split("\\s+")));
  }
}
