package org.saddlemap.run;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.saddlemap.record.Build;
import org.saddlemap.record.Provenance;
import org.saddlemap.train.BlasRuntime;

/** The numerical engine of this process: what its results depend on beside their inputs. */
public final class Engine {
  /**
   * Changes whenever the same spec and data would give other numbers; part of every trial's
   * identity.
   */
  public static final String VERSION = "4";

  private Engine() {}

  /** Starts BLAS with so many threads a call, and says what it is. */
  public static Provenance start(int threads) {
    BlasRuntime blas = BlasRuntime.start(threads);
    return new Provenance(
        Build.version(),
        VERSION,
        System.getProperty("java.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        blas.text(),
        blas.threads(),
        host());
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }
}
