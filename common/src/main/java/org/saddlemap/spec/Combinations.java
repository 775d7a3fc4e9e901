package org.saddlemap.spec;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.saddlemap.space.Activation;
import org.saddlemap.space.Activations;
import org.saddlemap.space.BatchSize;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Initializer;
import org.saddlemap.space.LayerRates;
import org.saddlemap.space.Loss;
import org.saddlemap.space.Normalization;
import org.saddlemap.space.Parametrization;
import org.saddlemap.space.Residual;
import org.saddlemap.space.Space;
import org.saddlemap.space.Widths;

/**
 * Finds values of which each is right by itself, but not together. Combinations that the spec
 * excludes are no error.
 */
final class Combinations {
  private final Space space;
  private final DataSpec data;
  private final Map<Hyperparameter, List<Object>> taken;
  private final Map<Hyperparameter, Value> given;
  private final Value spec;

  /**
   * @param taken all values of each hyperparameter
   * @param given where hyperparameters are given
   * @param spec the spec as a whole, where silence is at fault
   */
  Combinations(
      Space space,
      DataSpec data,
      Map<Hyperparameter, List<Object>> taken,
      Map<Hyperparameter, Value> given,
      Value spec) {
    this.space = space;
    this.data = data;
    this.taken = taken;
    this.given = given;
    this.spec = spec;
  }

  /**
   * @throws InvalidInput at the first combination that cannot be trained or would change nothing
   */
  void check() {
    checkScopes();
    checkParameters();
    checkLosses();
    checkBiases();
    checkNormalization();
    checkWarmup();
    checkLayerRates();
    checkLists();
    checkResidual();
    checkParametrization();
  }

  /** A value that applies to no configuration is taken for a slip. */
  private void checkScopes() {
    for (Hyperparameter h : Hyperparameter.values()) {
      if (!given.containsKey(h) || h.governor().isEmpty() || !space.values(h).isEmpty()) {
        continue;
      }
      Hyperparameter governor = h.governor().get();
      if (governor == Hyperparameter.OPTIMIZER || governor == Hyperparameter.INITIALIZER) {
        throw where(h)
            .error(
                "has no effect: no %s here uses it (%s); it belongs to %s"
                    .formatted(
                        governor.key(), texts(taken.get(governor)), h.belongsTo().orElseThrow()));
      }
      // A fixed width beside depth 0 does no harm: it applies as soon as depth does.
      if (taken.get(h).size() > 1) {
        throw where(h)
            .error(
                "is swept without effect: %s is always %s, and it concerns %s"
                    .formatted(
                        h.governor().get().key(),
                        texts(taken.get(h.governor().get())),
                        h.belongsTo().orElseThrow()));
      }
    }
  }

  /** What an initializer leaves to a hyperparameter has to be given. */
  private void checkParameters() {
    for (Object value : taken.get(Hyperparameter.INITIALIZER)) {
      if (value instanceof Initializer.Open open
          && space.included(Map.of(Hyperparameter.INITIALIZER, value)) > 0) {
        for (String key : open.parameters()) {
          if (!taken.containsKey(Hyperparameter.byKey(key).orElseThrow())) {
            throw where(Hyperparameter.INITIALIZER)
                .error(
                    "%s takes its %s from the hyperparameter '%s', which is not given; needs one, such as %s: 0.1, or a number in its place, such as %s"
                        .formatted(open.text(), key, key, key, open.with(parameter -> 0.1).text()));
          }
        }
      }
    }
  }

