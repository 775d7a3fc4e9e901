package org.saddlemap.record;

import static org.saddlemap.record.Column.optional;
import static org.saddlemap.record.Column.required;
import static org.saddlemap.space.ValueType.BOOLEAN;
import static org.saddlemap.space.ValueType.DOUBLE;
import static org.saddlemap.space.ValueType.LONG;
import static org.saddlemap.space.ValueType.STRING;

import java.util.List;

/** A logged step of a trial, column by column. */
final class CurveColumns {
  static final List<Column<Tables.Logged<CurvePoint>>> ALL =
      List.of(
          required("trial_id", STRING, "the trial", l -> l.record().id().hex()),
          required(
              "step", LONG, "steps", "steps taken before this one", l -> (long) l.point().step()),
          optional(
              "loss",
              DOUBLE,
              "loss",
              "objective on the rows of this step, before it",
              l -> l.point().loss()),
          required(
              "loss_kind", STRING, "finite, nan, +inf or -inf", l -> Tables.kind(l.point().loss())),
          optional(
              "gradient_norm",
              DOUBLE,
              "norm of its gradient before clipping",
              l -> l.point().gradientNorm()),
          required("clipped", BOOLEAN, "clipping changed the gradient", l -> l.point().clipped()),
          optional(
              "step_size", DOUBLE, "norm of the parameters' change", l -> l.point().stepNorm()));

  private CurveColumns() {}
}
