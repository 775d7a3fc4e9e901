package org.saddlemap.examine;

import org.saddlemap.curvature.LossSurface;
import org.saddlemap.curvature.Signals;
import org.saddlemap.record.LayerPoint;

/**
 * What an examination says of the initial weights. It depends on them alone, so trials that start
 * there may share it; its cost is not counted as any one's.
 *
 * @param loss on all training rows
 * @param penaltyShare share of the L2 term in that loss
 * @param signals through the layers, on the examined rows
 */
public record Start(double loss, double penaltyShare, Signals signals) {
  /** Looks at initial weights, which costs a value on all rows and a gradient. */
  public static Start of(ExaminedSurfaces surfaces, double[] theta) {
    return of(
        surfaces.full().<LossSurface>map(s -> s).orElse(surfaces.examined()),
        surfaces.examined(),
        theta);
  }

  static Start of(LossSurface all, LossSurface examined, double[] theta) {
    double loss = all.value(theta);
    return new Start(
        loss,
        loss > 0 ? all.penalty(theta) / loss : 0,
        examined.signals(theta, LayerPoint.Moment.INITIAL));
  }
}
