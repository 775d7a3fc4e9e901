package org.saddlemap.train;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.openblas.global.openblas_full;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The process's BLAS as it runs: library, kernel and threads. Starting it loads ND4J and its
 * natives, quietly, which takes a second or two the first time and nothing afterwards.
 *
 * @param library name and version
 * @param kernel the processor kind that the kernels in use were written for
 * @param threads of a BLAS call
 */
public record BlasRuntime(String library, String kernel, int threads) {
  /**
   * OpenBLAS's x86-64 kernels without AVX: what it falls back to on processors it does not know.
   */
  private static final Set<String> GENERIC =
      Set.of(
          "generic",
          "prescott",
          "core2",
          "penryn",
          "dunnington",
          "nehalem",
          "atom",
          "nano",
          "athlon",
          "opteron",
          "opteron_sse3",
          "barcelona",
          "bobcat",
          "katmai",
          "coppermine",
          "northwood",
          "banias",
          "armv8");

  /** Starts BLAS with one thread a call. */
  public static BlasRuntime start() {
    return start(1);
  }

  /**
   * Starts BLAS, or changes its number of threads. One number holds for the whole process.
   *
   * @param threads of a BLAS call, at least 1
   */
  public static BlasRuntime start(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("Invalid threads: " + threads + " < 1");
    }
    Natives.load();
    if (openblas_full.openblas_get_num_threads() != threads) {
      openblas_full.openblas_set_num_threads(threads);
      Nd4j.getEnvironment().setMaxThreads(threads);
    }
    return new BlasRuntime(
        Natives.LIBRARY, Natives.KERNEL, openblas_full.openblas_get_num_threads());
  }

  /** Whether the kernels use nothing that this processor family has had for fifteen years. */
  public boolean generic() {
    return GENERIC.contains(kernel.toLowerCase(Locale.ROOT));
  }

  /** What to do about a generic kernel; empty where there is none. */
  public Optional<String> warning() {
    if (!generic()) {
      return Optional.empty();
    }
    return Optional.of(
        ("%s runs its generic kernel '%s' on this processor, several times slower than it could be. "
                + "Either the processor is newer than the library: set the environment variable "
                + "OPENBLAS_CORETYPE to the nearest relative (Haswell for any processor with AVX2, SkylakeX with "
                + "AVX-512, NEOVERSEN1 on 64-bit ARM) before the program starts (on Spark: "
                + "spark.executorEnv.OPENBLAS_CORETYPE); or an older OpenBLAS stands before this one on the "
                + "class path: take it away.")
            .formatted(library, kernel));
  }

  /** As in a record's provenance, such as {@code OpenBLAS 0.3.31 Haswell}. */
  public String text() {
    return library + " " + kernel;
  }

  /** Loads once: the class is initialized once. */
  private static final class Natives {
    static final String LIBRARY;
    static final String KERNEL;

    static {
      // Read by ND4J, OpenBLAS and OpenMP when they are loaded; the user's own settings win.
      if (System.getProperty("org.nd4j.log.initialization") == null) {
        System.setProperty("org.nd4j.log.initialization", "false");
      }
      Nd4j.getEnvironment().setMaxThreads(1);
      openblas_full.openblas_set_num_threads(1);
      String[] words = openblas_full.openblas_get_config().getString().split(" ");
      LIBRARY = words.length > 1 ? words[0] + " " + words[1] : words[0];
      KERNEL = openblas_full.openblas_get_corename().getString();
    }

    static void load() {}
  }
}
