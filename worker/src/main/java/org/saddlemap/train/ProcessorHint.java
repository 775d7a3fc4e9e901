package org.saddlemap.train;

import com.sun.jna.Function;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells OpenBLAS, before it is loaded, to use its AVX-512 kernels on processors that have what they
 * need. It chooses by model numbers and gives processors it does not know (new AMD ones, virtual
 * machines with a hidden model) its AVX2 kernels, which take twice the time there. The user's own
 * OPENBLAS_CORETYPE wins.
 */
final class ProcessorHint {
  private static final String VARIABLE = "OPENBLAS_CORETYPE";

  /** What OpenBLAS's kernel SkylakeX is compiled for. */
  private static final Set<String> NEEDED =
      Set.of("fma", "avx2", "avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl");

  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private ProcessorHint() {}

  /** Sets the variable in this process where that helps; does nothing outside Linux on x86-64. */
  static void give() {
    if (System.getenv(VARIABLE) != null || !Files.isReadable(PROCESSORS)) {
      return;
    }
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      if (wanted(lines.toList())) {
        Function.getFunction("c", "setenv").invokeInt(new Object[] {VARIABLE, "SkylakeX", 0});
      }
    } catch (IOException | UnsatisfiedLinkError e) {
      // A hint only: without it OpenBLAS chooses by itself, and provenance shows what.
      return;
    }
  }

  /** Whether an AMD processor of that description in the form of /proc/cpuinfo needs the hint. */
  static boolean wanted(List<String> description) {
    boolean amd =
        description.stream().anyMatch(l -> l.startsWith("vendor_id") && l.contains("AuthenticAMD"));
    return amd
        && description.stream()
            .filter(l -> l.startsWith("flags"))
            .findFirst()
            .map(l -> Arrays.asList(l.split("\\s+")).containsAll(NEEDED))
            .orElse(false);
  }
}
