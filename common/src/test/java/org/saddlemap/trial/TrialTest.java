package org.saddlemap.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.ExaminationSpec;
import org.saddlemap.spec.SpecReader;
import org.saddlemap.trial.Seeds.Stream;
import org.saddlemap.verdict.Thresholds;

class TrialTest {
  private static final Configuration PLAIN = Configuration.of(Map.of());

  private static final TrialContext CONTEXT =
      new TrialContext(7, "data", ExaminationSpec.DEFAULT, "1", 2);

  @Test
  void anIdChangesWithEveryIngredient() {
    Set<TrialId> ids = new HashSet<>();
    List<TrialId> all = new ArrayList<>();
    all.add(CONTEXT.id(PLAIN, 0));
    all.add(CONTEXT.id(PLAIN, 1));
    all.add(new TrialContext(8, "data", ExaminationSpec.DEFAULT, "1", 2).id(PLAIN, 0));
    all.add(new TrialContext(7, "datb", ExaminationSpec.DEFAULT, "1", 2).id(PLAIN, 0));
    all.add(new TrialContext(7, "data", ExaminationSpec.DEFAULT, "2", 2).id(PLAIN, 0));
    all.add(new TrialContext(7, "data", ExaminationSpec.DEFAULT, "1", 3).id(PLAIN, 0));
    all.add(CONTEXT.id(of("optimizer", "momentum"), 0));
    all.add(CONTEXT.id(of("optimizer", "rmsprop"), 0));
    for (Hyperparameter h : Hyperparameter.values()) {
      String optimizer =
          switch (h) {
            case MOMENTUM -> "momentum";
            case RHO -> "rmsprop";
            case WEIGHT_DECAY -> "adamw";
            case BETA1, BETA2, EPSILON, OPTIMIZER -> "adam";
            default -> "sgd";
          };
      Map<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
      given.put(Hyperparameter.OPTIMIZER, Hyperparameter.OPTIMIZER.parse(optimizer));
      String initializer =
          switch (h) {
            case STD -> "normal";
            case BOUND -> "uniform";
            case WEIGHT -> "constant";
            case GAIN -> "orthogonal(gain)";
            case SIGMA_W, SIGMA_B -> "scaled_normal";
            default -> "xavier_uniform";
          };
      given.put(Hyperparameter.INITIALIZER, Hyperparameter.INITIALIZER.parse(initializer));
      given.put(h, h.parse(other(h)));
      all.add(CONTEXT.id(Configuration.of(given), 0));
    }
    for (String setting : SETTINGS) {
      ExaminationSpec examination =
          SpecReader.read(
                  "name: s\ndata: {synthetic: {problem: xor}}\nexamine: " + setting, "s.yaml")
              .examination();
      all.add(new TrialContext(7, "data", examination, "1", 2).id(PLAIN, 0));
    }
    assertThat(all).allSatisfy(id -> assertThat(ids.add(id)).as(id.hex()).isTrue());
    assertThat(all.get(0)).isEqualTo(CONTEXT.id(Configuration.of(Map.of()), 0));
  }

  /** Each key of the section, at another value than its default. */
  private static final List<String> SETTINGS =
      List.of(
          "signals",
          "{rows: 100}",
          "{ceiling: 100}",
          "{exact_below: 100}",
          "{sharpness: true}",
          "{seed: 100}",
          "{thresholds: {eps: 0.25}}",
          "{thresholds: {eps_flat: 0.25}}",
          "{thresholds: {eps_slope: 0.25}}",
          "{thresholds: {slow: 0.25}}",
          "{thresholds: {floor_max: 0.25}}",
          "{thresholds: {blow_up: 0.25}}",
          "{thresholds: {move: 0.25}}",
          "{thresholds: {t_statistic: 0.25}}",
          "{thresholds: {upward: 0.25}}");

  /** A setting that is added is added above, too. */
  @Test
  void theSettingsAboveAreAllOfThem() {
    assertThat(SETTINGS)
        .hasSize(
            ExaminationSpec.class.getRecordComponents().length
                - 1
                + Thresholds.class.getRecordComponents().length);
  }

