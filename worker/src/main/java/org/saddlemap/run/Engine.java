package org.saddlemap.run;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.saddlemap.arithmetic.BlasRuntime;
import org.saddlemap.record.Build;
import org.saddlemap.record.Provenance;
import org.saddlemap.spec.Arithmetic;

/** The numerical engine of this process: what its results depend on beside their inputs. */
public final class Engine {
  /**
   * Changes whenever the same spec and data would give other numbers; part of every trial's
   * identity.
   */
  public static final String VERSION = "8";

  private Engine() {}

  /** The same of an arithmetic, since none gives another's numbers to the last bit. */
  public static String version(Arithmetic arithmetic) {
    return switch (arithmetic) {
      case NATIVE -> VERSION;
      case PORTABLE -> VERSION + "-portable";
      case ND4J -> VERSION + "-nd4j";
    };
  }

  /** Starts BLAS with so many threads a call, and says what it is. */
  public static Provenance start(int threads) {
    return start(threads, Arithmetic.NATIVE);
  }

  /**
   * The same for an arithmetic; portable and ND4J's take one thread whatever they may have.
   *
   * @throws IllegalStateException where it cannot be had here
   */
  public static Provenance start(int threads, Arithmetic arithmetic) {
    BlasRuntime blas =
        switch (arithmetic) {
          case NATIVE -> BlasRuntime.start(threads);
          case PORTABLE -> BlasRuntime.startPortable();
          case ND4J -> BlasRuntime.start();
        };
    return new Provenance(
        Build.version(),
        version(arithmetic),
        System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        blas.text(),
        blas.threads(),
        host());
  }

  /**
   * Loads BLAS with the kernel that another result was computed with, before {@link #start}.
   *
   * @return what stands in the way: then another kernel runs, and numbers will differ a little
   */
  public static Optional<String> loadKernelOf(Provenance result) {
    return BlasRuntime.choose(BlasRuntime.kernelOf(result.blas()));
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
