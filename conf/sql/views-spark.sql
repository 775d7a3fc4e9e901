-- The tables and views of a Saddlemap warehouse, for Spark SQL (spark-sql -i views-spark.sql).
-- Made from the program's own views; replace the folder where yours is another.

CREATE OR REPLACE TEMPORARY VIEW sweeps (name STRING, spec STRING, spec_path STRING, plan_digest STRING, data_fingerprint STRING, data_summary STRING, training_rows BIGINT, planned_trials BIGINT, version STRING, spark_version STRING, started STRING, finished STRING, tags STRING, note STRING, schema_version BIGINT, sweep STRING) USING parquet OPTIONS (path 'warehouse/sweeps');
CREATE OR REPLACE TEMPORARY VIEW stored_trials (trial_id STRING, plan_index BIGINT, replicate BIGINT, configuration STRING, depth BIGINT, width BIGINT, activation STRING, output_activation STRING, loss STRING, initializer STRING, std DOUBLE, bound DOUBLE, weight DOUBLE, gain DOUBLE, sigma_w DOUBLE, sigma_b DOUBLE, bias_initializer STRING, parametrization STRING, normalization STRING, residual STRING, dropout DOUBLE, widths STRING, activations STRING, bias BOOLEAN, optimizer STRING, learning_rate DOUBLE, schedule STRING, warmup BIGINT, layer_rates STRING, batch_size STRING, accumulation BIGINT, clipping STRING, momentum DOUBLE, beta1 DOUBLE, beta2 DOUBLE, rho DOUBLE, epsilon DOUBLE, weight_decay DOUBLE, l2 DOUBLE, max_steps BIGINT, epochs BIGINT, batch_norm BOOLEAN, learning_rate_sharpness DOUBLE, batch_rows BIGINT, parameters BIGINT, status STRING, category STRING, sub_category STRING, cause STRING, margin DOUBLE, reason STRING, stack_trace STRING, steps BIGINT, clipped_steps BIGINT, initial_loss DOUBLE, initial_loss_kind STRING, final_loss DOUBLE, final_loss_kind STRING, accuracy DOUBLE, heldout_loss DOUBLE, heldout_loss_kind STRING, heldout_accuracy DOUBLE, nonfinite BOOLEAN, first_nonfinite_step BIGINT, first_nonfinite_layer BIGINT, stochastic BOOLEAN, masked BOOLEAN, batch_statistics BOOLEAN, plain_steps BOOLEAN, next_rate DOUBLE, decayed DOUBLE, start_loss DOUBLE, history_points BIGINT, tail_median DOUBLE, tail_mean DOUBLE, peak DOUBLE, peak_step BIGINT, trend DOUBLE, trend_t DOUBLE, oscillation DOUBLE, f_base DOUBLE, f_lb DOUBLE, attained BOOLEAN, f_reach DOUBLE, loss_range DOUBLE, judged_loss DOUBLE, gap DOUBLE, penalty_share DOUBLE, initial_penalty_share DOUBLE, input_mean_max DOUBLE, input_rms_max DOUBLE, target_min DOUBLE, target_max DOUBLE, output_min DOUBLE, output_max DOUBLE, out_of_reach DOUBLE, gradient_norm DOUBLE, radius DOUBLE, phi1 DOUBLE, avail DOUBLE, avail_products BIGINT, avail_complete BOOLEAN, curv_g DOUBLE, flat_g DOUBLE, neg_g DOUBLE, lambda_max DOUBLE, lambda_min DOUBLE, residual_max DOUBLE, residual_min DOUBLE, krylov_products BIGINT, kw_tol99 DOUBLE, rayleigh DOUBLE, rayleigh_raw DOUBLE, nc_ratio DOUBLE, nc_both DOUBLE, nc_dec DOUBLE, nc_dist DOUBLE, nc_complete BOOLEAN, sharpness DOUBLE, sharpness_residual DOUBLE, initial_sharpness DOUBLE, eigenvalue_min DOUBLE, eigenvalue_max DOUBLE, negative_eigenvalues BIGINT, zero_eigenvalues BIGINT, descent_dec DOUBLE, descent_dist DOUBLE, descent_complete BOOLEAN, ho_dec DOUBLE, ho_climb DOUBLE, ho_dist DOUBLE, ho_complete BOOLEAN, search_dec DOUBLE, search_climb DOUBLE, search_dist DOUBLE, sens_min DOUBLE, sens_layer BIGINT, sens_complete BOOLEAN, p_eta DOUBLE, p_complete BOOLEAN, p_measured BOOLEAN, next_gain DOUBLE, next_steps BIGINT, next_complete BOOLEAN, next_outlook DOUBLE, next_dead_share DOUBLE, settled BOOLEAN, late_loss DOUBLE, bounce DOUBLE, floor DOUBLE, settle_move DOUBLE, spread DOUBLE, settled_loss DOUBLE, raw_loss DOUBLE, raw_gradient_norm DOUBLE, raw_avail DOUBLE, forward_log10 DOUBLE, backward_log10 DOUBLE, initial_forward_log10 DOUBLE, initial_backward_log10 DOUBLE, signal_drop_layer BIGINT, gradient_drop_layer BIGINT, initial_signal_drop_layer BIGINT, initial_gradient_drop_layer BIGINT, dead_share DOUBLE, dead_layer BIGINT, active_share DOUBLE, saturated_share DOUBLE, saturated_layer BIGINT, initial_living_log10 DOUBLE, initial_dead_share DOUBLE, initial_saturated_share DOUBLE, distinct_units_min BIGINT, examined_rows BIGINT, subsampled BOOLEAN, examination_cost DOUBLE, not_examined BOOLEAN, ceiling_hit BOOLEAN, queue_ms DOUBLE, load_ms DOUBLE, train_ms DOUBLE, examine_ms DOUBLE, version STRING, engine STRING, rule_version BIGINT, java STRING, platform STRING, blas STRING, blas_threads BIGINT, host STRING, schema_version BIGINT, sweep STRING) USING parquet OPTIONS (path 'warehouse/trials');
CREATE OR REPLACE TEMPORARY VIEW trials AS SELECT trial_id AS trial_id, plan_index AS plan_index, replicate AS replicate, configuration AS configuration, depth AS depth, width AS width, activation AS activation, output_activation AS output_activation, loss AS loss, initializer AS initializer, std AS std, bound AS bound, weight AS weight, gain AS gain, sigma_w AS sigma_w, sigma_b AS sigma_b, CASE WHEN schema_version < 4 AND initializer NOT LIKE 'scaled_normal(%' AND initializer <> 'torch_default' THEN 'zeros' ELSE bias_initializer END AS bias_initializer, CASE WHEN schema_version < 4 THEN 'standard' ELSE parametrization END AS parametrization, CASE WHEN schema_version < 4 AND depth NOT IN (0) THEN CASE WHEN batch_norm THEN 'batch' ELSE 'none' END ELSE normalization END AS normalization, CASE WHEN schema_version < 4 AND depth NOT IN (0, 1) THEN 'none' ELSE residual END AS residual, CASE WHEN schema_version < 4 AND depth NOT IN (0) THEN CAST(0 AS DOUBLE) ELSE dropout END AS dropout, CASE WHEN schema_version < 4 AND depth NOT IN (0) THEN 'uniform' ELSE widths END AS widths, CASE WHEN schema_version < 4 AND depth NOT IN (0) THEN 'uniform' ELSE activations END AS activations, bias AS bias, optimizer AS optimizer, learning_rate AS learning_rate, CASE WHEN schema_version < 4 THEN 'constant' ELSE schedule END AS schedule, CASE WHEN schema_version < 4 THEN CAST(0 AS BIGINT) ELSE warmup END AS warmup, CASE WHEN schema_version < 4 AND depth NOT IN (0) THEN 'uniform' ELSE layer_rates END AS layer_rates, batch_size AS batch_size, CASE WHEN schema_version < 4 AND batch_size NOT IN ('full') THEN CAST(1 AS BIGINT) ELSE accumulation END AS accumulation, clipping AS clipping, momentum AS momentum, beta1 AS beta1, beta2 AS beta2, rho AS rho, epsilon AS epsilon, CASE WHEN schema_version < 4 AND optimizer IN ('adamw') THEN CAST(0.01 AS DOUBLE) ELSE weight_decay END AS weight_decay, l2 AS l2, max_steps AS max_steps, epochs AS epochs, batch_norm AS batch_norm, learning_rate_sharpness AS learning_rate_sharpness, batch_rows AS batch_rows, parameters AS parameters, status AS status, category AS category, sub_category AS sub_category, cause AS cause, margin AS margin, reason AS reason, stack_trace AS stack_trace, steps AS steps, clipped_steps AS clipped_steps, initial_loss AS initial_loss, initial_loss_kind AS initial_loss_kind, final_loss AS final_loss, final_loss_kind AS final_loss_kind, accuracy AS accuracy, heldout_loss AS heldout_loss, heldout_loss_kind AS heldout_loss_kind, heldout_accuracy AS heldout_accuracy, nonfinite AS nonfinite, first_nonfinite_step AS first_nonfinite_step, first_nonfinite_layer AS first_nonfinite_layer, stochastic AS stochastic, masked AS masked, batch_statistics AS batch_statistics, plain_steps AS plain_steps, next_rate AS next_rate, decayed AS decayed, start_loss AS start_loss, history_points AS history_points, tail_median AS tail_median, tail_mean AS tail_mean, peak AS peak, peak_step AS peak_step, trend AS trend, trend_t AS trend_t, oscillation AS oscillation, f_base AS f_base, f_lb AS f_lb, attained AS attained, f_reach AS f_reach, loss_range AS loss_range, judged_loss AS judged_loss, gap AS gap, penalty_share AS penalty_share, initial_penalty_share AS initial_penalty_share, input_mean_max AS input_mean_max, input_rms_max AS input_rms_max, target_min AS target_min, target_max AS target_max, output_min AS output_min, output_max AS output_max, out_of_reach AS out_of_reach, gradient_norm AS gradient_norm, radius AS radius, phi1 AS phi1, avail AS avail, avail_products AS avail_products, avail_complete AS avail_complete, curv_g AS curv_g, flat_g AS flat_g, neg_g AS neg_g, lambda_max AS lambda_max, lambda_min AS lambda_min, residual_max AS residual_max, residual_min AS residual_min, krylov_products AS krylov_products, kw_tol99 AS kw_tol99, rayleigh AS rayleigh, rayleigh_raw AS rayleigh_raw, nc_ratio AS nc_ratio, nc_both AS nc_both, nc_dec AS nc_dec, nc_dist AS nc_dist, nc_complete AS nc_complete, sharpness AS sharpness, sharpness_residual AS sharpness_residual, initial_sharpness AS initial_sharpness, eigenvalue_min AS eigenvalue_min, eigenvalue_max AS eigenvalue_max, negative_eigenvalues AS negative_eigenvalues, zero_eigenvalues AS zero_eigenvalues, descent_dec AS descent_dec, descent_dist AS descent_dist, descent_complete AS descent_complete, ho_dec AS ho_dec, ho_climb AS ho_climb, ho_dist AS ho_dist, ho_complete AS ho_complete, search_dec AS search_dec, search_climb AS search_climb, search_dist AS search_dist, sens_min AS sens_min, sens_layer AS sens_layer, sens_complete AS sens_complete, p_eta AS p_eta, p_complete AS p_complete, p_measured AS p_measured, next_gain AS next_gain, next_steps AS next_steps, next_complete AS next_complete, next_outlook AS next_outlook, next_dead_share AS next_dead_share, settled AS settled, late_loss AS late_loss, bounce AS bounce, floor AS floor, settle_move AS settle_move, spread AS spread, settled_loss AS settled_loss, raw_loss AS raw_loss, raw_gradient_norm AS raw_gradient_norm, raw_avail AS raw_avail, forward_log10 AS forward_log10, backward_log10 AS backward_log10, initial_forward_log10 AS initial_forward_log10, initial_backward_log10 AS initial_backward_log10, signal_drop_layer AS signal_drop_layer, gradient_drop_layer AS gradient_drop_layer, initial_signal_drop_layer AS initial_signal_drop_layer, initial_gradient_drop_layer AS initial_gradient_drop_layer, dead_share AS dead_share, dead_layer AS dead_layer, active_share AS active_share, saturated_share AS saturated_share, saturated_layer AS saturated_layer, initial_living_log10 AS initial_living_log10, initial_dead_share AS initial_dead_share, initial_saturated_share AS initial_saturated_share, distinct_units_min AS distinct_units_min, examined_rows AS examined_rows, subsampled AS subsampled, examination_cost AS examination_cost, not_examined AS not_examined, ceiling_hit AS ceiling_hit, queue_ms AS queue_ms, load_ms AS load_ms, train_ms AS train_ms, examine_ms AS examine_ms, version AS version, engine AS engine, rule_version AS rule_version, java AS java, platform AS platform, blas AS blas, blas_threads AS blas_threads, host AS host, schema_version AS schema_version, sweep FROM stored_trials;
CREATE OR REPLACE TEMPORARY VIEW curves (trial_id STRING, step BIGINT, loss DOUBLE, loss_kind STRING, gradient_norm DOUBLE, clipped BOOLEAN, step_size DOUBLE, sweep STRING) USING parquet OPTIONS (path 'warehouse/curves');
CREATE OR REPLACE TEMPORARY VIEW layers (trial_id STRING, layer BIGINT, moment STRING, units BIGINT, forward_norm DOUBLE, backward_norm DOUBLE, gradient_norm DOUBLE, gradient_share DOUBLE, weight_norm DOUBLE, dead DOUBLE, saturated DOUBLE, distinct_units BIGINT, active DOUBLE, sweep STRING) USING parquet OPTIONS (path 'warehouse/layers');