  private void checkLosses() {
    for (Object loss : taken.get(Hyperparameter.LOSS)) {
      Value at = where(Hyperparameter.LOSS);
      if (loss == Loss.MSE || space.included(Map.of(Hyperparameter.LOSS, loss)) == 0) {
        continue;
      }
      String name = Hyperparameter.text(loss);
      if (data.task() == DataSpec.Task.REGRESSION) {
        throw at.error(
            "%s needs classes, and the data are for regression; needs mse".formatted(name));
      }
      if (loss == Loss.BINARY_CROSS_ENTROPY
          && data.source() instanceof SyntheticSource s
          && s.classes() != 2) {
        throw at.error(
            "%s needs 2 classes, and the data have %d; needs cross_entropy or mse"
                .formatted(name, s.classes()));
      }
      for (Object output : taken.get(Hyperparameter.OUTPUT_ACTIVATION)) {
        if (output != Activation.IDENTITY
            && space.included(
                    Map.of(Hyperparameter.LOSS, loss, Hyperparameter.OUTPUT_ACTIVATION, output))
                > 0) {
          throw where(Hyperparameter.OUTPUT_ACTIVATION)
              .error(
                  "%s cannot go with the loss %s, which takes logits and applies its own %s; needs identity, or the loss mse, or an exclude"
                      .formatted(
                          Hyperparameter.text(output),
                          name,
                          loss == Loss.CROSS_ENTROPY ? "softmax" : "sigmoid"));
        }
      }
    }
  }

  private void checkBiases() {
    for (Object biases : taken.get(Hyperparameter.BIAS_INITIALIZER)) {
      if (!(biases instanceof Initializer.Zeros)
          && taken.get(Hyperparameter.BIAS).contains(false)
          && space.included(
                  Map.of(Hyperparameter.BIAS, false, Hyperparameter.BIAS_INITIALIZER, biases))
              > 0) {
        throw where(Hyperparameter.BIAS_INITIALIZER)
            .error(
                "%s cannot go with bias: false, where there are no biases; needs zeros, or bias: true, or an exclude such as - where: {bias: false, bias_initializer: %s}"
                    .formatted(Hyperparameter.text(biases), Hyperparameter.text(biases)));
      }
    }
    if (taken.get(Hyperparameter.BIAS).contains(true)) {
      return;
    }
    for (Object initializer : taken.get(Hyperparameter.INITIALIZER)) {
      if (drawsNormalBiases(initializer)) {
        throw where(Hyperparameter.INITIALIZER)
            .error(
                "%s gives biases a variance, and bias is always false; needs sigma_b 0, or bias: true"
                    .formatted(((Initializer) initializer).text()));
      }
    }
  }

  private boolean drawsNormalBiases(Object initializer) {
    return initializer == Initializer.Open.SCALED_NORMAL
        ? !taken.get(Hyperparameter.SIGMA_B).equals(List.of(0.0))
        : initializer instanceof Initializer.ScaledNormal scaled && scaled.sigmaB() > 0;
  }

  /** A batch of one row is its own mean, so that batch normalization makes it 0 whatever it was. */
  private void checkNormalization() {
    BatchSize one = new BatchSize.Rows(1);
    if (taken.get(Hyperparameter.BATCH_SIZE).contains(one) && space.normalizes(one)) {
      throw where(Hyperparameter.BATCH_SIZE)
          .error(
              "1 cannot go with batch_norm: true (normalization: batch), which makes every row of such a batch 0; needs at least 2, or an exclude such as - where: {batch_norm: true, batch_size: 1}");
    }
  }

  private void checkWarmup() {
    for (Object steps : taken.getOrDefault(Hyperparameter.MAX_STEPS, List.of())) {
      for (Object warmup : taken.get(Hyperparameter.WARMUP)) {
        if ((Long) warmup > (Long) steps
            && space.included(
                    Map.of(Hyperparameter.WARMUP, warmup, Hyperparameter.MAX_STEPS, steps))
                > 0) {
          throw where(Hyperparameter.WARMUP)
              .error(
                  "%s steps are more than the whole budget, max_steps: %s; needs at most that many, or an exclude such as - where: {warmup: %s, max_steps: %s}"
                      .formatted(warmup, steps, warmup, steps));
        }
      }
    }
  }

  /** A list has a factor for each layer. */
  private void checkLayerRates() {
    for (Object value : taken.get(Hyperparameter.LAYER_RATES)) {
      for (Object depth : taken.get(Hyperparameter.DEPTH)) {
        if (value instanceof LayerRates.Listed list
            && Hyperparameter.LAYER_RATES.appliesAt(depth)
            && list.factors().size() != (Long) depth + 1
            && space.included(
                    Map.of(Hyperparameter.LAYER_RATES, value, Hyperparameter.DEPTH, depth))
                > 0) {
          throw where(Hyperparameter.LAYER_RATES)
              .error(
                  "%s has %s factors, and depth: %s has %s layers, the output's included; needs as many factors as layers, or an exclude such as - where: {depth: %s, layer_rates: \"%s\"}"
                      .formatted(
                          list.text(),
                          list.factors().size(),
                          depth,
                          (Long) depth + 1,
                          depth,
                          list.text()));
        }
      }
    }
  }

