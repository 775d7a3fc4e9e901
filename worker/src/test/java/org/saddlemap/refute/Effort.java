package org.saddlemap.refute;

import org.saddlemap.network.Network;

/** How much is done about one trial. */
final class Effort {
  private static final int LEAST = 2000;
  private static final int MOST = 8000;

  /** Elementary operations of a search: some seconds. */
  private static final double WORK = 1e11;

  private Effort() {}

  /** Gradients that a search in the ball may take: thousands, but for large networks and data. */
  static int gradients(Network net, int rows) {
    double units = 0;
    for (int l = 0; l < net.layers(); l++) {
      units += net.fanOut(l);
    }
    // A weight is multiplied in three products; a unit's activation costs as much as many weights.
    double each = rows * (6.0 * net.parameters() + 80.0 * units) + 2000;
    return (int) Math.max(LEAST, Math.min(MOST, WORK / each));
  }
}
