package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.saddlemap.curvature.NetworkSurface;
import org.saddlemap.network.Network;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.space.Space;
import org.saddlemap.spec.Arithmetic;
import org.saddlemap.spec.ExaminationSpec;

class CostModelTest {
  private static CostModel model(int features, int rows) {
    return new CostModel(features, 10, rows, ExaminationSpec.DEFAULT, Speed.SHIPPED);
  }

  private static Configuration configuration(Map<Hyperparameter, String> texts) {
    Map<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
    texts.forEach((h, text) -> given.put(h, h.parse(text)));
    return Configuration.of(given);
  }

  private record Sized(int features, int rows, Configuration configuration) {
    /** Beyond their limit surfaces keep no caches, and a larger trial takes less memory. */
    boolean keepsCaches() {
      Network net = Network.of(configuration, features, 10);
      return NetworkSurface.held(net, rows) == NetworkSurface.bytes(net, rows);
    }
  }

  /**
   * Their rows are those of one large batch; calls and passes over the parameters are their own.
   */
  @Test
  void accumulatedBatchesCostWhatTheyDoOneByOne() {
    CostModel model = model(20, 1000);
    Map<Hyperparameter, String> small = new EnumMap<>(Hyperparameter.class);
    small.put(Hyperparameter.BATCH_SIZE, "32");
    Map<Hyperparameter, String> four = new EnumMap<>(small);
    four.put(Hyperparameter.ACCUMULATION, "4");
    double seconds = model.of(configuration(four)).trainSeconds();
    assertThat(seconds)
        .isCloseTo(4 * model.of(configuration(small)).trainSeconds(), withinPercentage(1e-9));
    small.put(Hyperparameter.BATCH_SIZE, "128");
    assertThat(seconds).isGreaterThan(model.of(configuration(small)).trainSeconds());
    four.put(Hyperparameter.ACCUMULATION, "1000000");
    assertThat(model.of(configuration(four)).trainSeconds())
        .isCloseTo(seconds * 1000 / 128, withinPercentage(1e-9));
  }

  @Test
  void nd4jTakesLongerToTrainAndAsLongToExamine() {
    Configuration small = Configuration.parse("depth=1;width=16;batch_size=16");
    Configuration large = Configuration.parse("depth=3;width=512;batch_size=512");
    CostModel fast = model(64, 1500);
    CostModel plain =
        new CostModel(64, 10, 1500, ExaminationSpec.DEFAULT, Arithmetic.ND4J, Speed.SHIPPED);
    double factor = plain.of(small).trainSeconds() / fast.of(small).trainSeconds();
    assertThat(factor).isGreaterThan(20);
    assertThat(plain.of(large).trainSeconds() / fast.of(large).trainSeconds())
        .isBetween(1.0, factor / 10);
    assertThat(plain.of(small).examineSeconds()).isEqualTo(fast.of(small).examineSeconds());
  }

