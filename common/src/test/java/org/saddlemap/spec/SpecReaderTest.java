package org.saddlemap.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.saddlemap.space.Axis;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.LearningRate;
import org.saddlemap.space.Loss;
import org.saddlemap.verdict.Thresholds;

/** What is read from a spec, and what it is by default. */
class SpecReaderTest {
  static final String FULL =
      """
      name: depth-and-init
      data:
        csv: data/digits.csv.gz
        label: last
        header: no
        task: classification
        scale: minmax
        holdout: 0.25
        seed: 99
        limit: 1000
      network: {width: "48", activation: relu, bias: true}
      train:
        optimizer: adam
        beta1: 0.8
        epochs: 3
        learning_rate: sharpness(2)
      grid:
        initializer: [zeros, constant(0.1), "scaled_normal(1.5, 0.05)", orthogonal]
        depth: [1, 2, "4", 16]
        l2: {from: 0, to: 0.4, count: 5}
        batch_size: [32, full]
        clipping: norm(1.0)
        epsilon: {log: [1.0e-8, 1e-2], count: 7}
      exclude:
        - where: {batch_size: full, depth: "> 4"}
        - where: {initializer: [zeros, orthogonal(1)], depth: 1}
      replicates: 3
      seed: -7
      arithmetic: portable
      limits: {trial_seconds: 12.5, trial_megabytes: 512}
      examine: {rows: 128, ceiling: 500, exact_below: 0, sharpness: true, seed: 4, thresholds: {eps: 2e-3, upward: 0.1}}
      """;

  @Test
  void everyPartIsRead() {
    SweepSpec spec = SpecReader.read(FULL, "full.yaml");
    assertThat(spec.name()).isEqualTo("depth-and-init");
    assertThat(spec.data())
        .isEqualTo(
            new DataSpec(
                new CsvSource("data/digits.csv.gz", "last", CsvSource.Header.NO),
                DataSpec.Task.CLASSIFICATION,
                DataSpec.Scale.MINMAX,
                0.25,
                99,
                OptionalLong.of(1000)));
    assertThat(spec.replicates()).isEqualTo(3);
    assertThat(spec.seed()).isEqualTo(-7);
    assertThat(spec.limits()).isEqualTo(new TrialLimits(12.5, 512));
    Thresholds t = spec.examination().thresholds();
    assertThat(t.eps()).isEqualTo(2e-3);
    assertThat(t.upward()).isEqualTo(0.1);
    assertThat(t.slow()).isEqualTo(Thresholds.DEFAULT.slow());
    assertThat(spec.examination())
        .isEqualTo(new ExaminationSpec(false, 128, OptionalDouble.of(500), 0, true, 4, t));
    assertThat(spec.space().axes().stream().map(a -> a.hyperparameter().key()))
        .containsExactly("initializer", "depth", "l2", "batch_size", "clipping", "epsilon");
    assertThat(texts(spec.space().axes().get(2))).containsExactly("0", "0.1", "0.2", "0.3", "0.4");
    assertThat(spec.space().size()).isEqualTo(4 * 4 * 5 * 2 * 7);
    // Excluded: (full, 16) for all 4 initializers; depth 1 for 2 initializers and 2 batch sizes.
    assertThat(spec.space().included()).isEqualTo((32 - 4 - 4) * 5 * 7);
    Configuration first = spec.space().at(0);
    assertThat(first.width()).isEqualTo(48);
    assertThat(first.learningRate()).isEqualTo(new LearningRate.Sharpness(2));
    assertThat(first.beta1()).isEqualTo(0.8);
    assertThat(first.value(Hyperparameter.MAX_STEPS)).isEmpty();
    assertThat(first.steps(100)).isEqualTo(12);
  }

  @Test
  void defaultsAreFilledIn() {
    SweepSpec spec = SpecReader.read("name: s\ndata: {synthetic: spirals}\nseed: 5\n", "s.yaml");
    assertThat(EffectiveSpec.yaml(spec))
        .isEqualTo(
            """
            name: s
            data:
              synthetic: {problem: spirals, rows: 600, features: 2, classes: 3, noise: 0.05}
              task: classification
              scale: standard
              holdout: 0.2
              seed: 5
            network:
              depth: 2
              width: 64
              activation: tanh
              output_activation: identity
              loss: cross_entropy
              initializer: xavier_uniform
              bias_initializer: zeros
              parametrization: standard
              normalization: none
              residual: none
              dropout: 0
              widths: uniform
              activations: uniform
              bias: true
            train:
              optimizer: sgd
              learning_rate: 0.1
              schedule: constant
              warmup: 0
              layer_rates: uniform
              batch_size: 32
              accumulation: 1
              clipping: none
              l2: 0
              max_steps: 1000
            replicates: 1
            seed: 5
            arithmetic: native
            limits:
              trial_seconds: 3600
              trial_megabytes: 4096
            examine:
              rows: 512
              exact_below: 300
              sharpness: false
              seed: 12345
              thresholds: {eps: 0.001, eps_flat: 1.0E-4, eps_slope: 0.01, slow: 0.05, floor_max: 0.3, blow_up: 1, move: 3, t_statistic: 3, upward: 0.2}
            """);
  }

