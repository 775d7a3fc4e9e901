package org.saddlemap.examine;

import java.util.Optional;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.network.Network;
import org.saddlemap.spec.ExaminationSpec;

/**
 * The surfaces that a network is examined on: all training rows, or, where there are more than the
 * spec allows, a seeded subset of them for the Krylov work, with all rows beside it to recheck on.
 */
public final class ExaminedSurfaces implements AutoCloseable {
  /**
   * Batch normalization needs all rows in memory at once; where that takes more bytes, there is no
   * recheck on all rows.
   */
  private static final long FULL_BYTES = 2L << 30;

  private final double l2;
  private final NetworkSurface examined;
  private final Optional<NetworkSurface> full;
  private final boolean subsampled;

  private ExaminedSurfaces(
      double l2, NetworkSurface examined, Optional<NetworkSurface> full, boolean subsampled) {
    this.l2 = l2;
    this.examined = examined;
    this.full = full;
    this.subsampled = subsampled;
  }

  /** A network on shared rows; the rows stay as they are. */
  public static ExaminedSurfaces of(ExaminedRows rows, Network net, double l2) {
    NetworkSurface examined = rows.examined(net, l2);
    boolean full = rows.subsampled() && allRowsToo(net, rows.trainingRows());
    return new ExaminedSurfaces(
        l2, examined, full ? Optional.of(rows.all(net, l2)) : Optional.empty(), rows.subsampled());
  }

  private static boolean allRowsToo(Network net, int rows) {
    return !net.couplesRows() || NetworkSurface.bytes(net, rows) <= FULL_BYTES;
  }

  /**
   * Memory that the surfaces of such a network take, in bytes, without the rows' data.
   *
   * @param rows of the training part
   */
  public static long bytes(Network net, int rows, ExaminationSpec spec) {
    long examined = NetworkSurface.held(net, Math.min(rows, spec.rows()));
    return rows > spec.rows() && allRowsToo(net, rows)
        ? examined + NetworkSurface.held(net, rows)
        : examined;
  }

  /** Whether these are the surfaces of such a network, on the same rows. */
  public boolean fit(Network net, double otherL2) {
    return examined.network().equals(net) && l2 == otherL2;
  }

  /** Forgets what earlier examinations left, so that the next one's cost is its own. */
  void forget() {
    examined.forget();
    full.ifPresent(NetworkSurface::forget);
  }

  /** The surface that the Krylov work is done on. */
  public NetworkSurface examined() {
    return examined;
  }

  /** All training rows, where the examined ones are a subset of them. */
  public Optional<NetworkSurface> full() {
    return full;
  }

  /** Whether the examined rows are a subset of the training rows. */
  public boolean subsampled() {
    return subsampled;
  }

  /** Frees native memory. */
  @Override
  public void close() {
    examined.close();
    full.ifPresent(NetworkSurface::close);
  }
}
