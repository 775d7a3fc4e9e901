package org.saddlemap.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigurationTest {
  private static final Map<Hyperparameter, List<String>> SAMPLES =
      Map.ofEntries(
          Map.entry(Hyperparameter.DEPTH, List.of("0", "2e2", "7")),
          Map.entry(Hyperparameter.WIDTH, List.of("1", "65536")),
          Map.entry(Hyperparameter.ACTIVATION, List.of("gelu", "leaky_relu")),
          Map.entry(Hyperparameter.LOSS, List.of("mse", "binary_cross_entropy")),
          Map.entry(
              Hyperparameter.INITIALIZER,
              List.of(
                  "zeros",
                  "constant(-0)",
                  "constant(-1e-300)",
                  "normal(0.1)",
                  "uniform( 2 )",
                  "xavier_uniform",
                  "xavier_normal",
                  "he_normal",
                  "he_uniform",
                  "lecun_normal",
                  "orthogonal",
                  "orthogonal(1.5)",
                  "scaled_normal(1.5,0)",
                  "truncated_normal(0.1)",
                  "lecun_uniform_fan_out",
                  "torch_default",
                  "normal",
                  "truncated_normal( std )",
                  "constant",
                  "uniform",
                  "orthogonal(gain)",
                  "scaled_normal(sigma_w,sigma_b)",
                  "keras_default")),
          Map.entry(Hyperparameter.STD, List.of("0.1", "1e-3")),
          Map.entry(Hyperparameter.BOUND, List.of("0.1", "2")),
          Map.entry(Hyperparameter.WEIGHT, List.of("0", "-0.3")),
          Map.entry(Hyperparameter.GAIN, List.of("1", "1.5")),
          Map.entry(Hyperparameter.SIGMA_W, List.of("1.5", "2")),
          Map.entry(Hyperparameter.SIGMA_B, List.of("0", "0.05")),
          Map.entry(
              Hyperparameter.BIAS_INITIALIZER,
              List.of("zeros", "constant(0.1)", "normal(1)", "uniform(2)", "torch_default")),
          Map.entry(Hyperparameter.LEARNING_RATE, List.of("1e-7", "sharpness(0.3)", "1e20")),
          Map.entry(
              Hyperparameter.SCHEDULE,
              List.of("constant", "cosine", "linear", "step(30, .1)", "inverse_sqrt(1e2)")),
          Map.entry(Hyperparameter.WARMUP, List.of("0", "1e3")),
          Map.entry(Hyperparameter.ACCUMULATION, List.of("1", "4", "2147483647")),
          Map.entry(
              Hyperparameter.LAYER_RATES,
              List.of("uniform", "decay(.5)", "decay(1)", "list(1, 0.1,0)")),
          Map.entry(Hyperparameter.BATCH_SIZE, List.of("full", "4e3", "1")),
          Map.entry(Hyperparameter.CLIPPING, List.of("none", "norm(1)", "value(1e-3)")),
          Map.entry(Hyperparameter.MOMENTUM, List.of("-0", "0.99", "1")),
          Map.entry(Hyperparameter.L2, List.of("0.30000000000000004", "1e15", "123456789.125")),
          Map.entry(Hyperparameter.EPOCHS, List.of("1", "2147483647")));

  @Test
  void canonicalTextReadsBack() {
    for (int seed = 0; seed < 1000; seed++) {
      Random random = new Random(seed);
      Map<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
      SAMPLES.forEach(
          (h, texts) -> {
            if (random.nextBoolean()) {
              given.put(h, h.parse(texts.get(random.nextInt(texts.size()))));
            }
          });
      if (random.nextBoolean()) {
        given.put(Hyperparameter.L2, Math.abs(Double.longBitsToDouble(random.nextLong() >>> 2)));
      }
      Configuration c = Configuration.of(given);
      assertThat(Configuration.parse(c.canonical())).as("seed %d", seed).isEqualTo(c);
      assertThat(Configuration.parse(c.canonical()).canonical()).isEqualTo(c.canonical());
      assertThat(Configuration.parse(c.identity())).as("seed %d", seed).isEqualTo(c);
    }
  }

  @ParameterizedTest
  @EnumSource(Hyperparameter.class)
  void defaultsAreCanonical(Hyperparameter h) {
    h.defaultText().ifPresent(t -> assertThat(Hyperparameter.text(h.parse(t))).isEqualTo(t));
    assertThat(Hyperparameter.byKey(h.key())).contains(h);
  }

  @Test
  void equalValuesHaveEqualText() {
    assertThat(of(Hyperparameter.LEARNING_RATE, "0.10").canonical())
        .isEqualTo(of(Hyperparameter.LEARNING_RATE, " 1e-1").canonical());
    assertThat(of(Hyperparameter.INITIALIZER, "orthogonal"))
        .isEqualTo(of(Hyperparameter.INITIALIZER, "orthogonal(1.0)"));
    assertThat(of(Hyperparameter.MOMENTUM, "-0")).isEqualTo(of(Hyperparameter.MOMENTUM, "0"));
  }

  /** An initializer's parameter is a number in its place, or a hyperparameter of its own. */
  @Test
  void parametersOfInitializersAreFilledIn() {
    Configuration open = Configuration.parse("initializer=normal;std=0.01");
    assertThat(open.initializer()).isEqualTo(new Initializer.Normal(0.01));
    assertThat(open.canonical()).contains("initializer=normal(std);std=0.01;");
    assertThat(open.identity()).isEqualTo("initializer=normal(std);std=0.01");
    assertThat(Configuration.parse("initializer=normal(0.01);std=0.5").identity())
        .isEqualTo("initializer=normal(0.01)");
    assertThat(Configuration.parse("initializer=orthogonal;gain=2").initializer())
        .isEqualTo(new Initializer.Orthogonal(1));
    assertThat(Configuration.parse("initializer=orthogonal(gain);gain=2").initializer())
        .isEqualTo(new Initializer.Orthogonal(2));
    assertThat(Configuration.parse("initializer=scaled_normal;sigma_w=1.5;sigma_b=0").initializer())
        .isEqualTo(new Initializer.ScaledNormal(1.5, 0));
    assertThatThrownBy(Configuration.parse("initializer=uniform")::initializer)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bound does not apply to initializer=uniform(bound)");
  }

  @Test
  void biasesStartAsTheyAreSaidTo() {
    assertThat(Configuration.parse("bias_initializer=normal(0.5)").initializer().biases())
        .isEqualTo(new Initializer.Normal(0.5));
    assertThat(Configuration.parse("").initializer().biases()).isEqualTo(new Initializer.Zeros());
    Configuration torch = Configuration.parse("initializer=torch_default;bias_initializer=zeros");
    assertThat(torch.value(Hyperparameter.BIAS_INITIALIZER)).isEmpty();
    assertThat(torch.initializer().biases()).isEqualTo(Initializer.VarianceScaling.TORCH_DEFAULT);
    assertThat(
            Configuration.parse("initializer=scaled_normal(1,2);bias_initializer=constant(1)")
                .initializer()
                .biases())
        .isEqualTo(new Initializer.Normal(2));
  }

  @Test
  void stepsFollowTheBudget() {
    assertThat(of(Hyperparameter.MAX_STEPS, "77").steps(1000)).isEqualTo(77);
    // 1000 rows in batches of 32 are 32 steps, the last of 8 rows.
    assertThat(of(Hyperparameter.EPOCHS, "3").steps(1000)).isEqualTo(96);
    assertThat(of(Hyperparameter.EPOCHS, "3").steps(20)).isEqualTo(3);
    // In steps of 5 batches, the last of an epoch has two, of 32 and 8 rows.
    assertThat(Configuration.parse("epochs=3;accumulation=5").steps(1000)).isEqualTo(21);
    assertThat(Configuration.parse("epochs=3;accumulation=2147483647").steps(1000)).isEqualTo(3);
    assertThat(Configuration.parse("batch_size=full;accumulation=5").identity())
        .isEqualTo("batch_size=full");
    assertThatThrownBy(
            () -> Configuration.of(Map.of(Hyperparameter.EPOCHS, 1L, Hyperparameter.MAX_STEPS, 1L)))
        .hasMessage("max_steps and epochs cannot both be given");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "depth         | 201          | is not a whole number from 0 to 200",
        "depth         | 0x1          | is not a whole number from 0 to 200",
        "width         | 1e99         | is not a whole number from 1 to 65536",
        "l2            | NaN          | is not a number",
        "l2            | 1d           | is not a number",
        "l2            | 1e999        | is too large",
        "l2            | -1           | is not at least 0",
        "beta2         | 1            | is not below 1",
        "rho           | 1            | is not below 1",
        "epsilon       | 0            | is not above 0 in single precision",
        "epsilon       | 1e-50        | is not above 0 in single precision",
        "learning_rate | -1           | needs a rate > 0, got -1",
        "learning_rate | sharpness(0) | needs a multiple > 0, got 0",
        "learning_rate | fast         | is neither a number nor sharpness(c)",
        "schedule      | cosine(3)    | takes 0 arguments, not 1",
        "schedule      | step(3)      | takes 2 arguments, not 1",
        "schedule      | step(0, .1)  | needs steps >= 1 between its falls, got 0",
        "schedule      | step(1.5,.1) | 'needs a whole number of steps below 2^31 between its falls, got 1.5'",
        "schedule      | step(9, 1)   | 'needs a factor between 0 and 1, got 1'",
        "schedule      | exponential  | 'is not one of constant, step(every, factor), cosine, linear, inverse_sqrt(steps)'",
        "schedule      | inverse_sqrt(0) | 'needs a number of steps > 0, got 0'",
        "warmup        | -1           | is not a whole number from 0 to 2147483647",
        "layer_rates   | decay(0)     | 'needs a ratio > 0, got 0'",
        "layer_rates   | 'list(0, 0)' | 'needs a factor above 0, or nothing is trained'",
        "layer_rates   | list(-1)     | 'needs a factor >= 0, got -1'",
        "layer_rates   | list         | 'needs a factor above 0, or nothing is trained'",
        "layer_rates   | rates(1)     | 'is not one of uniform, decay(ratio), list(factor, …)'",
        "clipping      | norm         | takes 1 argument, not 0",
        "clipping      | clip(1)      | is not one of none, norm(x), value(x)",
        "initializer   | normal(1, 2) | takes 1 argument, not 2",
        "initializer   | normal(NaN)  | has an argument that is not a number: 'NaN'",
        "batch_size    | 1.5          | is neither a whole number below 2^31 nor full",
        "bias          | yes          | is neither true nor false"
      })
  void wrongValuesAreRefused(String key, String text, String message) {
    assertThatThrownBy(() -> Hyperparameter.byKey(key).orElseThrow().parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static Configuration of(Hyperparameter h, String text) {
    return Configuration.of(Map.of(h, h.parse(text)));
  }

  /** Defaults are left out of the text, so that those of a later version leave it as it is. */
  @Test
  void textIsWhatDiffersFromTheDefaults() {
    assertThat(Configuration.of(Map.of()).identity()).isEmpty();
    assertThat(Configuration.parse("")).isEqualTo(Configuration.of(Map.of()));
    assertThat(of(Hyperparameter.DEPTH, "3").identity()).isEqualTo("depth=3");
    for (Hyperparameter h : Hyperparameter.values()) {
      h.defaultText().ifPresent(t -> assertThat(of(h, t).identity()).as(h.key()).isEmpty());
    }
  }

  private static boolean ofInitializers(Hyperparameter h) {
    return h.governor().filter(g -> g == Hyperparameter.INITIALIZER).isPresent();
  }

  /** At each of its forms an initializer has its own parameters, and no others. */
  @Test
  void parametersApplyToTheirInitializersAlone() {
    assertThat(applying("xavier_uniform")).containsExactly("bias_initializer");
    assertThat(applying("normal(0.1)")).containsExactly("bias_initializer");
    assertThat(applying("normal")).containsExactly("std", "bias_initializer");
    assertThat(applying("truncated_normal")).containsExactly("std", "bias_initializer");
    assertThat(applying("uniform")).containsExactly("bound", "bias_initializer");
    assertThat(applying("constant")).containsExactly("weight", "bias_initializer");
    assertThat(applying("orthogonal")).containsExactly("bias_initializer");
    assertThat(applying("orthogonal(gain)")).containsExactly("gain", "bias_initializer");
    assertThat(applying("scaled_normal")).containsExactly("sigma_w", "sigma_b");
    assertThat(applying("scaled_normal(1, 0)")).isEmpty();
    assertThat(applying("torch_default")).isEmpty();
  }

  private static List<String> applying(String initializer) {
    Configuration c =
        Configuration.parse(
            "initializer=%s;std=1;bound=1;weight=1;gain=1;sigma_w=1;sigma_b=1"
                .formatted(initializer));
    return Arrays.stream(Hyperparameter.values())
        .filter(h -> ofInitializers(h) && c.value(h).isPresent())
        .map(Hyperparameter::key)
        .toList();
  }

  @Test
  void whatDoesNotApplyHasNoValue() {
    Configuration linear =
        Configuration.parse("depth=0;width=7;activation=relu;batch_norm=true;momentum=0.5");
    assertThat(Hyperparameter.values())
        .filteredOn(h -> linear.value(h).isEmpty() && !ofInitializers(h))
        .containsExactlyInAnyOrder(
            Hyperparameter.WIDTH,
            Hyperparameter.ACTIVATION,
            Hyperparameter.NORMALIZATION,
            Hyperparameter.RESIDUAL,
            Hyperparameter.DROPOUT,
            Hyperparameter.WIDTHS,
            Hyperparameter.ACTIVATIONS,
            Hyperparameter.LAYER_RATES,
            Hyperparameter.MOMENTUM,
            Hyperparameter.BETA1,
            Hyperparameter.BETA2,
            Hyperparameter.RHO,
            Hyperparameter.EPSILON,
            Hyperparameter.WEIGHT_DECAY,
            Hyperparameter.EPOCHS);
    assertThat(linear.identity()).isEqualTo("depth=0");
    assertThat(linear.normalization().isNone()).isTrue();
    assertThatThrownBy(linear::width).hasMessage("width does not apply to depth=0");
    Configuration adam = Configuration.of(Map.of(Hyperparameter.OPTIMIZER, OptimizerKind.ADAM));
    assertThat(Hyperparameter.values())
        .filteredOn(h -> adam.value(h).isEmpty() && !ofInitializers(h))
        .containsExactlyInAnyOrder(
            Hyperparameter.MOMENTUM,
            Hyperparameter.RHO,
            Hyperparameter.WEIGHT_DECAY,
            Hyperparameter.EPOCHS);
  }
}