  /** Where the combination is left out, or there is nothing to normalize. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        grid: {batch_norm: [true, false], batch_size: [1, 2]}
        exclude:
          - where: {batch_norm: true, batch_size: 1}
        """,
        "network: {depth: 0, batch_norm: true}\ntrain: {batch_size: 1}\n",
        "train: {batch_size: 1}\n",
      })
  void batchesOfOneRowAreFineWithoutNormalization(String rest) {
    SweepSpec spec = SpecReader.read("name: s\ndata: {synthetic: spirals}\n" + rest, "s.yaml");
    assertThat(spec.space().included()).isPositive();
  }

  @Test
  void signalsAloneAreOneWord() {
    String text = "name: s\ndata: {synthetic: spirals}\nexamine: signals\n";
    SweepSpec spec = SpecReader.read(text, "s.yaml");
    assertThat(spec.examination()).isEqualTo(ExaminationSpec.SIGNALS);
    assertThat(EffectiveSpec.yaml(spec)).endsWith("\nexamine: signals\n");
    assertThat(SpecReader.read(EffectiveSpec.yaml(spec), "e.yaml").examination())
        .isEqualTo(ExaminationSpec.SIGNALS);
  }

  @Test
  void defaultsAreTheConfigurationsOwn() {
    SweepSpec spec = SpecReader.read("name: s\ndata: {csv: a}\n", "s.yaml");
    assertThat(spec.space().at(0)).isEqualTo(Configuration.of(Map.of()));
  }

  @Test
  void regressionHasMseByDefault() {
    SweepSpec spec = SpecReader.read("name: s\ndata: {csv: a, task: regression}\n", "s.yaml");
    assertThat(spec.space().at(0).loss()).isEqualTo(Loss.MSE);
  }

  @Test
  void impossibleCombinationsMayBeExcluded() {
    String text =
        """
        name: s
        data: {csv: a}
        grid: {loss: [mse, cross_entropy], output_activation: [identity, tanh]}
        exclude:
          - where: {loss: cross_entropy, output_activation: tanh}
        """;
    assertThat(SpecReader.read(text, "s.yaml").space().included()).isEqualTo(3);
  }

  @Test
  void sharpnessIsAnAxis() {
    String head = "name: s\ndata: {csv: a}\ngrid: {learning_rate: ";
    assertThat(texts(axis(head + "{sharpness: [0.5, 1, 2]}}")))
        .containsExactly("sharpness(0.5)", "sharpness(1)", "sharpness(2)");
    assertThat(texts(axis(head + "{sharpness: {log: [0.5, 8], count: 5}}}")))
        .containsExactly(
            "sharpness(0.5)", "sharpness(1)", "sharpness(2)", "sharpness(4)", "sharpness(8)");
    assertThat(texts(axis(head + "{sharpness: 3}}"))).containsExactly("sharpness(3)");
  }

  @ParameterizedTest
  @EnumSource(SyntheticSource.Problem.class)
  void everyProblemHasASoundStandard(SyntheticSource.Problem problem) {
    String name = EffectiveSpec.word(problem);
    SweepSpec brief = SpecReader.read("name: s\ndata: {synthetic: " + name + "}", "s.yaml");
    assertThat(brief.data().source()).isEqualTo(problem.standard());
    assertThat(brief.data().task()).isEqualTo(problem.task());
    problem.standard().requireSound();
  }

  @Test
  void errorsThatOnlyDataBringAboutNameTheirLine() {
    String text = "name: s\ndata: {csv: a.csv}\ntrain:\n  epochs: 7\ngrid:\n  depth: [1, 2]\n";
    assertThat(SpecReader.error(text, "s.yaml", Hyperparameter.EPOCHS, "is too much"))
        .hasMessage("s.yaml:4:11: key 'train.epochs': is too much");
    assertThat(SpecReader.error(text, "s.yaml", Hyperparameter.DEPTH, "is too much"))
        .hasMessage("s.yaml:6:10: key 'grid.depth': is too much");
    assertThat(SpecReader.error(text, "s.yaml", Hyperparameter.LOSS, "does not fit"))
        .hasMessage("s.yaml:1:1: does not fit");
  }

  @Test
  void thresholdsAlone() {
    assertThat(SpecReader.thresholds("eps: 0.01\nmove: 2\n", "t.yaml"))
        .isEqualTo(new Thresholds(0.01, 1e-4, 1e-2, 0.05, 0.3, 1.0, 2, 3.0, 0.2));
    assertThat(SpecReader.thresholds("{}", "t.yaml")).isEqualTo(Thresholds.DEFAULT);
    assertThatThrownBy(() -> SpecReader.thresholds("eps_falt: 1", "t.yaml"))
        .isInstanceOf(InvalidInput.class)
        .hasMessage("t.yaml:1:1: key 'eps_falt': is not known; did you mean 'eps_flat'?");
  }

  @Test
  void distanceOfWords() {
    assertThat(Spelling.distance("tahn", "tanh")).isEqualTo(1);
    assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.distance("depth", "depth")).isEqualTo(0);
    assertThat(Spelling.nearest("Leaky-ReLU", List.of("relu", "leaky_relu")))
        .contains("leaky_relu");
    assertThat(Spelling.nearest("elephant", List.of("relu", "tanh"))).isEmpty();
  }

  private static Axis axis(String text) {
    return SpecReader.read(text, "s.yaml").space().axes().get(0);
  }

  private static List<String> texts(Axis axis) {
    return axis.values().stream().map(Hyperparameter::text).toList();
  }
}
