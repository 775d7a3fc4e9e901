package org.saddlemap.verdict;

import java.util.Locale;
import org.saddlemap.space.ValueType;

/**
 * Everything that an examination can measure. The {@link #key} is the column in the tables; {@code
 * unit} and {@code doc} go to their documentation. "The point" is the one that was judged: where
 * the trial stopped, or, where {@link #SETTLED} is true, where that point settled. Scaled
 * quantities belong to S·H·S, raw ones to H (docs/verdict.md).
 */
public enum Measure {
  // What happened
  NONFINITE(ValueType.BOOLEAN, "", "loss, gradient or parameters were not finite"),
  FIRST_NONFINITE_STEP(ValueType.LONG, "steps", "first step after which something was not finite"),
  FIRST_NONFINITE_LAYER(
      ValueType.LONG,
      "",
      "first layer, counted from 1 at the input, that was not finite at that step"),
  STOCHASTIC(ValueType.BOOLEAN, "", "mini-batches were drawn: steps were noisy"),
  MASKED(
      ValueType.BOOLEAN,
      "",
      "units were left out at random (dropout): the mean objective of the steps is another than the one that is judged"),
  BATCH_STATISTICS(
      ValueType.BOOLEAN,
      "",
      "batch normalization had the statistics of each mini-batch, where those of all rows are judged"),
  PLAIN_STEPS(
      ValueType.BOOLEAN,
      "",
      "steps near the end were plain gradient steps, as long as the gradient, and so would those of another budget be: SGD at one rate that stays, without dropout, and no clipping"),
  NEXT_RATE(
      ValueType.DOUBLE,
      "",
      "learning rate of the step that would follow the last: less than learning_rate where the schedule has lowered it, 0 where it has ended there"),
  DECAYED(
      ValueType.DOUBLE,
      "",
      "share of a weight that the weight decay of adamw would have taken away by itself over the last half of the steps; 0 for others"),
  START_LOSS(
      ValueType.DOUBLE,
      "loss",
      "training objective on the full training set at the initial weights"),
  HISTORY_POINTS(
      ValueType.LONG, "", "points of the loss history that tail and trend were read from"),
  TAIL_MEDIAN(ValueType.DOUBLE, "loss", "median of the last tenth of the loss history"),
  TAIL_MEAN(
      ValueType.DOUBLE,
      "loss",
      "mean of the last tenth of the loss history, each of its points a mean over a window of steps"),
  PEAK(
      ValueType.DOUBLE,
      "",
      "largest finite loss of any single step over the larger of start_loss and f_base"),
  PEAK_STEP(ValueType.LONG, "steps", "steps taken before that loss was first seen"),
  TREND(
      ValueType.DOUBLE,
      "G",
      "rise of the loss over the last half of the history, by a line through 12 block means"),
  TREND_T(ValueType.DOUBLE, "", "t-statistic of the trend"),
  OSCILLATION(
      ValueType.DOUBLE,
      "",
      "share of the variation in the last half of the history that goes upward"),
  // Levels
  F_BASE(ValueType.DOUBLE, "loss", "loss of the best constant predictor"),
  F_LB(ValueType.DOUBLE, "loss", "lower bound for any function of the inputs"),
  ATTAINED(
      ValueType.BOOLEAN,
      "",
      "whether a function can reach f_lb; false where cross entropy has no minimiser"),
  F_REACH(
      ValueType.DOUBLE,
      "loss",
      "lower bound for functions whose values the output's activation can take; f_lb where it takes all"),
  LOSS_RANGE(ValueType.DOUBLE, "loss", "G = f_base − f_lb, the unit of all relative losses"),
  LOSS(
      ValueType.DOUBLE,
      "loss",
      "training objective on the full training set at the point, in float64, with L2"),
  GAP(ValueType.DOUBLE, "G", "(loss − f_lb)/G at the point"),
  PENALTY_SHARE(
      ValueType.DOUBLE, "", "share of the L2 term in the training objective at the point"),
  INITIAL_PENALTY_SHARE(
      ValueType.DOUBLE,
      "",
      "share of the L2 term in the training objective at the initial weights"),
  // The data as they are trained on
  INPUT_MEAN_MAX(
      ValueType.DOUBLE, "", "largest absolute mean of a feature over the training rows, scaled"),
  INPUT_RMS_MAX(
      ValueType.DOUBLE, "", "largest root mean square of a feature over the training rows, scaled"),
  TARGET_MIN(ValueType.DOUBLE, "", "smallest target; mse only"),
  TARGET_MAX(ValueType.DOUBLE, "", "largest target; mse only"),
  OUTPUT_MIN(ValueType.DOUBLE, "", "infimum of the output's activation; NULL where it has none"),
  OUTPUT_MAX(ValueType.DOUBLE, "", "supremum of the output's activation; NULL where it has none"),
  OUT_OF_REACH(
      ValueType.DOUBLE,
      "",
      "share of target values outside the output's range by more than 1 % of it (of the targets' range where it is infinite); mse only"),
  // The derivative
  GRADIENT_NORM(ValueType.DOUBLE, "", "‖∇f‖ at the point, raw"),
  RADIUS(
      ValueType.DOUBLE,
      "",
      "r, the relative change of every layer within which the point is judged"),
  PHI1(
      ValueType.DOUBLE,
      "G",
      "first-order change of the loss for a relative change r of every layer"),
  AVAIL(
      ValueType.DOUBLE,
      "G",
      "decrease that a saddle-free Newton step could gain, from the spectral measure of the scaled gradient"),
  AVAIL_PRODUCTS(ValueType.LONG, "", "Hessian-vector products behind avail"),
  AVAIL_COMPLETE(
      ValueType.BOOLEAN, "", "avail is final; otherwise a lower bound that sufficed to decide"),
  CURV_G(ValueType.DOUBLE, "", "scaled curvature along the gradient, gᵀHg/gᵀg"),
  FLAT_G(
      ValueType.DOUBLE,
      "",
      "share of the squared gradient in the kernel of H (gradient-flat where near 1; Frye et al. 2021)"),
  NEG_G(ValueType.DOUBLE, "", "share of the squared gradient along negative curvature"),
  // Curvature
  LAMBDA_MAX(ValueType.DOUBLE, "", "largest scaled Ritz value"),
  LAMBDA_MIN(ValueType.DOUBLE, "", "smallest scaled Ritz value"),
  RESIDUAL_MAX(ValueType.DOUBLE, "", "residual ‖Hv − λv‖ of lambda_max"),
  RESIDUAL_MIN(ValueType.DOUBLE, "", "residual of lambda_min"),
  KRYLOV_PRODUCTS(ValueType.LONG, "", "Hessian-vector products behind the extreme Ritz values"),
  KW_TOL99(
      ValueType.DOUBLE,
      "",
      "relative curvature down to which 99 % confidence of 'no negative curvature' reaches (Kuczyński and Woźniakowski 1992)"),
  RAYLEIGH(ValueType.DOUBLE, "", "scaled Rayleigh quotient of the certificate's direction"),
  RAYLEIGH_RAW(
      ValueType.DOUBLE, "", "raw Rayleigh quotient vᵀHv/vᵀv of the certificate's direction"),
  NC_RATIO(ValueType.DOUBLE, "", "rayleigh over the largest absolute scaled Ritz value"),
  NC_BOTH(
      ValueType.DOUBLE,
      "G",
      "decrease on the worse of the two sides along the certificate's direction; above 0 is a proof of a saddle's shape"),
  NC_DEC(ValueType.DOUBLE, "G", "decrease found by walking from the certificate within the ball"),
  NC_DIST(ValueType.DOUBLE, "", "relative distance of that walk"),
  NC_COMPLETE(
      ValueType.BOOLEAN,
      "",
      "the search for negative curvature used all its products, or the spectrum was exhausted"),
  SHARPNESS(
      ValueType.DOUBLE,
      "",
      "raw λmax(H) at the point, of the examined rows: exact for small networks, else to sharpness_residual; NULL where neither the curvature was examined nor the spec asks for it"),
  SHARPNESS_RESIDUAL(
      ValueType.DOUBLE,
      "",
      "‖Hv − λv‖ of sharpness over its absolute value: an eigenvalue lies within that share of it; at most 1e-3 but where 60 products did not suffice"),
  INITIAL_SHARPNESS(
      ValueType.DOUBLE,
      "",
      "raw λmax(H) at the initial weights, of the examined rows, by the same method as sharpness"),
  EIGENVALUE_MIN(
      ValueType.DOUBLE, "", "smallest eigenvalue of the exact raw Hessian; small networks only"),
  EIGENVALUE_MAX(
      ValueType.DOUBLE, "", "largest eigenvalue of the exact raw Hessian; small networks only"),
  NEGATIVE_EIGENVALUES(
      ValueType.LONG,
      "",
      "index: eigenvalues of the exact Hessian below −1e-7 of the largest; small networks only"),
  ZERO_EIGENVALUES(
      ValueType.LONG,
      "",
      "eigenvalues of the exact Hessian within 1e-7 of the largest from 0; small networks only"),
  // Downhill
  DESCENT_DEC(
      ValueType.DOUBLE, "G", "decrease that a descent from the point itself found within the ball"),
  DESCENT_DIST(ValueType.DOUBLE, "", "relative distance of that descent"),
  DESCENT_COMPLETE(
      ValueType.BOOLEAN, "", "the descent ended; otherwise it had shown enough, and could go on"),
  // Beyond second order
  HO_DEC(
      ValueType.DOUBLE,
      "G",
      "largest decrease that a barrier-free walk from a kick in the kernel of H found"),
  HO_CLIMB(ValueType.DOUBLE, "G", "rise of the loss by that kick"),
  HO_DIST(ValueType.DOUBLE, "", "relative distance of that walk"),
  HO_COMPLETE(ValueType.BOOLEAN, "", "all kicks were tried; otherwise one sufficed"),
  SEARCH_DEC(
      ValueType.DOUBLE,
      "G",
      "largest decrease that a last search of the ball found, behind barriers and kinks too"),
  SEARCH_CLIMB(ValueType.DOUBLE, "G", "highest rise of the loss on that way"),
  SEARCH_DIST(ValueType.DOUBLE, "", "relative distance of that way"),
  SENS_MIN(
      ValueType.DOUBLE,
      "G",
      "smallest over the layers, those of residual branches left out, of the largest |Δf| when its weights move by 10 %"),
  SENS_LAYER(ValueType.LONG, "", "the layer of sens_min, counted from 1 at the input"),
  SENS_COMPLETE(
      ValueType.BOOLEAN, "", "all layers were moved; otherwise an insensitive one sufficed"),
  // Progress
  P_ETA(
      ValueType.DOUBLE,
      "G",
      "gain of as many plain steps again at the trial's own rate, predicted from the spectral measure"),
  P_COMPLETE(ValueType.BOOLEAN, "", "p_eta is final; otherwise a lower bound that sufficed"),
  P_MEASURED(ValueType.BOOLEAN, "", "the trial's own optimizer went on, to measure next_gain"),
  NEXT_GAIN(
      ValueType.DOUBLE,
      "G",
      "gain of the trial's own next budget, taken step by step; beyond twice its standard error where steps wobble"),
  NEXT_STEPS(ValueType.LONG, "steps", "steps of that budget that were taken"),
  NEXT_COMPLETE(
      ValueType.BOOLEAN,
      "",
      "those are all; otherwise they gained enough to decide, or next_outlook did"),
  NEXT_OUTLOOK(
      ValueType.DOUBLE,
      "G",
      "gain of all of that budget at the pace of the steps taken, beyond twice its standard error; negative where the loss rises"),
  NEXT_DEAD_SHARE(
      ValueType.DOUBLE,
      "",
      "dead_share after those steps, where it was 1 and L2 or weight decay moves the weights"),
  // Noise
  SETTLED(
      ValueType.BOOLEAN,
      "",
      "the judged point is where the noisy iterate settled (the verdict is marked floor)"),
  LATE_LOSS(
      ValueType.DOUBLE,
      "loss",
      "mean over iterates of the last tenth of the training objective on the full training set"),
  BOUNCE(
      ValueType.DOUBLE,
      "G",
      "late_loss − loss at the mean of those iterates: what bouncing about it costs"),
  FLOOR(ValueType.DOUBLE, "G", "noise floor: late_loss − settled_loss, at least 0"),
  SETTLE_MOVE(ValueType.DOUBLE, "", "relative distance that settling travelled"),
  SPREAD(
      ValueType.DOUBLE, "", "largest relative distance between the last iterate and recent ones"),
  SETTLED_LOSS(ValueType.DOUBLE, "loss", "training objective where the iterate settled"),
  RAW_LOSS(
      ValueType.DOUBLE,
      "loss",
      "training objective where the trial stopped, where the settled point was judged"),
  RAW_GRADIENT_NORM(
      ValueType.DOUBLE, "", "‖∇f‖ where the trial stopped, where the settled point was judged"),
  RAW_AVAIL(
      ValueType.DOUBLE, "G", "avail where the trial stopped, where the settled point was judged"),
  // Signal
  FORWARD_LOG10(
      ValueType.DOUBLE, "log10", "centred output signal over centred input signal, at the end"),
  BACKWARD_LOG10(
      ValueType.DOUBLE,
      "log10",
      "gradient at the first layer over gradient at the last, at the end"),
  INITIAL_FORWARD_LOG10(ValueType.DOUBLE, "log10", "forward_log10 at the initial weights"),
  INITIAL_BACKWARD_LOG10(ValueType.DOUBLE, "log10", "backward_log10 at the initial weights"),
  SIGNAL_DROP_LAYER(
      ValueType.LONG,
      "",
      "the layer, from 1 at the input, whose centred signal per unit is the smallest share of that before it, at the end; NULL where it falls nowhere"),
  GRADIENT_DROP_LAYER(
      ValueType.LONG,
      "",
      "the layer, from 1 at the input, whose backward norm is the smallest share of that of the layer after it, at the end; NULL where it falls nowhere"),
  INITIAL_SIGNAL_DROP_LAYER(ValueType.LONG, "", "signal_drop_layer at the initial weights"),
  INITIAL_GRADIENT_DROP_LAYER(ValueType.LONG, "", "gradient_drop_layer at the initial weights"),
  DEAD_SHARE(
      ValueType.DOUBLE,
      "",
      "largest share over the layers, the output's included and those of residual branches left out, of ReLU units that are off on every row (a ReLU6 is off below 0 and above 6: always the same of the two)"),
  DEAD_LAYER(ValueType.LONG, "", "the first layer of that share; NULL where it is 0"),
  ACTIVE_SHARE(
      ValueType.DOUBLE,
      "",
      "smallest share over the ReLU layers, the output's included and those of residual branches left out, of (row, unit) pairs that are on; 1 without such layers"),
  SATURATED_SHARE(
      ValueType.DOUBLE,
      "",
      "largest share over the layers, the output's included and those of residual branches left out, of tanh, sigmoid or softsign activations within 5 % of their range of a bound (|tanh|, |softsign| > 0.9; sigmoid < 0.05 or > 0.95)"),
  SATURATED_LAYER(ValueType.LONG, "", "the first layer of that share; NULL where it is 0"),
  INITIAL_LIVING_LOG10(
      ValueType.DOUBLE,
      "log10",
      "centred signal over centred input signal at the initial weights, at the last layer before one that lets nothing through"),
  INITIAL_DEAD_SHARE(ValueType.DOUBLE, "", "dead_share at the initial weights"),
  INITIAL_SATURATED_SHARE(ValueType.DOUBLE, "", "saturated_share at the initial weights"),
  DISTINCT_UNITS_MIN(ValueType.LONG, "units", "fewest distinct units in a hidden layer"),
  // The examination itself
  EXAMINED_ROWS(ValueType.LONG, "rows", "training rows that the Krylov work was done on"),
  SUBSAMPLED(ValueType.BOOLEAN, "", "those are a seeded subset of the training rows"),
  EXAMINATION_COST(
      ValueType.DOUBLE,
      "gradients",
      "cost of the examination in full-batch gradients on those rows"),
  NOT_EXAMINED(
      ValueType.BOOLEAN, "", "the spec asked for signals only, so nothing was judged; else NULL"),
  CEILING_HIT(
      ValueType.BOOLEAN, "", "the ceiling on the examination's cost left the decision open");

  private final ValueType type;
  private final String unit;
  private final String doc;

  Measure(ValueType type, String unit, String doc) {
    this.type = type;
    this.unit = unit;
    this.doc = doc;
  }

  /** The column's name. */
  public String key() {
    // The trial's hyperparameter "loss" stands in the same table.
    return this == LOSS ? "judged_loss" : name().toLowerCase(Locale.ROOT);
  }

  public ValueType type() {
    return type;
  }

  /** Unit, empty where it has none; {@code G} is the loss range. */
  public String unit() {
    return unit;
  }

  public String doc() {
    return doc;
  }
}