-- A trial's value of each hyperparameter, one row each, as its spec writes it (value) and as a
-- number where it is one (position). The trials of a sweep that agree in replicate and others
-- differ in that hyperparameter alone; among is the same without what applies at some of its values
-- only, such as momentum where it is the optimizer. outcome is the category, or what stands in its place:
-- failed, timed_out, or unjudged where the labels leave nothing to learn or nothing was examined.
CREATE OR REPLACE TEMPORARY VIEW trial_values AS
SELECT
  v.sweep, v.hyperparameter, v.value,
  CASE
    WHEN v.hyperparameter = 'batch_size' THEN CAST(v.batch_rows AS DOUBLE)
    WHEN v.hyperparameter = 'learning_rate' AND v.learning_rate_sharpness IS NOT NULL THEN v.learning_rate_sharpness
    ELSE TRY_CAST(v.value AS DOUBLE)
  END AS position,
  v.replicate, md5(v.rest) AS others, md5(v.wider) AS among, v.trial_id, v.plan_index, v.outcome, v.category, v.sub_category,
  width, activation, std, bound, weight, gain, sigma_w, sigma_b, bias_initializer, normalization, residual, dropout, widths, activations, layer_rates, accumulation, momentum, beta1, beta2, rho, epsilon, weight_decay