  /** Lists of widths and activations have one for each hidden layer. */
  private void checkLists() {
    for (Object depth : taken.get(Hyperparameter.DEPTH)) {
      for (Object value : taken.get(Hyperparameter.WIDTHS)) {
        if (value instanceof Widths.Listed list) {
          checkList(Hyperparameter.WIDTHS, value, list.units().size(), (Long) depth);
        }
      }
      for (Object value : taken.get(Hyperparameter.ACTIVATIONS)) {
        if (!((Activations) value).each().isEmpty()) {
          checkList(
              Hyperparameter.ACTIVATIONS, value, ((Activations) value).each().size(), (Long) depth);
        }
      }
    }
  }

  private void checkList(Hyperparameter h, Object value, int size, long depth) {
    if (depth > 0
        && size != depth
        && space.included(Map.of(h, value, Hyperparameter.DEPTH, depth)) > 0) {
      throw where(h)
          .error(
              "%s has %d elements, and depth: %d has %d hidden layers; needs as many, or an exclude such as - where: {depth: %d, %s: \"%s\"}"
                  .formatted(
                      Hyperparameter.text(value),
                      size,
                      depth,
                      depth,
                      depth,
                      h.key(),
                      Hyperparameter.text(value)));
    }
  }

  /** A sum needs equal widths, and normalization after it needs a sum. */
  private void checkResidual() {
    for (Object residual : taken.get(Hyperparameter.RESIDUAL)) {
      boolean none = ((Residual) residual).isNone();
      for (Object widths : taken.get(Hyperparameter.WIDTHS)) {
        boolean apart = !none && !(widths instanceof Widths.Uniform);
        if (apart && meet(Hyperparameter.RESIDUAL, residual, Hyperparameter.WIDTHS, widths)) {
          throw where(Hyperparameter.RESIDUAL)
              .error(
                  "%s cannot go with widths: %s, since a block's sum needs as many units behind it as before; needs widths: uniform, or residual: false, or an exclude of the two together"
                      .formatted(Hyperparameter.text(residual), Hyperparameter.text(widths)));
        }
      }
      for (Object norm : taken.getOrDefault(Hyperparameter.NORMALIZATION, List.of())) {
        boolean alone = none && ((Normalization) norm).place() == Normalization.Place.SUM;
        if (alone && meet(Hyperparameter.RESIDUAL, residual, Hyperparameter.NORMALIZATION, norm)) {
          throw where(Hyperparameter.NORMALIZATION)
              .error(
                  "%s cannot go with residual: false, where there is no sum; needs residual: true, or another place such as %s, or an exclude of the two together"
                      .formatted(
                          Hyperparameter.text(norm),
                          ((Normalization) norm).kind().name().toLowerCase(Locale.ROOT)));
        }
      }
    }
  }

  /** What goes with the width needs widths to go with. */
  private void checkParametrization() {
    List<Object> widths = space.values(Hyperparameter.WIDTH);
    for (Object value : taken.get(Hyperparameter.PARAMETRIZATION)) {
      if (value instanceof Parametrization.Mup mup
          && widths.size() < 2
          && space.included(Map.of(Hyperparameter.PARAMETRIZATION, value)) > 0) {
        throw where(Hyperparameter.PARAMETRIZATION)
            .error(
                "%s says how rates go with the width, and width is always %s; sweep width in grid, or take standard"
                    .formatted(mup.text(), texts(taken.get(Hyperparameter.WIDTH))));
      }
    }
  }

  private boolean meet(Hyperparameter a, Object ofA, Hyperparameter b, Object ofB) {
    return !space.values(a).isEmpty() && space.included(Map.of(a, ofA, b, ofB)) > 0;
  }

  private Value where(Hyperparameter h) {
    return given.getOrDefault(h, spec);
  }

  private static String texts(List<Object> values) {
    return values.stream().map(Hyperparameter::text).collect(Collectors.joining(", "));
  }
}
