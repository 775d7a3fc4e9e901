-- Views that answer the common questions. This is their one source: Views renders it for an engine,
-- replacing ${...} from the registry of hyperparameters. Statements end in a semicolon at the end of
-- a line. Only SQL that Spark and DuckDB read alike.

-- A trial's value of each hyperparameter, one row each, as its spec writes it (value) and as a
-- number where it is one (position). The trials of a sweep that agree in replicate and others
-- differ in that hyperparameter alone; among is the same without what applies at some of its values
-- only, such as momentum where it is the optimizer. outcome is the category, or what stands in its place:
-- failed, timed_out, or unjudged where the labels leave nothing to learn or nothing was examined.
CREATE OR REPLACE VIEW trial_values AS
SELECT
  v.sweep, v.hyperparameter, v.value,
  CASE
    WHEN v.hyperparameter = 'batch_size' THEN CAST(v.batch_rows AS DOUBLE)
    WHEN v.hyperparameter = 'learning_rate' AND v.learning_rate_sharpness IS NOT NULL THEN v.learning_rate_sharpness
    ELSE TRY_CAST(v.value AS DOUBLE)
  END AS position,
  v.replicate, md5(v.rest) AS others, md5(v.wider) AS among, v.trial_id, v.plan_index, v.outcome, v.category, v.sub_category,
  ${governed}
FROM (
  SELECT
    t.sweep, h.hyperparameter, t.replicate, t.trial_id, t.plan_index, t.batch_rows,
    t.learning_rate_sharpness, t.category, t.sub_category,
    ${outcome} AS outcome,
    ${value} AS value,
    ${rest} AS rest,
    ${wider} AS wider,
    ${governed}
  FROM trials t CROSS JOIN (VALUES ${names}) AS h(hyperparameter)
) v
WHERE v.value <> '';

-- The hyperparameters that a sweep varies, and how many values each takes.
CREATE OR REPLACE VIEW swept AS
SELECT sweep, hyperparameter, count(DISTINCT value) AS value_count
FROM trial_values
GROUP BY sweep, hyperparameter
HAVING count(DISTINCT value) > 1;

-- How the trials of each value of each swept hyperparameter ended.
CREATE OR REPLACE VIEW verdicts_by AS
SELECT
  v.sweep, v.hyperparameter, v.value, min(v.position) AS position, count(*) AS trials,
  count(*) FILTER (WHERE v.outcome = 'optimum') AS optimum,
  count(*) FILTER (WHERE v.outcome = 'saddle') AS saddle,
  count(*) FILTER (WHERE v.outcome = 'plateau') AS plateau,
  count(*) FILTER (WHERE v.outcome = 'diverged') AS diverged,
  count(*) FILTER (WHERE v.outcome = 'descending') AS descending,
  count(*) FILTER (WHERE v.category IS NULL) AS without_verdict
FROM trial_values v
JOIN swept s ON v.sweep = s.sweep AND v.hyperparameter = s.hyperparameter
GROUP BY v.sweep, v.hyperparameter, v.value;

-- Pairs of trials that differ in one hyperparameter alone (and in what applies to one of them only), from one value to the other (by position
-- or name, none first), and how many of them turn from which category into which.
CREATE OR REPLACE VIEW turned AS
SELECT
  a.sweep, a.hyperparameter, a.value AS from_value, b.value AS to_value,
  a.category AS from_category, b.category AS to_category, count(*) AS pairs
FROM trial_values a
JOIN trial_values b
  ON a.sweep = b.sweep AND a.hyperparameter = b.hyperparameter
  AND a.replicate = b.replicate AND a.among = b.among
  AND (a.others = b.others
    OR (${compatible}))
WHERE a.category IS NOT NULL AND b.category IS NOT NULL
  AND (a.position < b.position
    OR ((a.position IS NULL OR b.position IS NULL)
      AND coalesce(nullif(a.value, 'none'), '') < coalesce(nullif(b.value, 'none'), '')))
GROUP BY a.sweep, a.hyperparameter, a.value, b.value, a.category, b.category;

-- Trials that diverged without clipping, and the same trial (same weights, same batches) with
-- clipping, where that did not.
CREATE OR REPLACE VIEW rescued_by_clipping AS
SELECT
  a.sweep, a.depth, a.width, a.activation, a.initializer, a.batch_norm, a.optimizer,
  a.learning_rate, a.batch_size, a.replicate, b.clipping,
  b.category, b.sub_category, b.final_loss, b.heldout_accuracy,
  a.trial_id AS unclipped_trial, b.trial_id AS clipped_trial
FROM trials a
JOIN trials b
  ON a.sweep = b.sweep AND a.replicate = b.replicate
  AND ${clipping_rest}
WHERE a.clipping = 'none' AND b.clipping <> 'none'
  AND a.category = 'diverged' AND b.category <> 'diverged';

