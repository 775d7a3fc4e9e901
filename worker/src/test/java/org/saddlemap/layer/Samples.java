package org.saddlemap.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.saddlemap.arithmetic.Along;
import org.saddlemap.space.Activation;

/**
 * The layers that {@link LayerContractTest} holds its laws against. A new layer is one line in
 * {@link #KINDS}: alone, before and after every other kind, and within residual blocks it comes by
 * itself.
 */
final class Samples {
  /** Units of every kind: a prime, so that no block of a kernel comes out even. */
  static final int UNITS = 5;

  /** As large as this, an empty column's derivatives are still those of differences. */
  private static final double EPSILON = 0.1;

  /** One of every kind of layer, and of every way to make it. */
  private static final List<Layer> KINDS =
      List.of(
          new Dense(UNITS, UNITS, true),
          new Dense(UNITS, UNITS, false),
          new Activate(UNITS, Activation.TANH),
          new Activate(UNITS, Activation.GELU),
          new Activate(UNITS, Activation.RELU),
          new Normalize(UNITS, Along.COLUMN, true, EPSILON),
          new Normalize(UNITS, Along.ROW, true, EPSILON),
          new Normalize(UNITS, Along.ROW, false, EPSILON),
          new ScaleShift(UNITS, true),
          new ScaleShift(UNITS, false),
          new Dropout(UNITS, 0.4));

  private Samples() {}

  static List<Layer> all() {
    List<Layer> all = new ArrayList<>(KINDS);
    Arrays.stream(Activation.values()).map(f -> new Activate(UNITS, f)).forEach(all::add);
    for (Layer a : KINDS) {
      all.add(block(1, a));
      for (Layer b : KINDS) {
        all.add(row(a, b));
        all.add(block(0.3, a, b));
        all.add(row(a, block(1, b), a));
      }
    }
    all.addAll(made());
    return all.stream().distinct().toList();
  }

  /** Networks as people make them, and some that no one would. */
  private static List<Layer> made() {
    Layer dense = new Dense(UNITS, UNITS, true);
    Layer tanh = new Activate(UNITS, Activation.TANH);
    Layer silu = new Activate(UNITS, Activation.SILU);
    Layer batch = new Normalize(UNITS, Along.COLUMN, true, EPSILON);
    Layer across = new Normalize(UNITS, Along.ROW, true, EPSILON);
    Layer scaled = new ScaleShift(UNITS, true);
    return List.of(
        new Dense(3, 7, true),
        row(new Dense(UNITS, 7, true), new Dense(7, 2, false)),
        row(new Dense(UNITS, 1, true), new Activate(1, Activation.SIGMOID), new Dense(1, 3, true)),
        row(dense, batch, scaled, tanh, dense, batch, scaled, silu, dense),
        row(dense, tanh, batch, scaled, dense, silu, across, scaled, dense),
        block(0, dense, tanh, dense),
        row(dense, block(1, across, scaled, dense, tanh, dense), across, scaled, dense),
        row(dense, block(1, dense, silu), batch, block(0.3, dense, tanh), batch, dense),
        row(dense, block(0.5, dense, block(0.7, tanh, dense), block(1, silu), dense), tanh),
        block(1, block(0.3, block(0.6, dense))),
        row(row(block(1, dense, tanh)), row(row(dense)), tanh),
        row(tanh, row(silu, block(1, row(dense, tanh)))),
        block(
            1,
            new Dense(UNITS, 7, true),
            new Activate(7, Activation.TANH),
            new Dense(7, UNITS, true)));
  }

  private static Sequence row(Layer... layers) {
    return new Sequence(List.of(layers));
  }

  private static Residual block(double scale, Layer... layers) {
    return new Residual(row(layers), scale);
  }

  /** The same that do not depend on chance. */
  static List<Layer> certain() {
    return all().stream().filter(l -> leaves(l).noneMatch(Dropout.class::isInstance)).toList();
  }

  /** Whether rows have influence on each other. */
  static boolean couplesRows(Layer layer) {
    return leaves(layer).anyMatch(l -> l instanceof Normalize n && n.along() == Along.COLUMN);
  }

  private static Stream<Layer> leaves(Layer layer) {
    if (layer instanceof Sequence s) {
      return s.layers().stream().flatMap(Samples::leaves);
    }
    return layer instanceof Residual r ? leaves(r.branch()) : Stream.of(layer);
  }
}
