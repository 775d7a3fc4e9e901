package org.saddlemap.record;

import static org.saddlemap.record.Column.optional;
import static org.saddlemap.record.Column.required;
import static org.saddlemap.space.ValueType.DOUBLE;
import static org.saddlemap.space.ValueType.LONG;
import static org.saddlemap.space.ValueType.STRING;

import java.util.List;

/** A rule that tells verdicts from hyperparameters, column by column. */
final class RuleColumns {
  static final List<Column<RuleRecord>> ALL =
      List.of(
          required(
              "place",
              LONG,
              "1 for the rule that is right about the most trials",
              r -> (long) r.place()),
          required("condition", STRING, "on the columns of trials, as SQL", RuleRecord::condition),
          required("category", STRING, "how most of these trials ended", RuleRecord::category),
          required("trials", LONG, "trials", "judged trials that meet it", RuleRecord::trials),
          required(
              "precision",
              DOUBLE,
              "share of them that ended in that category",
              RuleRecord::precision),
          required(
              "heldout_trials",
              LONG,
              "trials",
              "of them, those of configurations that the tree did not see",
              RuleRecord::heldOutTrials),
          optional(
              "heldout_precision",
              DOUBLE,
              "share of these that ended in that category",
              RuleRecord::heldOutPrecision));

  private RuleColumns() {}
}
