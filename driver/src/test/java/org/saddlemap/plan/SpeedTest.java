package org.saddlemap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.saddlemap.record.Outcome;
import org.saddlemap.record.Times;
import org.saddlemap.space.Configuration;
import org.saddlemap.space.Hyperparameter;
import org.saddlemap.spec.ExaminationSpec;

class SpeedTest {
  private static CostModel model(int features, int outputs, Speed speed) {
    return new CostModel(features, outputs, 1500, ExaminationSpec.DEFAULT, speed);
  }

  private static Configuration configuration(int depth, int width, int batch, boolean norm) {
    Map<Hyperparameter, Object> given = new EnumMap<>(Hyperparameter.class);
    given.put(Hyperparameter.DEPTH, Hyperparameter.DEPTH.parse("" + depth));
    given.put(Hyperparameter.WIDTH, Hyperparameter.WIDTH.parse("" + width));
    given.put(Hyperparameter.BATCH_SIZE, Hyperparameter.BATCH_SIZE.parse("" + batch));
    given.put(Hyperparameter.NORMALIZATION, Hyperparameter.NORMALIZATION.parse("" + norm));
    given.put(Hyperparameter.MAX_STEPS, Hyperparameter.MAX_STEPS.parse("100"));
    return Configuration.of(given);
  }

  private static List<Configuration> shapes() {
    List<Configuration> shapes = new ArrayList<>();
    for (int depth : new int[] {1, 4, 30}) {
      for (int width : new int[] {2, 16, 128}) {
        for (int batch : new int[] {8, 64, 512}) {
          shapes.add(configuration(depth, width, batch, false));
          shapes.add(configuration(depth, width, batch, true));
        }
      }
    }
    return shapes;
  }

  private static Speed random(Random random) {
    return new Speed(
        "random",
        Speed.SHIPPED.training().stream()
            .map(s -> 1e-10 + s * (0.3 + 3 * random.nextDouble()))
            .toList(),
        Speed.SHIPPED.examination().stream()
            .map(s -> 1e-10 + s * (0.3 + 3 * random.nextDouble()))
            .toList(),
        20 + random.nextInt(200),
        random.nextInt(60),
        Speed.SHIPPED.trial());
  }

  /** A trial as it would be on a core of exactly that speed, as long as {@code noise} says. */
  private static void add(SpeedFit fit, CostModel truth, Configuration c, double noise) {
    CostModel.Cost cost = truth.of(c);
    double spent =
        truth.speed().gradients() + truth.speed().gradientsPerDoubling() * CostModel.doublings(c);
    fit.add(
        truth.at(Speed.SHIPPED),
        c,
        new Outcome(1, 1, 0.1, 100, 0, 1, 1, 1, 1, 1),
        new Times(0, 1, 1e3 * cost.trainSeconds() * noise, 1e3 * cost.examineSeconds() * noise),
        spent);
  }

  @Test
  void fitFindsTheSpeedThatMadeTheTimes() {
    for (long seed = 0; seed < 10; seed++) {
      Speed truth = random(new Random(seed));
      SpeedFit fit = new SpeedFit();
      for (CostModel model : List.of(model(64, 10, truth), model(3, 1, truth))) {
        shapes().forEach(c -> add(fit, model, c, 1));
      }
      Speed found = fit.fit(Speed.SHIPPED, "test");
      for (Configuration c : shapes()) {
        CostModel.Cost expected = model(20, 4, truth).of(c);
        CostModel.Cost predicted = model(20, 4, found).of(c);
        assertThat(predicted.trainSeconds())
            .as("seed %d, %s", seed, c.canonical())
            .isCloseTo(expected.trainSeconds(), withPercentage(25));
        assertThat(predicted.examineSeconds())
            .as("seed %d, %s", seed, c.canonical())
            .isCloseTo(expected.examineSeconds(), withPercentage(25));
      }
    }
  }

  /** As the first trials of a process are, before its code is compiled. */
  @Test
  void fitIgnoresAFewSlowTrials() {
    SpeedFit even = new SpeedFit();
    SpeedFit uneven = new SpeedFit();
    CostModel truth = model(64, 10, random(new Random(1)));
    for (Configuration c : shapes()) {
      for (int i = 0; i < 5; i++) {
        add(even, truth, c, 1);
        add(uneven, truth, c, i == 0 ? 30 : 1);
      }
    }
    assertThat(uneven.fit(Speed.SHIPPED, "").training())
        .isEqualTo(even.fit(Speed.SHIPPED, "").training());
  }

  @Test
  void shippedPredictionsOrderTrialsAsTheirWorkDoes() {
    CostModel model = model(64, 10, Speed.SHIPPED);
    for (int depth : new int[] {1, 4, 30}) {
      double last = 0;
      for (int width : new int[] {2, 16, 128, 512}) {
        double seconds = model.of(configuration(depth, width, 64, false)).seconds();
        assertThat(seconds).isGreaterThan(last);
        last = seconds;
      }
    }
    double narrow = model.of(configuration(30, 16, 64, false)).trainSeconds();
    double wide = model.of(configuration(30, 512, 64, false)).trainSeconds();
    // A thousand times the multiplications; overhead a layer hides some of it.
    assertThat(wide / narrow).isBetween(10.0, 1100.0);
  }

  @Test
  void readGivesWhatWasWritten() throws IOException {
    StringWriter text = new StringWriter();
    Speed.SHIPPED.write(text);
    assertThat(Speed.read(new StringReader(text.toString()))).isEqualTo(Speed.SHIPPED);
  }

  @Test
  void readSaysWhatIsWrongWithAFile() throws IOException {
    StringWriter text = new StringWriter();
    Speed.SHIPPED.write(text);
    String good = text.toString();
    assertThatThrownBy(() -> Speed.read(new StringReader("hello")))
        .hasMessage("it lacks training.call");
    assertThatThrownBy(
            () -> Speed.read(new StringReader(good.replaceAll("trial = .*", "trial = fast"))))
        .hasMessage("trial is no number: fast");
    assertThatThrownBy(
            () -> Speed.read(new StringReader(good.replaceAll("trial = .*", "trial = -1"))))
        .hasMessage("Invalid speed: trial = -1.0");
  }
}
