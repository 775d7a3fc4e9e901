package org.saddlemap.network;

import java.util.Arrays;
import org.saddlemap.arithmetic.TrainingVector;

/**
 * Hidden units that start equal stay so: their gradients are equal, exactly, so each gets that of
 * the first of its stage. A BLAS sums the edges of its tiles in another order, and from such a tie,
 * often a saddle, its rounding alone is enough to fall (docs/decisions/0003).
 */
public final class TiedUnits {
  private final Network network;

  public TiedUnits(Network network) {
    this.network = network;
  }

  /** Gives each hidden unit what the first of its stage has, incoming and outgoing. */
  public void tie(TrainingVector vector) {
    for (Stage s : network.stages()) {
      boolean first = s.number() == 0;
      boolean last = s.number() == network.layers() - 1;
      float[] row = new float[s.out()];
      for (int i = 0; i < s.in(); i++) {
        int at = s.from() + i * s.out();
        if (first || i == 0) {
          vector.get(at, row, row.length);
          if (!last) {
            Arrays.fill(row, row[0]);
          }
        }
        vector.put(at, row, row.length);
      }
      for (Stage.Block strip : last ? java.util.List.<Stage.Block>of() : s.strips()) {
        vector.get(strip.from(), row, 1);
        Arrays.fill(row, row[0]);
        vector.put(strip.from(), row, row.length);
      }
    }
  }
}
