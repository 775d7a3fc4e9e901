package org.saddlemap.curvature;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.ToDoubleFunction;
import org.saddlemap.network.Stage;
import org.saddlemap.record.LayerPoint;

/**
 * What went through a network's layers at one moment.
 *
 * @param inputNorm centred norm of the inputs over the rows
 * @param inputs of the network
 * @param layers input to output; empty for a function without layers
 * @param paths of the layers
 */
public record Signals(
    double inputNorm, int inputs, List<LayerPoint> layers, List<Stage.Path> paths) {
  public Signals {
    layers = List.copyOf(layers);
    paths = List.copyOf(paths);
  }

  /** The layers that no residual connection goes past. */
  private List<LayerPoint> trunk() {
    return layers.stream().filter(l -> path(l) == Stage.Path.TRUNK).toList();
  }

  /** The layers that hand on all that there is: with what went past, where they join it. */
  private List<LayerPoint> stream() {
    return layers.stream().filter(l -> path(l) != Stage.Path.WITHIN).toList();
  }

  private Stage.Path path(LayerPoint layer) {
    return paths.get(layer.layer() - 1);
  }

  /** log10 of centred output signal over centred input signal; NaN without layers. */
  public double forwardLog10() {
    return layers.isEmpty()
        ? Double.NaN
        : StrictMath.log10(layers.get(layers.size() - 1).forwardNorm())
            - StrictMath.log10(inputNorm);
  }

  /**
   * The same at the last layer before the first that lets nothing through: what small weights did
   * before units that are off hid it. 0 where the first layer lets nothing through.
   */
  public double livingLog10() {
    double signal = inputNorm;
    for (LayerPoint layer : stream()) {
      if (!(layer.forwardNorm() > 0)) {
        break;
      }
      signal = layer.forwardNorm();
    }
    return StrictMath.log10(signal) - StrictMath.log10(inputNorm);
  }

  /** log10 of the gradient at the first layer over that at the last; NaN without layers. */
  public double backwardLog10() {
    return layers.isEmpty()
        ? Double.NaN
        : StrictMath.log10(layers.get(0).backwardNorm())
            - StrictMath.log10(layers.get(layers.size() - 1).backwardNorm());
  }

  /**
   * The layer, from 1, whose centred signal per unit is the smallest share of that before it, the
   * first of several; empty where it falls nowhere. Per unit, since a narrow layer after a wide one
   * loses nothing.
   */
  public OptionalInt signalDropLayer() {
    double lowest = 1;
    OptionalInt at = OptionalInt.empty();
    double before = inputNorm / Math.sqrt(inputs);
    for (LayerPoint layer : stream()) {
      double here = layer.forwardNorm() / Math.sqrt(layer.units());
      if (here / before < lowest) {
        lowest = here / before;
        at = OptionalInt.of(layer.layer());
      }
      before = here;
    }
    return at;
  }

  /**
   * The layer, from 1, whose backward norm is the smallest share of that of the layer after it, the
   * one nearest to the output of several; empty where it falls nowhere. Residual branches, which
   * the gradient goes past, are left out, here and below.
   */
  public OptionalInt gradientDropLayer() {
    double lowest = 1;
    OptionalInt at = OptionalInt.empty();
    List<LayerPoint> trunk = trunk();
    for (int l = trunk.size() - 2; l >= 0; l--) {
      double share = trunk.get(l).backwardNorm() / trunk.get(l + 1).backwardNorm();
      if (share < lowest) {
        lowest = share;
        at = OptionalInt.of(trunk.get(l).layer());
      }
    }
    return at;
  }

  /** Largest share over the layers of ReLU units that are off on every row. */
  public double deadShare() {
    return largest(LayerPoint::dead).map(LayerPoint::dead).orElse(0.0);
  }

  /** The first layer of that share, from 1; empty where nothing is dead. */
  public OptionalInt deadLayer() {
    return number(largest(LayerPoint::dead));
  }

  /** Largest share over the layers of saturated activations. */
  public double saturatedShare() {
    return largest(LayerPoint::saturated).map(LayerPoint::saturated).orElse(0.0);
  }

  /** The first layer of that share, from 1; empty where nothing is saturated. */
  public OptionalInt saturatedLayer() {
    return number(largest(LayerPoint::saturated));
  }

  /**
   * Smallest share over the ReLU layers of (row, unit) pairs that are on; 1 without such layers.
   */
  public double activeShare() {
    return trunk().stream().mapToDouble(LayerPoint::active).min().orElse(1);
  }

  private static OptionalInt number(Optional<LayerPoint> layer) {
    return layer.map(l -> OptionalInt.of(l.layer())).orElse(OptionalInt.empty());
  }

  /** The first layer where the share is largest; empty where it is 0 everywhere. */
  private Optional<LayerPoint> largest(ToDoubleFunction<LayerPoint> of) {
    Optional<LayerPoint> most = Optional.empty();
    double share = 0;
    for (LayerPoint layer : trunk()) {
      if (of.applyAsDouble(layer) > share) {
        share = of.applyAsDouble(layer);
        most = Optional.of(layer);
      }
    }
    return most;
  }

  /** Fewest distinct units in a hidden layer; NaN without hidden layers. */
  public double distinctUnitsMin() {
    return layers.stream()
        .limit(Math.max(0, layers.size() - 1))
        .filter(l -> l.units() > 1)
        .mapToDouble(LayerPoint::distinctUnits)
        .min()
        .orElse(Double.NaN);
  }
}
