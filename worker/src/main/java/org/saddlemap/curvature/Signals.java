package org.saddlemap.curvature;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.saddlemap.record.LayerPoint;

/**
 * What went through a network's layers at one moment.
 *
 * @param inputNorm centred norm of the inputs over the rows
 * @param layers input to output; empty for a function without layers
 */
public record Signals(double inputNorm, List<LayerPoint> layers) {
  public Signals {
    layers = List.copyOf(layers);
  }

  /** log10 of centred output signal over centred input signal; NaN without layers. */
  public double forwardLog10() {
    return layers.isEmpty()
        ? Double.NaN
        : Math.log10(layers.get(layers.size() - 1).forwardNorm()) - Math.log10(inputNorm);
  }

  /** log10 of the gradient at the first layer over that at the last; NaN without layers. */
  public double backwardLog10() {
    return layers.isEmpty()
        ? Double.NaN
        : Math.log10(layers.get(0).backwardNorm())
            - Math.log10(layers.get(layers.size() - 1).backwardNorm());
  }

  /** Largest share over the hidden layers of units that are off on every row. */
  public double deadShare() {
    return largest(LayerPoint::dead);
  }

  /** Largest share over the hidden layers of saturated activations. */
  public double saturatedShare() {
    return largest(LayerPoint::saturated);
  }

  private double largest(ToDoubleFunction<LayerPoint> of) {
    return hidden().stream().mapToDouble(of).max().orElse(0);
  }

  /** Fewest distinct units in a hidden layer; NaN without hidden layers. */
  public double distinctUnitsMin() {
    return hidden().stream().mapToDouble(LayerPoint::distinctUnits).min().orElse(Double.NaN);
  }

  private List<LayerPoint> hidden() {
    return layers.isEmpty() ? layers : layers.subList(0, layers.size() - 1);
  }
}