-- The deepest network that reached an optimum, by initializer and learning rate; NULL where none did.
CREATE OR REPLACE VIEW trainable_depth AS
SELECT
  sweep, initializer, learning_rate,
  max(depth) FILTER (WHERE category = 'optimum') AS trainable_depth,
  max(depth) AS deepest_tried,
  count(*) FILTER (WHERE category = 'optimum') AS optima,
  count(*) AS trials
FROM trials
GROUP BY sweep, initializer, learning_rate;

-- How soon each trial's loss first was at most a half, a tenth and a hundredth of its initial one, in
-- steps; NULL where it never was. Curves hold some steps only, spaced by the logarithm, and the loss of
-- each step's own batch. Trials without a curve are not here.
CREATE OR REPLACE VIEW descent_speed AS
SELECT
  t.sweep, t.trial_id, t.category, t.initial_loss, t.steps,
  min(c.step) FILTER (WHERE c.loss <= t.initial_loss / 2) AS steps_to_half,
  min(c.step) FILTER (WHERE c.loss <= t.initial_loss / 10) AS steps_to_tenth,
  min(c.step) FILTER (WHERE c.loss <= t.initial_loss / 100) AS steps_to_hundredth
FROM trials t
JOIN curves c ON t.sweep = c.sweep AND t.trial_id = c.trial_id
GROUP BY t.sweep, t.trial_id, t.category, t.initial_loss, t.steps;

-- Neighbours on the grid that ended differently: trials that differ in one numeric hyperparameter
-- alone, by one step of its values.
CREATE OR REPLACE VIEW boundary AS
SELECT
  n.sweep, n.hyperparameter, n.from_value, n.value AS to_value,
  n.from_category, n.category AS to_category, n.replicate,
  n.from_trial, n.trial_id AS to_trial
FROM (
  SELECT
    v.sweep, v.hyperparameter, v.value, v.replicate, v.trial_id, v.category,
    lag(v.value) OVER (PARTITION BY v.sweep, v.hyperparameter, v.replicate, v.others ORDER BY v.position, v.value) AS from_value,
    lag(v.category) OVER (PARTITION BY v.sweep, v.hyperparameter, v.replicate, v.others ORDER BY v.position, v.value) AS from_category,
    lag(v.trial_id) OVER (PARTITION BY v.sweep, v.hyperparameter, v.replicate, v.others ORDER BY v.position, v.value) AS from_trial
  FROM trial_values v
  WHERE v.position IS NOT NULL
) n
WHERE n.from_category <> n.category;

-- Trials that did not diverge, the best of a sweep first: by held-out accuracy, held-out loss, loss.
CREATE OR REPLACE VIEW best_trials AS
SELECT
  row_number() OVER (
    PARTITION BY sweep
    ORDER BY heldout_accuracy DESC NULLS LAST, heldout_loss ASC NULLS LAST, final_loss ASC NULLS LAST, trial_id) AS place,
  sweep, trial_id, heldout_accuracy, heldout_loss, accuracy, final_loss, category, sub_category,
  steps, train_ms, configuration, replicate
FROM trials
WHERE status = 'completed' AND final_loss IS NOT NULL AND coalesce(category, '') <> 'diverged';

-- Configurations whose replicates ended in different categories.
CREATE OR REPLACE VIEW disagreements AS
SELECT
  sweep, configuration, count(*) AS replicates, count(DISTINCT category) AS categories,
  count(*) FILTER (WHERE category = 'optimum') AS optimum,
  count(*) FILTER (WHERE category = 'saddle') AS saddle,
  count(*) FILTER (WHERE category = 'plateau') AS plateau,
  count(*) FILTER (WHERE category = 'diverged') AS diverged,
  count(*) FILTER (WHERE category = 'descending') AS descending
FROM trials
WHERE category IS NOT NULL
GROUP BY sweep, configuration
HAVING count(DISTINCT category) > 1;

-- What kept trials from training, by cause and category: how many, their share of all the sweep's
-- trials (those without a cause too: failed, not examined, or judged by an older rule), and one of them.
CREATE OR REPLACE VIEW causes AS
SELECT
  t.sweep, t.cause, t.category, count(*) AS trials,
  CAST(count(*) AS DOUBLE) / min(s.trials) AS share,
  min(t.trial_id) AS example, min_by(t.reason, t.trial_id) AS reason
FROM trials t
JOIN (SELECT sweep, count(*) AS trials FROM trials GROUP BY sweep) s ON t.sweep = s.sweep
WHERE t.cause IS NOT NULL
GROUP BY t.sweep, t.cause, t.category;

-- Trials on a knife edge, the least certain first: a deciding quantity is within ${knife_edge} decades of its
-- threshold, so that a little more or less of it would have been another verdict.
CREATE OR REPLACE VIEW uncertain AS
SELECT
  sweep, trial_id, margin, category, sub_category, cause, reason,
  ${hyperparameters}, replicate
FROM trials
WHERE margin < ${knife_edge}
ORDER BY margin, trial_id;