FROM (
  SELECT
    t.sweep, h.hyperparameter, t.replicate, t.trial_id, t.plan_index, t.batch_rows,
    t.learning_rate_sharpness, t.category, t.sub_category,
    coalesce(category, CASE WHEN status = 'completed' THEN 'unjudged' ELSE status END) AS outcome,
    CASE h.hyperparameter
      WHEN 'depth' THEN regexp_extract(t.configuration, '(^|;)depth=([^;]*)', 2)
      WHEN 'width' THEN regexp_extract(t.configuration, '(^|;)width=([^;]*)', 2)
      WHEN 'activation' THEN regexp_extract(t.configuration, '(^|;)activation=([^;]*)', 2)
      WHEN 'output_activation' THEN regexp_extract(t.configuration, '(^|;)output_activation=([^;]*)', 2)
      WHEN 'loss' THEN regexp_extract(t.configuration, '(^|;)loss=([^;]*)', 2)
      WHEN 'initializer' THEN regexp_extract(t.configuration, '(^|;)initializer=([^;]*)', 2)
      WHEN 'std' THEN regexp_extract(t.configuration, '(^|;)std=([^;]*)', 2)
      WHEN 'bound' THEN regexp_extract(t.configuration, '(^|;)bound=([^;]*)', 2)
      WHEN 'weight' THEN regexp_extract(t.configuration, '(^|;)weight=([^;]*)', 2)
      WHEN 'gain' THEN regexp_extract(t.configuration, '(^|;)gain=([^;]*)', 2)
      WHEN 'sigma_w' THEN regexp_extract(t.configuration, '(^|;)sigma_w=([^;]*)', 2)
      WHEN 'sigma_b' THEN regexp_extract(t.configuration, '(^|;)sigma_b=([^;]*)', 2)
      WHEN 'bias_initializer' THEN regexp_extract(t.configuration, '(^|;)bias_initializer=([^;]*)', 2)
      WHEN 'parametrization' THEN regexp_extract(t.configuration, '(^|;)parametrization=([^;]*)', 2)
      WHEN 'normalization' THEN regexp_extract(t.configuration, '(^|;)(?:normalization|batch_norm)=([^;]*)', 2)
      WHEN 'residual' THEN regexp_extract(t.configuration, '(^|;)residual=([^;]*)', 2)
      WHEN 'dropout' THEN regexp_extract(t.configuration, '(^|;)dropout=([^;]*)', 2)
      WHEN 'widths' THEN regexp_extract(t.configuration, '(^|;)widths=([^;]*)', 2)
      WHEN 'activations' THEN regexp_extract(t.configuration, '(^|;)activations=([^;]*)', 2)
      WHEN 'bias' THEN regexp_extract(t.configuration, '(^|;)bias=([^;]*)', 2)
      WHEN 'optimizer' THEN regexp_extract(t.configuration, '(^|;)optimizer=([^;]*)', 2)
      WHEN 'learning_rate' THEN regexp_extract(t.configuration, '(^|;)learning_rate=([^;]*)', 2)
      WHEN 'schedule' THEN regexp_extract(t.configuration, '(^|;)schedule=([^;]*)', 2)
      WHEN 'warmup' THEN regexp_extract(t.configuration, '(^|;)warmup=([^;]*)', 2)
      WHEN 'layer_rates' THEN regexp_extract(t.configuration, '(^|;)layer_rates=([^;]*)', 2)
      WHEN 'batch_size' THEN regexp_extract(t.configuration, '(^|;)batch_size=([^;]*)', 2)
      WHEN 'accumulation' THEN regexp_extract(t.configuration, '(^|;)accumulation=([^;]*)', 2)
      WHEN 'clipping' THEN regexp_extract(t.configuration, '(^|;)clipping=([^;]*)', 2)
      WHEN 'momentum' THEN regexp_extract(t.configuration, '(^|;)momentum=([^;]*)', 2)
      WHEN 'beta1' THEN regexp_extract(t.configuration, '(^|;)beta1=([^;]*)', 2)
      WHEN 'beta2' THEN regexp_extract(t.configuration, '(^|;)beta2=([^;]*)', 2)
      WHEN 'rho' THEN regexp_extract(t.configuration, '(^|;)rho=([^;]*)', 2)
      WHEN 'epsilon' THEN regexp_extract(t.configuration, '(^|;)epsilon=([^;]*)', 2)
      WHEN 'weight_decay' THEN regexp_extract(t.configuration, '(^|;)weight_decay=([^;]*)', 2)
      WHEN 'l2' THEN regexp_extract(t.configuration, '(^|;)l2=([^;]*)', 2)
      WHEN 'max_steps' THEN regexp_extract(t.configuration, '(^|;)max_steps=([^;]*)', 2)
      WHEN 'epochs' THEN regexp_extract(t.configuration, '(^|;)epochs=([^;]*)', 2)
    END AS value,
    CASE h.hyperparameter
      WHEN 'depth' THEN regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(t.configuration, '(^|;)depth=[^;]*', ''), '(^|;)width=64(;|$)', ';'), '(^|;)activation=tanh(;|$)', ';'), '(^|;)normalization=none(;|$)', ';'), '(^|;)residual=none(;|$)', ';'), '(^|;)dropout=0(;|$)', ';'), '(^|;)widths=uniform(;|$)', ';'), '(^|;)activations=uniform(;|$)', ';'), '(^|;)layer_rates=uniform(;|$)', ';')
      WHEN 'width' THEN regexp_replace(t.configuration, '(^|;)width=[^;]*', '')
      WHEN 'activation' THEN regexp_replace(t.configuration, '(^|;)activation=[^;]*', '')
      WHEN 'output_activation' THEN regexp_replace(t.configuration, '(^|;)output_activation=[^;]*', '')
      WHEN 'loss' THEN regexp_replace(t.configuration, '(^|;)loss=[^;]*', '')
      WHEN 'initializer' THEN regexp_replace(regexp_replace(t.configuration, '(^|;)initializer=[^;]*', ''), '(^|;)bias_initializer=zeros(;|$)', ';')
      WHEN 'std' THEN regexp_replace(t.configuration, '(^|;)std=[^;]*', '')
      WHEN 'bound' THEN regexp_replace(t.configuration, '(^|;)bound=[^;]*', '')
      WHEN 'weight' THEN regexp_replace(t.configuration, '(^|;)weight=[^;]*', '')
      WHEN 'gain' THEN regexp_replace(t.configuration, '(^|;)gain=[^;]*', '')
      WHEN 'sigma_w' THEN regexp_replace(t.configuration, '(^|;)sigma_w=[^;]*', '')
      WHEN 'sigma_b' THEN regexp_replace(t.configuration, '(^|;)sigma_b=[^;]*', '')
      WHEN 'bias_initializer' THEN regexp_replace(t.configuration, '(^|;)bias_initializer=[^;]*', '')
      WHEN 'parametrization' THEN regexp_replace(t.configuration, '(^|;)parametrization=[^;]*', '')
      WHEN 'normalization' THEN regexp_replace(t.configuration, '(^|;)(?:normalization|batch_norm)=[^;]*', '')
      WHEN 'residual' THEN regexp_replace(t.configuration, '(^|;)residual=[^;]*', '')
      WHEN 'dropout' THEN regexp_replace(t.configuration, '(^|;)dropout=[^;]*', '')
      WHEN 'widths' THEN regexp_replace(t.configuration, '(^|;)widths=[^;]*', '')
      WHEN 'activations' THEN regexp_replace(t.configuration, '(^|;)activations=[^;]*', '')
      WHEN 'bias' THEN regexp_replace(t.configuration, '(^|;)bias=[^;]*', '')
      WHEN 'optimizer' THEN regexp_replace(t.configuration, '(^|;)optimizer=[^;]*', '')
      WHEN 'learning_rate' THEN regexp_replace(t.configuration, '(^|;)learning_rate=[^;]*', '')
      WHEN 'schedule' THEN regexp_replace(t.configuration, '(^|;)schedule=[^;]*', '')
      WHEN 'warmup' THEN regexp_replace(t.configuration, '(^|;)warmup=[^;]*', '')
      WHEN 'layer_rates' THEN regexp_replace(t.configuration, '(^|;)layer_rates=[^;]*', '')
      WHEN 'batch_size' THEN regexp_replace(regexp_replace(t.configuration, '(^|;)batch_size=[^;]*', ''), '(^|;)accumulation=1(;|$)', ';')
      WHEN 'accumulation' THEN regexp_replace(t.configuration, '(^|;)accumulation=[^;]*', '')
      WHEN 'clipping' THEN regexp_replace(t.configuration, '(^|;)clipping=[^;]*', '')
      WHEN 'momentum' THEN regexp_replace(t.configuration, '(^|;)momentum=[^;]*', '')
      WHEN 'beta1' THEN regexp_replace(t.configuration, '(^|;)beta1=[^;]*', '')
      WHEN 'beta2' THEN regexp_replace(t.configuration, '(^|;)beta2=[^;]*', '')
      WHEN 'rho' THEN regexp_replace(t.configuration, '(^|;)rho=[^;]*', '')
      WHEN 'epsilon' THEN regexp_replace(t.configuration, '(^|;)epsilon=[^;]*', '')
      WHEN 'weight_decay' THEN regexp_replace(t.configuration, '(^|;)weight_decay=[^;]*', '')
      WHEN 'l2' THEN regexp_replace(t.configuration, '(^|;)l2=[^;]*', '')
      WHEN 'max_steps' THEN regexp_replace(t.configuration, '(^|;)max_steps=[^;]*', '')
      WHEN 'epochs' THEN regexp_replace(t.configuration, '(^|;)epochs=[^;]*', '')
    END AS rest,
    CASE h.hyperparameter
      WHEN 'depth' THEN regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(t.configuration, '(^|;)depth=[^;]*', ''), '(^|;)width=64(;|$)', ';'), '(^|;)activation=tanh(;|$)', ';'), '(^|;)normalization=none(;|$)', ';'), '(^|;)residual=none(;|$)', ';'), '(^|;)dropout=0(;|$)', ';'), '(^|;)widths=uniform(;|$)', ';'), '(^|;)activations=uniform(;|$)', ';'), '(^|;)layer_rates=uniform(;|$)', ';'), '(^|;)width=[^;]*', ''), '(^|;)activation=[^;]*', ''), '(^|;)normalization=[^;]*', ''), '(^|;)residual=[^;]*', ''), '(^|;)dropout=[^;]*', ''), '(^|;)widths=[^;]*', ''), '(^|;)activations=[^;]*', ''), '(^|;)layer_rates=[^;]*', '')
      WHEN 'width' THEN regexp_replace(t.configuration, '(^|;)width=[^;]*', '')
      WHEN 'activation' THEN regexp_replace(t.configuration, '(^|;)activation=[^;]*', '')
      WHEN 'output_activation' THEN regexp_replace(t.configuration, '(^|;)output_activation=[^;]*', '')
      WHEN 'loss' THEN regexp_replace(t.configuration, '(^|;)loss=[^;]*', '')
      WHEN 'initializer' THEN regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(t.configuration, '(^|;)initializer=[^;]*', ''), '(^|;)bias_initializer=zeros(;|$)', ';'), '(^|;)std=[^;]*', ''), '(^|;)bound=[^;]*', ''), '(^|;)weight=[^;]*', ''), '(^|;)gain=[^;]*', ''), '(^|;)sigma_w=[^;]*', ''), '(^|;)sigma_b=[^;]*', ''), '(^|;)bias_initializer=[^;]*', '')
      WHEN 'std' THEN regexp_replace(t.configuration, '(^|;)std=[^;]*', '')
      WHEN 'bound' THEN regexp_replace(t.configuration, '(^|;)bound=[^;]*', '')
      WHEN 'weight' THEN regexp_replace(t.configuration, '(^|;)weight=[^;]*', '')
      WHEN 'gain' THEN regexp_replace(t.configuration, '(^|;)gain=[^;]*', '')
      WHEN 'sigma_w' THEN regexp_replace(t.configuration, '(^|;)sigma_w=[^;]*', '')
      WHEN 'sigma_b' THEN regexp_replace(t.configuration, '(^|;)sigma_b=[^;]*', '')
      WHEN 'bias_initializer' THEN regexp_replace(t.configuration, '(^|;)bias_initializer=[^;]*', '')
      WHEN 'parametrization' THEN regexp_replace(t.configuration, '(^|;)parametrization=[^;]*', '')
      WHEN 'normalization' THEN regexp_replace(t.configuration, '(^|;)(?:normalization|batch_norm)=[^;]*', '')
      WHEN 'residual' THEN regexp_replace(t.configuration, '(^|;)residual=[^;]*', '')
      WHEN 'dropout' THEN regexp_replace(t.configuration, '(^|;)dropout=[^;]*', '')
      WHEN 'widths' THEN regexp_replace(t.configuration, '(^|;)widths=[^;]*', '')
      WHEN 'activations' THEN regexp_replace(t.configuration, '(^|;)activations=[^;]*', '')
      WHEN 'bias' THEN regexp_replace(t.configuration, '(^|;)bias=[^;]*', '')
      WHEN 'optimizer' THEN regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(t.configuration, '(^|;)optimizer=[^;]*', ''), '(^|;)momentum=[^;]*', ''), '(^|;)beta1=[^;]*', ''), '(^|;)beta2=[^;]*', ''), '(^|;)rho=[^;]*', ''), '(^|;)epsilon=[^;]*', ''), '(^|;)weight_decay=[^;]*', '')
      WHEN 'learning_rate' THEN regexp_replace(t.configuration, '(^|;)learning_rate=[^;]*', '')
      WHEN 'schedule' THEN regexp_replace(t.configuration, '(^|;)schedule=[^;]*', '')
      WHEN 'warmup' THEN regexp_replace(t.configuration, '(^|;)warmup=[^;]*', '')
      WHEN 'layer_rates' THEN regexp_replace(t.configuration, '(^|;)layer_rates=[^;]*', '')
      WHEN 'batch_size' THEN regexp_replace(regexp_replace(regexp_replace(t.configuration, '(^|;)batch_size=[^;]*', ''), '(^|;)accumulation=1(;|$)', ';'), '(^|;)accumulation=[^;]*', '')
      WHEN 'accumulation' THEN regexp_replace(t.configuration, '(^|;)accumulation=[^;]*', '')
      WHEN 'clipping' THEN regexp_replace(t.configuration, '(^|;)clipping=[^;]*', '')
      WHEN 'momentum' THEN regexp_replace(t.configuration, '(^|;)momentum=[^;]*', '')
      WHEN 'beta1' THEN regexp_replace(t.configuration, '(^|;)beta1=[^;]*', '')
      WHEN 'beta2' THEN regexp_replace(t.configuration, '(^|;)beta2=[^;]*', '')
      WHEN 'rho' THEN regexp_replace(t.configuration, '(^|;)rho=[^;]*', '')
      WHEN 'epsilon' THEN regexp_replace(t.configuration, '(^|;)epsilon=[^;]*', '')
      WHEN 'weight_decay' THEN regexp_replace(t.configuration, '(^|;)weight_decay=[^;]*', '')
      WHEN 'l2' THEN regexp_replace(t.configuration, '(^|;)l2=[^;]*', '')
      WHEN 'max_steps' THEN regexp_replace(t.configuration, '(^|;)max_steps=[^;]*', '')
      WHEN 'epochs' THEN regexp_replace(t.configuration, '(^|;)epochs=[^;]*', '')
    END AS wider,
    width, activation, std, bound, weight, gain, sigma_w, sigma_b, bias_initializer, normalization, residual, dropout, widths, activations, layer_rates, accumulation, momentum, beta1, beta2, rho, epsilon, weight_decay
  FROM trials t CROSS JOIN (VALUES ('depth'), ('width'), ('activation'), ('output_activation'), ('loss'), ('initializer'), ('std'), ('bound'), ('weight'), ('gain'), ('sigma_w'), ('sigma_b'), ('bias_initializer'), ('parametrization'), ('normalization'), ('residual'), ('dropout'), ('widths'), ('activations'), ('bias'), ('optimizer'), ('learning_rate'), ('schedule'), ('warmup'), ('layer_rates'), ('batch_size'), ('accumulation'), ('clipping'), ('momentum'), ('beta1'), ('beta2'), ('rho'), ('epsilon'), ('weight_decay'), ('l2'), ('max_steps'), ('epochs')) AS h(hyperparameter)
) v
WHERE v.value <> '';

