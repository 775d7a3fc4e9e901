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
  public static final String VERSION = "7";

  private Engine() {}

  /** The same of an arithmetic: what is portable is no other machine's native result. */
  public static String version(Arithmetic arithmetic) {
    return arithmetic == Arithmetic.PORTABLE ? VERSION + "-portable" : VERSION;
  }

  /** Starts BLAS with so many threads a call, and says what it is. */
  public static Provenance start(int threads) {
    return start(threads, Arithmetic.NATIVE);
  }

  /**
   * The same for an arithmetic; portable takes one thread whatever it may have.
   *
   * @throws IllegalStateException where it cannot be had here
   */
  public static Provenance start(int threads, Arithmetic arithmetic) {
    BlasRuntime blas =
        arithmetic == Arithmetic.PORTABLE
            ? BlasRuntime.startPortable()
            : BlasRuntime.start(threads);
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
