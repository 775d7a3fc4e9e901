package org.saddlemap.record;

import static org.saddlemap.record.Column.optional;
import static org.saddlemap.record.Column.required;
import static org.saddlemap.space.ValueType.DOUBLE;
import static org.saddlemap.space.ValueType.LONG;
import static org.saddlemap.space.ValueType.STRING;

import java.util.List;

/** A layer of a trial, column by column. */
final class LayerColumns {
  static final List<Column<Tables.Logged<LayerPoint>>> ALL =
      List.of(
          required("trial_id", STRING, "the trial", l -> l.record().id().hex()),
          required(
              "layer",
              LONG,
              "number of the layer, from 1 at the input",
              l -> (long) l.point().layer()),
          required("moment", STRING, "initial or final", l -> l.point().moment().text()),
          required("units", LONG, "units", "outputs of the layer", l -> (long) l.point().units()),
          optional(
              "forward_norm",
              DOUBLE,
              "centred norm of its output over the rows",
              l -> l.point().forwardNorm()),
          optional(
              "backward_norm",
              DOUBLE,
              "norm of the loss's derivative by its pre-activations",
              l -> l.point().backwardNorm()),
          optional(
              "gradient_norm",
              DOUBLE,
              "norm of the gradient of its parameters",
              l -> l.point().gradientNorm()),
          optional(
              "gradient_share",
              DOUBLE,
              "its share of the squared gradient",
              l -> l.point().gradientShare()),
          optional("weight_norm", DOUBLE, "norm of its parameters", l -> l.point().weightNorm()),
          optional("dead", DOUBLE, "share of ReLU units off on every row", l -> l.point().dead()),
          optional(
              "saturated",
              DOUBLE,
              "share of tanh, sigmoid or softsign activations within 5 % of their range of a bound",
              l -> l.point().saturated()),
          required(
              "distinct_units",
              LONG,
              "units",
              "units that differ in their weights",
              l -> (long) l.point().distinctUnits()),
          optional(
              "active",
              DOUBLE,
              "share of (row, unit) pairs of a ReLU layer that are on; 1 for other layers",
              l -> l.point().active()));

  private LayerColumns() {}
}