-- The hyperparameters that a sweep varies, and how many values each takes.
CREATE OR REPLACE TEMPORARY VIEW swept AS
SELECT sweep, hyperparameter, count(DISTINCT value) AS value_count
FROM trial_values
GROUP BY sweep, hyperparameter
HAVING count(DISTINCT value) > 1;

-- How the trials of each value of each swept hyperparameter ended.
CREATE OR REPLACE TEMPORARY VIEW verdicts_by AS
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
CREATE OR REPLACE TEMPORARY VIEW turned AS
SELECT
  a.sweep, a.hyperparameter, a.value AS from_value, b.value AS to_value,
  a.category AS from_category, b.category AS to_category, count(*) AS pairs
FROM trial_values a
JOIN trial_values b
  ON a.sweep = b.sweep AND a.hyperparameter = b.hyperparameter
  AND a.replicate = b.replicate AND a.among = b.among
  AND (a.others = b.others
    OR (coalesce(a.width = b.width, true) AND coalesce(a.activation = b.activation, true) AND coalesce(a.std = b.std, true) AND coalesce(a.bound = b.bound, true) AND coalesce(a.weight = b.weight, true) AND coalesce(a.gain = b.gain, true) AND coalesce(a.sigma_w = b.sigma_w, true) AND coalesce(a.sigma_b = b.sigma_b, true) AND coalesce(a.bias_initializer = b.bias_initializer, true) AND coalesce(a.normalization = b.normalization, true) AND coalesce(a.residual = b.residual, true) AND coalesce(a.dropout = b.dropout, true) AND coalesce(a.widths = b.widths, true) AND coalesce(a.activations = b.activations, true) AND coalesce(a.layer_rates = b.layer_rates, true) AND coalesce(a.accumulation = b.accumulation, true) AND coalesce(a.momentum = b.momentum, true) AND coalesce(a.beta1 = b.beta1, true) AND coalesce(a.beta2 = b.beta2, true) AND coalesce(a.rho = b.rho, true) AND coalesce(a.epsilon = b.epsilon, true) AND coalesce(a.weight_decay = b.weight_decay, true)))
