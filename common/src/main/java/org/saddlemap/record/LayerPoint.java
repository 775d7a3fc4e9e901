package org.saddlemap.record;

/**
 * A layer at one moment, over the examined rows.
 *
 * @param layer from 1 at the input
 * @param moment at the initial weights or at the end
 * @param units of its output
 * @param forwardNorm centred norm of its output over the rows, √(Σ_units Var_rows): does the signal
 *     depend on x?
 * @param backwardNorm Frobenius norm of ∂f/∂z over rows and units
 * @param gradientNorm norm of the objective's gradient with respect to its parameters
 * @param gradientShare that squared, as a share of ‖∇f‖²
 * @param weightNorm norm of its parameters
 * @param dead share of units that are off on every row (ReLU and ReLU6 only, else 0)
 * @param saturated share of activations within 5 % of their range of a bound: |tanh| or |softsign|
 *     above 0.9, a sigmoid below 0.05 or above 0.95 (else 0)
 * @param distinctUnits units that differ in incoming or outgoing weights; the output layer counts
 *     its units
 * @param active share of (row, unit) pairs that are on (ReLU and ReLU6 only, else 1)
 */
public record LayerPoint(
    int layer,
    Moment moment,
    int units,
    double forwardNorm,
    double backwardNorm,
    double gradientNorm,
    double gradientShare,
    double weightNorm,
    double dead,
    double saturated,
    int distinctUnits,
    double active) {
  /** When a layer was looked at. */
  public enum Moment {
    INITIAL,
    FINAL;

    /** The name in tables. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
