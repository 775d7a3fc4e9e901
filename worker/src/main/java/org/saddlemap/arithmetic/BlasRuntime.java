package org.saddlemap.arithmetic;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.openblas.global.openblas_nolapack;
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
  private static final String SETTING = "OPENBLAS_CORETYPE";
  private static final VectorUnit PORTABLE = VectorUnit.AVX2;

  /** Starts BLAS with one thread a call. */
  public static BlasRuntime start() {
    return start(1);
  }

  /**
   * Starts BLAS with one thread a call where nobody has started it; where somebody has, with
   * however many, nothing changes. Whoever computes may call it; the number of threads is for those
   * who schedule to say, once.
   */
  public static void ensure() {
    Natives.load();
  }

  /**
   * Starts BLAS, or changes its number of threads. One number holds for the whole process: tasks
   * that run at the same time must ask for the same.
   *
   * @param threads of a BLAS call, at least 1
   */
  public static synchronized BlasRuntime start(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("Invalid threads: " + threads + " < 1");
    }
    Natives.load();
    if (openblas_full.openblas_get_num_threads() != threads) {
      openblas_full.openblas_set_num_threads(threads);
      nd4jThreads(threads);
    }
    return new BlasRuntime(
        Natives.LIBRARY, Natives.KERNEL, openblas_full.openblas_get_num_threads());
  }

  /**
   * Starts BLAS with one thread a call and the one kernel of portable arithmetic, whatever the
   * environment says of kernels.
   *
   * @throws IllegalStateException where this machine cannot run it, or this process runs another
   */
  public static synchronized BlasRuntime startPortable() {
    portableObstacle()
        .ifPresent(
            why -> {
              throw new IllegalStateException(why);
            });
    return start(1);
  }

  /** Why this process cannot have portable arithmetic; empty where it can, and BLAS is loaded. */
  public static synchronized Optional<String> portableObstacle() {
    Optional<String> machine =
        portableObstacle(System.getProperty("os.arch"), VectorUnit.processorFlags());
    if (machine.isPresent()) {
      return machine;
    }
    return choose(PORTABLE.coreType())
        .map(why -> "arithmetic: portable needs " + why)
        .or(() -> FlushToZero.warning().map(why -> "arithmetic: portable cannot be had. " + why));
  }

  /**
   * Loads BLAS with that kernel, whatever the environment says of kernels; where it cannot be had,
   * with the one that it takes by itself.
   *
   * @param kernel as in {@link #kernel()}
   * @return what stands in the way; empty where it runs
   */
  public static synchronized Optional<String> choose(String kernel) {
    Optional<String> machine =
        obstacle(kernel, System.getProperty("os.arch"), VectorUnit.processorFlags());
    String unset = // OpenBLAS reads it when it is loaded
        machine.isPresent() ? "" : Environment.set(SETTING, kernel);
    Natives.load();
    if (Natives.KERNEL.equalsIgnoreCase(kernel)) {
      return Optional.empty();
    }
    return machine.or(
        () ->
            Optional.of(
                "OpenBLAS's kernel %s, and this process runs '%s'%s."
                    .formatted(
                        kernel,
                        Natives.KERNEL,
                        unset.isEmpty()
                            ? ", which something else has loaded before: run the sweep in a process of its own"
                            : "; choosing it needs JNA (%s)".formatted(unset))));
  }

  /** The kernel in what {@link #text} says. */
  public static String kernelOf(String text) {
    return text.substring(text.lastIndexOf(' ') + 1);
  }

  /** Why a machine cannot execute a kernel; empty where it can. */
  static Optional<String> obstacle(String kernel, String architecture, Set<String> flags) {
    if (!architecture.equals("amd64") || VectorUnit.ofKernel(kernel).isEmpty()) {
      return Optional.of(
          "OpenBLAS's kernel %s, of which this version does not know whether a processor (%s) can execute it."
              .formatted(kernel, architecture));
    }
    List<String> lacking = VectorUnit.lacking(kernel, flags);
    return lacking.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "OpenBLAS's kernel %s, and this machine's processor lacks %s."
                .formatted(kernel, String.join(", ", lacking)));
  }

  /** The same of a machine. */
  static Optional<String> portableObstacle(String architecture, Set<String> flags) {
    return architecture.equals("amd64") && VectorUnit.ofProcessor(flags).compareTo(PORTABLE) >= 0
        ? Optional.empty()
        : Optional.of(
            "arithmetic: portable needs an x86-64 processor with AVX2 and FMA under Linux, and this machine (%s) is none; arithmetic: native runs here."
                .formatted(architecture));
  }

  /**
   * What to do about kernels that are weaker than this machine's processor, by the system's own
   * word; empty where they are not. The environment is the user's, so nothing is changed.
   */
  public Optional<String> warning() {
    return warning(VectorUnit.processorFlags(), Optional.ofNullable(System.getenv(SETTING)));
  }

  /**
   * The same of another machine.
   *
   * @param flags of its processor, as in {@code /proc/cpuinfo}; where there are none it is taken to
   *     have what all x86-64 of the last ten years have
   * @param setting OPENBLAS_CORETYPE in its environment
   */
  Optional<String> warning(Set<String> flags, Optional<String> setting) {
    VectorUnit has = flags.isEmpty() ? VectorUnit.AVX2 : VectorUnit.ofProcessor(flags);
    boolean arm = kernel.equalsIgnoreCase("armv8"); // written for no ARM in particular
    if (!arm && VectorUnit.ofKernel(kernel).filter(used -> used.compareTo(has) < 0).isEmpty()) {
      return Optional.empty();
    }
    String better = arm ? "NEOVERSEN1" : has.coreType();
    String remedy =
        setting.isPresent()
            ? "%s=%s in the environment chose it; unset that, or set it to %s."
                .formatted(SETTING, setting.get(), better)
            : ("Either the processor is newer than the library: set %s=%s in the environment; or an older OpenBLAS stands "
                    + "before this one on the class path: take it away.")
                .formatted(SETTING, better);
    return Optional.of(
        "%s runs its kernel '%s', which does not use all that this processor has; networks train up to several times slower than they could. %s (On a cluster: --conf spark.executorEnv.%s=%s.)"
            .formatted(library, kernel, remedy, SETTING, better));
  }

  /** Of ND4J's own operations; those that find one to be enough wake no other. */
  private static void nd4jThreads(int threads) {
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    Nd4j.getEnvironment().setMaxThreads(threads);
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
      nd4jThreads(1);
      Loader.load(openblas_nolapack.class);
      openblas_full.openblas_set_num_threads(1);
      String[] words = openblas_full.openblas_get_config().getString().split(" ");
      LIBRARY = words.length > 1 ? words[0] + " " + words[1] : words[0];
      KERNEL = openblas_full.openblas_get_corename().getString();
    }

    static void load() {}
  }
}