WHERE a.category IS NOT NULL AND b.category IS NOT NULL
  AND (a.position < b.position
    OR ((a.position IS NULL OR b.position IS NULL)
      AND coalesce(nullif(a.value, 'none'), '') < coalesce(nullif(b.value, 'none'), '')))
GROUP BY a.sweep, a.hyperparameter, a.value, b.value, a.category, b.category;

-- Trials that diverged without clipping, and the same trial (same weights, same batches) with
-- clipping, where that did not.
CREATE OR REPLACE TEMPORARY VIEW rescued_by_clipping AS
SELECT
  a.sweep, a.depth, a.width, a.activation, a.initializer, a.batch_norm, a.optimizer,
  a.learning_rate, a.batch_size, a.replicate, b.clipping,
  b.category, b.sub_category, b.final_loss, b.heldout_accuracy,
  a.trial_id AS unclipped_trial, b.trial_id AS clipped_trial
FROM trials a
JOIN trials b
  ON a.sweep = b.sweep AND a.replicate = b.replicate
  AND regexp_replace(a.configuration, '(^|;)clipping=[^;]*', '') = regexp_replace(b.configuration, '(^|;)clipping=[^;]*', '')
WHERE a.clipping = 'none' AND b.clipping <> 'none'
  AND a.category = 'diverged' AND b.category <> 'diverged';