  @Test
  void costNeverFallsWhenATrialGrows() {
    List<Hyperparameter> sizes =
        List.of(
            Hyperparameter.DEPTH,
            Hyperparameter.WIDTH,
            Hyperparameter.BATCH_SIZE,
            Hyperparameter.MAX_STEPS);
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      Map<Hyperparameter, String> small = new EnumMap<>(Hyperparameter.class);
      sizes.forEach(h -> small.put(h, Integer.toString(1 + random.nextInt(100))));
      int features = 1 + random.nextInt(100);
      int rows = 1 + random.nextInt(5000);
      CostModel.Cost least = model(features, rows).of(configuration(small));

      List<Sized> larger = new ArrayList<>();
      for (Hyperparameter h : sizes) {
        Map<Hyperparameter, String> grown = new EnumMap<>(small);
        grown.merge(
            h, "", (a, b) -> Integer.toString(Integer.parseInt(a) + 1 + random.nextInt(50)));
        larger.add(new Sized(features, rows, configuration(grown)));
      }
      larger.add(new Sized(features + 7, rows, configuration(small)));
      larger.add(new Sized(features, rows + 700, configuration(small)));
      for (Sized grown : larger) {
        CostModel.Cost cost = model(grown.features(), grown.rows()).of(grown.configuration());
        assertThat(cost.trainSeconds())
            .as("seed %d", seed)
            .isGreaterThanOrEqualTo(least.trainSeconds());
        assertThat(cost.examineSeconds())
            .as("seed %d", seed)
            .isGreaterThanOrEqualTo(least.examineSeconds());
        if (grown.keepsCaches()) {
          assertThat(cost.bytes()).as("seed %d", seed).isGreaterThanOrEqualTo(least.bytes());
        }
      }
    }
  }

  /**
   * From the floor, matrix products alone, to three times a step, in microseconds, as
   * docs/benchmarks.md has them of a core with nothing beside it; sweeps run on cores that share.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 16, 16, 16, 0.5, 3.9",
    "3, 16, 32, 16, 1.6, 10.8",
    "10, 64, 32, 64, 41.3, 150",
    "30, 64, 32, 64, 129, 486",
    "3, 256, 128, 784, 975, 3501",
    "10, 256, 128, 784, 2550, 10200"
  })
  void predictsAStepWithinAFactorOfMeasuredOnes(
      int depth, int width, int batch, int features, double least, double most) {
    Map<Hyperparameter, String> texts = new EnumMap<>(Hyperparameter.class);
    texts.put(Hyperparameter.DEPTH, Integer.toString(depth));
    texts.put(Hyperparameter.WIDTH, Integer.toString(width));
    texts.put(Hyperparameter.BATCH_SIZE, Integer.toString(batch));
    texts.put(Hyperparameter.MAX_STEPS, "100000");
    double micros = model(features, 10_000).of(configuration(texts)).trainSeconds() * 10;
    assertThat(micros).isBetween(least, most);
  }

  @Test
  void costDependsOnItsHyperparametersAlone() {
    CostModel model = model(64, 1500);
    CostModel.Cost plain = model.of(configuration(Map.of()));
    for (Hyperparameter h : Hyperparameter.values()) {
      if (CostModel.HYPERPARAMETERS.contains(h)) {
        continue;
      }
      for (String text : List.of("norm(1)", "zeros", "0.5", "relu", "false", "7")) {
        Map<Hyperparameter, String> other = Map.of(h, text);
        try {
          h.parse(text);
        } catch (IllegalArgumentException e) {
          continue;
        }
        assertThat(model.of(configuration(other))).as("%s=%s", h, text).isEqualTo(plain);
      }
    }
  }

  @Test
  void tableAddsUpToTheSumOverTheTrials() {
    for (long seed = 0; seed < 50; seed++) {
      SweepPlan plan = new SweepPlan(Specs.random(new Random(seed)));
      CostModel model = model(64, 1500);
      CostTable table = new CostTable(plan, model);
      double sum = 0;
      double peak = 0;
      double tables = 0;
      for (long i = 0; i < plan.size(); i++) {
        double each = plan.trial(i).map(t -> model.of(t.configuration()).seconds()).orElse(0.0);
        assertThat(table.seconds(i)).as("seed %d, trial %d", seed, i).isEqualTo(each);
        tables += plan.trial(i).map(t -> model.of(t.configuration()).tableBytes()).orElse(0.0);
        peak =
            Math.max(peak, plan.trial(i).map(t -> model.of(t.configuration()).bytes()).orElse(0.0));
        sum += each;
      }
      assertThat(table.totalSeconds())
          .as("seed %d", seed)
          .isCloseTo(sum, org.assertj.core.data.Percentage.withPercentage(1e-9));
      assertThat(table.peakBytes()).as("seed %d", seed).isEqualTo(peak);
      assertThat(table.tableBytes())
          .as("seed %d", seed)
          .isCloseTo(tables, org.assertj.core.data.Percentage.withPercentage(1e-9));
    }
  }

  @Test
  void planWithoutAxesHasACost() {
    SweepPlan plan = new SweepPlan(Specs.of(new Space(Map.of(), List.of(), List.of()), 3));
    CostTable table = new CostTable(plan, model(64, 1500));
    assertThat(table.totalSeconds())
        .isEqualTo(3 * model(64, 1500).of(configuration(Map.of())).seconds());
  }
}
