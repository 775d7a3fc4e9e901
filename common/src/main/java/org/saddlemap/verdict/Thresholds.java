package org.saddlemap.verdict;

/**
 * What the rule decides by; see docs/verdict.md. All losses are in units of the loss range G, rates
 * per budget.
 *
 * @param eps fraction of G that counts as nothing: gap, available decrease
 * @param epsFlat decrease along negative curvature, and sensitivity of a layer, that count as
 *     nothing
 * @param epsSlope first-order change in the ball that counts as a small derivative
 * @param slow share of the available decrease that another budget must realise
 * @param floorMax noise floor above which a trial is not circling a basin
 * @param blowUp multiples of G above start and baseline that the tail must reach
 * @param move multiples of the iterates' own spread that settling may travel
 * @param tStatistic of the tail's trend that is significant
 * @param upward share of the tail's variation that goes upward and makes a full-batch trial
 *     oscillating
 */
public record Thresholds(
    double eps,
    double epsFlat,
    double epsSlope,
    double slow,
    double floorMax,
    double blowUp,
    double move,
    double tStatistic,
    double upward) {
  public static final Thresholds DEFAULT =
      new Thresholds(1e-3, 1e-4, 1e-2, 0.05, 0.3, 1.0, 3.0, 3.0, 0.2);

  public Thresholds {
    for (double value :
        new double[] {eps, epsFlat, epsSlope, slow, floorMax, blowUp, move, tStatistic, upward}) {
      if (!(value > 0) || !Double.isFinite(value)) {
        throw new IllegalArgumentException("needs thresholds > 0, got " + value);
      }
    }
  }
}
