package org.saddlemap.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.layer.Activate;
import org.saddlemap.layer.Dense;
import org.saddlemap.layer.Dropout;
import org.saddlemap.layer.Layer;
import org.saddlemap.layer.Normalize;
import org.saddlemap.layer.ScaleShift;
import org.saddlemap.layer.Sequence;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Residual;

/**
 * What hyperparameters say of a network: the one place where they become layers.
 *
 * @param sizes inputs, units of each hidden layer, outputs
 * @param activations of each hidden layer
 * @param output function of the outputs
 * @param affine whether normalizations have a trained scale, and a shift beside biases
 * @param epsilon of normalizations
 */
public record Blueprint(
    List<Integer> sizes,
    List<Activation> activations,
    Activation output,
    Loss loss,
    boolean bias,
    Normalization normalization,
    boolean affine,
    double epsilon,
    Residual residual,
    double dropout) {
  public Blueprint {
    sizes = List.copyOf(sizes);
    activations = List.copyOf(activations);
    if (sizes.size() < 2 || sizes.stream().anyMatch(s -> s < 1)) {
      throw new IllegalArgumentException(
          "Invalid sizes: " + sizes + " needs two or more, all positive");
    }
    if (activations.size() != sizes.size() - 2) {
      throw new IllegalArgumentException(
          "Invalid activations: %d for %d hidden layers"
              .formatted(activations.size(), sizes.size() - 2));
    }
    if (!(epsilon >= 0)) {
      throw new IllegalArgumentException("Invalid epsilon: " + epsilon + " < 0");
    }
    if (!residual.isNone() && sizes.subList(1, sizes.size() - 1).stream().distinct().count() > 1) {
      throw new IllegalArgumentException(
          "Invalid sizes: " + sizes + " needs equal hidden layers where they have residual blocks");
    }
    if (normalization.place() == Normalization.Place.SUM
        && residual.isNone()
        && activations.size() > 1) {
      throw new IllegalArgumentException(
          "Invalid normalization: %s needs residual blocks".formatted(normalization.text()));
    }
  }

  /**
   * Dense layers one after the other.
   *
   * @param sizes inputs, hidden widths …, outputs; at least two, all positive
   */
  public static Blueprint dense(
      List<Integer> sizes, Activation hidden, Activation output, Loss loss, boolean bias) {
    return new Blueprint(
        sizes,
        Collections.nCopies(Math.max(0, sizes.size() - 2), hidden),
        output,
        loss,
        bias,
        Normalization.NONE,
        true,
        Normalization.EPSILON,
        Residual.NONE,
        0);
  }

  /** The same with such normalizations. */
  public Blueprint normalized(Normalization kind, boolean scaled, double variance) {
    return new Blueprint(
        sizes, activations, output, loss, bias, kind, scaled, variance, residual, dropout);
  }

  /** The network that a configuration asks for between so many inputs and outputs. */
  public static Blueprint of(Configuration c, int inputs, int outputs) {
    List<Integer> sizes = new ArrayList<>();
    sizes.add(inputs);
    sizes.addAll(c.widths());
    sizes.add(outputs);
    return new Blueprint(
        sizes,
        c.activations(),
        c.outputActivation(),
        c.loss(),
        c.bias(),
        c.normalization(),
        true,
        Normalization.EPSILON,
        c.residual(),
        c.dropout());
  }

  /** The layers. */
  public Network build() {
    List<Layer> all = new ArrayList<>();
    int depth = sizes.size() - 2;
    if (depth > 0) {
      all.addAll(stage(0));
      if (normalization.place() == Normalization.Place.SUM) {
        normalize(all, 0);
      }
    }
    int step = residual.isNone() ? Math.max(1, depth) : residual.layers();
    for (int from = 1; from < depth; from += step) {
      List<Layer> block = new ArrayList<>();
      int last = Math.min(depth, from + step) - 1;
      for (int l = from; l <= last; l++) {
        block.addAll(stage(l));
      }
      if (residual.isNone()) {
        all.addAll(block);
        continue;
      }
      all.add(new org.saddlemap.layer.Residual(new Sequence(block), residual.scale(depth)));
      if (normalization.place() == Normalization.Place.SUM) {
        normalize(all, last);
      }
    }
    all.add(new Dense(sizes.get(depth), sizes.get(depth + 1), bias));
    if (output != Activation.IDENTITY) {
      all.add(new Activate(sizes.get(depth + 1), output));
    }
    return new Network(new Sequence(all), loss);
  }

  /** A hidden layer: weights, function, and what belongs to them. */
  private List<Layer> stage(int l) {
    int units = sizes.get(l + 1);
    List<Layer> layers = new ArrayList<>();
    // The mean over the batch takes such a bias away again; the shift comes in its place.
    boolean shifted = normalization.equals(Normalization.BATCH) && affine;
    layers.add(new Dense(sizes.get(l), units, bias && !shifted));
    if (normalization.place() == Normalization.Place.BEFORE) {
      normalize(layers, l);
    }
    layers.add(new Activate(units, activations.get(l)));
    if (dropout > 0) {
      layers.add(new Dropout(units, dropout));
    }
    if (normalization.place() == Normalization.Place.AFTER) {
      normalize(layers, l);
    }
    return layers;
  }

  private void normalize(List<Layer> layers, int l) {
    if (normalization.isNone()) {
      return;
    }
    int units = sizes.get(l + 1);
    boolean rms = normalization.kind() == Normalization.Kind.RMS;
    layers.add(
        new Normalize(
            units, normalization.couplesRows() ? Along.COLUMN : Along.ROW, !rms, epsilon));
    if (affine) {
      layers.add(new ScaleShift(units, bias && !rms));
    }
  }
}