-- The deepest network that reached an optimum, by initializer and learning rate; NULL where none did.
CREATE OR REPLACE TEMPORARY VIEW trainable_depth AS
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
CREATE OR REPLACE TEMPORARY VIEW descent_speed AS
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
CREATE OR REPLACE TEMPORARY VIEW boundary AS
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
CREATE OR REPLACE TEMPORARY VIEW best_trials AS
SELECT
  row_number() OVER (
    PARTITION BY sweep
    ORDER BY heldout_accuracy DESC NULLS LAST, heldout_loss ASC NULLS LAST, final_loss ASC NULLS LAST, trial_id) AS place,
  sweep, trial_id, heldout_accuracy, heldout_loss, accuracy, final_loss, category, sub_category,
  steps, train_ms, configuration, replicate
FROM trials
WHERE status = 'completed' AND final_loss IS NOT NULL AND coalesce(category, '') <> 'diverged';

-- Configurations whose replicates ended in different categories.
CREATE OR REPLACE TEMPORARY VIEW disagreements AS
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
CREATE OR REPLACE TEMPORARY VIEW causes AS
SELECT
  t.sweep, t.cause, t.category, count(*) AS trials,
  CAST(count(*) AS DOUBLE) / min(s.trials) AS share,
  min(t.trial_id) AS example, min_by(t.reason, t.trial_id) AS reason
FROM trials t
JOIN (SELECT sweep, count(*) AS trials FROM trials GROUP BY sweep) s ON t.sweep = s.sweep
WHERE t.cause IS NOT NULL
GROUP BY t.sweep, t.cause, t.category;

-- Trials on a knife edge, the least certain first: a deciding quantity is within 0.1 decades of its
-- threshold, so that a little more or less of it would have been another verdict.
CREATE OR REPLACE TEMPORARY VIEW uncertain AS
SELECT
  sweep, trial_id, margin, category, sub_category, cause, reason,
  depth, width, activation, output_activation, loss, initializer, std, bound, weight, gain, sigma_w, sigma_b, bias_initializer, parametrization, normalization, residual, dropout, widths, activations, bias, optimizer, learning_rate, schedule, warmup, layer_rates, batch_size, accumulation, clipping, momentum, beta1, beta2, rho, epsilon, weight_decay, l2, max_steps, epochs, replicate
FROM trials
WHERE margin < 0.1
ORDER BY margin, trial_id;
