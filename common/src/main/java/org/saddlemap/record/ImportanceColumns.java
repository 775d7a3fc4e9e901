package org.saddlemap.record;

import static org.saddlemap.record.Column.optional;
import static org.saddlemap.record.Column.required;
import static org.saddlemap.space.ValueType.DOUBLE;
import static org.saddlemap.space.ValueType.LONG;
import static org.saddlemap.space.ValueType.STRING;

import java.util.List;

/** What a model of a sweep's results rests on, column by column. */
final class ImportanceColumns {
  static final List<Column<ImportanceRecord>> ALL =
      List.of(
          required(
              "target",
              STRING,
              "what is predicted: optimum, diverged, plateau, saddle, trains (cause is none), or loss (log10 of final_loss)",
              ImportanceRecord::target),
          required("hyperparameter", STRING, "its key", ImportanceRecord::hyperparameter),
          optional(
              "other",
              STRING,
              "second hyperparameter of a pair; NULL for one alone",
              r -> r.other().orElse(null)),
          optional(
              "importance",
              DOUBLE,
              "fall of the held-out quality when its values are shuffled; NULL where the model is no better than chance",
              r -> r.importance().isPresent() ? (Object) r.importance().getAsDouble() : null),
          optional(
              "interaction",
              DOUBLE,
              "of a pair: sum of both importances less the joint one",
              r -> r.interaction().isPresent() ? (Object) r.interaction().getAsDouble() : null),
          required("measure", STRING, "auc, or r2 for the loss", ImportanceRecord::measure),
          required(
              "quality",
              DOUBLE,
              "of the model on held-out configurations",
              ImportanceRecord::quality),
          required(
              "chance",
              DOUBLE,
              "quality that a model which knows nothing rarely exceeds",
              ImportanceRecord::chance),
          required(
              "trained",
              LONG,
              "trials",
              "trials that the model was fitted to",
              ImportanceRecord::trained),
          required("heldout", LONG, "trials", "trials it was judged by", ImportanceRecord::heldOut),
          optional(
              "low",
              DOUBLE,
              "lower end of the importance's 95 % interval (bootstrap over held-out trials)",
              r -> r.low().isPresent() ? (Object) r.low().getAsDouble() : null),
          optional(
              "high",
              DOUBLE,
              "upper end of that interval",
              r -> r.high().isPresent() ? (Object) r.high().getAsDouble() : null));

  private ImportanceColumns() {}
}