  private static String other(Hyperparameter h) {
    return switch (h) {
      case DEPTH, WIDTH, BATCH_SIZE, EPOCHS, MAX_STEPS, WARMUP, ACCUMULATION -> "17";
      case ACTIVATION, OUTPUT_ACTIVATION -> "relu";
      case LOSS -> "mse";
      case INITIALIZER -> "zeros";
      case BIAS_INITIALIZER -> "normal(0.25)";
      case BIAS -> "false";
      case OPTIMIZER -> "adam";
      case CLIPPING -> "norm(1)";
      case SCHEDULE -> "cosine";
      case PARAMETRIZATION -> "ntk";
      case NORMALIZATION -> "layer";
      case RESIDUAL -> "true";
      case WIDTHS -> "pyramid(3)";
      case ACTIVATIONS -> "list(relu, tanh)";
      case LAYER_RATES -> "decay(0.5)";
      default -> "0.25";
    };
  }

  /** What a result cannot depend on is no part of its identity. */
  @Test
  void anIdStaysWhereNothingDiffers() {
    TrialId plain = CONTEXT.id(PLAIN, 0);
    for (String inert :
        List.of(
            "momentum",
            "beta1",
            "beta2",
            "rho",
            "epsilon",
            "std",
            "bound",
            "weight",
            "gain",
            "sigma_w",
            "sigma_b")) {
      assertThat(CONTEXT.id(of(inert, "0.25"), 0)).as(inert).isEqualTo(plain);
    }
    TrialId linear = CONTEXT.id(of("depth", "0"), 0);
    assertThat(
            CONTEXT.id(Configuration.parse("depth=0;width=7;activation=relu;batch_norm=true"), 0))
        .isEqualTo(linear);
    assertThat(CONTEXT.id(Configuration.parse("l2=0.10;learning_rate=1e-1"), 0))
        .isEqualTo(CONTEXT.id(Configuration.parse("learning_rate=0.1;l2=1e-1"), 0));
    // Trials at a rate in units of the sharpness have it measured anyway.
    ExaminationSpec sharpness =
        SpecReader.read(
                "name: s\ndata: {synthetic: {problem: xor}}\nexamine: {sharpness: true}", "s.yaml")
            .examination();
    Configuration sharp = of("learning_rate", "sharpness(1)");
    assertThat(new TrialContext(7, "data", sharpness, "1", 2).id(sharp, 0))
        .isEqualTo(CONTEXT.id(sharp, 0));
  }

  private static Configuration of(String key, String text) {
    return Configuration.parse(key + "=" + text);
  }

  @Test
  void sha256IsTheStandardOne() {
    // FIPS 180-2, appendix B.1.
    assertThat(TrialId.sha256("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThatThrownBy(() -> new TrialId("ABC")).hasMessage("Invalid trial id: 'ABC'");
    assertThatThrownBy(() -> new Trial(0, PLAIN, -1)).hasMessage("Invalid replicate: -1 < 0");
  }

  /** Common random numbers: nothing of the configuration goes into a stream. */
  @Test
  void aStreamRepeats() {
    for (Stream stream : Stream.values()) {
      RandomGenerator a = new Seeds(7, 3).stream(stream, 5);
      RandomGenerator b = new Seeds(7, 3).stream(stream, 5);
      for (int i = 0; i < 100; i++) {
        assertThat(a.nextLong()).isEqualTo(b.nextLong());
      }
    }
  }

  @Test
  void streamsDiffer() {
    Set<Long> firsts = new HashSet<>();
    int count = 0;
    for (long seed : new long[] {-1, 0, 1, 2, Long.MIN_VALUE, Long.MAX_VALUE}) {
      for (int replicate = 0; replicate < 20; replicate++) {
        for (Stream stream : Stream.values()) {
          for (int part = 0; part < 20; part++) {
            firsts.add(new Seeds(seed, replicate).stream(stream, part).nextLong());
            count++;
          }
        }
      }
    }
    assertThat(firsts).hasSize(count);
  }

  /** Bits of first draws over neighbouring seeds are balanced: within six standard deviations. */
  @Test
  void neighbouringStreamsAreUnrelated() {
    int n = 4000;
    int[] ones = new int[64];
    for (int i = 0; i < n; i++) {
      long x =
          new Seeds(7, i).stream(Stream.WEIGHTS, 0).nextLong()
              ^ new Seeds(7, i + 1).stream(Stream.WEIGHTS, 0).nextLong();
      for (int b = 0; b < 64; b++) {
        ones[b] += (int) (x >>> b & 1);
      }
    }
    for (int k : ones) {
      assertThat(k).isBetween(n / 2 - 190, n / 2 + 190);
    }
  }
}
