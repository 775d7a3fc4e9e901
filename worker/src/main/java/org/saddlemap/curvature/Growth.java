package org.saddlemap.curvature;

import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Residual;
import org.saddlemap.layer.Sequence;
import org.saddlemap.network.Network;

/**
 * What relative changes of the layers can do to the signal through them (docs/verdict.md, Units).
 */
final class Growth {
  private static final int HALVINGS = 50;

  private Growth() {}

  /** δ at which {@link #of} is 2: in a chain of L layers 2^(1/L) − 1, and no less anywhere. */
  static double doubling(Network net) {
    double least = StrictMath.pow(2, 1.0 / net.layers()) - 1;
    if (of(net.sequence(), least) > 2 - 1e-12) {
      return least;
    }
    double most = 1; // of the output's weights alone
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (least + most) / 2;
      if (of(net.sequence(), middle) <= 2) {
        least = middle;
      } else {
        most = middle;
      }
    }
    return least;
  }

  /**
   * How much of a signal there can be, in multiples of what there was, where every weight matrix
   * changes by δ of its size: 1 + δ each, multiplied down a chain. A branch of scale c adds min(c,
   * 1) of its own change, since what went past it, or its own output, is as large as the sum.
   */
  private static double of(Layer layer, double change) {
    if (layer instanceof Sequence s) {
      double growth = 1;
      for (Layer l : s.layers()) {
        growth *= of(l, change);
      }
      return growth;
    }
    if (layer instanceof Residual r) {
      return 1 + Math.min(r.scale(), 1) * (of(r.branch(), change) - 1);
    }
    return layer instanceof Dense ? 1 + change : 1;
  }
}
